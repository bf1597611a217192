//! Puts a complete side file in the place of the live one. The device's own work is carried over first,
//! so that the side file is whole by itself; then one move exchanges the files. Whatever stops it, the
//! live file is the old or the new one, each with all the work in it.

use rusqlite::{Row, params};
use uuid::Uuid;

use super::Side;
use crate::attachments;
use crate::connection::Place;
use crate::disk::beside;
use crate::error::{Result, StoreError};
use crate::kept;
use crate::layout::{Db, Layout};
use crate::numbers;
use crate::offer::life;
use crate::outbox::{chain_end, set_chain_end, settle, unknown_number};
use crate::records::overlay;
use crate::records::row;
use crate::store::{Open, Store, Touched};
use crate::view::{cursor, stored_position};

impl Store {
    /// Exchanges the live file for the side file, with the outbox, acknowledged ops and kept values
    /// carried over and pending work replayed. Waits for readers and writers, and keeps them out
    /// meanwhile. The search index follows in the background ([`Store::index_more`]).
    ///
    /// # Errors
    /// `FillIncomplete` before a checkpoint made the side file whole. After any error the live file is
    /// open as before, and the fill can be resumed.
    pub fn swap_in(&self, side: Side) -> Result<Touched> {
        if !side.complete {
            return Err(StoreError::FillIncomplete);
        }
        let mut guard = self.alone();
        let open = guard.take().ok_or(StoreError::Closed)?;
        let exchanged = exchange(&self.place, open, side);
        // The old file or the new one, whichever stands there now.
        *guard = Some(Open::at(&self.place)?);
        exchanged?;
        Ok(Touched::Everything)
    }
}

fn exchange(place: &Place, open: Open, side: Side) -> Result<()> {
    open.with_writer(|live| carry(live, &side))?;
    let fill = place.fill_path();
    side.connection.close().map_err(|(_, error)| StoreError::from(error))?;
    open.close()?;
    let (disk, files) = (&place.disk, &place.disk.files);
    // A log of the old file beside the new one would be played into it: it must be gone for good first.
    if files.exists(&beside(&place.path, "-wal")).map_err(StoreError::Files)? {
        return Err(StoreError::InUse);
    }
    let moved = files
        .remove(&beside(&place.path, "-shm"))
        .and_then(|()| files.remove(&beside(&fill, "-journal")))
        .and_then(|()| disk.files.sync_folder(&place.path))
        .and_then(|()| files.replace(&fill, &place.path))
        .and_then(|()| files.sync_folder(&place.path));
    moved.map_err(StoreError::Files)
}

/// Carries the device's own work from the live file into the side file, in one transaction. Running it
/// again after a stop replaces what an earlier run had carried.
fn carry(live: Db, side: &Side) -> Result<()> {
    let change = side.connection.unchecked_transaction()?;
    let to = Db { connection: &change, numbers: &side.numbers };
    take_off(to)?;
    attachments::take_off(to)?;
    numbers::take_off(to)?;
    carry_kept(live, to)?;
    attachments::carry(live, to)?;
    numbers::carry(live, to)?;
    set_chain_end(to, chain_end(live)?)?;
    // Answers of another life of the hub mean nothing: such work is offered again.
    let same_life = life(live)? == side.epoch;
    for table in ["acked_op", "outbox"] {
        carry_ops(live, to, table, same_life)?;
    }
    carry_asked_again(live, to, same_life)?;
    let reached = cursor(to)?.unwrap_or_default();
    let rows = rows_with_work(to)?;
    settle(to, stored_position(reached)?)?;
    for (layout, id) in rows {
        let hub = row::load(to, layout, id)?;
        overlay::set_base(to, layout, id, hub.as_ref().map(|stored| &stored.record))?;
        overlay::recompute(to, layout, id)?;
    }
    attachments::collect(to)?;
    Ok(change.commit()?)
}

/// Undoes an earlier run: every row is the hub's again.
fn take_off(to: Db) -> Result<()> {
    let rows = rows_with_work(to)?;
    to.connection.execute_batch(
        "DELETE FROM outbox; DELETE FROM acked_op; DELETE FROM kept WHERE name NOT LIKE 'store.%'",
    )?;
    rows.into_iter().try_for_each(|(layout, id)| overlay::recompute(to, layout, id))
}

fn carry_kept(live: Db, to: Db) -> Result<()> {
    let mut query = live.connection.prepare("SELECT name, value FROM kept")?;
    let mut rows = query.query(())?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        if !name.starts_with(kept::OWN) {
            kept::set(to.connection, &name, Some(row.get_ref(1)?.as_blob().unwrap_or_default()))?;
        }
    }
    Ok(())
}

fn carry_ops(live: Db, to: Db, table: &str, same_life: bool) -> Result<()> {
    let columns = "op_seq, op_id, entity, row_id, bytes, hash, receipt, position, other_id";
    let mut query = live.connection.prepare(&format!("SELECT {columns} FROM {table}"))?;
    let mut insert = to.connection.prepare(&format!(
        "INSERT INTO {table} ({columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    ))?;
    let asked_again = table == "outbox" && !same_life;
    let mut rows = query.query(())?;
    while let Some(row) = rows.next()? {
        let bytes = |at| -> Result<Option<Vec<u8>>> { Ok(row.get(at)?) };
        let receipt = if asked_again { None } else { bytes(6)? };
        let position: Option<i64> = if asked_again { None } else { row.get(7)? };
        insert.execute(params![
            row.get::<_, i64>(0)?,
            bytes(1)?,
            to.numbers.of(layout_of(live, row)?),
            bytes(3)?,
            bytes(4)?,
            bytes(5)?,
            receipt,
            position,
            bytes(8)?,
        ])?;
    }
    Ok(())
}

/// Marks the settled work that the hub of this life has not answered: in another life, all.
fn carry_asked_again(live: Db, to: Db, same_life: bool) -> Result<()> {
    let mut query =
        live.connection.prepare("SELECT op_seq FROM acked_op WHERE asked_again OR ?1")?;
    let mut mark =
        to.connection.prepare("UPDATE acked_op SET asked_again = 1 WHERE op_seq = ?1")?;
    let mut rows = query.query([!same_life])?;
    while let Some(row) = rows.next()? {
        mark.execute([row.get::<_, i64>(0)?])?;
    }
    Ok(())
}

/// The two files may number entities differently.
fn layout_of(live: Db, row: &Row) -> Result<&'static Layout> {
    let entity = row.get(2)?;
    live.numbers.layout(entity).ok_or_else(|| unknown_number(entity))
}

fn rows_with_work(db: Db) -> Result<Vec<(&'static Layout, Uuid)>> {
    let mut query = db.connection.prepare(
        "SELECT entity, row_id FROM outbox \
         UNION SELECT entity, other_id FROM outbox WHERE other_id IS NOT NULL",
    )?;
    let rows = query.query_map((), |row| Ok((row.get(0)?, Uuid::from_bytes(row.get(1)?))))?;
    rows.map(|row| {
        let (entity, id) = row?;
        Ok((db.numbers.layout(entity).ok_or_else(|| unknown_number(entity))?, id))
    })
    .collect()
}
