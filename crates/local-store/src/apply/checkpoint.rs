//! One checkpoint, in one transaction: rows come and go below the pending work, work that the hub has
//! done leaves the overlay, what is left is replayed, cursors and sums move.

use std::collections::BTreeSet;

use domain::permissions::Scope;
use domain::record::EntityDef;
use sync_protocol::message::{Cursors, Frame, ScopeDigest};
use sync_protocol::row::WireRow;
use sync_protocol::wire;
use uuid::Uuid;

use super::digests::{Sums, hub_digest};
use super::{Announced, Applied, RowKey, purge, redact};
use crate::attachments;
use crate::connection::with_large_cache;
use crate::error::{Result, StoreError};
use crate::kept::{self, SCRUB_DUE};
use crate::layout::{Db, Layout};
use crate::outbox::{settle, unknown_number};
use crate::records::{overlay, row};
use crate::store::Touched;
use crate::view::{set_cursors, stored_position};

/// What the frames of one checkpoint have done so far.
pub(super) struct Work<'c> {
    pub db: Db<'c>,
    announced: Announced,
    pub sums: Sums,
    /// Rows that left a scope; those that no scope shows any more are purged at the end.
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

/// Applies what was staged and `frames` as one state of the hub.
pub(crate) fn apply(
    db: Db,
    frames: Vec<Frame>,
    cursors: Cursors,
    digests: &[ScopeDigest],
) -> Result<Applied> {
    let whole_file =
        |frame: &Frame| matches!(frame, Frame::DropScope { .. } | Frame::Redact { .. });
    let staged = db.connection.prepare_cached("SELECT 1 FROM staging")?.exists(())?;
    if staged || frames.len() > LARGE || frames.iter().any(whole_file) {
        with_large_cache(db.connection, || apply_all(db, frames, cursors, digests))
    } else {
        apply_all(db, frames, cursors, digests)
    }
}

fn apply_all(
    db: Db,
    frames: Vec<Frame>,
    cursors: Cursors,
    digests: &[ScopeDigest],
) -> Result<Applied> {
    let mut work = Work {
        db,
        announced: Announced::default(),
        sums: Sums::default(),
        left: BTreeSet::new(),
        rebase: BTreeSet::new(),
        touched: BTreeSet::new(),
        received: 0,
        redacted: false,
    };
    work.staged()?;
    for frame in frames {
        work.frame(frame)?;
    }
    let reached = cursors.values().copied().min().unwrap_or_default();
    for (layout, id) in settle(db, stored_position(reached)?)? {
        work.rebase.insert((db.numbers.of(layout), id));
    }
    let purged = purge::purge(&mut work)?;
    for (entity, id) in std::mem::take(&mut work.rebase) {
        overlay::recompute(db, work.layout(entity)?, id)?;
        work.touched.insert((entity, id));
    }
    // The keys of files that nothing names any more go with the names.
    let dropped = attachments::collect(db)?;
    set_cursors(db, &cursors)?;
    work.sums.write(db)?;
    let mismatches = work.sums.compare(db, digests)?;
    super::forget_staged(db.connection)?;
    if purged > 0 || dropped > 0 || work.redacted {
        kept::set(db.connection, SCRUB_DUE, Some(&[1]))?;
    }
    Ok(Applied { cursors, touched: work.touched()?, received: work.received, purged, mismatches })
}

impl Work<'_> {
    fn staged(&mut self) -> Result<()> {
        let db = self.db;
        let mut query = db.connection.prepare("SELECT frames FROM staging ORDER BY seq")?;
        let mut rows = query.query(())?;
        while let Some(row) = rows.next()? {
            let frames: Vec<Frame> = wire::decode(row.get_ref(0)?.as_blob().unwrap_or_default())?;
            frames.into_iter().try_for_each(|frame| self.frame(frame))?;
        }
        Ok(())
    }

    fn frame(&mut self, frame: Frame) -> Result<()> {
        match frame {
            Frame::Schema { index, schema } => self.announced.add(index, schema),
            Frame::Put { entity, scope, row } => self.put(entity, scope, row),
            Frame::Leave { entity, scope, id } => {
                let entity = self.db.numbers.of(self.announced.get(entity)?.0);
                let scope = self.sums.scope(self.db, scope)?;
                if self.sums.leave(self.db, scope, entity, id)? {
                    self.left.insert((entity, id));
                }
                Ok(())
            }
            Frame::DropScope { scope } => purge::drop_scope(self, scope),
            Frame::Redact { fields } => redact::redact(self, &fields),
            Frame::Page { .. } | Frame::Checkpoint { .. } | Frame::SnapshotEnd { .. } => {
                Err(StoreError::Frame("the end of an answer in its middle"))
            }
        }
    }

    fn put(&mut self, index: u16, scope: Scope, row: WireRow) -> Result<()> {
        let (layout, schema) = self.announced.get(index)?;
        let record = row.into_record(layout.entity, schema)?;
        let (db, id) = (self.db, record.id());
        let entity = db.numbers.of(layout);
        let scope = self.sums.scope(db, scope)?;
        self.sums.enter(db, scope, entity, id, hub_digest(&record))?;
        self.received += 1;
        if overlay::has_base(db, layout, id)? {
            overlay::set_base(db, layout, id, Some(&record))?;
            self.rebase.insert((entity, id));
        } else {
            let before = row::load(db, layout, id)?;
            row::put(db, layout, before.as_ref(), Some(&record))?;
            self.touched.insert((entity, id));
        }
        Ok(())
    }

    pub fn layout(&self, entity: i64) -> Result<&'static Layout> {
        self.db.numbers.layout(entity).ok_or_else(|| unknown_number(entity))
    }

    fn touched(&self) -> Result<Touched> {
        let records = self.touched.iter().map(|(entity, id)| {
            let entity: &'static EntityDef = self.layout(*entity)?.entity;
            Ok((entity, *id))
        });
        Ok(Touched::Records(records.collect::<Result<Vec<(_, Uuid)>>>()?))
    }
}
