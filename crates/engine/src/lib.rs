//! The client without a face: what a screen asks, done against the local copy, and the sync with the
//! hub. The desktop, the command line and the tests run the same bodies against a narrow host.
//! Holds no screen, no SQL and no rule of the business.

mod attachments;
mod commands;
#[cfg(test)]
mod desk;
mod engine;
mod history;
mod host;
mod http;
mod profile;
mod secrets;
mod session;
mod status;
mod sync;

use contract::{Failure, FailureCode};

pub use engine::Engine;
pub use host::{Host, SystemHost};
pub use profile::Settings;
pub use sync::keep_in_sync;

/// Runs what blocks on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a task did not end");
            Err(Failure::new(FailureCode::Internal, "Daybook failed; the log says where"))
        }
    }
}
