//! The limits: the least that a machine has to do for a work, by the plainest means. None of it is the
//! product's code, so that a limit does not move with it.

pub mod endpoint;
pub mod postgres;
pub mod sqlite;
