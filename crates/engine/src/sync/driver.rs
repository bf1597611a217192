//! The effects that the protocol asks for in a round, carried out over the network and the store, each answered by
//! the next event. What a round's end means is not said here.

mod aside;
mod by_file;

use std::collections::VecDeque;
use std::sync::Arc;

use contract::{Failure, FailureCode, Line, Step};
use domain::permissions::SignedLease;
use local_store::{Mismatch, Side};
use sync_protocol::courier::Part;
use sync_protocol::device::round::{Doubt, Effect, Event, Local, Outcome, Round, Target};
use sync_protocol::message::{
    Hello, HelloReply, Position, Pull, PurgeReceipt, Push, PushReply, RebuildReason, Standing,
};
use sync_protocol::op::ChainEnd;
use sync_protocol::wire;
use uuid::Uuid;

use super::budget::Budget;
use super::courier::Carried;
use super::fill::{self, Ended, Progress};
use super::local::{self, Batch, local};
use super::round::{Report, keep, unexpected, words};
use super::standing::StandingBoard;
use super::{Stop, refused};
use crate::commands::fault;
use crate::http::HttpError;
use crate::session::{Session, kept};

/// The hub's code for ops that do not follow the ones it has of this device.
const CHAIN_FORKED: &str = "chain_forked";

/// The hub's code for ops in words that it does not have yet.
pub(super) const HUB_OUTDATED: &str = "hub_outdated";

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
    budget: Budget,
    progress: Progress,
    sent: u32,
    /// A file that speaks for the hub: nothing goes over the network.
    carried: Option<Carried>,
}

impl<'a> Driver<'a> {
    pub(super) fn new(
        session: &'a Arc<Session>,
        board: &'a Arc<StandingBoard>,
        report: &'a mut Report,
    ) -> Self {
        Self::within(None, session, board, report)
    }

    /// Carries about so many bytes and no more.
    pub(super) fn within(
        limit: Option<u64>,
        session: &'a Arc<Session>,
        board: &'a Arc<StandingBoard>,
        report: &'a mut Report,
    ) -> Self {
        let budget = Budget::of(&session.identity.hub, limit);
        let progress = Progress::new(board, &budget);
        let (side, hub_chain, one_by_one, sent, carried) = (None, 0, false, 0, None);
        Self {
            session,
            board,
            report,
            side,
            hub_chain,
            one_by_one,
            budget,
            progress,
            sent,
            carried,
        }
    }

    /// What went over the line so far.
    pub(super) fn line(&self) -> Line {
        self.budget.line()
    }

    /// How many rows came, and how many follow, where the hub told.
    pub(super) fn received(&self) -> (u32, Option<u32>) {
        (count(self.progress.rows), self.progress.left.map(count))
    }

    /// Runs a round; `None` where it stopped at its limit. Each round gets at least one push or one page further.
    pub(super) async fn run(&mut self) -> Result<Option<Outcome>, Stop> {
        let session = Arc::clone(self.session);
        self.run_from(crate::blocking(move || local(&session)).await?).await
    }

    /// The same from what the device knows of itself.
    pub(super) async fn run_from(&mut self, local: Local) -> Result<Option<Outcome>, Stop> {
        let mut round = Round::new(local);
        let start = Event::Start { now: self.session.host().now() };
        let mut effects = VecDeque::from(round.step(start));
        let mut moved = false;
        while let Some(effect) = effects.pop_front() {
            let moves = matches!(
                effect,
                Effect::SendOps { .. } | Effect::Pull { .. } | Effect::Snapshot { .. }
            );
            if moves && moved && self.budget.is_spent() {
                return Ok(None);
            }
            moved |= moves;
            self.report.exchanged |= moves;
            let event = match effect {
                Effect::SendHello(hello) => Some(Event::Hello(Box::new(self.greet(&hello).await?))),
                Effect::SendOps { epoch } => Some(self.push(epoch).await?),
                Effect::OfferAgain { epoch, behind } => {
                    Some(self.offer_again(epoch, behind).await?)
                }
                Effect::Forget { backed_up, held } => self.forget(backed_up, held).await?,
                Effect::Pull { request, into } => match self.pull(request, into).await? {
                    Some(event) => Some(event),
                    None => return Ok(None),
                },
                Effect::Snapshot { request } => match self.snapshot(request).await? {
                    Some(event) => Some(event),
                    None => return Ok(None),
                },
                Effect::GoOnBehind { said, chain } => self.go_on_behind(said, chain).await?,
                Effect::StoreLease(lease) => self.lease(*lease).await?,
                Effect::BeginFill { epoch } => self.begin_fill(epoch).await?,
                Effect::SwapIn => self.swap_in().await?,
                // Carried out by whoever owns the session, once this round has let go of it.
                Effect::Wipe => None,
                Effect::Finish(outcome) => return Ok(Some(outcome)),
            };
            if let Some(event) = event {
                effects.extend(round.step(event));
            }
        }
        Err(Failure::new(FailureCode::Internal, "the round ended without an end").into())
    }

    pub(super) async fn greet(&mut self, hello: &Hello) -> Result<HelloReply, Stop> {
        if let Some(carried) = &self.carried {
            let reply = carried.reply.clone();
            return self.greeted_by_file(reply).await;
        }
        let (identity, hub) = (&self.session.identity, self.budget.hub());
        let request = |token: String| async move { hub.hello(&token, hello).await };
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
        if reply.standing == Standing::Ok {
            self.tell_purge(reply.epoch).await?;
        }
        Ok(reply)
    }

