//! One checkpoint, in one transaction: rows come and go below the pending work, work that the hub has
//! done leaves the overlay, what is left is replayed, cursors and sums move.

use std::collections::BTreeSet;

use domain::record::{EntityDef, Record};
use sync_protocol::digest::{self, Digest};
use sync_protocol::message::{Bucket, EntityDigest, Frame, PartDigest, Position};
use sync_protocol::row::{Schema, Unknown, WireRow};
use sync_protocol::wire;
use uuid::Uuid;

use super::digests::{Held, Sums, compare, hub_digest};
use super::{Announced, Applied, RowKey, STAGED_TOGETHER, purge, redact};
use crate::attachments;
use crate::connection::with_large_cache;
use crate::error::{Result, StoreError};
use crate::kept::{self, SCRUB_DUE};
use crate::layout::{Db, Layout};
use crate::outbox::{settle, unknown_number};
use crate::records::{overlay, row};
use crate::store::Touched;
use crate::unknown;
use crate::view::{set_cursor, stored_position};

/// A frame, read before the file is locked for it.
pub(crate) enum Step {
    Put { layout: &'static Layout, bucket: Bucket, row: Box<Received>, digest: Digest },
    Leave { layout: &'static Layout, id: Uuid },
    Drop { layout: &'static Layout, bucket: Option<Bucket> },
    Redact(Vec<String>),
}

/// A row as the hub sent it.
pub(crate) struct Received {
    pub record: Record,
    pub unknown: Unknown,
}

impl Received {
    /// # Errors
    /// `Wire` where it is not of this layout.
    pub fn read(row: WireRow, layout: &Layout, schema: &Schema) -> Result<Self> {
        let (record, unknown) = row.read(layout.entity, schema)?;
        Ok(Self { record, unknown })
    }

    pub fn digest(&self) -> Digest {
        hub_digest(&self.record).plus(digest::of_unknown(self.record.id(), &self.unknown))
    }
}

/// Reads frames of one answer, behind those whose layouts were `announced`.
///
/// # Errors
/// `Frame` or `Wire` where one is not ours.
pub(crate) fn read(frames: Vec<Frame>, announced: &mut Announced) -> Result<Vec<Step>> {
    let mut steps = Vec::with_capacity(frames.len());
    for frame in frames {
        let step = match frame {
            Frame::Schema { index, schema } => {
                announced.add(index, schema)?;
                continue;
            }
            Frame::Put { entity, bucket, row } => {
                let Some((layout, schema)) = announced.get(entity)? else { continue };
                let row = Box::new(Received::read(row, layout, schema)?);
                Step::Put { layout, bucket, digest: row.digest(), row }
            }
            Frame::Leave { entity, id } => match announced.get(entity)? {
                Some((layout, _)) => Step::Leave { layout, id },
                None => continue,
            },
            Frame::Drop { entity, bucket } => match announced.get(entity)? {
                Some((layout, _)) => Step::Drop { layout, bucket },
                None => continue,
            },
            Frame::Redact { fields } => Step::Redact(fields),
            Frame::Page { .. } | Frame::Checkpoint { .. } | Frame::SnapshotEnd { .. } => {
                return Err(StoreError::Frame("the end of an answer in its middle"));
            }
        };
        steps.push(step);
    }
    Ok(steps)
}

/// A checkpoint that is not applied yet: what was staged, these steps, and where it leads.
pub(crate) struct Due {
    pub steps: Vec<Step>,
    pub cursor: Position,
    pub policy_version: i64,
    pub digests: Vec<EntityDigest>,
    pub parts: Vec<PartDigest>,
}

impl Due {
    /// Whether a copy of the file is made sooner than all this finds a place among the saves: so many frames, and
    /// of a full file as many as a twentieth of its rows.
    pub fn is_large(&self, db: Db) -> Result<bool> {
        let (staged, held): (i64, i64) = db.connection.query_row(
            "SELECT (SELECT count(*) FROM staging), (SELECT coalesce(sum(rows), 0) FROM digest_sum)",
            (),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let count = |rows: i64| usize::try_from(rows).unwrap_or_default();
        let frames = self.steps.len().saturating_add(count(staged).saturating_mul(STAGED_TOGETHER));
        Ok(frames > LARGE.max(count(held) / 20))
    }
}

/// What the frames of one checkpoint have done so far.
pub(super) struct Work<'c> {
    pub db: Db<'c>,
    pub sums: Sums,
    /// Rows that left; those that did not come again are purged at the end.
    pub left: BTreeSet<RowKey>,
    /// Rows whose image below pending work has changed.
    pub rebase: BTreeSet<RowKey>,
    pub touched: BTreeSet<RowKey>,
    received: u64,
    /// Fields were emptied.
    pub redacted: bool,
}

/// More frames than these change rows all over the file.
const LARGE: usize = 5_000;
/// Where more records are touched, nobody is told one by one.
const TOLD: usize = 50_000;

/// So little is done before it would be worth to begin anew.
const NEARLY_DONE: usize = 256;

/// Applies what was staged and the steps as one state of the hub. Gives way, with `None` and for nothing
/// that was done, where `somebody_waits` and much is left.
pub(crate) fn apply(
    db: Db,
    due: &Due,
    somebody_waits: &dyn Fn() -> bool,
) -> Result<Option<Applied>> {
    let whole_file = |step: &Step| matches!(step, Step::Drop { .. } | Step::Redact(_));
    let staged = db.connection.prepare_cached("SELECT 1 FROM staging")?.exists(())?;
    if staged || due.steps.len() > LARGE || due.steps.iter().any(whole_file) {
        with_large_cache(db.connection, || apply_all(db, due, somebody_waits))
    } else {
        apply_all(db, due, somebody_waits)
    }
}

fn apply_all(db: Db, due: &Due, somebody_waits: &dyn Fn() -> bool) -> Result<Option<Applied>> {
    let Due { steps, cursor, policy_version, digests, parts } = due;
    let mut work = Work {
        db,
        sums: Sums::default(),
        left: BTreeSet::new(),
        rebase: BTreeSet::new(),
        touched: BTreeSet::new(),
        received: 0,
        redacted: false,
    };
    if !work.staged(somebody_waits)? {
        return Ok(None);
    }
    for (at, step) in steps.iter().enumerate() {
        if steps.len() - at > NEARLY_DONE && somebody_waits() {
            return Ok(None);
        }
        work.step(step)?;
    }
    for (layout, id) in settle(db, stored_position(*cursor)?)? {
        work.rebase.insert((db.numbers.of(layout), id));
    }
    let purged = purge::purge(&mut work)?;
    for (entity, id) in std::mem::take(&mut work.rebase) {
        overlay::recompute(db, work.layout(entity)?, id)?;
        work.touch((entity, id));
    }
    // The keys of files that nothing names any more go with the names.
    let dropped = attachments::collect(db)?;
    set_cursor(db, *cursor, *policy_version)?;
    work.sums.write(db)?;
    let mismatches = compare(db, digests, parts)?;
    super::forget_staged(db.connection)?;
    if purged > 0 || dropped > 0 || work.redacted {
        kept::set(db.connection, SCRUB_DUE, Some(&[1]))?;
    }
    let (cursor, policy_version, redacted) = (*cursor, *policy_version, work.redacted);
    let (touched, received) = (work.touched()?, work.received);
    Ok(Some(Applied { cursor, policy_version, touched, received, purged, redacted, mismatches }))
}

impl Work<'_> {
    /// Answers false where it gave way.
    fn staged(&mut self, somebody_waits: &dyn Fn() -> bool) -> Result<bool> {
        let db = self.db;
        let mut query = db.connection.prepare("SELECT frames FROM staging ORDER BY seq")?;
        let mut rows = query.query(())?;
        let mut announced = Announced::default();
        while let Some(row) = rows.next()? {
            let frames: Vec<Frame> = wire::decode(row.get_ref(0)?.as_blob().unwrap_or_default())?;
            for step in read(frames, &mut announced)? {
                if somebody_waits() {
                    return Ok(false);
                }
                self.step(&step)?;
            }
        }
        Ok(true)
    }

    fn step(&mut self, step: &Step) -> Result<()> {
        let db = self.db;
        match step {
            Step::Put { layout, bucket, row, digest } => self.put(layout, *bucket, row, *digest),
            Step::Leave { layout, id } => {
                let entity = db.numbers.of(layout);
                if self.sums.leave(db, entity, *id)? {
                    self.left.insert((entity, *id));
                }
                Ok(())
            }
            Step::Drop { layout, bucket } => purge::drop_rows(self, db.numbers.of(layout), *bucket),
            Step::Redact(fields) => redact::redact(self, fields),
        }
    }

    fn put(
        &mut self,
        layout: &'static Layout,
        bucket: Bucket,
        row: &Received,
        digest: Digest,
    ) -> Result<()> {
        let Received { record, unknown } = row;
        let (db, id) = (self.db, record.id());
        let entity = db.numbers.of(layout);
        self.sums.enter(db, entity, id, Held { bucket, digest })?;
        unknown::set(db, entity, id, unknown)?;
        self.received += 1;
        if overlay::has_base(db, layout, id)? {
            overlay::set_base(db, layout, id, Some(record))?;
            self.rebase.insert((entity, id));
        } else {
            let before = row::load(db, layout, id)?;
            row::put(db, layout, before.as_ref(), Some(record))?;
            self.touch((entity, id));
        }
        Ok(())
    }

    pub fn layout(&self, entity: i64) -> Result<&'static Layout> {
        self.db.numbers.layout(entity).ok_or_else(|| unknown_number(entity))
    }

    fn touch(&mut self, row: RowKey) {
        if self.touched.len() <= TOLD {
            self.touched.insert(row);
        }
    }

    fn touched(&self) -> Result<Touched> {
        if self.touched.len() > TOLD {
            return Ok(Touched::Everything);
        }
        let records = self.touched.iter().map(|(entity, id)| {
            let entity: &'static EntityDef = self.layout(*entity)?.entity;
            Ok((entity, *id))
        });
        Ok(Touched::Records(records.collect::<Result<Vec<(_, Uuid)>>>()?))
    }
}
