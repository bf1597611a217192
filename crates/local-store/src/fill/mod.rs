//! The side file: a first fill or a rebuild is written beside the live file, resumed where it broke off,
//! and put in its place as a whole. The live file is read and written meanwhile as always.

mod copy;
mod indexes;
mod progress;
mod swap;
mod unpack;

use rusqlite::{Connection, ErrorCode};
use serde_bytes::ByteBuf;
use sync_protocol::message::Frame;

use self::indexes::{build_indexes, defer_indexes};
use crate::apply::{
    Announced, Applied, Due, Entrance, Intake, Received, Sums, Taken, apply, forget_staged,
    forget_unfinished, read, stage, stage_page,
};
use crate::connection::{Place, Purpose, connect};
use crate::error::{Result, StoreError};
use crate::kept;
use crate::layout::{Db, Layout, Numbers};
use crate::migrate::migrate;
use crate::records::row::{self, Inserter};
use crate::store::Store;
use crate::unknown;
use crate::view::{EPOCH, set_cursor};

use progress::{CAUGHT, PAGE, stored_stage};
pub use progress::{FillStage, Filling};
use unpack::Unpacked;
pub use unpack::{Piece, Unpacker};

/// The side file, open. What was taken since the last page is lost with it.
pub struct Side {
    connection: Connection,
    numbers: Numbers,
    epoch: u64,
    stage: FillStage,
    /// A checkpoint made it whole.
    complete: bool,
    unpacker: Unpacker,
    sums: Sums,
    /// Rows of one entity that are written together.
    batch: Vec<Unpacked>,
    /// Rows since the last commit; `None` outside a transaction.
    uncommitted: Option<usize>,
}

/// Pages are committed together until so many rows have come: a commit costs as much as many rows.
const COMMIT_ROWS: usize = 20_000;
/// Rows that are written with one look at the statements.
const BATCH_ROWS: usize = 500;

