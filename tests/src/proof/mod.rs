//! The long runs: each proves one promise at many random points, from a seed that it prints.

pub mod integrity;
mod kill;
mod ninety_days;
mod replies;

use std::future::Future;

pub use kill::{Killed, Points, kill};
pub use ninety_days::{Absence, Return, ninety_days};
pub use replies::{Replied, replies};

/// Runs what speaks the protocol by hand to its end.
fn by_hand<T>(run: impl Future<Output = crate::by_hand::Outcome<T>>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    runtime.block_on(run).unwrap_or_else(|error| panic!("{error}"))
}
