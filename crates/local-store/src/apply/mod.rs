//! Frames from the hub into the file. They are held back until a checkpoint makes them whole, then
//! applied in one transaction; a person never sees half of what happened on the hub.

mod checkpoint;
mod digests;
mod purge;
mod redact;

use rusqlite::Connection;
use serde_bytes::ByteBuf;
use sync_protocol::message::{Bucket, Frame, Position};
use sync_protocol::wire;
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::kept;
use crate::layout::{Db, Layout, layout};
use crate::store::{Store, Touched};
use sync_protocol::row::Schema;

pub(crate) use checkpoint::{Due, Received, apply, read};
pub(crate) use digests::{Entrance, Held, Sums, held_sums, hub_digest};

/// How often a checkpoint is begun that gives way to saves.
const TRIES: usize = 3;

/// The frames of one answer of the hub, as they come in.
#[derive(Debug, Default)]
pub struct Intake {
    frames: Vec<Frame>,
    /// Its pages are of no use to a later round.
    once: bool,
}

/// What a frame has led to.
#[derive(Clone, Debug)]
pub enum Taken {
    /// More frames are needed.
    More,
    /// What came is stored; the pull or the snapshot goes on at this page.
    Page(ByteBuf),
    /// A snapshot is complete in the side file; a pull from here makes it whole.
    SnapshotEnd { cursor: Position, policy_version: i64 },
    /// The file stands at a checkpoint.
    Checkpoint(Applied),
}

/// What a checkpoint has changed.
#[derive(Clone, Debug)]
pub struct Applied {
    pub cursor: Position,
    pub policy_version: i64,
    pub touched: Touched,
    /// Rows that came from the hub.
    pub received: u64,
    /// Rows that left the file; [`Store::scrub`] makes their content unreadable.
    pub purged: u64,
    /// Fields were emptied everywhere.
    pub(crate) redacted: bool,
    /// Where what is held is not what the hub says: nothing is hidden, the caller fetches anew.
    pub mismatches: Vec<Mismatch>,
}

/// One entity that does not add up, or one bucket of it where the hub told them one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub entity: &'static str,
    pub bucket: Option<Bucket>,
    pub held_rows: u64,
    pub hub_rows: u64,
}

impl Store {
    /// Begins to take in the answer to a pull. `page` is the page that was asked for, of this round or of one that
    /// broke off ([`crate::View::staged_page`]); a pull from its beginning forgets what an earlier one had left.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn begin_pull(&self, page: Option<&ByteBuf>) -> Result<Intake> {
        self.transact(|db| match page {
            None => forget_staged(db.connection),
            Some(_) => forget_unfinished(db.connection),
        })?;
        Ok(Intake::default())
    }

    /// Takes the next frame of a pull.
    ///
    /// # Errors
    /// `Frame` or `Wire` where the frame is not one of ours; the file then stands as before.
    pub fn take(&self, intake: &mut Intake, frame: Frame) -> Result<Taken> {
        match frame {
            Frame::Page { token, .. } => {
                // In steps, so that a save never waits long.
                for frames in intake.frames.chunks(STAGED_TOGETHER) {
                    self.transact(|db| stage(db.connection, frames))?;
                }
                self.transact(|db| stage_page(db.connection, intake, &token))?;
                intake.frames.clear();
                Ok(Taken::Page(token))
            }
            Frame::Checkpoint { cursor, policy_version, digests, parts, .. } => {
                let steps = read(std::mem::take(&mut intake.frames), &mut Announced::default())?;
                Ok(Taken::Checkpoint(self.apply(&Due {
                    steps,
                    cursor,
                    policy_version,
                    digests,
                    parts,
                })?))
            }
            Frame::SnapshotEnd { .. } => Err(StoreError::Frame("the end of a snapshot in a pull")),
            frame => {
                intake.frames.push(frame);
                Ok(Taken::More)
            }
        }
    }

    /// Applies a checkpoint in one transaction. A save that comes meanwhile goes first, and the transaction
    /// begins anew after it; where saves follow each other, or very much comes, it is applied to a copy that then
    /// takes the file's place, so that none of them waits long.
    fn apply(&self, due: &Due) -> Result<Applied> {
        let large = self.read(|view| due.is_large(view.db))?;
        if large && let Some(applied) = self.beside(due)? {
            return Ok(applied);
        }
        for _ in 0..TRIES {
            let done = self.transact_behind(|db, somebody_waits| apply(db, due, somebody_waits))?;
            if let Some(applied) = done {
                return Ok(applied);
            }
        }
        if !large && let Some(applied) = self.beside(due)? {
            return Ok(applied);
        }
        // It gives way to nobody now.
        self.transact(|db| apply(db, due, &|| false))?.ok_or(StoreError::InUse)
    }

    /// Answers `None` where content has to leave, something does not add up, or there is no room for two files.
    fn beside(&self, due: &Due) -> Result<Option<Applied>> {
        match self.apply_beside(due) {
            Err(StoreError::DiskFull) => Ok(None),
            applied => applied,
        }
    }
}

