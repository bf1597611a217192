//! One state of the file, to be read: records, search, the outbox and what is kept. It cannot write.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use serde_bytes::ByteBuf;
use sync_protocol::message::{Position, Purge};
use sync_protocol::wire;
use uuid::Uuid;

use crate::apply::staged_page;
use crate::error::{Result, StoreError};
use crate::kept;
use crate::layout::Db;

/// Given to the closure of [`crate::Store::read`]. Its questions stand beside what they are about: in
/// `records`, `search`, `outbox` and `verify`.
pub struct View<'c> {
    pub(crate) db: Db<'c>,
}

/// The hub's epoch of the file's content, big-endian.
pub(crate) const EPOCH: &str = "store.epoch";
/// The place in the hub's order that the file stands at, big-endian.
const CURSOR: &str = "store.cursor";
/// The version of the rights under which the content was fetched, big-endian.
const POLICY: &str = "store.policy";
/// The entities that do not add up to what the hub last said of them, as CBOR.
const DOUBTFUL: &str = "store.doubtful";

impl View<'_> {
    /// A value that [`crate::Store::keep`] has kept.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn kept(&self, name: &str) -> Result<Option<Vec<u8>>> {
        kept::get(self.db.connection, name)
    }

    /// The drafts of a record (the nil id for new ones) that an owner keeps.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn kept_drafts(&self, record: Uuid, owner: &str) -> Result<Vec<Vec<u8>>> {
        kept::drafts(self.db.connection, record, owner)
    }

    /// The place in the hub's order that the file stands at; `None` before the first fill.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn cursor(&self) -> Result<Option<Position>> {
        cursor(self.db)
    }

    /// Where a pull goes on that broke off: what came before this page is stored, and shown with its checkpoint.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn staged_page(&self) -> Result<Option<ByteBuf>> {
        staged_page(self.db.connection)
    }

    /// The version of the rights under which the content was fetched; 0 before the first fill.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn policy_version(&self) -> Result<i64> {
        policy_version(self.db)
    }

    /// The entities that do not add up to what the hub last said of them.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn doubtful(&self) -> Result<Vec<String>> {
        doubtful(self.db).map(Vec::from_iter)
    }

    /// The hub's epoch that the content belongs to; 0 before the first fill.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn epoch(&self) -> Result<u64> {
        epoch(self.db)
    }

    /// What a freshly made file is free of.
    ///
    /// # Errors
    /// `Sqlite`.
    pub fn purge(&self) -> Result<Purge> {
        purge(self.db)
    }

    /// Bytes of the file in use, the log not counted.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn file_bytes(&self) -> Result<u64> {
        // SQLCipher answers its page size as text.
        let pragma = |sql: &str| -> Result<u64> {
            let value = self.db.connection.query_row(sql, (), |row| row.get::<_, Value>(0))?;
            Ok(match value {
                Value::Integer(int) => u64::try_from(int).unwrap_or_default(),
                Value::Text(text) => text.parse().unwrap_or_default(),
                Value::Null | Value::Real(_) | Value::Blob(_) => 0,
            })
        };
        Ok(pragma("PRAGMA page_count")? * pragma("PRAGMA page_size")?)
    }
}

pub(crate) fn epoch(db: Db) -> Result<u64> {
    let bytes = kept::get(db.connection, EPOCH)?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes))
}

/// What the content is free of: whatever is not shown where it stands.
pub(crate) fn purge(db: Db) -> Result<Purge> {
    let position = cursor(db)?.unwrap_or_default();
    Ok(Purge { epoch: epoch(db)?, policy_version: policy_version(db)?, position })
}

pub(crate) fn cursor(db: Db) -> Result<Option<Position>> {
    let bytes = kept::get(db.connection, CURSOR)?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(Position::from_be_bytes))
}

pub(crate) fn policy_version(db: Db) -> Result<i64> {
    let bytes = kept::get(db.connection, POLICY)?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes))
}

/// Notes where in the order the file stands, and for which rights it was made.
pub(crate) fn set_cursor(db: Db, cursor: Position, policy_version: i64) -> Result<()> {
    kept::set(db.connection, POLICY, Some(&policy_version.to_be_bytes()))?;
    kept::set(db.connection, CURSOR, Some(&cursor.to_be_bytes()))
}

pub(crate) fn doubtful(db: Db) -> Result<BTreeSet<String>> {
    let bytes = kept::get(db.connection, DOUBTFUL)?;
    Ok(bytes.map(|bytes| wire::decode(&bytes)).transpose()?.unwrap_or_default())
}

pub(crate) fn set_doubtful(db: Db, entities: &BTreeSet<String>) -> Result<()> {
    let bytes = match entities.is_empty() {
        true => None,
        false => Some(wire::encode(entities)?),
    };
    kept::set(db.connection, DOUBTFUL, bytes.as_deref())
}

/// Positions are 64-bit integers of SQLite here, as they are of Postgres on the hub.
pub(crate) fn stored_position(position: Position) -> Result<i64> {
    i64::try_from(position).map_err(|_| StoreError::Frame("a place beyond any order"))
}
