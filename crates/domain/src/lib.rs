//! What the business is.
