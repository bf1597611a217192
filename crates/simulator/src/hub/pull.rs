//! Pull and snapshot from the memory hub, page by page, through the real projection.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::permissions::{Grants, RowFilter};
use domain::record::EntityDef;
use domain::synced;
use serde_bytes::ByteBuf;
use sync_protocol::digest::Digest;
use sync_protocol::message::{
    Bucket, EntityDigest, Frame, PartDigest, Position, Pull, SnapshotRequest,
};
use sync_protocol::projection::{Projection, is_visible, rows_for};
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::view::{Change, View};
use sync_protocol::{digest, wire};
use uuid::Uuid;

use super::{Kept, MemoryHub};

/// Where a snapshot goes on: its beginning in the order, and the last row that was sent.
type Place = (Position, u16, Option<Uuid>);

impl MemoryHub {
    /// What leads a copy from where it stands to this state. A page of `page_rows` rows ends with `Page`, the last
    /// one with `Checkpoint`. `None` where nobody knows any more what the copy was made for.
    pub fn pull(
        &self,
        grants: &Grants,
        request: &Pull,
        page_rows: usize,
        now: DateTime<Utc>,
    ) -> Option<Vec<Frame>> {
        let change = self.change(grants, request)?;
        let sent_anew = |kept: &Kept| {
            let buckets = change.sends.get(kept.record.entity().name);
            buckets.is_some_and(|buckets| buckets.contains(&kept.bucket))
        };
        let mut frames = schemas();
        // What is sent however old it is comes first, on the first page.
        let after: Position = match &request.page {
            Some(token) => wire::decode(token).unwrap_or_default(),
            None => {
                frames.extend(change.drops.iter().filter_map(|(entity, bucket)| {
                    Some(Frame::Drop { entity: number(entity)?, bucket: *bucket })
                }));
                if !change.emptied.is_empty() {
                    frames.push(Frame::Redact { fields: change.emptied.clone() });
                }
                let anew = self.records.values().filter(|kept| sent_anew(kept));
                frames.extend(anew.filter_map(|kept| frame_of(grants, kept)));
                request.cursor
            }
        };
        let mut changed: Vec<_> =
            self.records.values().filter(|kept| kept.position > after).collect();
        changed.sort_by_key(|kept| kept.position);
        let mut sent = 0;
        let mut last = after;
        for kept in changed {
            // A page ends between two places in the order, never within one.
            if sent >= page_rows && kept.position > last {
                let token = wire::encode(&last).unwrap_or_default();
                frames.push(Frame::Page { token: ByteBuf::from(token) });
                return Some(frames);
            }
            last = kept.position;
            if let Some(frame) = frame_of(grants, kept) {
                frames.push(frame);
                sent += 1;
            }
        }
        let (digests, parts) = self.digests(grants, &request.doubtful);
        frames.push(Frame::Checkpoint {
            cursor: self.position,
            policy_version: grants.policy_version,
            digests,
            parts,
            server_time: now,
        });
        Some(frames)
    }

    fn change(&self, grants: &Grants, request: &Pull) -> Option<Change> {
        let buckets: Vec<_> =
            self.buckets.iter().map(|(facts, bucket)| (*bucket, *facts)).collect();
        let before = self.views.get(&(grants.user_id, request.policy_version))?;
        let mut change = Change::between(before, &View::of(grants), &buckets);
        for (entity, bucket) in &request.anew {
            let Some(entity) = synced::find(entity) else { continue };
            change.drops.push((entity, Some(*bucket)));
            change.send(entity, *bucket);
        }
        Some(change)
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
        let mut frames = schemas();
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

    /// Of everything the person sees, and bucket by bucket of what is doubted.
    fn digests(
        &self,
        grants: &Grants,
        doubtful: &[String],
    ) -> (Vec<EntityDigest>, Vec<PartDigest>) {
        let none = visible_entities(grants).map(|(_, entity)| (entity.name, Default::default()));
        let mut sums: BTreeMap<&str, (u64, Digest)> = none.collect();
        let mut parts: BTreeMap<(&str, Bucket), (u64, Digest)> = BTreeMap::new();
        let seen = self.records.values().filter(|kept| is_visible(grants, &kept.record));
        for Kept { record, bucket, .. } in seen {
            let name = record.entity().name;
            let digest = digest::of_record(record, &Projection::of(grants, record.entity()));
            let add = |sum: &mut (u64, Digest)| *sum = (sum.0 + 1, sum.1.plus(digest));
            add(sums.entry(name).or_default());
            if doubtful.iter().any(|doubted| doubted == name) {
                add(parts.entry((name, *bucket)).or_default());
            }
        }
        let sums = sums.into_iter().map(|(entity, (rows, digest))| EntityDigest {
            entity: entity.to_owned(),
            rows,
            digest,
        });
        let parts = parts.into_iter().map(|((entity, bucket), (rows, digest))| PartDigest {
            entity: entity.to_owned(),
            bucket,
            rows,
            digest,
        });
        (sums.collect(), parts.collect())
    }
}

fn visible_entities(grants: &Grants) -> impl Iterator<Item = (u16, &'static EntityDef)> {
    let numbered = (0_u16..).zip(synced::all());
    numbered.filter(|(_, entity)| rows_for(grants, entity) != RowFilter::Nothing)
}

/// The layouts of all entities: a device may have to drop what its person does not see any more.
fn schemas() -> Vec<Frame> {
    let numbered = (0_u16..).zip(synced::all());
    numbered.map(|(index, entity)| Frame::Schema { index, schema: Schema::of(entity) }).collect()
}

fn number(entity: &EntityDef) -> Option<u16> {
    let numbered = (0_u16..).zip(synced::all());
    numbered.into_iter().find(|(_, known)| known.name == entity.name).map(|(index, _)| index)
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
