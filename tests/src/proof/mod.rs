//! The long runs: each proves one promise at many random points, from a seed that it prints.

mod kill;

pub use kill::{Killed, kill};
