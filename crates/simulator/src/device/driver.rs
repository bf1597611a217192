//! Carries out what a round wants: asks over the line, and writes the answers into the store.

use std::collections::BTreeSet;

use local_store::{FillStage, Intake, Limits, Mismatch, Side, Store, StoreError, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::device::round::{Doubt, Effect, Event, Fill, Local, Outcome, Target};
use sync_protocol::message::{Frame, Push, RebuildReason};
use sync_protocol::row::schema_hash;

use super::{Line, Trouble};
use crate::plant::Defect;

/// Ops of one push: few, so that a round has several.
const PUSH: Limits = Limits { ops: 4, bytes: 1 << 20 };

const BEGIN_ANEW: Event = Event::MustRebuild { reason: RebuildReason::Cursor };
const OTHER_RIGHTS: Event = Event::MustRebuild { reason: RebuildReason::Rights };

/// What an effect came to.
pub enum Done {
    Nothing,
    Event(Event),
    Finished(Outcome),
}

pub struct Driver<'a> {
    pub(super) store: &'a Store,
    line: &'a mut dyn Line,
    side: Option<Side>,
    /// The end of the chain as the hub said it holds it.
    known: u64,
    /// Where a checkpoint did not add up.
    pub unequal: Vec<String>,
    defect: Option<Defect>,
}

impl<'a> Driver<'a> {
    pub fn new(store: &'a Store, line: &'a mut dyn Line, defect: Option<Defect>) -> Self {
        Self { store, line, side: None, known: 0, unequal: Vec::new(), defect }
    }

    pub fn carry_out(&mut self, effect: Effect) -> Result<Done, Trouble> {
        Ok(match effect {
            Effect::SendHello(hello) => {
                let reply = self.line.hello(&hello)?;
                self.known = reply.chain.op_seq;
                Done::Event(Event::Hello(Box::new(reply)))
            }
            Effect::SendOps { epoch } => Done::Event(self.send(epoch)?),
            Effect::Pull { request, into: Target::Live } => {
                let Some(frames) = self.line.pull(&request)? else {
                    return Ok(Done::Event(OTHER_RIGHTS));
                };
                if self.defect == Some(Defect::CursorFirst) && request.page.is_none() {
                    self.keep_cursor(&frames)?;
                }
                let mut intake = self.store.begin_pull(request.page.as_ref())?;
                let store = self.store;
                let take = |frame| store.take(&mut intake, frame);
                Done::Event(take_all(frames, take, &mut self.unequal)?)
            }
            Effect::Pull { request, into: Target::Side } => {
                let Some(frames) = self.line.pull(&request)? else {
                    return Ok(Done::Event(OTHER_RIGHTS));
                };
                Done::Event(self.take_aside(frames, request.page.as_ref())?)
            }
            Effect::Snapshot { request } => {
                let Some(frames) = self.line.snapshot(&request)? else {
                    return Ok(Done::Event(BEGIN_ANEW));
                };
                Done::Event(self.take_aside(frames, request.page.as_ref())?)
            }
            Effect::BeginFill { epoch } => {
                self.side = Some(self.store.begin_fill(epoch)?);
                Done::Nothing
            }
            Effect::SwapIn => {
                if let Some(side) = self.side.take() {
                    self.store.swap_in(side)?;
                }
                Done::Nothing
            }
            Effect::OfferAgain { epoch, held } => {
                let left = self.store.offer_again(epoch, held)?;
                Done::Event(Event::OfferedAgain { left })
            }
            Effect::Forget { backed_up, held } => {
                self.store.forget_answered(backed_up, held, &BTreeSet::new())?;
                Done::Nothing
            }
            Effect::StoreLease(_) | Effect::Wipe => Done::Nothing,
            Effect::Finish(outcome) => Done::Finished(outcome),
        })
    }

