//! The effects that the protocol asks for in a round, carried out over the network and the store, each answered by
//! the next event. What a round's end means is not said here.

use std::collections::VecDeque;
use std::sync::Arc;

use contract::{Failure, FailureCode, Step};
use domain::permissions::SignedLease;
use local_store::{Mismatch, Side};
use sync_protocol::device::round::{Doubt, Effect, Event, Outcome, Round, Target};
use sync_protocol::message::{
    Hello, HelloReply, Position, Pull, Push, PushReply, RebuildReason, SnapshotRequest,
};
use uuid::Uuid;

use super::fill::{self, Ended};
use super::local::{self, Batch, local};
use super::round::{Report, keep, unexpected, words};
use super::standing::StandingBoard;
use super::{Stop, refused};
use crate::commands::fault;
use crate::http::HttpError;
use crate::session::{Session, kept};

/// The hub's code for ops that do not follow the ones it has of this device.
const CHAIN_FORKED: &str = "chain_forked";

/// The hub's code for a copy that was made for rights that it does not know any more.
const RIGHTS_CHANGED: &str = "rights_changed";

/// The hub's code for a copy that was away for longer than the hub remembers.
const CURSOR_EXPIRED: &str = "cursor_expired";

pub(super) struct Driver<'a> {
    session: &'a Arc<Session>,
    board: &'a Arc<StandingBoard>,
    report: &'a mut Report,
    side: Option<Side>,
    /// The last op of this device that the hub has.
    hub_chain: u64,
    /// Ops are sent one by one: together they were too large.
    one_by_one: bool,
}

impl<'a> Driver<'a> {
    pub(super) fn new(
        session: &'a Arc<Session>,
        board: &'a Arc<StandingBoard>,
        report: &'a mut Report,
    ) -> Self {
        Self { session, board, report, side: None, hub_chain: 0, one_by_one: false }
    }

    pub(super) async fn run(&mut self) -> Result<Outcome, Stop> {
        let session = Arc::clone(self.session);
        let local = crate::blocking(move || local(&session)).await?;
        let mut round = Round::new(local);
        let start = Event::Start { now: self.session.host().now() };
        let mut effects = VecDeque::from(round.step(start));
        while let Some(effect) = effects.pop_front() {
            let event = match effect {
                Effect::SendHello(hello) => Some(Event::Hello(Box::new(self.greet(&hello).await?))),
                Effect::SendOps { epoch } => Some(self.push(epoch).await?),
                Effect::OfferAgain { epoch, held } => Some(self.offer_again(epoch, held).await?),
                Effect::Forget { backed_up, held } => self.forget(backed_up, held).await?,
                Effect::Pull { request, into } => Some(self.pull(request, into).await?),
                Effect::Snapshot { request } => Some(self.snapshot(request).await?),
                Effect::StoreLease(lease) => self.lease(*lease).await?,
                Effect::BeginFill { epoch } => self.begin_fill(epoch).await?,
                Effect::SwapIn => self.swap_in().await?,
                // Carried out by whoever owns the session, once this round has let go of it.
                Effect::Wipe => None,
                Effect::Finish(outcome) => return Ok(outcome),
            };
            if let Some(event) = event {
                effects.extend(round.step(event));
            }
        }
        Err(Failure::new(FailureCode::Internal, "the round ended without an end").into())
    }

    pub(super) async fn greet(&mut self, hello: &Hello) -> Result<HelloReply, Stop> {
        let identity = &self.session.identity;
        let request = |token: String| async move { identity.hub.hello(&token, hello).await };
        let reply = self.session.tokens.with(identity, request).await?;
        self.board.reached();
        self.hub_chain = reply.chain.op_seq;
        let (session, server_time) = (Arc::clone(self.session), reply.server_time);
        let most = reply.attachment_max;
        crate::blocking(move || {
            session.contact(server_time).map_err(fault)?;
            local::keep_attachment_max(&session, most)
        })
        .await?;
        Ok(reply)
    }

