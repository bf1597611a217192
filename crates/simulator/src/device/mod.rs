//! A simulated device: the real local store on the simulated disk, and the real round, driven over the
//! simulated network. It may stop at any write; whatever drives it opens it again.

mod courier;
mod driver;
mod numbers;
mod planted;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use domain::numbering::is_numbered;
use domain::permissions::Grants;
use domain::synced;
use local_store::{Draft, Key, Sealing, Store, StoreError};
use sync_protocol::courier::Taken;
use sync_protocol::device::draft::Drafted;
use sync_protocol::device::round::{Effect, Event, Local, Outcome, Round};
use sync_protocol::message::{
    Frame, Hello, HelloReply, Pull, Push, PushReply, RebuildReason, SnapshotRequest,
};
use sync_protocol::numbers::{NumbersReply, NumbersRequest};
use sync_protocol::op::{Hash, Intent};
use sync_protocol::row::schema_hash;
use uuid::Uuid;

use crate::disk::{Disk, Image, Stop};
use crate::plant::Defect;
use driver::{Done, Driver, Forgotten, local};

/// What lies between a device and the hub. Every answer may fail to come.
pub trait Line {
    fn hello(&mut self, hello: &Hello) -> Result<HelloReply, Broken>;
    /// `None`: the hub holds other ops where these would stand.
    fn push(&mut self, push: &Push) -> Result<Option<PushReply>, Broken>;
    fn pull(&mut self, pull: &Pull) -> Result<Sent, Broken>;
    fn snapshot(&mut self, request: &SnapshotRequest) -> Result<Sent, Broken>;
    fn numbers(&mut self, request: &NumbersRequest) -> Result<NumbersReply, Broken>;

    /// Where a file speaks for the hub: the next answers in it, if there are more.
    fn carried(&mut self) -> Option<Option<PushReply>> {
        None
    }
}

/// Frames, or why the copy is to be fetched anew.
pub type Sent = Result<Vec<Frame>, RebuildReason>;

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

/// The files of a device that was just set up. Laying out an empty file takes longer than a whole round, and it is
/// always the same file.
static EMPTY: OnceLock<Empty> = OnceLock::new();

struct Empty {
    /// A fill lays out its own.
    as_it_is: Image,
    /// Fills begin with one that is laid out.
    prepared: Image,
}

impl Empty {
    fn laid_out(disk: &Disk) -> Result<Self, StoreError> {
        disk.wipe();
        let store = Store::create(&path(), key(), store_disk(disk))?;
        drop(store);
        let as_it_is = disk.image();
        let store = Store::open(&path(), key(), store_disk(disk))?;
        // Of no epoch: no round goes on with it.
        drop(store.begin_fill(0)?);
        drop(store);
        let prepared = disk.image().preparing(&fill_path());
        Ok(Self { as_it_is, prepared })
    }
}

pub struct Device {
    pub id: Uuid,
    pub grants: Grants,
    pub disk: Disk,
    /// The layouts of the version of its program.
    pub schema: Hash,
    /// Where a copy did not add up to what the hub said of it.
    pub unequal: Vec<String>,
    pub forgotten: Forgotten,
    /// The life of the hub that was last asked for numbers.
    asked: Option<u64>,
    /// How many files it wrote for a hub that it does not meet, and the newest of the hub's that it took.
    written: u64,
    taken: Taken,
    /// Planted.
    pub defect: Option<Defect>,
    store: Option<Store>,
}

impl Device {
    /// A new device with an empty file; `lays_out`, where each fill lays its own file out.
    ///
    /// # Errors
    /// Where the store cannot be made.
    pub fn new(id: Uuid, grants: Grants, disk: Disk, lays_out: bool) -> Result<Self, StoreError> {
        let empty = match EMPTY.get() {
            Some(empty) => empty,
            None => {
                let empty = Empty::laid_out(&disk)?;
                EMPTY.get_or_init(|| empty)
            }
        };
        disk.lay(if lays_out { &empty.as_it_is } else { &empty.prepared });
        let store = Some(Store::open(&path(), key(), store_disk(&disk))?);
        Ok(Self {
            id,
            grants,
            disk,
            schema: schema_hash()?,
            unequal: Vec::new(),
            forgotten: Forgotten::default(),
            asked: None,
            written: 0,
            taken: Taken::default(),
            defect: None,
            store,
        })
    }