    /// Sends what has no answer, and before it whatever the hub does not hold of the chain; stores the
    /// answers.
    fn send(&mut self, epoch: u64) -> Result<Event, Trouble> {
        let known = self.known;
        let ops = self.store.read(|view| {
            let first = view.first_unanswered()?.unwrap_or(u64::MAX).min(known + 1);
            view.ops_from(first, PUSH)
        })?;
        if self.defect == Some(Defect::OutboxEmptiedEarly) {
            self.empty_outbox(&ops)?;
        }
        let push = Push { epoch, ops: ops.into_iter().map(ByteBuf::from).collect() };
        let reply = self.line.push(&push)?;
        self.known = reply.chain.op_seq;
        let receipts: Vec<_> =
            reply.receipts.into_iter().map(|(id, bytes)| (id, bytes.into_vec())).collect();
        let refused = match self.defect {
            Some(Defect::RefusedRowKept) => self.refused_rows(&push, &receipts)?,
            _ => Vec::new(),
        };
        let settled = self.store.save_receipts(&receipts, reply.position)?;
        if !refused.is_empty() {
            self.keep_refused(refused)?;
        }
        Ok(Event::Pushed { position: reply.position, left: settled.unanswered })
    }

    fn take_aside(&mut self, frames: Vec<Frame>, page: Option<&ByteBuf>) -> Result<Event, Trouble> {
        let side = match self.side.take() {
            Some(side) => side,
            None => self.store.resume_fill()?.ok_or(StoreError::NoFill)?,
        };
        let side = self.side.insert(side);
        let mut intake: Intake = side.begin(page)?;
        take_all(frames, |frame| side.take(&mut intake, frame), &mut self.unequal)
    }
}

fn take_all(
    frames: Vec<Frame>,
    mut take: impl FnMut(Frame) -> Result<Taken, StoreError>,
    unequal: &mut Vec<String>,
) -> Result<Event, Trouble> {
    for frame in frames {
        match take(frame)? {
            Taken::More => {}
            Taken::Page(page) => return Ok(Event::PulledPage { page }),
            Taken::SnapshotEnd { cursor, policy_version } => {
                return Ok(Event::SnapshotEnd { cursor, policy_version });
            }
            Taken::Checkpoint(applied) => {
                unequal.extend(applied.mismatches.iter().map(in_words));
                let doubt =
                    |it: &Mismatch| Doubt { entity: it.entity.to_owned(), bucket: it.bucket };
                return Ok(Event::PulledCheckpoint {
                    cursor: applied.cursor,
                    policy_version: applied.policy_version,
                    doubts: applied.mismatches.iter().map(doubt).collect(),
                });
            }
        }
    }
    // An answer that breaks off is as good as none.
    Err(Trouble::Broken)
}

fn in_words(it: &Mismatch) -> String {
    let Mismatch { entity, bucket, held_rows, hub_rows } = it;
    match bucket {
        Some(bucket) => {
            format!("{held_rows} of {entity} in bucket {bucket} where the hub has {hub_rows}")
        }
        None => format!("{held_rows} of {entity} where the hub has {hub_rows}"),
    }
}

/// What the device knows of itself.
pub fn local(store: &Store) -> Result<Local, Trouble> {
    let fill = store.filling()?;
    let schema = schema_hash()?;
    Ok(store.read(|view| {
        let live = view.epoch()?;
        Ok(Local {
            epoch: fill.as_ref().map_or(live, |fill| fill.epoch),
            policy_version: view.policy_version()?,
            lease_serial: 1,
            schema,
            cursor: view.cursor()?,
            chain: view.chain()?,
            unanswered: view.unanswered()?,
            life: view.life()?,
            doubtful: view.doubtful()?,
            fill: fill.map(|fill| match fill.stage {
                FillStage::Snapshot { page } => Fill::Snapshot { page },
                FillStage::CatchUp { cursor, policy_version } => {
                    Fill::CatchUp { cursor, policy_version }
                }
            }),
        })
    })?)
}