    async fn push(&mut self, epoch: u64) -> Result<Event, Stop> {
        let (session, hub_chain) = (Arc::clone(self.session), self.hub_chain);
        let limits = if self.one_by_one { local::ONE } else { local::PUSH };
        let batch = crate::blocking(move || Batch::next(&session, hub_chain, limits)).await?;
        self.board.step(Step::Sending { left: count(batch.unanswered) });
        let push = &Push { epoch, ops: batch.ops };
        let identity = &self.session.identity;
        let request = |token: String| async move { identity.hub.push(&token, push).await };
        let reply = match self.session.tokens.with(identity, request).await {
            Err(HttpError::TooLarge) if push.ops.len() > 1 => {
                self.one_by_one = true;
                return Ok(Event::Pushed { position: 0, left: batch.unanswered });
            }
            Err(HttpError::TooLarge) => {
                let (session, op) = (Arc::clone(self.session), push.ops.first().cloned());
                let failure = move || local::too_large(&session, op.unwrap_or_default());
                return Err(crate::blocking(failure).await?.into());
            }
            Err(HttpError::Refused { code, .. }) if code == CHAIN_FORKED => {
                return Err(words(Outcome::Forked).into());
            }
            reply => reply?,
        };
        if reply.receipts.is_empty() {
            return Err(refused("the sync server gave no answer to what was sent").into());
        }
        self.hub_chain = self.hub_chain.max(reply.chain.op_seq);
        self.receipts(reply).await
    }

    async fn receipts(&mut self, reply: PushReply) -> Result<Event, Stop> {
        let session = Arc::clone(self.session);
        let position = reply.position;
        let settled = crate::blocking(move || {
            let receipts: Vec<(Uuid, Vec<u8>)> =
                reply.receipts.into_iter().map(|(id, bytes)| (id, bytes.into_vec())).collect();
            session.store.save_receipts(&receipts, position).map_err(fault)
        })
        .await?;
        self.report.pushed += u32::try_from(settled.receipts.len()).unwrap_or(u32::MAX);
        self.report.receipts.extend(settled.receipts);
        self.report.touched.push(settled.touched);
        Ok(Event::Pushed { position, left: settled.unanswered })
    }

    async fn offer_again(&mut self, epoch: u64, held: u64) -> Result<Event, Stop> {
        let session = Arc::clone(self.session);
        let offer = move || session.store.offer_again(epoch, held).map_err(fault);
        Ok(Event::OfferedAgain { left: crate::blocking(offer).await? })
    }

    async fn forget(&mut self, backed_up: Position, held: u64) -> Result<Option<Event>, Stop> {
        let session = Arc::clone(self.session);
        crate::blocking(move || local::forget(&session, backed_up, held)).await?;
        Ok(None)
    }

    async fn lease(&mut self, lease: SignedLease) -> Result<Option<Event>, Stop> {
        let session = Arc::clone(self.session);
        crate::blocking(move || session.renew(lease)).await?;
        Ok(None)
    }

    async fn begin_fill(&mut self, epoch: u64) -> Result<Option<Event>, Stop> {
        drop(self.side.take());
        let session = Arc::clone(self.session);
        let side = crate::blocking(move || session.store.begin_fill(epoch).map_err(fault)).await?;
        self.side = Some(side);
        Ok(None)
    }

    async fn swap_in(&mut self) -> Result<Option<Event>, Stop> {
        let side = self.open_side().await?;
        let session = Arc::clone(self.session);
        let touched = crate::blocking(move || session.store.swap_in(side).map_err(fault)).await?;
        self.report.touched.push(touched);
        Ok(None)
    }

