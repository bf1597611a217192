//! One state of the file, to be read: records, search, the outbox and what is kept. It cannot write.

use domain::permissions::Scope;
use rusqlite::params;
use rusqlite::types::Value;
use sync_protocol::message::{Cursors, Position};
use uuid::Uuid;

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

    /// How far each scope is held; empty before the first fill.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn cursors(&self) -> Result<Cursors> {
        cursors(self.db)
    }

    /// The hub's epoch that the content belongs to; 0 before the first fill.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn epoch(&self) -> Result<u64> {
        epoch(self.db)
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

pub(crate) fn cursors(db: Db) -> Result<Cursors> {
    let mut query = db.connection.prepare_cached(
        "SELECT scope.name, cursor.position FROM cursor JOIN scope ON scope.no = cursor.scope",
    )?;
    let rows = query.query_map((), |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    rows.map(|row| {
        let (name, position) = row?;
        let scope = name.parse::<Scope>();
        let scope = scope.map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok((scope, Position::try_from(position).unwrap_or_default()))
    })
    .collect()
}

/// Writes how far scopes are held; scopes that are not named stay as they are.
pub(crate) fn set_cursors(db: Db, cursors: &Cursors) -> Result<()> {
    let mut write = db
        .connection
        .prepare_cached("INSERT OR REPLACE INTO cursor (scope, position) VALUES (?1, ?2)")?;
    for (scope, position) in cursors {
        write.execute(params![scope_number(db, *scope)?, stored_position(*position)?])?;
    }
    Ok(())
}

/// Positions are 64-bit integers of SQLite here, as they are of Postgres on the hub.
pub(crate) fn stored_position(position: Position) -> Result<i64> {
    i64::try_from(position).map_err(|_| StoreError::Frame("a place beyond any order"))
}

/// The number of a scope in this file, given to it when it is first seen.
pub(crate) fn scope_number(db: Db, scope: Scope) -> Result<i64> {
    let name = scope.to_string();
    db.connection
        .prepare_cached("INSERT OR IGNORE INTO scope (name) VALUES (?1)")?
        .execute([&name])?;
    let mut query = db.connection.prepare_cached("SELECT no FROM scope WHERE name = ?1")?;
    Ok(query.query_row([&name], |row| row.get(0))?)
}
