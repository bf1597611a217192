//! A fresh fill: every row that a person may hold, entity by entity in the order of ids. It is no one state of
//! the database; the pull from the place where it began makes it one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::permissions::RowFacts;
use domain::record::{Record, row_facts};
use serde_bytes::ByteBuf;
use sync_protocol::message::{Bucket, Frame, Position};
use sync_protocol::wire::WireError;
use uuid::Uuid;

use super::frames::Frames;
use super::parity;
use super::place::{self, SnapshotToken, TokenError};
use super::redact::redact;
use super::sight::Sight;
use crate::store::tenant::record;
use crate::store::tenant::sync::{bucket, commit};
use crate::store::{Connection, StoreError};

/// Rows read at a time; the device can go on after each such part. An answer begins with small ones, and each is at most
/// a quarter of what it brought before: on a line that breaks soon, little comes twice.
const PART: i64 = 5_000;
const FIRST_PART: i64 = 50;

/// Why a snapshot was not given.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The page belongs to what the person saw before: begin anew.
    #[error("the rights have changed since this snapshot began")]
    OtherView,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A snapshot on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    head: Position,
    fingerprint: [u8; 32],
    /// The place among the entities that the person sees.
    entity: usize,
    after: Option<Uuid>,
    /// About so many rows follow.
    left: Option<u64>,
    /// So many rows were read for this answer.
    read: i64,
}

/// The rows of one part, not written yet: reading and writing can go on side by side.
pub struct Part {
    /// With the place of its entity in the person's sight.
    rows: Vec<(usize, Vec<Record>)>,
    buckets: HashMap<RowFacts, Bucket>,
    next: Progress,
    last: bool,
}

impl Progress {
    /// Begins, or goes on at a page.
    ///
    /// # Errors
    /// See [`SnapshotError`].
    pub async fn begin(
        connection: &mut Connection,
        sight: &Sight,
        page: Option<&ByteBuf>,
        now: DateTime<Utc>,
    ) -> Result<Self, SnapshotError> {
        let fingerprint = sight.fingerprint();
        let Some(page) = page else {
            // A record may have been given away since the person was last looked after.
            redact(connection, sight, now).await?;
            let head = commit::head(connection).await?;
            let left = parity::rows(connection, sight).await?;
            return Ok(Self { head, fingerprint, entity: 0, after: None, left, read: 0 });
        };
        let token: SnapshotToken = place::read(page)?;
        if token.fingerprint != fingerprint {
            return Err(SnapshotError::OtherView);
        }
        let entity = sight.entities().iter().position(|seen| seen.entity.name == token.entity);
        let entity = entity.ok_or(TokenError)?;
        let SnapshotToken { head, after, left, .. } = token;
        Ok(Self { head, fingerprint, entity, after, left, read: 0 })
    }

    /// Reads the next part.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn read(
        &self,
        connection: &mut Connection,
        sight: &Sight,
    ) -> Result<Part, StoreError> {
        let mut next = self.clone();
        let part = (self.read / 4).clamp(FIRST_PART, PART);
        let (mut rows, mut left) = (Vec::new(), part);
        while let Some(seen) = sight.entities().get(next.entity).filter(|_| left > 0) {
            let mut page =
                record::page(connection, seen.entity, &seen.rows, next.after, left).await?;
            let read = i64::try_from(page.len()).unwrap_or(PART);
            let ended = read < left;
            next.after = page.last().map(Record::id).filter(|_| !ended);
            page.retain(|record| seen.shows(record));
            next.left = next.left.map(|rows| rows.saturating_sub(page.len() as u64));
            rows.push((next.entity, page));
            next.entity += usize::from(ended);
            left -= read;
        }
        next.read += part - left;
        let last = next.entity >= sight.entities().len();
        // Read after the rows: a bucket is there before any row of it can be seen.
        let buckets = bucket::all(connection).await?;
        let buckets = buckets.into_iter().map(|(bucket, facts)| (facts, bucket)).collect();
        Ok(Part { rows, buckets, next, last })
    }
}

impl Part {
    /// Writes the part and the place after it. Answers from where the snapshot goes on, or nothing at its end.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn write(self, sight: &Sight, frames: &mut Frames) -> Result<Option<Progress>, WireError> {
        for (entity, records) in &self.rows {
            let Some(seen) = sight.entities().get(*entity) else { continue };
            for record in records {
                // One of no bucket cannot be; it would come with the pull that follows.
                if let Some(bucket) = self.buckets.get(&row_facts(record)) {
                    frames.put(seen, *bucket, record)?;
                }
            }
        }
        let Progress { head, fingerprint, entity, after, left, read } = self.next;
        match sight.entities().get(entity).filter(|_| !self.last) {
            Some(seen) => {
                let entity_name = seen.entity.name.to_owned();
                let token = SnapshotToken { head, fingerprint, entity: entity_name, after, left };
                frames.write(&Frame::Page { token: place::write(&token)?, left })?;
                Ok(Some(Progress { head, fingerprint, entity, after, left, read }))
            }
            None => {
                let policy_version = sight.grants().policy_version;
                frames.write(&Frame::SnapshotEnd { cursor: head, policy_version })?;
                Ok(None)
            }
        }
    }

    /// The place after this part.
    pub fn next(&self) -> Option<&Progress> {
        (!self.last).then_some(&self.next)
    }
}
