//! Carries out what a round wants: asks over the line, and writes the answers into the store.

use std::collections::BTreeSet;

use local_store::{FillStage, Intake, Limits, Mismatch, Side, Store, StoreError, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::device::round::{Doubt, Effect, Event, Fill, Local, Outcome, Target};
use sync_protocol::message::{Frame, Position, Push, PushReply};
use sync_protocol::op::Hash;
use uuid::Uuid;

use super::{Line, Trouble};
use crate::plant::Defect;

/// Ops of one push: few, so that a round has several.
const PUSH: Limits = Limits { ops: 4, bytes: 1 << 20 };

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
    /// What a backup of the hub was said to hold.
    forgotten: &'a mut Forgotten,
    defect: Option<Defect>,
}

/// Work that the device does not keep any more, because a verified backup holds it.
#[derive(Clone, Debug, Default)]
pub struct Forgotten {
    pub ops: BTreeSet<Uuid>,
    /// Up to here it was looked through.
    backed_up: Option<Position>,
}

impl<'a> Driver<'a> {
    pub fn new(
        (store, line): (&'a Store, &'a mut dyn Line),
        forgotten: &'a mut Forgotten,
        defect: Option<Defect>,
    ) -> Self {
        Self { store, line, side: None, known: 0, unequal: Vec::new(), forgotten, defect }
    }

    pub fn carry_out(&mut self, effect: Effect) -> Result<Done, Trouble> {
        Ok(match effect {
            Effect::SendHello(hello) => {
                let reply = self.line.hello(&hello)?;
                self.known = reply.chain.op_seq;
                Done::Event(Event::Hello(Box::new(reply)))
            }
            Effect::SendOps { epoch } => match self.send(epoch)? {
                Some(event) => Done::Event(event),
                None => Done::Finished(Outcome::Forked),
            },
            Effect::Pull { request, into: Target::Live } => {
                let frames = match self.line.pull(&request)? {
                    Ok(frames) => frames,
                    Err(reason) => return Ok(Done::Event(Event::MustRebuild { reason })),
                };
                if self.defect == Some(Defect::CursorFirst) && request.page.is_none() {
                    self.keep_cursor(&frames)?;
                }
                let mut intake = self.store.begin_pull(request.page.as_ref())?;
                if !request.anew.is_empty() {
                    intake = intake.for_this_round();
                }
                let store = self.store;
                let take = |frame| store.take(&mut intake, frame);
                Done::Event(take_all(frames, take, &mut self.unequal)?)
            }
            Effect::Pull { request, into: Target::Side } => {
                let frames = match self.line.pull(&request)? {
                    Ok(frames) => frames,
                    Err(reason) => return Ok(Done::Event(Event::MustRebuild { reason })),
                };
                Done::Event(self.take_aside(frames, request.page.as_ref())?)
            }
            Effect::Snapshot { request } => {
                let frames = match self.line.snapshot(&request)? {
                    Ok(frames) => frames,
                    Err(reason) => return Ok(Done::Event(Event::MustRebuild { reason })),
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
            Effect::OfferAgain { epoch, behind } => {
                self.forgotten.backed_up = None;
                let left = self.store.offer_again(epoch, behind)?;
                Done::Event(Event::OfferedAgain { left })
            }
            Effect::Forget { backed_up, held } => {
                self.forget(backed_up, held)?;
                Done::Nothing
            }
            Effect::GoOnBehind { said, chain } => {
                self.store.go_on_behind(said, chain)?;
                Done::Nothing
            }
            Effect::StoreLease(_) | Effect::Wipe => Done::Nothing,
            Effect::Finish(outcome) => Done::Finished(outcome),
        })
    }

    fn forget(&mut self, backed_up: Position, held: u64) -> Result<(), Trouble> {
        if self.forgotten.backed_up == Some(backed_up) {
            return Ok(());
        }
        let kept = |store: &Store| -> Result<BTreeSet<Uuid>, Trouble> {
            let sent = store.read(|view| view.sent(usize::MAX))?;
            Ok(sent.into_iter().map(|sent| sent.op.op_id).collect())
        };
        let before = kept(self.store)?;
        self.store.forget_answered(backed_up, held, &BTreeSet::new())?;
        self.forgotten.ops.extend(before.difference(&kept(self.store)?));
        self.forgotten.backed_up = Some(backed_up);
        Ok(())
    }

    /// Sends what has no answer, and before it whatever the hub does not hold of the chain; stores the
    /// answers. `None` where the hub holds other ops in their places.
    fn send(&mut self, epoch: u64) -> Result<Option<Event>, Trouble> {
        if let Some(answers) = self.line.carried() {
            return self.answered_by_file(answers).map(Some);
        }
        let known = self.known;
        let ops = self.store.read(|view| {
            let first = view.first_unanswered()?.unwrap_or(u64::MAX).min(known + 1);
            view.ops_from(first, PUSH)
        })?;
        if self.defect == Some(Defect::OutboxEmptiedEarly) {
            self.empty_outbox(&ops)?;
        }
        let push = Push { epoch, ops: ops.into_iter().map(ByteBuf::from).collect() };
        let Some(reply) = self.line.push(&push)? else { return Ok(None) };
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
        Ok(Some(Event::Pushed { position: reply.position, left: settled.unanswered }))
    }

    /// Nothing is sent: the answers that came are stored, and the round goes on where there are no more. What has none
    /// waits for another file.
    fn answered_by_file(&mut self, answers: Option<PushReply>) -> Result<Event, Trouble> {
        // Whether there is something to pull the file's own hello says.
        let position = 0;
        let Some(mut reply) = answers else { return Ok(Event::Pushed { position, left: 0 }) };
        // What this device does not keep any more was answered long ago.
        let made = self.store.read(|view| {
            let made = reply.receipts.iter().map(|(id, _)| Ok(view.made(*id)?.is_some()));
            made.collect::<Result<Vec<bool>, StoreError>>()
        });
        let mut made = made?.into_iter();
        reply.receipts.retain(|_| made.next() == Some(true));
        let receipts: Vec<_> =
            reply.receipts.into_iter().map(|(id, bytes)| (id, bytes.into_vec())).collect();
        let settled = self.store.save_receipts(&receipts, reply.position)?;
        Ok(Event::Pushed { position, left: settled.unanswered })
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

/// What the device knows of itself; `schema` is that of its program's version.
pub fn local(store: &Store, schema: Hash) -> Result<Local, Trouble> {
    let fill = store.filling()?;
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
                FillStage::CatchUp { cursor, policy_version, page } => {
                    Fill::CatchUp { cursor, policy_version, page }
                }
            }),
            page: view.staged_page()?,
        })
    })?)
}
