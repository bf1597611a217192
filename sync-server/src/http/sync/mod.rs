//! The sync over HTTP: each verb a file. What a device is told is decided in `crate::sync`; here messages are
//! read, refusals get their codes, and the work is counted.

pub(super) mod attachments;
pub(super) mod escrow;
pub(super) mod hello;
pub(super) mod live;
pub(super) mod numbers;
mod packed;
pub(super) mod pull;
pub(super) mod purged;
pub(super) mod push;
pub(super) mod snapshot;

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Code, Problem, SignedIn};
use crate::audit::Actor;
use crate::store::Connection;
use crate::store::control::device::Device;
use crate::sync::Sender;
use crate::sync::hello::{Held, HelloError, keep_view};
use crate::sync::leases::Leases;
use crate::sync::pull::PullError;
use crate::sync::push::PushError;
use crate::sync::snapshot::SnapshotError;

/// The media type of every message: CBOR, which is sent with `Content-Encoding: zstd`.
pub(super) const MEDIA_TYPE: &str = packed::CBOR;

/// The device that speaks. Only an enrolled one takes part in the sync.
fn device(signed_in: &SignedIn) -> Result<&Device, Problem> {
    signed_in.device().ok_or_else(|| {
        Problem::new(Code::NotPermitted, "Only an enrolled device syncs. Sign in with a device.")
    })
}

fn sender<'a>(signed_in: &'a SignedIn, device: &Device, actor: &'a Actor) -> Sender<'a> {
    Sender {
        user: signed_in.user_id(),
        device: device.id,
        grants: signed_in.grants(),
        actor,
        leases: &Leases::Unneeded,
        answered_to: 0,
    }
}

/// Refuses whoever speaks of another life of the database.
fn same_epoch(signed_in: &SignedIn, named: u64) -> Result<(), Problem> {
    if named == signed_in.epoch() {
        return Ok(());
    }
    Err(Problem::new(
        Code::EpochChanged,
        "The hub was restored. Say hello and fetch everything anew.",
    ))
}

/// Refuses whoever would read under rights that show something else than those of now.
async fn same_view(
    connection: &mut Connection,
    signed_in: &SignedIn,
    policy_version: i64,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    match keep_view(connection, signed_in.rights.sight(), policy_version, now).await? {
        Held::Same => Ok(()),
        Held::Earlier(_) | Held::Unknown | Held::Outdated => Err(rights_changed()),
    }
}

fn rights_changed() -> Problem {
    Problem::new(
        Code::RightsChanged,
        "The rights have changed. Say hello and fetch everything anew.",
    )
}

impl From<HelloError> for Problem {
    fn from(error: HelloError) -> Self {
        match error {
            HelloError::Store(error) => error.into(),
            HelloError::Wire(error) => Self::internal(&error),
        }
    }
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        match error {
            PushError::TooMany | PushError::TooMuch => {
                Self::field("ops", "too_many", error.to_string())
            }
            PushError::Unreadable { index } => {
                Self::field(&format!("ops[{index}]"), "unreadable", error.to_string())
            }
            PushError::Gap { expected } => {
                let mut problem = Self::field("ops", "chain_gap", error.to_string());
                problem.code = Code::ChainGap;
                problem.detail = format!("The next operation must have the number {expected}.");
                problem
            }
            PushError::Newer { .. } => Self::new(Code::HubOutdated, error.to_string()),
            PushError::Forked { .. } => Self::new(Code::ChainForked, error.to_string()),
            PushError::Store(error) => error.into(),
            PushError::Wire(error) => Self::internal(&error),
            PushError::Audit(error) => Self::internal(&error),
        }
    }
}

impl From<PullError> for Problem {
    fn from(error: PullError) -> Self {
        match error {
            PullError::Behind(_) => Self::unavailable(Duration::from_secs(1)),
            PullError::Rights => rights_changed(),
            PullError::Forgotten => Self::new(
                Code::CursorExpired,
                "What happened since is not known any more. Fetch everything anew.",
            ),
            PullError::Token(error) => Self::field("page", "unknown", error.to_string()),
            PullError::Store(error) => error.into(),
            PullError::Wire(error) => Self::internal(&error),
        }
    }
}

impl From<SnapshotError> for Problem {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::OtherView => rights_changed(),
            SnapshotError::Token(error) => Self::field("page", "unknown", error.to_string()),
            SnapshotError::Store(error) => error.into(),
            SnapshotError::Wire(error) => Self::internal(&error),
        }
    }
}
