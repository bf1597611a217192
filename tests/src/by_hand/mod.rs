//! A device that speaks the sync's protocol by hand, over a connection that costs its machine little: for what
//! no installation of ours would send, and for what is measured. It keeps a chain of ops and no copy.

pub mod customer;
mod device;
mod line;
mod parity;

pub use device::{Device, PACKED, all_applied};
pub use line::{Answer, Line, request};

/// Whatever stops a run.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
pub type Outcome<T> = Result<T, Failure>;
