//! The tokens by which a pull or a snapshot goes on. To the device they are bytes; they hold a place and the
//! view they belong to, and no right: whoever comes with one is asked for their rights again.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sync_protocol::message::{Bucket, Position};
use sync_protocol::wire::{self, WireError};
use uuid::Uuid;

use crate::store::tenant::sync::member::At;

/// A token that this hub did not write, or not for this view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page of this request is not one that the sync server gave")]
pub struct TokenError;

/// Where a pull stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullToken {
    /// The part of the order that is gone through; what came after it follows in another pass.
    pub since: Position,
    pub upto: Position,
    pub stage: Stage,
    /// The entities of which a row was sent so far.
    pub changed: BTreeSet<String>,
    /// The versions of the policy under which pages of this answer were written, the newest last.
    pub policies: Vec<i64>,
    /// About so many rows follow, as counted at the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
}

/// What a pass has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Rows that the copy has not, however old: those of an entity (by its number on the wire) after an id.
    Lacking { entity: u16, after: Option<Uuid> },
    /// Rows that left a bucket, after this one.
    Left(Option<At>),
    /// Rows of a bucket, after this one.
    Changed { bucket: Bucket, after: Option<At> },
}

impl PullToken {
    /// # Errors
    /// See [`TokenError`]: it names an entity that there is not.
    pub fn read(token: &ByteBuf) -> Result<Self, TokenError> {
        let token: Self = read(token)?;
        let after = match &token.stage {
            Stage::Left(after) | Stage::Changed { after, .. } => after.as_ref(),
            Stage::Lacking { .. } => None,
        };
        let mut named = token.changed.iter().chain(after.map(|(_, entity, _)| entity));
        match named.all(|entity| domain::synced::find(entity).is_some()) {
            true => Ok(token),
            false => Err(TokenError),
        }
    }
}

/// Where a snapshot stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotToken {
    /// The newest place in the order when it began: changes since then are pulled afterwards.
    pub head: Position,
    /// The view it was begun with.
    #[serde(with = "serde_bytes")]
    pub fingerprint: [u8; 32],
    pub entity: String,
    pub after: Option<Uuid>,
    /// About so many rows follow, as counted when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
}

/// # Errors
/// See [`WireError`].
pub fn write<T: Serialize>(token: &T) -> Result<ByteBuf, WireError> {
    Ok(ByteBuf::from(wire::encode(token)?))
}

/// # Errors
/// See [`TokenError`].
pub fn read<T: DeserializeOwned>(token: &ByteBuf) -> Result<T, TokenError> {
    wire::decode(token).map_err(|_| TokenError)
}
