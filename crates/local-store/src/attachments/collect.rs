//! Dropping the keys of files that nothing held here names any more, in the transaction that took the name
//! away. What a person attached and the hub refused stays as long as it waits for their decision.

use std::collections::BTreeSet;

use domain::attention::{ATTENTION, FIELD_ROWS, MINE};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::named_files;
use crate::error::Result;
use crate::layout::Db;

/// Drops them; answers how many.
pub(crate) fn collect(db: Db) -> Result<u64> {
    let known = files(db)?;
    let standings = standings(db)?;
    if known.is_empty() && standings.is_empty() {
        return Ok(0);
    }
    let named = named_files(db)?;
    let places: BTreeSet<(Uuid, &str, &str)> =
        named.iter().map(|named| (named.row_id, named.entity.name, named.file.hash())).collect();
    for (row_id, entity, hash) in &standings {
        if !places.contains(&(*row_id, entity, hash)) && !is_undecided(db, hash)? {
            db.connection
                .prepare_cached(
                    "DELETE FROM attachment_standing WHERE row_id = ?1 AND entity = ?2 AND hash = ?3",
                )?
                .execute(params![row_id.as_bytes(), entity, hash])?;
        }
    }
    let hashes: BTreeSet<&str> = named.iter().map(|named| named.file.hash()).collect();
    let mut dropped = 0;
    for hash in &known {
        if !hashes.contains(hash.as_str()) && !is_undecided(db, hash)? {
            db.connection
                .prepare_cached("DELETE FROM attachment_file WHERE hash = ?1")?
                .execute([hash])?;
            dropped += 1;
        }
    }
    Ok(dropped)
}

fn files(db: Db) -> Result<Vec<String>> {
    let mut query = db.connection.prepare_cached("SELECT hash FROM attachment_file")?;
    let hashes = query.query_map((), |row| row.get(0))?;
    Ok(hashes.collect::<rusqlite::Result<_>>()?)
}

fn standings(db: Db) -> Result<Vec<(Uuid, String, String)>> {
    let mut query =
        db.connection.prepare_cached("SELECT row_id, entity, hash FROM attachment_standing")?;
    let rows =
        query.query_map((), |row| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether an open item of Attention holds work that names the file.
fn is_undecided(db: Db, hash: &str) -> Result<bool> {
    let sql = format!(
        "SELECT 1 FROM {FIELD_ROWS} AS field JOIN {item} AS item ON item.id = field.parent_id
         WHERE item.retired_at IS NULL AND instr(field.{MINE}, ?1) > 0",
        item = ATTENTION.name
    );
    let mut query = db.connection.prepare_cached(&sql)?;
    Ok(query.query_row([hash], |_| Ok(())).optional()?.is_some())
}