    /// Its file and its key on a second machine.
    ///
    /// # Errors
    /// Where the copy cannot be opened.
    pub fn copied_to(&self, disk: Disk) -> Result<Self, StoreError> {
        disk.lay(&self.disk.image());
        let store = Some(Store::open(&path(), key(), store_disk(&disk))?);
        let (unequal, forgotten) = (Vec::new(), self.forgotten.clone());
        Ok(Self { disk, unequal, forgotten, store, grants: self.grants.clone(), ..*self })
    }

    /// The open store; `None` after the device stopped.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// The program ends; whoever needs it starts it again.
    pub fn close(&mut self) {
        self.store = None;
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
            let numbered_on = self.may_be_numbered(&intent).then(|| now.date_naive());
            drafts.push(Draft { op_id: new_id(), intent, needs, replaces, numbered_on });
        }
        // A lease is called by the version of the rights that it gives.
        let lease_serial = u64::try_from(self.grants.policy_version).unwrap_or_default();
        store.write(&drafts, Sealing { lease_serial, occurred_at: now })?;
        Ok(drafts.iter().map(|draft| draft.op_id).collect())
    }

    /// Whether the person may write what a series gives.
    fn may_be_numbered(&self, intent: &Intent) -> bool {
        let entity = synced::find(&intent.entity).filter(|entity| is_numbered(entity));
        entity.is_some_and(|entity| self.grants.field_right(entity, entity.key).write)
    }

    /// One round with the hub over a line, and what is asked for behind it.
    ///
    /// # Errors
    /// Where the line breaks or the device stops in the middle.
    pub fn sync(&mut self, line: &mut dyn Line, now: DateTime<Utc>) -> Result<Outcome, Trouble> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let local = local(store, self.schema)?;
        let (outcome, exchanged) = self.run(local, &mut *line, now)?;
        if outcome == Outcome::UpToDate {
            let store = self.store.as_ref().ok_or(StoreError::Closed)?;
            numbers::follow(store, line, &mut self.asked, exchanged)?;
        }
        Ok(outcome)
    }

    /// A round from what the device knows of itself; whether more than a hello was said.
    fn run(
        &mut self,
        local: Local,
        line: &mut dyn Line,
        now: DateTime<Utc>,
    ) -> Result<(Outcome, bool), Trouble> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut driver = Driver::new((store, line), &mut self.forgotten, self.defect);
        let mut round = Round::new(local);
        let mut event = Event::Start { now };
        let mut exchanged = false;
        let outcome = loop {
            let mut next = None;
            let mut end = None;
            for effect in round.step(event) {
                exchanged |= matches!(
                    effect,
                    Effect::SendOps { .. } | Effect::Pull { .. } | Effect::Snapshot { .. }
                );
                match driver.carry_out(effect) {
                    Ok(Done::Event(event)) => next = Some(event),
                    Ok(Done::Nothing) => {}
                    Ok(Done::Finished(outcome)) => end = Some(Ok(outcome)),
                    Err(trouble) => end = Some(Err(trouble)),
                }
                if end.is_some() {
                    break;
                }
            }
            match (end, next) {
                (Some(end), _) => break end,
                (None, Some(answer)) => event = answer,
                // Every step ends with a question or with the end of the round.
                (None, None) => break Ok(Outcome::Again),
            }
        };
        self.unequal.append(&mut driver.unequal);
        outcome.map(|outcome| (outcome, exchanged))
    }
}

fn path() -> PathBuf {
    Path::new("/device/daybook.db").to_owned()
}

/// Where the store keeps the file of a fill.
fn fill_path() -> PathBuf {
    Path::new("/device/daybook.db-fill").to_owned()
}

fn key() -> Key {
    Key::new([7; 32])
}

fn store_disk(disk: &Disk) -> local_store::Disk {
    local_store::Disk { vfs: Some(disk.name().to_owned()), files: Arc::new(disk.clone()) }
}
