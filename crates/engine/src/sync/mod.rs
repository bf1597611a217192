//! The sync of one device: a round carries out what the protocol says, the standing is what a screen
//! sees of it, the loop asks for rounds. What a round decides is the protocol's alone.

mod ask;
mod budget;
pub mod courier;
pub mod diary;
mod driver;
pub mod escrow;
mod fill;
mod live;
mod local;
mod looped;
mod numbers;
mod plan;
mod round;
mod standing;

use contract::{Failure, FailureCode};
use sync_protocol::wire::WireError;

use crate::commands::fault;
use crate::http::HttpError;

pub use ask::ask;
pub use budget::Budget;
pub use looped::keep_in_sync;
pub use numbers::give_back;
pub use plan::Plan;
pub use round::{Report, prove, round};
pub use standing::StandingBoard;

/// Why a round stopped before its end.
#[derive(Debug)]
pub enum Stop {
    /// The hub was not reached, or said no.
    Http(HttpError),
    /// The copy, the lease, or the hub's standing.
    Failed(Failure),
}

impl From<HttpError> for Stop {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<local_store::StoreError> for Stop {
    fn from(error: local_store::StoreError) -> Self {
        match error {
            // What came, and not what is held, is no row of ours.
            local_store::StoreError::Wire(error) => error.into(),
            error => Self::Failed(fault(error)),
        }
    }
}

/// An answer that cannot be read: it broke off under way, or is none of ours.
impl From<WireError> for Stop {
    fn from(error: WireError) -> Self {
        tracing::warn!(%error, "an answer cannot be read");
        Self::Http(HttpError::Broken)
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Http(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        stop.failure()
    }
}

impl Stop {
    /// As a person is told of it.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Http(error) => error.failure(),
            Self::Failed(failure) => failure.clone(),
        }
    }
}

/// Runs a part of a round that blocks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Stop> + Send + 'static,
) -> Result<T, Stop> {
    crate::blocking(move || Ok(work())).await?
}

fn refused(reason: impl Into<String>) -> Failure {
    Failure::new(FailureCode::ServerRefused, reason)
}
