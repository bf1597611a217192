//! Pull and snapshot from the memory hub, page by page, through the real projection.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::permissions::{Grants, Scope};
use domain::record::{EntityDef, Record};
use domain::synced;
use serde_bytes::ByteBuf;
use sync_protocol::digest::Digest;
use sync_protocol::message::{Cursors, Frame, Position, Pull, ScopeDigest, SnapshotRequest};
use sync_protocol::projection::{Projection, scope_for, scopes_of, visible_in};
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::{digest, wire};
use uuid::Uuid;

use super::MemoryHub;

/// Where a snapshot goes on: its beginning in the order, and the last row that was sent.
type Place = (Position, u16, Option<Uuid>);

impl MemoryHub {
    /// The changes since the request's cursors. A page of `page_rows` rows ends with `Page`, the last
    /// one with `Checkpoint`.
    pub fn pull(
        &self,
        grants: &Grants,
        request: &Pull,
        page_rows: usize,
        now: DateTime<Utc>,
    ) -> Vec<Frame> {
        let after: Position = match &request.page {
            Some(token) => wire::decode(token).unwrap_or_default(),
            None => request.cursors.values().copied().min().unwrap_or_default(),
        };
        let mut changed: Vec<_> =
            self.records.values().filter(|kept| kept.position > after).collect();
        changed.sort_by_key(|kept| kept.position);
        let mut frames = schemas(grants);
        let mut sent = 0;
        let mut last = after;
        for kept in changed {
            // A page ends between two places in the order, never within one.
            if sent >= page_rows && kept.position > last {
                let token = wire::encode(&last).unwrap_or_default();
                frames.push(Frame::Page { token: ByteBuf::from(token) });
                return frames;
            }
            last = kept.position;
            if let Some(frame) = frame_of(grants, &kept.record) {
                frames.push(frame);
                sent += 1;
            }
        }
        frames.push(Frame::Checkpoint {
            cursors: self.cursors(grants),
            digests: self.digests(grants),
            server_time: now,
        });
        frames
    }

    /// One page of a snapshot.
    pub fn snapshot(
        &self,
        grants: &Grants,
        request: &SnapshotRequest,
        page_rows: usize,
    ) -> Vec<Frame> {
        let place = request.page.as_ref().and_then(|token| wire::decode::<Place>(token).ok());
        let (start, first, after) = place.unwrap_or((self.position, 0, None));
        let mut frames = schemas(grants);
        let mut sent = 0;
        for (index, entity) in synced::all().enumerate().skip(usize::from(first)) {
            let Some(index) = u16::try_from(index).ok() else { break };
            for kept in self.records.values() {
                let record = &kept.record;
                let behind = index == first && after.is_some_and(|after| record.id() <= after);
                if record.entity().name != entity.name || behind {
                    continue;
                }
                if let Some(scope) = visible_in(grants, record) {
                    let row = WireRow::of(record, &Projection::of(grants, entity));
                    frames.push(Frame::Put { entity: index, scope, row });
                    sent += 1;
                }
                if sent == page_rows {
                    let place: Place = (start, index, Some(record.id()));
                    let token = wire::encode(&place).unwrap_or_default();
                    frames.push(Frame::Page { token: ByteBuf::from(token) });
                    return frames;
                }
            }
        }
        let cursors = scopes_of(grants).into_iter().map(|scope| (scope, start)).collect();
        frames.push(Frame::SnapshotEnd { cursors });
        frames
    }

    fn cursors(&self, grants: &Grants) -> Cursors {
        scopes_of(grants).into_iter().map(|scope| (scope, self.position)).collect()
    }

    fn digests(&self, grants: &Grants) -> Vec<ScopeDigest> {
        let mut sums: BTreeMap<(Scope, &str), (u64, Digest)> = BTreeMap::new();
        for entity in synced::all() {
            if let Some(scope) = scope_for(grants, entity) {
                sums.insert((scope, entity.name), Default::default());
            }
        }
        for record in self.records() {
            let Some(scope) = visible_in(grants, record) else { continue };
            let projection = Projection::of(grants, record.entity());
            let (rows, sum) = sums.entry((scope, record.entity().name)).or_default();
            *rows += 1;
            *sum = sum.plus(digest::of_record(record, &projection));
        }
        let one = |((scope, entity), (rows, digest)): ((Scope, &str), (u64, Digest))| ScopeDigest {
            scope,
            entity: entity.to_owned(),
            rows,
            digest,
        };
        sums.into_iter().map(one).collect()
    }
}

fn visible_entities(grants: &Grants) -> impl Iterator<Item = (u16, &'static EntityDef)> {
    let numbered = (0_u16..).zip(synced::all());
    numbered.filter(|(_, entity)| scope_for(grants, entity).is_some())
}

fn schemas(grants: &Grants) -> Vec<Frame> {
    visible_entities(grants)
        .map(|(index, entity)| Frame::Schema { index, schema: Schema::of(entity) })
        .collect()
}

fn frame_of(grants: &Grants, record: &Record) -> Option<Frame> {
    let (index, entity) =
        visible_entities(grants).find(|(_, entity)| entity.name == record.entity().name)?;
    let scope = scope_for(grants, entity)?;
    Some(match visible_in(grants, record) {
        Some(scope) => {
            let row = WireRow::of(record, &Projection::of(grants, entity));
            Frame::Put { entity: index, scope, row }
        }
        None => Frame::Leave { entity: index, scope, id: record.id() },
    })
}