impl Intake {
    /// The pull asks for parts of the copy anew. What it is for is remembered by the round alone, so that another
    /// one cannot go on with it.
    #[must_use]
    pub fn for_this_round(self) -> Self {
        Self { once: true, ..self }
    }

    pub(crate) fn hold(&mut self, frame: Frame) {
        self.frames.push(frame);
    }

    pub(crate) fn take_all(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.frames)
    }
}

/// The page at which a pull goes on whose frames are staged.
const PULL_PAGE: &str = "store.pull_page";

/// The last stored frames that belong to a whole page.
const PULL_STAGED: &str = "store.pull_staged";
/// Frames that are stored in one transaction.
pub(crate) const STAGED_TOGETHER: usize = 500;

/// Stores frames of a page, to be applied with the checkpoint.
pub(crate) fn stage(connection: &Connection, frames: &[Frame]) -> Result<()> {
    let frames = wire::encode(&frames)?;
    connection.prepare_cached("INSERT INTO staging (frames) VALUES (?1)")?.execute([frames])?;
    Ok(())
}

/// Notes that a page is stored whole, and where the pull goes on.
pub(crate) fn stage_page(connection: &Connection, intake: &Intake, next: &ByteBuf) -> Result<()> {
    let last: Option<i64> =
        connection.query_row("SELECT max(seq) FROM staging", (), |row| row.get(0))?;
    kept::set(
        connection,
        PULL_STAGED,
        last.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice),
    )?;
    kept::set(connection, PULL_PAGE, (!intake.once).then_some(next.as_slice()))
}

/// Forgets what was stored of a page that broke off: it comes once more.
pub(crate) fn forget_unfinished(connection: &Connection) -> Result<()> {
    let last = kept::get(connection, PULL_STAGED)?.and_then(|bytes| bytes.try_into().ok());
    let last = last.map_or(0, i64::from_be_bytes);
    connection.execute("DELETE FROM staging WHERE seq > ?1", [last])?;
    Ok(())
}

pub(crate) fn staged_page(connection: &Connection) -> Result<Option<ByteBuf>> {
    Ok(kept::get(connection, PULL_PAGE)?.map(ByteBuf::from))
}

pub(crate) fn forget_staged(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM staging", ())?;
    kept::set(connection, PULL_STAGED, None)?;
    kept::set(connection, PULL_PAGE, None)
}

/// The layouts that the schema frames of an answer have announced. One without a layout here is of an entity that only
/// a newer program has: its rows are left out, and fetched by that program, which misses the whole entity.
#[derive(Default)]
pub(crate) struct Announced(Vec<(u16, Option<&'static Layout>, Schema)>);

impl Announced {
    pub fn add(&mut self, index: u16, schema: Schema) -> Result<()> {
        let layout = layout(&schema.entity).ok();
        self.0.retain(|(known, _, _)| *known != index);
        self.0.push((index, layout, schema));
        Ok(())
    }

    /// Nothing for an entity that this program does not know.
    pub fn get(&self, index: u16) -> Result<Option<(&'static Layout, &Schema)>> {
        let found = self.0.iter().find(|(known, _, _)| *known == index);
        let found = found.ok_or(StoreError::Frame("a row of an entity it had not announced"))?;
        Ok(found.1.map(|layout| (layout, &found.2)))
    }
}

/// A row as it is named in the tables of the sync.
pub(crate) type RowKey = (i64, Uuid);

/// Whether the row is held.
pub(crate) fn is_member(db: Db, (entity, id): RowKey) -> Result<bool> {
    let mut query =
        db.connection.prepare_cached("SELECT 1 FROM member WHERE entity = ?1 AND row_id = ?2")?;
    Ok(query.exists(rusqlite::params![entity, id.as_bytes()])?)
}