    /// Tells the hub that content which had to leave has left, if it was not told yet.
    async fn tell_purge(&mut self, epoch: u64) -> Result<(), Stop> {
        let session = Arc::clone(self.session);
        let read = move || session.store.read(|view| view.kept(kept::PURGED)).map_err(fault);
        let Some(receipt) = crate::blocking(read).await? else { return Ok(()) };
        // One that cannot be read, or is of another life of the database, says nothing to anybody.
        let receipt = wire::decode::<PurgeReceipt>(&receipt).ok();
        if let Some(receipt) = receipt.filter(|receipt| receipt.purge.epoch == epoch) {
            let (identity, told) = (&self.session.identity, &receipt);
            let send = |token: String| async move { identity.hub.purged(&token, told).await };
            match self.session.tokens.with(identity, send).await {
                Err(HttpError::Refused { status, .. }) => {
                    tracing::warn!(status, "the sync server does not take word of a purge");
                }
                told => told?,
            }
        }
        keep(self.session, vec![(kept::PURGED, None)]).await
    }

    async fn push(&mut self, epoch: u64) -> Result<Event, Stop> {
        if self.carried.is_some() {
            return self.answered_by_file().await;
        }
        let (session, hub_chain) = (Arc::clone(self.session), self.hub_chain);
        let limits = match self.one_by_one {
            true => local::ONE,
            false => local::push(self.budget.left(), self.sent),
        };
        let batch = crate::blocking(move || Batch::next(&session, hub_chain, limits)).await?;
        self.board.step(Step::Sending { sent: self.sent, left: count(batch.unanswered) });
        let push = &Push { epoch, ops: batch.ops };
        let (identity, hub) = (&self.session.identity, self.budget.hub());
        let request = |token: String| async move { hub.push(&token, push).await };
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
            Err(HttpError::Refused { code, .. }) if code == HUB_OUTDATED => {
                return Err(refused(
                    "the sync server is older than the Daybook that this work was done with: it has to be updated \
                     first. The work and what was done after it stay here; tell your administrator",
                )
                .into());
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
        let answered = count(settled.receipts.len() as u64);
        self.sent = self.sent.saturating_add(answered);
        self.report.pushed = self.report.pushed.saturating_add(answered);
        self.report.receipts.extend(settled.receipts);
        self.report.touched.push(settled.touched);
        Ok(Event::Pushed { position, left: settled.unanswered })
    }

    async fn offer_again(&mut self, epoch: u64, behind: u64) -> Result<Event, Stop> {
        let session = Arc::clone(self.session);
        let offer = move || session.store.offer_again(epoch, behind).map_err(fault);
        Ok(Event::OfferedAgain { left: crate::blocking(offer).await? })
    }

    async fn go_on_behind(&mut self, said: u64, end: ChainEnd) -> Result<Option<Event>, Stop> {
        tracing::warn!(said, held = end.op_seq, "this machine was set back; going on behind");
        let session = Arc::clone(self.session);
        crate::blocking(move || session.store.go_on_behind(said, end).map_err(fault)).await?;
        Ok(None)
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

    /// Answers nothing where it stopped at the limit, with a page stored.
    pub(super) async fn pull(
        &mut self,
        mut request: Pull,
        into: Target,
    ) -> Result<Option<Event>, Stop> {
        self.progress.begin(into == Target::Side);
        loop {
            let (identity, hub) = (&self.session.identity, self.budget.hub());
            let asked = &request;
            let send = |token: String| async move { hub.pull(&token, asked).await };
            let sent = match self.carried {
                Some(_) => Ok(self.frames_by_file(Part::Pull).await?),
                None => self.session.tokens.with(identity, send).await,
            };
            let frames = match sent {
                // What the copy was made for is not known any more; only a fresh one is of use.
                Err(HttpError::Gone { code }) if code == RIGHTS_CHANGED => {
                    return Ok(Some(Event::MustRebuild { reason: RebuildReason::Rights }));
                }
                Err(HttpError::Gone { code }) if code == CURSOR_EXPIRED => {
                    return Ok(Some(Event::MustRebuild { reason: RebuildReason::Cursor }));
                }
                // The page is of an earlier round, and this hub does not know it: begin at the beginning.
                Err(HttpError::Refused { status: 422, .. }) if request.page.is_some() => {
                    request.page = None;
                    continue;
                }
                frames => frames?,
            };
            let ended = match into {
                Target::Live => {
                    let (session, asked) = (Arc::clone(self.session), request.clone());
                    let mut progress = self.progress.clone();
                    let (progress, ended) = super::blocking(move || {
                        let ended = fill::into_live(&session, frames, &asked, &mut progress)?;
                        Ok((progress, ended))
                    })
                    .await?;
                    self.progress = progress;
                    ended
                }
                Target::Side => self.take_aside(frames, request.page.clone()).await?,
            };
            match ended {
                Ended::Page(_) if self.budget.is_spent() => return Ok(None),
                Ended::Page(page) => request.page = Some(page),
                Ended::Checkpoint(applied) => {
                    self.report.pulled += count(applied.received);
                    let doubt =
                        |it: &Mismatch| Doubt { entity: it.entity.to_owned(), bucket: it.bucket };
                    let doubts = applied.mismatches.iter().map(doubt).collect();
                    let doubts = self.to_be_mended(doubts, into)?;
                    self.report.mismatches.extend(applied.mismatches);
                    if into == Target::Live {
                        self.report.touched.push(applied.touched);
                    }
                    let (cursor, policy_version) = (applied.cursor, applied.policy_version);
                    return Ok(Some(Event::PulledCheckpoint { cursor, policy_version, doubts }));
                }
                Ended::SnapshotEnd { .. } => return Err(unexpected()),
            }
        }
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
