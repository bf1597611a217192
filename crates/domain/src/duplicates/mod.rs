//! Records of one master that are probably the same: by values that are given once in the world, and by similar
//! names at one place. Pure and by the declaration; which fields may be looked at is the caller's to say.

mod distinct;
mod find;
mod name;
mod traits;

pub use distinct::{DISTINCT, distinct, pair};
pub use find::{Group, Reason, Why, find, likeness};
pub use name::words;
pub use traits::{Subject, Trait, Traits, is_name, is_place, line, looked_at, strong};