impl Store {
    /// Starts an empty side file for this epoch of the hub; an earlier one is thrown away.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn begin_fill(&self, epoch: u64) -> Result<Side> {
        self.forget_fill()?;
        let mut connection = connect(&self.fill_place(), Purpose::Fill)?;
        let numbers = migrate(&mut connection)?;
        let change = connection.transaction()?;
        defer_indexes(&change)?;
        kept::set(&change, EPOCH, Some(&epoch.to_be_bytes()))?;
        change.commit()?;
        Side::over(connection, numbers)
    }

    fn fill_place(&self) -> Place {
        self.place.at(self.place.fill_path())
    }

    fn forget_fill(&self) -> Result<()> {
        let place = self.fill_place();
        place.disk.remove_database(&place.path).map_err(StoreError::Files)
    }

    /// Opens the side file of a fill that broke off; `None` where there is none that can be used.
    ///
    /// # Errors
    /// Where the folder or the disk fails.
    pub fn resume_fill(&self) -> Result<Option<Side>> {
        let place = self.fill_place();
        if !place.exists()? {
            return Ok(None);
        }
        match open_side(&place) {
            Ok(side) => Ok(side),
            // Half a file, or one of another build: it can be fetched anew.
            Err(
                StoreError::CannotOpen
                | StoreError::Damaged(_)
                | StoreError::Newer { .. }
                | StoreError::OtherLayout { .. },
            ) => {
                place.disk.remove_database(&place.path).map_err(StoreError::Files)?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// How far a fill has come that was begun and not put in place.
    ///
    /// # Errors
    /// As [`Store::resume_fill`].
    pub fn filling(&self) -> Result<Option<Filling>> {
        Ok(self.resume_fill()?.map(|side| Filling { epoch: side.epoch, stage: side.stage.clone() }))
    }
}

fn open_side(place: &Place) -> Result<Option<Side>> {
    let mut connection = connect(place, Purpose::Fill)?;
    let numbers = migrate(&mut connection)?;
    // Without its epoch the file was left before its beginning was stored.
    match kept::get(&connection, EPOCH)? {
        Some(_) => Side::over(connection, numbers).map(Some),
        None => Ok(None),
    }
}

impl Side {
    fn over(connection: Connection, numbers: Numbers) -> Result<Self> {
        let db = Db { connection: &connection, numbers: &numbers };
        let epoch = crate::view::epoch(db)?;
        let stage = stored_stage(db)?;
        let unpacker = Unpacker::of(&stage);
        Ok(Self {
            connection,
            numbers,
            epoch,
            stage,
            complete: false,
            unpacker,
            sums: Sums::default(),
            batch: Vec::new(),
            uncommitted: None,
        })
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn stage(&self) -> &FillStage {
        &self.stage
    }

    fn db(&self) -> Db<'_> {
        Db { connection: &self.connection, numbers: &self.numbers }
    }

    /// Begins to take in an answer: of a snapshot, or of the pull that makes it whole.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn begin(&mut self, page: Option<&ByteBuf>) -> Result<Intake> {
        match (&self.stage, page) {
            (FillStage::Snapshot { .. }, _) => {}
            (FillStage::CatchUp { .. }, None) => forget_staged(&self.connection)?,
            (FillStage::CatchUp { .. }, Some(_)) => forget_unfinished(&self.connection)?,
        }
        self.unpacker = self.unpacker();
        Ok(Intake::default())
    }

    /// What reads the frames of the answer that is taken in next, on another thread where there is one.
    pub fn unpacker(&self) -> Unpacker {
        Unpacker::of(&self.stage)
    }

    /// Takes the next frame.
    ///
    /// # Errors
    /// `Frame` or `Wire` where the frame is not one of ours. A snapshot is then back at its last stored
    /// page, as [`Side::stage`] says.
    pub fn take(&mut self, intake: &mut Intake, frame: Frame) -> Result<Taken> {
        match self.unpacker.read(frame) {
            Ok(piece) => self.take_piece(intake, piece),
            Err(error) => {
                self.go_back()?;
                Err(error)
            }
        }
    }

    /// Takes what an [`Unpacker`] of this fill made of the next frame.
    ///
    /// # Errors
    /// As [`Side::take`].
    pub fn take_piece(&mut self, intake: &mut Intake, piece: Piece) -> Result<Taken> {
        if let FillStage::CatchUp { .. } = self.stage {
            return match piece {
                Piece::Frame(frame) => self.take_pull(intake, frame),
                Piece::Nothing | Piece::Row(_) => Err(StoreError::Frame("a snapshot in a pull")),
            };
        }
        let taken = self.take_snapshot(piece);
        if taken.is_err() {
            self.go_back()?;
        }
        taken
    }

    /// Stores what came of a snapshot now, to go on at its last page: no more comes soon. What came after that page
    /// comes once more.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep_page(&mut self) -> Result<()> {
        match (&self.stage, self.uncommitted) {
            (FillStage::Snapshot { page: Some(page) }, Some(_)) => {
                let page = page.clone();
                self.write_batch()?;
                self.commit(Some(&page))
            }
            _ => Ok(()),
        }
    }

    /// Forgets everything since the last commit.
    fn go_back(&mut self) -> Result<()> {
        self.batch.clear();
        self.sums = Sums::default();
        self.uncommitted = None;
        // A full disk ends the transaction by itself.
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        self.stage = stored_stage(self.db())?;
        Ok(())
    }

    fn take_snapshot(&mut self, piece: Piece) -> Result<Taken> {
        let frame = match piece {
            Piece::Nothing => return Ok(Taken::More),
            Piece::Row(row) => {
                self.put(row)?;
                return Ok(Taken::More);
            }
            Piece::Frame(frame) => frame,
        };
        match frame {
            Frame::Page { token, .. } => {
                self.write_batch()?;
                self.stage = FillStage::Snapshot { page: Some(token.clone()) };
                if self.uncommitted.is_some_and(|rows| rows >= COMMIT_ROWS) {
                    self.commit(Some(&token))?;
                }
                Ok(Taken::Page(token))
            }
            Frame::SnapshotEnd { cursor, policy_version } => {
                self.begin_transaction()?;
                self.write_batch()?;
                build_indexes(&self.connection)?;
                set_cursor(self.db(), cursor, policy_version)?;
                kept::set(&self.connection, CAUGHT, Some(&[1]))?;
                self.commit(None)?;
                self.stage = FillStage::CatchUp { cursor, policy_version, page: None };
                Ok(Taken::SnapshotEnd { cursor, policy_version })
            }
            Frame::Schema { .. }
            | Frame::Put { .. }
            | Frame::Leave { .. }
            | Frame::Drop { .. }
            | Frame::Redact { .. }
            | Frame::Checkpoint { .. } => Err(StoreError::Frame("a change inside a snapshot")),
        }
    }

    fn put(&mut self, row: Unpacked) -> Result<()> {
        self.begin_transaction()?;
        let other = self.batch.last().is_some_and(|last| last.entity() != row.entity());
        if other || self.batch.len() >= BATCH_ROWS {
            self.write_batch()?;
        }
        self.batch.push(row);
        Ok(())
    }

    fn write_batch(&mut self) -> Result<()> {
        let Some(first) = self.batch.first() else { return Ok(()) };
        let layout: &'static Layout = first.layout;
        let db = Db { connection: &self.connection, numbers: &self.numbers };
        let entity = db.numbers.of(layout);
        let mut inserter = Inserter::new(db, layout)?;
        let mut entrance = Entrance::new(db, entity)?;
        for Unpacked { row: Received { record, unknown }, held, .. } in &self.batch {
            match inserter.insert(record) {
                Ok(_) => {
                    entrance.enter(&mut self.sums, record.id(), *held)?;
                    if !unknown.is_empty() {
                        unknown::set(db, entity, record.id(), unknown)?;
                    }
                }
                // A row that moved while the snapshot was on its way comes twice.
                Err(error) if is_constraint(&error) => {
                    let before = row::load(db, layout, record.id())?;
                    row::put(db, layout, before.as_ref(), Some(record))?;
                    self.sums.enter(db, entity, record.id(), *held)?;
                    unknown::set(db, entity, record.id(), unknown)?;
                }
                Err(error) => return Err(error),
            }
        }
        self.uncommitted = self.uncommitted.map(|rows| rows + self.batch.len());
        self.batch.clear();
        Ok(())
    }

    fn take_pull(&mut self, intake: &mut Intake, frame: Frame) -> Result<Taken> {
        match frame {
            Frame::Page { token, .. } => {
                stage(&self.connection, &intake.take_all())?;
                stage_page(&self.connection, intake, &token)?;
                Ok(Taken::Page(token))
            }
            Frame::Checkpoint { cursor, policy_version, digests, parts, .. } => {
                let steps = read(intake.take_all(), &mut Announced::default())?;
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
                intake.hold(frame);
                Ok(Taken::More)
            }
        }
    }

    /// Applies a checkpoint; nobody else has this file.
    fn apply(&mut self, due: &Due) -> Result<Applied> {
        let change = self.connection.transaction()?;
        let db = Db { connection: &change, numbers: &self.numbers };
        let applied = apply(db, due, &|| false)?.ok_or(StoreError::InUse)?;
        change.commit()?;
        self.complete = applied.mismatches.is_empty();
        let (cursor, policy_version) = (due.cursor, due.policy_version);
        self.stage = FillStage::CatchUp { cursor, policy_version, page: None };
        Ok(applied)
    }

    fn begin_transaction(&mut self) -> Result<()> {
        if self.uncommitted.is_none() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.uncommitted = Some(0);
        }
        Ok(())
    }

    fn commit(&mut self, page: Option<&ByteBuf>) -> Result<()> {
        self.sums.write(self.db())?;
        kept::set(&self.connection, PAGE, page.map(|page| page.as_slice()))?;
        self.connection.execute_batch("COMMIT")?;
        self.uncommitted = None;
        Ok(())
    }
}

fn is_constraint(error: &StoreError) -> bool {
    match error {
        StoreError::Database(error) => {
            error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
        }
        _ => false,
    }
}
