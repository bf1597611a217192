//! What the business is.

pub mod standards;
