//! Answering a pull: what leads a copy from where it stands to one state of the database as the person may see it
//! now. In pages, with the checkpoint at the end.

mod count;

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::permissions::RowFacts;
use sync_protocol::message::{Bucket, Frame, Position, Pull};
use sync_protocol::view::{Change, View};
use sync_protocol::wire::WireError;
use uuid::Uuid;

use super::frames::Frames;
use super::lead::{change, views};
use super::parity::{self, Asked, Care};
use super::place::{self, PullToken, Stage, TokenError};
use super::redact::redact;
use super::sight::{Seen, Sight};
use crate::store::tenant::record::{self, Hold};
use crate::store::tenant::sync::bucket::{self, Range};
use crate::store::tenant::sync::commit;
use crate::store::tenant::sync::floor::{Reach, reach};
use crate::store::tenant::sync::member::{self, At, Left};
use crate::store::{self, Connection, StoreError};

/// Rows read at a time; a page ends between two such readings.
const CHUNK: usize = 1_000;
/// A page ends after so many rows or so many bytes before compression, whichever comes first.
const PAGE_ROWS: usize = 20_000;
const PAGE_BYTES: usize = 4 << 20;
/// How long a pull waits for a place that another hub has promised.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(25);

/// Why a pull was not answered.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    #[error("the sync server has not reached the place {0} yet; ask again shortly")]
    Behind(Position),
    /// The hub does not know any more what happened since.
    #[error("the place that this copy stands at is too long ago")]
    Forgotten,
    /// The rights changed, and nobody knows any more what earlier pages were made for.
    #[error("the rights have changed")]
    Rights,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The frames of one page. The upper end is read anew for each page: a row that changed meanwhile comes again,
