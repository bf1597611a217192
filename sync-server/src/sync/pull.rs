//! Answering a pull: the rows of a person's scopes that changed since their cursors, as one state of the
//! database has them, in pages, and the checkpoint at the end.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::permissions::Scope;
use domain::record::{Record, ScopeRule};
use sync_protocol::message::{Cursors, Frame, Position, Pull};
use sync_protocol::wire::WireError;
use uuid::Uuid;

use super::frames::Frames;
use super::parity::{self, Care};
use super::place::{self, PullToken, TokenError};
use super::redact::redact;
use super::sight::{Seen, Sight};
use crate::store::tenant::record::{self, Hold};
use crate::store::tenant::sync::member::{self, Member, Place};
use crate::store::tenant::sync::{commit, moves};
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
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The frames of one page. The upper end is read anew for each page: a row that changed meanwhile comes again,
/// and the checkpoint at the end is of the last page's state.
///
/// # Errors
/// See [`PullError`].
pub async fn pull(
    connection: &mut Connection,
    sight: &Sight,
    request: &Pull,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, PullError> {
    let mut waited = Duration::ZERO;
    loop {
        let mut view = commit::begin_view(connection).await?;
        let head = commit::head(&mut view).await?;
        if head >= request.at_least {
            let page = Page::begin(sight, request, head)?;
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
    cursors: &'a Cursors,
    head: Position,
    token: PullToken,
    frames: Frames,
    rows: usize,
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
    fn begin(sight: &'a Sight, request: &'a Pull, head: Position) -> Result<Self, PullError> {
        let token = match &request.page {
            Some(token) => PullToken::read(token)?,
            None => PullToken { places: BTreeMap::new(), changed: BTreeSet::new() },
        };
        let cursors = &request.cursors;
        Ok(Self { sight, cursors, head, token, frames: Frames::new()?, rows: 0, leaves: false })
    }

    async fn answer(
        mut self,
        view: &mut Connection,
        now: DateTime<Utc>,
    ) -> Result<Answer, PullError> {
        let scopes = self.sight.scopes();
        for lost in self.cursors.keys().filter(|scope| !scopes.contains(scope)) {
            self.frames.write(&Frame::DropScope { scope: *lost })?;
        }
        let began_at_head = scopes.iter().all(|scope| self.since(*scope) >= self.head);
        for scope in scopes {
            if !self.go_through(view, scope).await? {
                let token = place::write(&self.token)?;
                self.frames.write(&Frame::Page { token })?;
                let (bytes, care) = (self.frames.finish()?, Care::default());
                return Ok(Answer { bytes, care, leaves: self.leaves });
            }
        }
        // A device that has nothing to catch up on proves all that it holds.
        let changed = (!began_at_head).then_some(&self.token.changed);
        let (digests, care) = parity::digests(view, self.sight, changed).await?;
        let cursors = scopes.into_iter().map(|scope| (scope, self.head)).collect();
        self.frames.write(&Frame::Checkpoint { cursors, digests, server_time: now })?;
        Ok(Answer { bytes: self.frames.finish()?, care, leaves: self.leaves })
    }

    /// Up to where the device holds a scope.
    fn since(&self, scope: Scope) -> Position {
        self.cursors.get(&scope).copied().unwrap_or(0)
    }

    /// Writes the changes of a scope up to the head. Answers false where the page is full before.
    async fn go_through(&mut self, view: &mut Connection, scope: Scope) -> Result<bool, PullError> {
        let mut at = match self.token.places.remove(&scope) {
            Some((position, row)) => Place { position, row },
            None => Place { position: self.since(scope), row: None },
        };
        let name = scope.to_string();
        loop {
            let at_end = at.row.is_none() && at.position >= self.head;
            let members = match at_end {
                true => Vec::new(),
                false => member::changed(view, &name, &at, self.head, CHUNK).await?,
            };
            let Some(last) = members.last() else {
                // Not below the cursor, should the device be ahead of this hub.
                self.token.places.insert(scope, (at.position.max(self.head), None));
                return Ok(true);
            };
            at = Place { position: last.position, row: Some((last.entity.clone(), last.row_id)) };
            self.rows += members.len();
            let ended = members.len() < CHUNK;
            self.write_members(view, scope, members).await?;
            let full = self.rows >= PAGE_ROWS || self.frames.written() >= PAGE_BYTES;
            if full && !ended {
                let Place { position, row } = at;
                self.token.places.insert(scope, (position, row));
                return Ok(false);
            }
        }
    }

    async fn write_members(
        &mut self,
        view: &mut Connection,
        scope: Scope,
        members: Vec<Member>,
    ) -> Result<(), PullError> {
        let sight = self.sight;
        let mut by_entity: HashMap<String, Vec<Member>> = HashMap::new();
        for member in members {
            by_entity.entry(member.entity.clone()).or_default().push(member);
        }
        // What the person may not view is not counted, not named and not paged: only skipped.
        let seen = sight.entities().iter().filter(|seen| seen.scope == scope);
        for seen in seen {
            let Some(members) = by_entity.remove(seen.entity.name) else { continue };
            let present: Vec<Uuid> = members
                .iter()
                .filter(|member| member.present)
                .map(|member| member.row_id)
                .collect();
            let mut shown = record::by_ids(view, seen.entity, &present, Hold::No).await?;
            shown.retain(|record| sight.shows(record, scope));
            let hidden: Vec<Uuid> = members
                .iter()
                .map(|member| member.row_id)
                .filter(|id| shown.binary_search_by_key(id, Record::id).is_err())
                .collect();
            let gone = self.gone(view, seen, hidden).await?;
            if !shown.is_empty() || !gone.is_empty() {
                self.token.changed.insert(seen.entity.name.to_owned());
            }
            for record in &shown {
                self.frames.put(seen, record)?;
            }
            self.leaves |= !gone.is_empty() && !seen.whole;
            for id in gone {
                self.frames.leave(seen, id)?;
            }
        }
        Ok(())
    }

    /// The rows among these that the device may hold and may hold no longer. A row that the person never saw
    /// is not even said to be gone.
    async fn gone(
        &self,
        view: &mut Connection,
        seen: &Seen,
        hidden: Vec<Uuid>,
    ) -> Result<Vec<Uuid>, PullError> {
        if hidden.is_empty() || seen.whole || seen.entity.scope == ScopeRule::Owner {
            return Ok(hidden);
        }
        let since = self.since(seen.scope);
        let facts = moves::facts_since(view, seen.entity.name, &hidden, since).await?;
        let seen_before = facts.into_iter().filter(|(_, facts)| seen.rows.admits(facts));
        Ok(seen_before.map(|(id, _)| id).collect::<BTreeSet<_>>().into_iter().collect())
    }
}
