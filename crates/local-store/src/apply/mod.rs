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
pub(crate) use digests::{Held, Sums, held_sums, hub_digest};

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
        if page.is_none() {
            self.transact(|db| forget_staged(db.connection))?;
        }
        Ok(Intake::default())
    }

    /// Takes the next frame of a pull.
    ///
    /// # Errors
    /// `Frame` or `Wire` where the frame is not one of ours; the file then stands as before.
    pub fn take(&self, intake: &mut Intake, frame: Frame) -> Result<Taken> {
        match frame {
            Frame::Page { token, .. } => {
                self.transact(|db| stage(db.connection, intake, &token))?;
                intake.frames.clear();
                Ok(Taken::Page(token))
            }
            Frame::Checkpoint { cursor, policy_version, digests, parts, .. } => {
                let steps = read(std::mem::take(&mut intake.frames))?;
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
    /// begins anew after it; where saves follow each other, it is applied to a copy that then takes the
    /// file's place, so that none of them waits long.
    fn apply(&self, due: &Due) -> Result<Applied> {
        for _ in 0..TRIES {
            let done = self.transact_behind(|db, somebody_waits| apply(db, due, somebody_waits))?;
            if let Some(applied) = done {
                return Ok(applied);
            }
        }
        match self.apply_beside(due) {
            Ok(Some(applied)) => return Ok(applied),
            // There is no room for two files.
            Ok(None) | Err(StoreError::DiskFull) => {}
            Err(error) => return Err(error),
        }
        // It gives way to nobody now.
        self.transact(|db| apply(db, due, &|| false))?.ok_or(StoreError::InUse)
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

/// Stores the frames of a page, to be applied with the checkpoint, and where the pull goes on.
pub(crate) fn stage(connection: &Connection, intake: &Intake, next: &ByteBuf) -> Result<()> {
    let frames = wire::encode(&intake.frames)?;
    connection.prepare_cached("INSERT INTO staging (frames) VALUES (?1)")?.execute([frames])?;
    kept::set(connection, PULL_PAGE, (!intake.once).then_some(next.as_slice()))
}

pub(crate) fn staged_page(connection: &Connection) -> Result<Option<ByteBuf>> {
    Ok(kept::get(connection, PULL_PAGE)?.map(ByteBuf::from))
}

pub(crate) fn forget_staged(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM staging", ())?;
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
