//! Why no file was written for a device.

use std::path::PathBuf;

use sync_protocol::courier::CourierError;
use sync_protocol::wire::WireError;
use uuid::Uuid;

use crate::people::PeopleError;
use crate::store::StoreError;
use crate::store::pool::PoolError;
use crate::sync::hello::HelloError;
use crate::sync::numbers::NumbersError;
use crate::sync::pull::PullError;
use crate::sync::purged::PurgedError;
use crate::sync::push::PushError;
use crate::sync::snapshot::SnapshotError;

/// A refusal or a fault. A refusal of a file says nothing of what is in it.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: CourierError },
    #[error("{} is there already and is not written over; choose another name", .0.display())]
    Exists(PathBuf),
    #[error("{} was written for a device; bring the file that the device wrote", .0.display())]
    ForDevice(PathBuf),
    #[error("{} is not for this tenant but for the one with the id {tenant}", path.display())]
    OtherTenant { path: PathBuf, tenant: Uuid },
    #[error(
        "the device {0} has not said yet, in a file of its own, what it holds; bring one first"
    )]
    NothingSaid(Uuid),
    #[error(
        "the device {0} is in use twice, and this is not the original; it has to sign in over a network, as a copy"
    )]
    IsCopy(Uuid),
    #[error("what the person may see changed while the file was written; run the command again")]
    Changed,
    #[error("lease-days: {0}")]
    Term(String),
    #[error(transparent)]
    Hello(#[from] HelloError),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error(transparent)]
    Numbers(#[from] NumbersError),
    #[error(transparent)]
    Pull(#[from] PullError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    Purged(#[from] PurgedError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for ExchangeError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

impl ExchangeError {
    /// Whether a rule refused it, as opposed to a fault.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::People(error) => !matches!(error, PeopleError::Pool(_) | PeopleError::Json(_)),
            Self::File { source, .. } => !matches!(source, CourierError::Io(_)),
            Self::Exists(_)
            | Self::ForDevice(_)
            | Self::OtherTenant { .. }
            | Self::NothingSaid(_)
            | Self::IsCopy(_)
            | Self::Changed
            | Self::Term(_) => true,
            Self::Push(error) => !matches!(error, PushError::Store(_)),
            _ => false,
        }
    }
}
