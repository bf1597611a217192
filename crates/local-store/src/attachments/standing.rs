//! Whether the hub has a file of a record, as far as this device was told.

use domain::record::EntityDef;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use crate::error::Result;
use crate::layout::Db;
use crate::store::Store;
use crate::view::View;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// This device attached it, and sends it. What others attached is never sent from here, whatever record
    /// names it: who only writes a hash into a record is given nothing.
    pub attached_here: bool,
    /// The life of the hub that has it; another one, restored from a backup, is sent it again.
    pub hub_epoch: Option<u64>,
    /// The hub was asked for it and had none.
    pub missing: bool,
}

impl View<'_> {
    /// # Errors
    /// Where the file cannot be read.
    pub fn attachment_standing(
        &self,
        entity: &EntityDef,
        row_id: Uuid,
        hash: &str,
    ) -> Result<Standing> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT attached_here, hub_epoch, missing FROM attachment_standing
             WHERE row_id = ?1 AND hash = ?2 AND entity = ?3",
        )?;
        let standing = query.query_row(params![row_id.as_bytes(), hash, entity.name], |row| {
            Ok(Standing {
                attached_here: row.get(0)?,
                hub_epoch: row.get::<_, Option<i64>>(1)?.and_then(|epoch| epoch.try_into().ok()),
                missing: row.get(2)?,
            })
        });
        Ok(standing.optional()?.unwrap_or_default())
    }
}

impl Store {
    /// Notes what the hub said of a file.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep_attachment_standing(
        &self,
        entity: &EntityDef,
        row_id: Uuid,
        hash: &str,
        standing: Standing,
    ) -> Result<()> {
        self.transact(|db| put(db, entity, row_id, hash, standing))
    }
}

pub(super) fn put(
    db: Db,
    entity: &EntityDef,
    row_id: Uuid,
    hash: &str,
    standing: Standing,
) -> Result<()> {
    db.connection
        .prepare_cached(
            "INSERT OR REPLACE INTO attachment_standing
             (row_id, entity, hash, attached_here, hub_epoch, missing) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            row_id.as_bytes(),
            entity.name,
            hash,
            standing.attached_here,
            standing.hub_epoch.and_then(|epoch| i64::try_from(epoch).ok()),
            standing.missing
        ])?;
    Ok(())
}

/// Undoes an earlier [`carry`].
pub(crate) fn take_off(to: Db) -> Result<()> {
    Ok(to
        .connection
        .execute_batch("DELETE FROM attachment_file; DELETE FROM attachment_standing")?)
}

/// Carries what is known of files into another file of this device.
pub(crate) fn carry(live: Db, to: Db) -> Result<()> {
    let tables = [
        ("attachment_file", "hash, file, salt, size, whole"),
        ("attachment_standing", "row_id, entity, hash, attached_here, hub_epoch, missing"),
    ];
    for (table, columns) in tables {
        let count = columns.split(", ").count();
        let marks: Vec<String> = (1..=count).map(|index| format!("?{index}")).collect();
        let mut query = live.connection.prepare(&format!("SELECT {columns} FROM {table}"))?;
        let mut insert = to
            .connection
            .prepare(&format!("INSERT INTO {table} ({columns}) VALUES ({})", marks.join(", ")))?;
        let mut rows = query.query(())?;
        while let Some(row) = rows.next()? {
            let values = (0..count).map(|at| row.get::<_, rusqlite::types::Value>(at));
            let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
            insert.execute(rusqlite::params_from_iter(values))?;
        }
    }
    Ok(())
}
