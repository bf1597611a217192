//! A fresh fill: every row that a person may hold, entity by entity in the order of ids. It is no one state of
//! the database; the pull from the place where it began makes it one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::body::Bytes;
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
use super::segments::{Kept, MOST_OF_ONE, Segment, Segments, View};
use super::sight::{Seen, Sight};
use crate::store::tenant::record;
use crate::store::tenant::sync::{bucket, commit, floor};
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
#[derive(Debug, Clone)]
pub struct Progress {
    head: Position,
    fingerprint: [u8; 32],
    /// The place among the entities that the person sees.
    entity: usize,
    after: Option<Uuid>,
    /// About so many rows follow.
    left: Option<u64>,
    /// What this stream has sent of the entity so far, from its first row; nothing where that is not all of it, or
    /// too much to be kept.
    sent: Option<Vec<Arc<Segment>>>,
    /// The newest place in the order before the first of these was read.
    since: Position,
    /// Whose layout this stream has.
    announced: BTreeSet<u16>,
    begun: DateTime<Utc>,
    /// So many rows were read for this answer.
    read: i64,
}

/// One part, not written yet: reading and writing can go on side by side.
pub struct Part {
    rows: Vec<Rows>,
    buckets: HashMap<RowFacts, Bucket>,
    next: Progress,
    last: bool,
}

/// Rows of one entity.
enum Rows {
    Read {
        /// The place of the entity in the person's sight.
        entity: usize,
        after: Option<Uuid>,
        /// `None` where no row follows.
        until: Option<Uuid>,
        records: Vec<Record>,
    },
    Kept {
        entity: usize,
        segment: Arc<Segment>,
    },
}

/// Where the hub keeps what it sent of a tenant, in this life of its database.
#[derive(Clone, Copy)]
pub struct Shelf<'a> {
    pub segments: &'a Segments,
    pub tenant: Uuid,
    pub epoch: u64,
}

impl Shelf<'_> {
    fn view(&self, seen: &Seen) -> View {
        View::of(self.tenant, self.epoch, seen)
    }
}

impl Progress {
    /// Begins, or goes on at a page.
    ///
    /// # Errors
    /// See [`SnapshotError`].
    pub async fn begin(
        connection: &mut Connection,
        sight: &Sight,
        shelf: Shelf<'_>,
        page: Option<&ByteBuf>,
        now: DateTime<Utc>,
    ) -> Result<Self, SnapshotError> {
        let fingerprint = sight.fingerprint();
        if page.is_none() {
            // A record may have been given away since the person was last looked after.
            redact(connection, sight, now).await?;
        }
        let reach = floor::reach(connection).await?;
        let begins = |head, entity, after, left| {
            let (sent, announced) = (None, BTreeSet::new());
            let (read, since, begun) = (0, head, now);
            Ok(Self { head, fingerprint, entity, after, left, read, sent, since, announced, begun })
        };
        let Some(page) = page else {
            let mut head = reach.head;
            for seen in sight.entities() {
                let kept = shelf.segments.usable(connection, shelf.view(seen), seen, now).await?;
                head = kept.map_or(head, |kept| head.min(kept.head));
            }
            return begins(head, 0, None, parity::rows(connection, sight).await?);
        };
        let token: SnapshotToken = place::read(page)?;
        if token.fingerprint != fingerprint {
            return Err(SnapshotError::OtherView);
        }
        let entity = sight.entities().iter().position(|seen| seen.entity.name == token.entity);
        // What is read now may be kept as of this place, which must be one that the order has reached.
        let entity = entity.filter(|_| token.head <= reach.head).ok_or(TokenError)?;
        begins(token.head, entity, token.after, token.left)
    }

    /// The place from which changes are pulled once all of it is there.
    pub fn head(&self) -> Position {
        self.head
    }

    /// The next part begins an answer of its own, which has no layout yet.
    #[must_use]
    pub fn in_another_answer(self) -> Self {
        Self { announced: BTreeSet::new(), ..self }
    }

