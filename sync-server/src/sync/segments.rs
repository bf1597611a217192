//! Rows of snapshots as they were sent: encoded and packed once for everybody who sees the same of an entity. A
//! snapshot that is made of what was true at an earlier place in the order is made whole by the pull from there, so
//! that kept rows serve until too much has changed. They are kept in memory alone.

use std::sync::Arc;

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use domain::record::ScopeRule;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};
use sync_protocol::message::{Bucket, Position};
use uuid::Uuid;

use super::sight::Seen;
use crate::store::tenant::sync::{bucket, floor, member};
use crate::store::{Connection, StoreError};

/// Bytes that are kept for all tenants together, and for one view of an entity.
const MOST: u64 = 64 << 20;
pub const MOST_OF_ONE: u64 = MOST / 4;
/// What is kept serves no longer: a fill of it must not come to its end below what the order still tells.
const LONGEST: TimeDelta = TimeDelta::days(1);
/// What is kept serves until as many rows have changed as one in so many of its own.
const SHARE: u64 = 10;

/// Rows of one entity that follow each other by id, as one packed piece of a stream that has their layout.
#[derive(Debug)]
pub struct Segment {
    pub after: Option<Uuid>,
    /// The last one's id; `None` where no row follows.
    pub until: Option<Uuid>,
    pub rows: u64,
    pub bytes: Bytes,
}

/// All rows of one entity that a view shows.
#[derive(Debug)]
pub struct Kept {
    /// Every row is as it stood here or later.
    pub head: Position,
    pub begun: DateTime<Utc>,
    pub segments: Vec<Arc<Segment>>,
}

/// Whose rows they are: what is seen of an entity, in one life of a tenant's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct View {
    tenant: Uuid,
    epoch: u64,
    seen: [u8; 32],
}

pub struct Segments(Cache<View, Arc<Kept>, Weight>);

#[derive(Clone)]
struct Weight;

impl Weighter<View, Arc<Kept>> for Weight {
    fn weight(&self, _: &View, kept: &Arc<Kept>) -> u64 {
        kept.segments.iter().map(|segment| segment.bytes.len() as u64).sum::<u64>().max(1)
    }
}

impl View {
    pub fn of(tenant: Uuid, epoch: u64, seen: &Seen) -> Self {
        let Seen { entity, projection, rows, .. } = seen;
        let text = format!("{}\n{}\n{rows:?}", entity.name, projection.id());
        Self { tenant, epoch, seen: Sha256::digest(text).into() }
    }
}

impl Default for Segments {
    fn default() -> Self {
        // Few and large: a set has some megabytes.
        Self(Cache::with_weighter(256, MOST, Weight))
    }
}

impl Kept {
    /// The rows that follow this one.
    pub fn starts_at(&self, after: Option<Uuid>) -> Option<Arc<Segment>> {
        self.segments.iter().find(|segment| segment.after == after).map(Arc::clone)
    }

    fn rows(&self) -> u64 {
        self.segments.iter().map(|segment| segment.rows).sum()
    }
}

impl Segments {
    /// What is kept of this view, if a snapshot may be made of it now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn usable(
        &self,
        connection: &mut Connection,
        view: View,
        seen: &Seen,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Kept>>, StoreError> {
        let Some(kept) = self.0.get(&view) else { return Ok(None) };
        let serves = serves(connection, &kept, seen.entity.name, now).await?;
        if !serves {
            self.0.remove(&view);
        }
        Ok(serves.then_some(kept))
    }

    /// What is one person's own is not kept: what stands in it follows that person's other rights.
    pub fn keep(&self, view: View, seen: &Seen, kept: Kept) {
        if seen.entity.scope != ScopeRule::Owner {
            self.0.insert(view, Arc::new(kept));
        }
    }
}

/// Nobody is sent a row that has left what they see, even if a pull would take it from them at once: where one left
/// its bucket, or is gone, nothing that was kept serves any more.
async fn serves(
    connection: &mut Connection,
    kept: &Kept,
    entity: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let reach = floor::reach(connection).await?;
    if kept.head < reach.floor || now >= kept.begun + LONGEST {
        return Ok(false);
    }
    let (range, touched) = bucket::touched(connection, kept.head, reach.head).await?;
    let buckets: Vec<Bucket> = touched.into_iter().map(|(bucket, _)| bucket).collect();
    if buckets.is_empty() {
        return Ok(true);
    }
    if member::any_left(connection, entity, &buckets, &range).await? {
        return Ok(false);
    }
    // The pull that makes it whole brings whatever changed since, of any entity.
    let all: Vec<&str> = domain::synced::all().map(|entity| entity.name).collect();
    let changed = member::count_changed(connection, &all, &buckets, &range).await?;
    Ok(changed <= kept.rows() / SHARE)
}
