//! A simulated device: the real local store on the simulated disk, and the real round, driven over the
//! simulated network. It may stop at any write; whatever drives it opens it again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::permissions::Grants;
use local_store::{
    Draft, FillStage, Intake, Key, Limits, Mismatch, Sealing, Side, Store, StoreError, Taken,
};
use serde_bytes::ByteBuf;
use sync_protocol::device::draft::Drafted;
use sync_protocol::device::round::{Doubt, Effect, Event, Fill, Local, Outcome, Round, Target};
use sync_protocol::message::{Frame, HelloReply, Push, PushReply, RebuildReason};
use sync_protocol::row::schema_hash;
use uuid::Uuid;

use crate::disk::{Disk, Stop};

/// Ops of one push: few, so that a round has several.
const PUSH: Limits = Limits { ops: 4, bytes: 1 << 20 };

/// What lies between a device and the hub. Every answer may fail to come.
pub trait Line {
    fn hello(&mut self, hello: &sync_protocol::message::Hello) -> Result<HelloReply, Broken>;
    fn push(&mut self, push: &Push) -> Result<PushReply, Broken>;
    /// `None`: the hub does not know any more what the copy was made for.
    fn pull(&mut self, pull: &sync_protocol::message::Pull) -> Result<Option<Vec<Frame>>, Broken>;
    fn snapshot(
        &mut self,
        request: &sync_protocol::message::SnapshotRequest,
    ) -> Result<Vec<Frame>, Broken>;
}

/// No answer came; whether the hub got the question is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// Why a round broke off.
#[derive(Debug)]
pub enum Trouble {
    Broken,
    Store(StoreError),
    /// The protocol's own code could not encode.
    Wire(sync_protocol::wire::WireError),
}

impl From<Broken> for Trouble {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sync_protocol::wire::WireError> for Trouble {
    fn from(error: sync_protocol::wire::WireError) -> Self {
        Self::Wire(error)
    }
}

pub struct Device {
    pub id: Uuid,
    pub grants: Grants,
    pub disk: Disk,
    store: Option<Store>,
}

impl Device {
    /// A new device with an empty file.
    ///
    /// # Errors
    /// Where the store cannot be made.
    pub fn new(id: Uuid, grants: Grants, disk: Disk) -> Result<Self, StoreError> {
        disk.wipe();
        let store = Store::create(&path(), key(), store_disk(&disk))?;
        Ok(Self { id, grants, disk, store: Some(store) })
    }

    /// The open store; `None` after the device stopped.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// The device stops and is started again.
    ///
    /// # Errors
    /// Where the file cannot be opened any more: that must never be.
    pub fn restart(&mut self, stop: Stop) -> Result<(), StoreError> {
        self.store = None;
        self.disk.restart(stop);
        self.store = Some(Store::open(&path(), key(), store_disk(&self.disk))?);
        Ok(())
    }

    /// Writes one person's work; answers the ids of its ops.
    ///
    /// # Errors
    /// Where the store refuses or the device stops; nothing may have been written then.
    pub fn write(
        &self,
        drafted: Vec<Drafted>,
        now: DateTime<Utc>,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Vec<Uuid>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut drafts: Vec<Draft> = Vec::new();
        for Drafted { intent, replaces } in drafted {
            let made_here: Vec<_> = drafts.iter().map(|d| (d.intent.id, d.op_id)).collect();
            let needs = store.read(|view| {
                let made_by = |id| {
                    let here = made_here.iter().find(|(made, _)| *made == id).map(|(_, op)| *op);
                    here.or_else(|| view.made_by(id).ok().flatten())
                };
                Ok(sync_protocol::device::draft::needs(&intent, made_by))
            })?;
            drafts.push(Draft { op_id: new_id(), intent, needs, replaces });
        }
        store.write(&drafts, Sealing { lease_serial: 1, occurred_at: now })?;
        Ok(drafts.iter().map(|draft| draft.op_id).collect())
    }

    /// One round with the hub over a line.
    ///
    /// # Errors
    /// Where the line breaks or the device stops in the middle.
    pub fn sync(&self, line: &mut dyn Line, now: DateTime<Utc>) -> Result<Outcome, Trouble> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut driver = Driver { store, line, side: None, known: 0 };
        let mut round = Round::new(local(store)?);
        let mut event = Event::Start { now };
        loop {
            let mut next = None;
            for effect in round.step(event) {
                match driver.carry_out(effect)? {
                    Done::Event(event) => next = Some(event),
                    Done::Nothing => {}
                    Done::Finished(outcome) => return Ok(outcome),
                }
            }
            match next {
                Some(answer) => event = answer,
                // Every step ends with a question or with the end of the round.
                None => return Ok(Outcome::Again),
            }
        }
    }
}

const OTHER_RIGHTS: Event = Event::MustRebuild { reason: RebuildReason::Rights };

enum Done {
    Nothing,
    Event(Event),
    Finished(Outcome),
}

struct Driver<'a> {
    store: &'a Store,
    line: &'a mut dyn Line,
    side: Option<Side>,
    /// The end of the chain as the hub said it holds it.
    known: u64,
}

impl Driver<'_> {
    fn carry_out(&mut self, effect: Effect) -> Result<Done, Trouble> {
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
                let mut intake = self.store.begin_pull(request.page.as_ref())?;
                let store = self.store;
                Done::Event(take_all(frames, |frame| store.take(&mut intake, frame))?)
            }
            Effect::Pull { request, into: Target::Side } => {
                let Some(frames) = self.line.pull(&request)? else {
                    return Ok(Done::Event(OTHER_RIGHTS));
                };
                Done::Event(self.take_aside(frames, request.page.as_ref())?)
            }
            Effect::Snapshot { request } => {
                let frames = self.line.snapshot(&request)?;
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
        let push = Push { epoch, ops: ops.into_iter().map(ByteBuf::from).collect() };
        let reply = self.line.push(&push)?;
        self.known = reply.chain.op_seq;
        let receipts: Vec<_> =
            reply.receipts.into_iter().map(|(id, bytes)| (id, bytes.into_vec())).collect();
        let settled = self.store.save_receipts(&receipts, reply.position)?;
        Ok(Event::Pushed { position: reply.position, left: settled.unanswered })
    }

    fn take_aside(&mut self, frames: Vec<Frame>, page: Option<&ByteBuf>) -> Result<Event, Trouble> {
        let side = match self.side.take() {
            Some(side) => side,
            None => self.store.resume_fill()?.ok_or(StoreError::NoFill)?,
        };
        let side = self.side.insert(side);
        let mut intake: Intake = side.begin(page)?;
        take_all(frames, |frame| side.take(&mut intake, frame))
    }
}

fn take_all(
    frames: Vec<Frame>,
    mut take: impl FnMut(Frame) -> Result<Taken, StoreError>,
) -> Result<Event, Trouble> {
    for frame in frames {
        match take(frame)? {
            Taken::More => {}
            Taken::Page(page) => return Ok(Event::PulledPage { page }),
            Taken::SnapshotEnd { cursor, policy_version } => {
                return Ok(Event::SnapshotEnd { cursor, policy_version });
            }
            Taken::Checkpoint(applied) => {
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

fn local(store: &Store) -> Result<Local, Trouble> {
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

fn path() -> PathBuf {
    Path::new("/device/daybook.db").to_owned()
}

fn key() -> Key {
    Key::new([7; 32])
}

fn store_disk(disk: &Disk) -> local_store::Disk {
    local_store::Disk { vfs: Some(disk.name().to_owned()), files: Arc::new(disk.clone()) }
}