/// and the checkpoint at the end is of the last page's state. `before` is what the copy was made for, where that is
/// not what the person sees now.
///
/// # Errors
/// See [`PullError`].
pub async fn pull(
    connection: &mut Connection,
    sight: &Sight,
    request: &Pull,
    before: Option<&View>,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, PullError> {
    let mut waited = Duration::ZERO;
    loop {
        let mut view = commit::begin_view(connection).await?;
        let Reach { floor, head } = reach(&mut view).await?;
        if request.cursor < floor {
            return Err(PullError::Forgotten);
        }
        if head >= request.at_least {
            let page = Page::begin(&mut view, sight, request, before, head).await?;
            let Answer { bytes, care, leaves } = page.answer(&mut view, now).await?;
            store::roll_back(view).await?;
            // What leaves the person's sight leaves their Attention with the same checkpoint.
            if leaves && redact(connection, sight, now).await? {
                continue;
            }
            parity::take_care(connection, care).await?;
            return Ok(bytes);
        }
        store::roll_back(view).await?;
        if waited >= PATIENCE {
            return Err(PullError::Behind(request.at_least));
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}

struct Page<'a> {
    sight: &'a Sight,
    request: &'a Pull,
    head: Position,
    change: Change,
    /// The first page, or the first under these rights.
    is_first: bool,
    token: PullToken,
    frames: Frames,
    rows: usize,
    /// Those of them that were sent.
    put_rows: usize,
    /// Whether a row is told to be gone that the person may have held.
    leaves: bool,
}

/// One page of frames, and what is to be done once its view is closed.
struct Answer {
    bytes: Vec<u8>,
    care: Care,
    leaves: bool,
}

impl<'a> Page<'a> {
    async fn begin(
        view: &mut Connection,
        sight: &'a Sight,
        request: &'a Pull,
        before: Option<&View>,
        head: Position,
    ) -> Result<Self, PullError> {
        let token = request.page.as_ref().map(PullToken::read).transpose()?;
        let mut policies = token.as_ref().map_or_else(Vec::new, |token| token.policies.clone());
        let now = sight.grants().policy_version;
        let is_first = policies.last() != Some(&now);
        if is_first {
            policies.push(now);
        }
        // A page that was written under other rights is a part of the copy by now, like what it had before.
        let mut held: Vec<View> = before.cloned().into_iter().collect();
        let earlier = policies.iter().rev().skip(1).copied();
        held.extend(views(view, sight.grants().user_id, earlier.collect()).await?);
        let change = change(view, sight, request, &held).await?;
        let token = match token.filter(|_| !is_first) {
            Some(token) => token,
            None => PullToken {
                since: request.cursor,
                // Not below the cursor, should the device be ahead of this hub.
                upto: head.max(request.cursor),
                stage: Stage::Lacking { entity: 0, after: None },
                changed: change.entities().map(str::to_owned).collect(),
                policies,
                left: None,
            },
        };
        let frames = Frames::new()?;
        let (rows, put_rows, leaves) = (0, 0, false);
        Ok(Self { sight, request, head, change, is_first, token, frames, rows, put_rows, leaves })
    }

    async fn answer(
        mut self,
        view: &mut Connection,
        now: DateTime<Utc>,
    ) -> Result<Answer, PullError> {
        if self.is_first {
            self.write_change()?;
        }
        if !self.go_through(view).await? {
            let put = self.put_rows as u64;
            let left = match self.token.left {
                Some(left) => left.saturating_sub(put),
                // Only what takes several pages is counted.
                None => self.count(view).await?.saturating_sub(put),
            };
            self.token.left = Some(left);
            let (token, left) = (place::write(&self.token)?, Some(left));
            self.frames.write(&Frame::Page { token, left })?;
            let (bytes, care) = (self.frames.finish()?, Care::default());
            return Ok(Answer { bytes, care, leaves: self.leaves });
        }
        let asked = Asked {
            // A device that has nothing to catch up on proves all that it holds.
            changed: (self.request.cursor < self.head).then_some(&self.token.changed),
            doubtful: &self.request.doubtful,
        };
        let (digests, parts, care) = parity::digests(view, self.sight, asked).await?;
        let (cursor, policy_version) = (self.token.upto, self.sight.grants().policy_version);
        let server_time = now;
        self.frames.write(&Frame::Checkpoint {
            cursor,
            policy_version,
            digests,
            parts,
            server_time,
        })?;
        Ok(Answer { bytes: self.frames.finish()?, care, leaves: self.leaves })
    }

    /// What goes from the copy before anything comes.
    fn write_change(&mut self) -> Result<(), PullError> {
        for (entity, bucket) in &self.change.drops {
            self.frames.drop_rows(entity, *bucket)?;
        }
        self.leaves |= !self.change.drops.is_empty();
        if !self.change.emptied.is_empty() {
            self.frames.write(&Frame::Redact { fields: self.change.emptied.clone() })?;
        }
        Ok(())
    }

    /// Answers false where the page is full before everything is written.
    async fn go_through(&mut self, view: &mut Connection) -> Result<bool, PullError> {
        if !self.lacking(view).await? {
            return Ok(false);
        }
        loop {
            let (since, upto) = (self.token.since, self.token.upto);
            let (range, touched) = match since < upto {
                true => bucket::touched(view, since, upto).await?,
                false => return Ok(true),
            };
            let admitted = |(_, facts): &&(Bucket, RowFacts)| {
                self.sight.entities().iter().any(|seen| seen.admits(facts))
            };
            let touched: Vec<_> = touched.iter().filter(admitted).copied().collect();
            if !self.left(view, &range, &touched).await?
                || !self.changed(view, &range, &touched).await?
            {
                return Ok(false);
            }
            // What came while earlier pages were under way.
            let upto = upto.max(self.head);
            (self.token.since, self.token.upto) = (self.token.upto, upto);
            self.token.stage = Stage::Left(None);
            self.token.left = None;
        }
    }

    /// The rows that the copy has to get however old they are.
    async fn lacking(&mut self, view: &mut Connection) -> Result<bool, PullError> {
        let Stage::Lacking { entity: first, after } = self.token.stage.clone() else {
            return Ok(true);
        };
        let sight = self.sight;
        for seen in sight.entities().iter().filter(|seen| seen.index >= first) {
            let name = seen.entity.name;
            let mut after = after.filter(|_| seen.index == first);
            let Some(buckets) = self.change.sends.get(name) else { continue };
            let buckets: Vec<Bucket> = buckets.iter().copied().collect();
            loop {
                let found = member::standing(view, name, &buckets, after, CHUNK).await?;
                let Some((last, _)) = found.last() else { break };
                after = Some(*last);
                self.put(view, seen, &found).await?;
                if self.is_full() {
                    self.token.stage = Stage::Lacking { entity: seen.index, after };
                    return Ok(false);
                }
            }
        }
        self.token.stage = Stage::Left(None);
        Ok(true)
    }

    /// The rows that left a bucket where the person sees them, for one where they do not.
    async fn left(
        &mut self,
        view: &mut Connection,
        range: &Range,
        touched: &[(Bucket, RowFacts)],
    ) -> Result<bool, PullError> {
        let Stage::Left(mut after) = self.token.stage.clone() else { return Ok(true) };
        let buckets: Vec<Bucket> = touched.iter().map(|(bucket, _)| *bucket).collect();
        let known: HashMap<Bucket, RowFacts> = touched.iter().copied().collect();
        while !buckets.is_empty() {
            let left = member::left(view, &buckets, range, after.as_ref(), CHUNK).await?;
            let Some(last) = left.last() else { break };
            after = Some(last.at.clone());
            for Left { at: (_, entity, id), from, now } in &left {
                let Some(seen) = self.sight.find(entity) else { continue };
                let shows =
                    |bucket: &Bucket| known.get(bucket).is_some_and(|facts| seen.admits(facts));
                // A bucket into which a row came in this range was touched in it.
                if from.iter().any(shows) && !now.as_ref().is_some_and(shows) {
                    self.token.changed.insert(entity.clone());
                    self.frames.leave(seen, *id)?;
                    self.leaves = true;
                }
            }
            self.rows += left.len();
            if self.is_full() {
                self.token.stage = Stage::Left(after);
                return Ok(false);
            }
        }
        self.token.stage = Stage::Changed { bucket: 0, after: None };
        Ok(true)
    }

    /// The rows that came or changed, bucket by bucket.
    async fn changed(
        &mut self,
        view: &mut Connection,
        range: &Range,
        touched: &[(Bucket, RowFacts)],
    ) -> Result<bool, PullError> {
        let Stage::Changed { bucket: first, after } = self.token.stage.clone() else {
            return Ok(true);
        };
        for (bucket, facts) in touched.iter().filter(|(bucket, _)| *bucket >= first) {
            let mut after = after.clone().filter(|_| *bucket == first);
            loop {
                let members = member::changed(view, *bucket, range, after.as_ref(), CHUNK).await?;
                let Some(last) = members.last() else { break };
                after = Some(last.clone());
                self.put_changed(view, (*bucket, facts), &members).await?;
                if self.is_full() {
                    self.token.stage = Stage::Changed { bucket: *bucket, after };
                    return Ok(false);
                }
                if members.len() < CHUNK {
                    break;
                }
            }
        }
        Ok(true)
    }

    async fn put_changed(
        &mut self,
        view: &mut Connection,
        (bucket, facts): (Bucket, &RowFacts),
        members: &[At],
    ) -> Result<(), PullError> {
        let sight = self.sight;
        let mut by_entity: HashMap<&str, Vec<(Uuid, Bucket)>> = HashMap::new();
        for (_, entity, id) in members {
            by_entity.entry(entity).or_default().push((*id, bucket));
        }
        // What the person may not view is not counted, not named and not paged: only skipped.
        for seen in sight.entities().iter().filter(|seen| seen.admits(facts)) {
            if let Some(mut rows) = by_entity.remove(seen.entity.name) {
                rows.sort_unstable();
                self.put(view, seen, &rows).await?;
            }
        }
        Ok(())
    }

    /// Writes these rows of an entity, which are sorted.
    async fn put(
        &mut self,
        view: &mut Connection,
        seen: &Seen,
        rows: &[(Uuid, Bucket)],
    ) -> Result<(), PullError> {
        let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
        let records = record::by_ids(view, seen.entity, &ids, Hold::No).await?;
        if !records.is_empty() {
            self.token.changed.insert(seen.entity.name.to_owned());
        }
        for record in &records {
            let found = rows.binary_search_by_key(&record.id(), |(id, _)| *id).ok();
            // Whatever stands in the membership, nothing goes out that the person may not see.
            if let Some((_, bucket)) = found.and_then(|at| rows.get(at))
                && seen.shows(record)
            {
                self.frames.put(seen, *bucket, record)?;
            }
        }
        self.rows += rows.len();
        self.put_rows += rows.len();
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows >= PAGE_ROWS || self.frames.written() >= PAGE_BYTES
    }
}
