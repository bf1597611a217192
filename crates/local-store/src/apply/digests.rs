//! The sums that prove parity: each row's digest with its membership, their sum for each scope and
//! entity. A change costs what it changes.

use std::collections::BTreeMap;

use domain::permissions::Scope;
use domain::record::Record;
use rusqlite::{OptionalExtension, params};
use sync_protocol::digest::{self, Digest};
use sync_protocol::message::ScopeDigest;
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::Mismatch;
use crate::error::Result;
use crate::layout::{Db, layout};
use crate::view::scope_number;

/// What one entity in one scope adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub rows: i64,
    pub digest: Digest,
}

/// Sums by the numbers of scope and entity, read when first needed and written back together.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    held: BTreeMap<(i64, i64), Sum>,
    scopes: BTreeMap<Scope, i64>,
}

/// The digest of the hub's image: what the person may not see is not in it.
pub(crate) fn hub_digest(record: &Record) -> Digest {
    digest::of_record(record, &Projection::default())
}

impl Sums {
    pub fn scope(&mut self, db: Db, scope: Scope) -> Result<i64> {
        if let Some(no) = self.scopes.get(&scope) {
            return Ok(*no);
        }
        let no = scope_number(db, scope)?;
        self.scopes.insert(scope, no);
        Ok(no)
    }

    pub fn of(&mut self, db: Db, scope: i64, entity: i64) -> Result<&mut Sum> {
        if let std::collections::btree_map::Entry::Vacant(place) = self.held.entry((scope, entity))
        {
            let mut query = db.connection.prepare_cached(
                "SELECT rows, digest FROM digest_sum WHERE scope = ?1 AND entity = ?2",
            )?;
            let sum = query.query_row([scope, entity], |row| {
                Ok(Sum { rows: row.get(0)?, digest: Digest::from_bytes(row.get(1)?) })
            });
            place.insert(sum.optional()?.unwrap_or_default());
        }
        Ok(self.held.entry((scope, entity)).or_default())
    }

    /// Forgets what was summed for a scope that was dropped.
    pub fn drop_scope(&mut self, db: Db, scope: i64) -> Result<()> {
        self.held.retain(|(held, _), _| *held != scope);
        db.connection.execute("DELETE FROM digest_sum WHERE scope = ?1", [scope])?;
        Ok(())
    }

    /// Enters a row into a scope, or changes its digest there.
    pub fn enter(&mut self, db: Db, scope: i64, entity: i64, id: Uuid, new: Digest) -> Result<()> {
        let Some(old) = member_digest(db, scope, entity, id)? else {
            return self.enter_new(db, scope, entity, id, new);
        };
        if old == new {
            return Ok(());
        }
        db.connection
            .prepare_cached(
                "UPDATE member SET digest = ?4 WHERE entity = ?1 AND row_id = ?2 AND scope = ?3",
            )?
            .execute(params![entity, id.as_bytes(), scope, new.to_bytes()])?;
        let sum = self.of(db, scope, entity)?;
        sum.digest = sum.digest.minus(old).plus(new);
        Ok(())
    }

    /// Enters a row that is in no scope yet.
    pub fn enter_new(
        &mut self,
        db: Db,
        scope: i64,
        entity: i64,
        id: Uuid,
        new: Digest,
    ) -> Result<()> {
        db.connection
            .prepare_cached(
                "INSERT INTO member (entity, row_id, scope, digest) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![entity, id.as_bytes(), scope, new.to_bytes()])?;
        let sum = self.of(db, scope, entity)?;
        sum.rows += 1;
        sum.digest = sum.digest.plus(new);
        Ok(())
    }

    /// Takes a row out of a scope; answers whether it was in it.
    pub fn leave(&mut self, db: Db, scope: i64, entity: i64, id: Uuid) -> Result<bool> {
        let Some(old) = member_digest(db, scope, entity, id)? else { return Ok(false) };
        db.connection
            .prepare_cached("DELETE FROM member WHERE entity = ?1 AND row_id = ?2 AND scope = ?3")?
            .execute(params![entity, id.as_bytes(), scope])?;
        let sum = self.of(db, scope, entity)?;
        sum.rows -= 1;
        sum.digest = sum.digest.minus(old);
        Ok(true)
    }

    pub fn write(&self, db: Db) -> Result<()> {
        let mut write = db.connection.prepare_cached(
            "INSERT OR REPLACE INTO digest_sum (scope, entity, rows, digest) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for ((scope, entity), sum) in &self.held {
            write.execute(params![scope, entity, sum.rows, sum.digest.to_bytes()])?;
        }
        Ok(())
    }

    /// Where the sums are not the hub's.
    pub fn compare(&mut self, db: Db, hub: &[ScopeDigest]) -> Result<Vec<Mismatch>> {
        let mut mismatches = Vec::new();
        for theirs in hub {
            let layout = layout(&theirs.entity)?;
            let scope = self.scope(db, theirs.scope)?;
            let ours = self.of(db, scope, db.numbers.of(layout))?;
            let held_rows = u64::try_from(ours.rows).unwrap_or_default();
            if held_rows != theirs.rows || ours.digest != theirs.digest {
                mismatches.push(Mismatch {
                    scope: theirs.scope,
                    entity: layout.entity.name,
                    held_rows,
                    hub_rows: theirs.rows,
                });
            }
        }
        Ok(mismatches)
    }
}

fn member_digest(db: Db, scope: i64, entity: i64, id: Uuid) -> Result<Option<Digest>> {
    let mut query = db.connection.prepare_cached(
        "SELECT digest FROM member WHERE entity = ?1 AND row_id = ?2 AND scope = ?3",
    )?;
    let digest = query.query_row(params![entity, id.as_bytes(), scope], |row| row.get(0));
    Ok(digest.optional()?.map(Digest::from_bytes))
}

/// All sums as they are stored, by the numbers of scope and entity.
pub(crate) fn held_sums(db: Db) -> Result<BTreeMap<(i64, i64), Sum>> {
    let mut query = db.connection.prepare("SELECT scope, entity, rows, digest FROM digest_sum")?;
    let rows = query.query_map((), |row| {
        let sum = Sum { rows: row.get(2)?, digest: Digest::from_bytes(row.get(3)?) };
        Ok(((row.get(0)?, row.get(1)?), sum))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
