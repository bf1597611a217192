//! The audit: who did what, when, from where, and what it changed. Entries are added in the transaction of what
//! they tell of and are never changed; after the commit they are sealed into a chain.

mod chain;
pub mod seal;
pub mod verify;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::ids;
use crate::store::tenant::audit::{Row, Values, insert};
use crate::store::{Connection, StoreError};

/// Who acted, as far as is known.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    pub user: Option<Uuid>,
    pub device: Option<Uuid>,
    pub address: Option<String>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Somebody tried what they may not do.
    Denied,
    /// It was allowed and went wrong: a wrong password, for instance.
    Failed,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    pub actor: Actor,
    /// `customer.update`, `user.sign_in`: entity and verb.
    pub action: String,
    pub outcome: Outcome,
    /// The operation of a device that it belongs to.
    pub op_id: Option<Uuid>,
    pub entity: Option<String>,
    pub row_id: Option<Uuid>,
    /// JSON: `{field: {"before": …, "after": …}}`, or what else is to be told. It is kept apart from the entry
    /// and can be erased by law.
    pub changes: Option<String>,
}

impl Entry {
    /// An entry about no row and without values.
    pub fn new(actor: Actor, action: &str, outcome: Outcome) -> Self {
        Self {
            actor,
            action: action.to_owned(),
            outcome,
            op_id: None,
            entity: None,
            row_id: None,
            changes: None,
        }
    }

    /// The same entry about one row.
    #[must_use]
    pub fn about(mut self, entity: &str, row_id: Uuid) -> Self {
        self.entity = Some(entity.to_owned());
        self.row_id = Some(row_id);
        self
    }

    /// The same entry with values.
    ///
    /// # Errors
    /// The values cannot be written as JSON.
    pub fn with(mut self, changes: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.changes = Some(serde_json::to_string(changes)?);
        Ok(self)
    }
}

/// Adds entries to the audit of the connection's tenant, in the transaction that the connection is in; many cost
/// hardly more than one. A denial belongs outside the transaction that was refused.
///
/// # Errors
/// See [`StoreError`].
pub async fn append(
    connection: &mut Connection,
    entries: Vec<Entry>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows: Vec<Row> = entries.into_iter().map(|entry| row(entry, now)).collect();
    insert(connection, &rows).await
}

fn row(entry: Entry, now: DateTime<Utc>) -> Row {
    let values = entry.changes.map(|changes| {
        let salt = ids::random::<16>();
        Values { salt, digest: values_digest(&salt, &changes), changes }
    });
    Row {
        id: ids::row_id(now),
        at: now,
        user_id: entry.actor.user,
        device_id: entry.actor.device,
        address: entry.actor.address,
        op_id: entry.op_id,
        action: entry.action,
        outcome: entry.outcome.name(),
        entity: entry.entity,
        row_id: entry.row_id,
        values,
    }
}

/// SHA-256 over the salt and the exact text of the values.
pub fn values_digest(salt: &[u8; 16], changes: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(changes.as_bytes()).finalize().into()
}
