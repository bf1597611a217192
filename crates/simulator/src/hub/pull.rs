//! Pull and snapshot from the memory hub, page by page, through the real projection.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::permissions::{Grants, RowFacts};
use domain::synced;
use serde_bytes::ByteBuf;
use sync_protocol::digest::Digest;
use sync_protocol::message::{
    Bucket, EntityDigest, Frame, PartDigest, Position, Pull, RebuildReason, SnapshotRequest,
};
use sync_protocol::view::{Change, View};
use sync_protocol::wire;
use uuid::Uuid;

use super::frames::Frames;
use super::sight::{Seen, Sight};
use super::{Kept, MemoryHub};
use crate::plant::Defect;

/// Where a pull goes on: the last place in the order whose rows were sent, and the versions of the rights under which
/// pages were written, the newest last.
type PullPlace = (Position, Vec<i64>);
/// Where a snapshot goes on: its beginning in the order, the version of the rights, and the last row that was
/// sent.
type Place = (Position, i64, u16, Option<Uuid>);

impl MemoryHub {
    /// What leads a copy from where it stands to this state. A page of `page_rows` rows ends with `Page`, the last
    /// one with `Checkpoint`.
    ///
    /// # Errors
    /// Where the copy is of another life of the hub, or nobody knows any more what happened since it was made, or what
    /// it was made for.
    pub fn pull(
        &mut self,
        grants: &Grants,
        request: &Pull,
        page_rows: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<Frame>, RebuildReason> {
        if request.epoch != self.epoch {
            return Err(RebuildReason::Epoch);
        }
        if request.cursor < self.floor {
            return Err(RebuildReason::Cursor);
        }
        let sight = self.sight(grants);
        let page = request.page.as_ref();
        let page = page.and_then(|token| wire::decode::<PullPlace>(token).ok());
        let (after, mut versions) = page.unwrap_or_default();
        // Where the rights changed between two pages, what the earlier ones brought is led on as well.
        let change = self.change(grants, request, &versions).ok_or(RebuildReason::Rights)?;
        let page = (versions.last() == Some(&grants.policy_version)).then_some(after);
        if page.is_none() {
            versions.push(grants.policy_version);
        }
        let mut frames = Frames::masked(!self.is(Defect::MaskSkipped));
        // What is sent however old it is comes first, on the first page.
        let after: Position = match page {
            Some(after) => after,
            None => {
                for (entity, bucket) in &change.drops {
                    frames.drop_rows(entity, *bucket);
                }
                if !change.emptied.is_empty() {
                    frames.push(Frame::Redact { fields: change.emptied.clone() });
                }
                for (entity, buckets) in &change.sends {
                    let Some(seen) = sight.find(entity) else { continue };
                    for kept in self.of_entity(seen.entity.name) {
                        if buckets.contains(&kept.bucket) && seen.shows(&kept.record) {
                            frames.put(seen, kept);
                        }
                    }
                }
                request.cursor
            }
        };
        let mut changed: Vec<&Kept> = self.kept.values().filter(|it| it.position > after).collect();
        changed.sort_by_key(|kept| kept.position);
        let (mut sent, mut last) = (0, after);
        for kept in changed {
            // A page ends between two places in the order, never within one.
            if sent >= page_rows && kept.position > last {
                let place: PullPlace = (last, versions);
                let token = wire::encode(&place).unwrap_or_default();
                frames.push(Frame::Page { token: ByteBuf::from(token), left: None });
                return Ok(frames.into_vec());
            }
            last = kept.position;
            let Some(seen) = sight.find(kept.record.entity().name) else { continue };
            match seen.shows(&kept.record) {
                true => frames.put(seen, kept),
                false if self.stood_where_seen(kept, seen, request.cursor) => {
                    frames.leave(seen, kept.record.id());
                }
                false => continue,
            }
            sent += 1;
        }
        let (digests, parts) = self.digests(&sight, &request.doubtful);
        frames.push(Frame::Checkpoint {
            cursor: self.position,
            policy_version: grants.policy_version,
            digests,
            parts,
            server_time: now,
        });
        Ok(frames.into_vec())
    }

    /// Whether the row left a bucket behind this place that the person sees: nobody else hears of it.
    fn stood_where_seen(&self, kept: &Kept, seen: &Seen, after: Position) -> bool {
        let left = kept.left.iter().filter(|(at, _)| *at > after);
        let mut facts = left.filter_map(|(_, left)| {
            self.buckets.iter().find(|(_, bucket)| *bucket == left).map(|(facts, _)| facts)
        });
        facts.any(|facts| seen.admits(facts))
    }

    /// What leads to what the person sees now from what the copy was made for, and from what the pages were made for
    /// that came already.
    fn change(&self, grants: &Grants, request: &Pull, of_pages: &[i64]) -> Option<Change> {
        let mut change = Change::default();
        let held: BTreeSet<i64> =
            of_pages.iter().copied().chain([request.policy_version]).collect();
        for version in held.into_iter().filter(|it| *it != grants.policy_version) {
            let buckets: Vec<_> =
                self.buckets.iter().map(|(facts, bucket)| (*bucket, *facts)).collect();
            let (before, _) = self.views.get(&(grants.user_id, version))?;
            change.join(Change::between(before, &View::of(grants), &buckets));
        }
        if self.is(Defect::LeaveForgotten) {
            change.drops.clear();
        }
        for (entity, bucket) in &request.anew {
            let Some(entity) = synced::find(entity) else { continue };
            change.drops.push((entity, Some(*bucket)));
            change.send(entity, *bucket);
        }
        Some(change)
    }

    /// One page of a snapshot.
    ///
    /// # Errors
    /// Where its earlier pages are of another life of the hub or were made for other rights: it begins anew.
    pub fn snapshot(
        &mut self,
        grants: &Grants,
        request: &SnapshotRequest,
        page_rows: usize,
    ) -> Result<Vec<Frame>, RebuildReason> {
        if request.epoch != self.epoch {
            return Err(RebuildReason::Epoch);
        }
        let sight = self.sight(grants);
        let place = request.page.as_ref().and_then(|token| wire::decode::<Place>(token).ok());
        let version = grants.policy_version;
        let (start, begun_for, first, after) = place.unwrap_or((self.position, version, 0, None));
        if begun_for != version {
            return Err(RebuildReason::Cursor);
        }
        let mut frames = Frames::masked(!self.is(Defect::MaskSkipped));
        let mut sent = 0;
        for seen in sight.iter().filter(|seen| seen.index >= first) {
            for kept in self.of_entity(seen.entity.name) {
                let id = kept.record.id();
                if seen.index == first && after.is_some_and(|after| id <= after) {
                    continue;
                }
                if seen.shows(&kept.record) {
                    frames.put(seen, kept);
                    sent += 1;
                }
                if sent == page_rows {
                    let place: Place = (start, version, seen.index, Some(id));
                    let token = wire::encode(&place).unwrap_or_default();
                    frames.push(Frame::Page { token: ByteBuf::from(token), left: None });
                    return Ok(frames.into_vec());
                }
            }
        }
        frames.push(Frame::SnapshotEnd { cursor: start, policy_version: version });
        Ok(frames.into_vec())
    }

    /// Of everything the person sees, and bucket by bucket of what is doubted.
    fn digests(&self, sight: &Sight, doubtful: &[String]) -> (Vec<EntityDigest>, Vec<PartDigest>) {
        let facts: BTreeMap<Bucket, &RowFacts> =
            self.buckets.iter().map(|(facts, bucket)| (*bucket, facts)).collect();
        let (mut sums, mut parts) = (Vec::new(), Vec::new());
        for seen in sight.iter() {
            let entity = seen.entity.name;
            let (mut rows, mut digest) = (0, Digest::default());
            for ((_, bucket), sum) in self.sums.range((entity, 0)..=(entity, Bucket::MAX)) {
                if sum.rows == 0 || !facts.get(bucket).is_some_and(|facts| seen.admits(facts)) {
                    continue;
                }
                let part = sum.fields.seen_through(entity, &seen.projection);
                (rows, digest) = (rows + sum.rows, digest.plus(part));
                if doubtful.iter().any(|doubted| doubted == entity) {
                    let (entity, bucket, rows) = (entity.to_owned(), *bucket, sum.rows);
                    parts.push(PartDigest { entity, bucket, rows, digest: part });
                }
            }
            sums.push(EntityDigest { entity: entity.to_owned(), rows, digest });
        }
        (sums, parts)
    }
}