    pub(super) async fn pull(&mut self, mut request: Pull, into: Target) -> Result<Event, Stop> {
        if into == Target::Live {
            self.board.step(Step::Receiving);
        }
        loop {
            let identity = &self.session.identity;
            let asked = &request;
            let send = |token: String| async move { identity.hub.pull(&token, asked).await };
            let frames = match self.session.tokens.with(identity, send).await {
                // What the copy was made for is not known any more; only a fresh one is of use.
                Err(HttpError::Gone { code }) if code == RIGHTS_CHANGED => {
                    return Ok(Event::MustRebuild { reason: RebuildReason::Rights });
                }
                Err(HttpError::Gone { code }) if code == CURSOR_EXPIRED => {
                    return Ok(Event::MustRebuild { reason: RebuildReason::Cursor });
                }
                frames => frames?,
            };
            let (session, page) = (Arc::clone(self.session), request.page.clone());
            let ended = match into {
                Target::Live => {
                    super::blocking(move || fill::into_live(&session, frames, page.as_ref()))
                        .await?
                }
                Target::Side => {
                    let side = self.open_side().await?;
                    let board = Arc::clone(self.board);
                    let take = move || fill::into_side(side, &board, frames, page.as_ref());
                    let (side, ended) = super::blocking(take).await?;
                    self.side = Some(side);
                    ended
                }
            };
            match ended {
                Ended::Page(page) => request.page = Some(page),
                Ended::Checkpoint(applied) => {
                    self.report.pulled += count(applied.received);
                    if applied.purged > 0 && into == Target::Live {
                        keep(self.session, vec![(kept::SCRUB, Some(vec![1]))]).await?;
                    }
                    let doubt =
                        |it: &Mismatch| Doubt { entity: it.entity.to_owned(), bucket: it.bucket };
                    let doubts = applied.mismatches.iter().map(doubt).collect();
                    self.report.mismatches.extend(applied.mismatches);
                    if into == Target::Live {
                        self.report.touched.push(applied.touched);
                    }
                    let (cursor, policy_version) = (applied.cursor, applied.policy_version);
                    return Ok(Event::PulledCheckpoint { cursor, policy_version, doubts });
                }
                Ended::SnapshotEnd { .. } => return Err(unexpected()),
            }
        }
    }

    async fn snapshot(&mut self, mut request: SnapshotRequest) -> Result<Event, Stop> {
        self.board.step(Step::Filling { rows: 0, expected: None });
        loop {
            let identity = &self.session.identity;
            let asked = &request;
            let send = |token: String| async move { identity.hub.snapshot(&token, asked).await };
            let frames = match self.session.tokens.with(identity, send).await {
                Ok(frames) => frames,
                // The page was of another hub or too old: begin at the beginning.
                Err(HttpError::Refused { status: 422, .. }) if request.page.is_some() => {
                    return Ok(Event::MustRebuild { reason: RebuildReason::Cursor });
                }
                Err(error) => return Err(error.into()),
            };
            let side = self.open_side().await?;
            let (board, page) = (Arc::clone(self.board), request.page.clone());
            let take = move || fill::into_side(side, &board, frames, page.as_ref());
            let (side, ended) = super::blocking(take).await?;
            self.side = Some(side);
            match ended {
                Ended::Page(page) => request.page = Some(page),
                Ended::SnapshotEnd { cursor, policy_version, rows } => {
                    self.report.pulled += count(rows);
                    return Ok(Event::SnapshotEnd { cursor, policy_version });
                }
                Ended::Checkpoint(_) => return Err(unexpected()),
            }
        }
    }

    /// The side file of this round, or the one that an earlier round left.
    async fn open_side(&mut self) -> Result<Side, Stop> {
        if let Some(side) = self.side.take() {
            return Ok(side);
        }
        let session = Arc::clone(self.session);
        let side = crate::blocking(move || session.store.resume_fill().map_err(fault)).await?;
        side.ok_or_else(|| {
            Failure::new(FailureCode::Internal, "the fill that was begun is gone").into()
        })
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