    /// Reads the next part.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn read(
        self,
        connection: &mut Connection,
        sight: &Sight,
        shelf: Shelf<'_>,
    ) -> Result<Part, StoreError> {
        let part = (self.read / 4).clamp(FIRST_PART, PART);
        let mut next = self;
        let (mut parts, mut room) = (Vec::new(), part);
        while let Some(seen) = sight.entities().get(next.entity).filter(|_| room > 0) {
            let (entity, after) = (next.entity, next.after);
            // Asked for each: a row may leave while others are on their way.
            let kept = shelf.segments.usable(connection, shelf.view(seen), seen, next.begun);
            let kept = kept.await?.filter(|kept| kept.head >= next.head);
            // On a line that breaks soon a large one would never come through.
            let fits = |segment: &Arc<Segment>| {
                i64::try_from(segment.rows).is_ok_and(|rows| rows <= 2 * part)
            };
            let rows = match kept.and_then(|kept| kept.starts_at(after)).filter(fits) {
                Some(segment) => Rows::Kept { entity, segment },
                None => {
                    if after.is_none() {
                        next.since = commit::head(connection).await?;
                    }
                    let mut records =
                        record::page(connection, seen.entity, &seen.rows, after, room).await?;
                    let ended = records.len() < usize::try_from(room).unwrap_or_default();
                    let until = records.last().map(Record::id).filter(|_| !ended);
                    records.retain(|record| seen.shows(record));
                    Rows::Read { entity, after, until, records }
                }
            };
            let (until, count) = (rows.until(), rows.count());
            next.after = until;
            next.entity += usize::from(until.is_none());
            next.left = next.left.map(|left| left.saturating_sub(count));
            room -= i64::try_from(count).unwrap_or(PART).max(1);
            parts.push(rows);
        }
        next.read += part - room;
        let last = next.entity >= sight.entities().len();
        // Read after the rows: a bucket is there before any row of it can be seen.
        let buckets = bucket::all(connection).await?;
        let buckets = buckets.into_iter().map(|(bucket, facts)| (facts, bucket)).collect();
        Ok(Part { rows: parts, buckets, next, last })
    }

    /// Keeps what was sent once it is all of an entity. One that fits into a part is read as fast as it is found.
    fn sent(&mut self, segment: &Arc<Segment>, shelf: Shelf<'_>, seen: &Seen) {
        let before = match segment.after {
            None => Some(Vec::new()),
            after => {
                self.sent.take().filter(|sent| sent.last().is_some_and(|it| it.until == after))
            }
        };
        let sent = before.map(|mut sent| {
            sent.push(Arc::clone(segment));
            sent
        });
        let fits = |sent: &Vec<Arc<Segment>>| {
            sent.iter().map(|it| it.bytes.len() as u64).sum::<u64>() <= MOST_OF_ONE
        };
        self.sent = sent.filter(fits);
        if segment.until.is_none()
            && let Some(segments) = self.sent.take().filter(|sent| sent.len() > 1)
        {
            let kept = Kept { head: self.since, begun: self.begun, segments };
            shelf.segments.keep(shelf.view(seen), seen, kept);
        }
    }
}

impl Rows {
    fn until(&self) -> Option<Uuid> {
        match self {
            Self::Read { until, .. } => *until,
            Self::Kept { segment, .. } => segment.until,
        }
    }

    fn count(&self) -> u64 {
        match self {
            Self::Read { records, .. } => records.len() as u64,
            Self::Kept { segment, .. } => segment.rows,
        }
    }
}

impl Part {
    /// Writes the part, entity by entity, and the place after it. Answers from where the snapshot goes on, or
    /// nothing at its end.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn write(
        mut self,
        sight: &Sight,
        shelf: Shelf<'_>,
    ) -> Result<(Vec<Bytes>, Option<Progress>), WireError> {
        let mut written = Vec::new();
        for rows in std::mem::take(&mut self.rows) {
            let (Rows::Read { entity, .. } | Rows::Kept { entity, .. }) = rows;
            let Some(seen) = sight.entities().get(entity) else { continue };
            if self.next.announced.insert(seen.index) {
                let mut layout = Frames::new()?;
                layout.announce(seen.index, seen.entity)?;
                written.push(layout.finish()?.into());
            }
            let segment = match rows {
                Rows::Kept { segment, .. } => segment,
                Rows::Read { after, until, records, .. } => {
                    let bytes = self.encoded(seen, &records)?;
                    let rows = records.len() as u64;
                    let segment = Arc::new(Segment { after, until, rows, bytes });
                    self.next.sent(&segment, shelf, seen);
                    segment
                }
            };
            written.push(segment.bytes.clone());
        }
        let mut end = Frames::new()?;
        let next = match sight.entities().get(self.next.entity).filter(|_| !self.last) {
            Some(seen) => {
                let Progress { head, fingerprint, after, left, .. } = self.next;
                let entity = seen.entity.name.to_owned();
                let token = SnapshotToken { head, fingerprint, entity, after, left };
                end.write(&Frame::Page { token: place::write(&token)?, left })?;
                Some(self.next)
            }
            None => {
                let policy_version = sight.grants().policy_version;
                end.write(&Frame::SnapshotEnd { cursor: self.next.head, policy_version })?;
                None
            }
        };
        written.push(end.finish()?.into());
        Ok((written, next))
    }

    /// Packed by itself, so that it can be sent again in any stream that has the layout.
    fn encoded(&self, seen: &Seen, records: &[Record]) -> Result<Bytes, WireError> {
        let mut frames = Frames::behind(seen)?;
        for record in records {
            // One of no bucket cannot be; it would come with the pull that follows.
            if let Some(bucket) = self.buckets.get(&row_facts(record)) {
                frames.put(seen, *bucket, record)?;
            }
        }
        Ok(frames.finish()?.into())
    }
}
