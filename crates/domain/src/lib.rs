//! What the business is.

pub mod permissions;

pub mod standards;
