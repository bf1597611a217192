//! Pull and snapshot from the memory hub, page by page, through the real projection.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::permissions::{Grants, RowFilter};
use domain::record::EntityDef;
use domain::synced;
use serde_bytes::ByteBuf;
use sync_protocol::digest::Digest;
use sync_protocol::message::{EntityDigest, Frame, Position, Pull, SnapshotRequest};
use sync_protocol::projection::{Projection, is_visible, rows_for};
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::{digest, wire};
use uuid::Uuid;

use super::{Kept, MemoryHub};

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
            None => request.cursor,
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
            if let Some(frame) = frame_of(grants, kept) {
                frames.push(frame);
                sent += 1;
            }
        }
        frames.push(Frame::Checkpoint {
            cursor: self.position,
            policy_version: grants.policy_version,
            parts: Vec::new(),
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
                if is_visible(grants, record) {
                    let row = WireRow::of(record, &Projection::of(grants, entity));
                    frames.push(Frame::Put { entity: index, bucket: kept.bucket, row });
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
        frames.push(Frame::SnapshotEnd { cursor: start, policy_version: grants.policy_version });
        frames
    }

    fn digests(&self, grants: &Grants) -> Vec<EntityDigest> {
        let mut sums: BTreeMap<&str, (u64, Digest)> = BTreeMap::new();
        for (_, entity) in visible_entities(grants) {
            sums.insert(entity.name, Default::default());
        }
        for record in self.records().filter(|record| is_visible(grants, record)) {
            let projection = Projection::of(grants, record.entity());
            let (rows, sum) = sums.entry(record.entity().name).or_default();
            *rows += 1;
            *sum = sum.plus(digest::of_record(record, &projection));
        }
        let one = |(entity, (rows, digest)): (&str, (u64, Digest))| EntityDigest {
            entity: entity.to_owned(),
            rows,
            digest,
        };
        sums.into_iter().map(one).collect()
    }
}

fn visible_entities(grants: &Grants) -> impl Iterator<Item = (u16, &'static EntityDef)> {
    let numbered = (0_u16..).zip(synced::all());
    numbered.filter(|(_, entity)| rows_for(grants, entity) != RowFilter::Nothing)
}

fn schemas(grants: &Grants) -> Vec<Frame> {
    visible_entities(grants)
        .map(|(index, entity)| Frame::Schema { index, schema: Schema::of(entity) })
        .collect()
}

fn frame_of(grants: &Grants, kept: &Kept) -> Option<Frame> {
    let Kept { record, bucket, .. } = kept;
    let (index, entity) =
        visible_entities(grants).find(|(_, entity)| entity.name == record.entity().name)?;
    Some(match is_visible(grants, record) {
        true => {
            let row = WireRow::of(record, &Projection::of(grants, entity));
            Frame::Put { entity: index, bucket: *bucket, row }
        }
        false => Frame::Leave { entity: index, id: record.id() },
    })
}
