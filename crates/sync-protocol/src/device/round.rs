//! One round of a device with the hub, as steps without I/O: an event in, effects out. Whoever drives
//! it (the engine over HTTP, the simulator over a faulty network) carries the effects out in order and
//! answers the last one of each step with the next event.

mod step;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::versions;
use serde_bytes::ByteBuf;

use crate::PROTOCOL_VERSION;
use crate::message::{
    Bucket, Capability, Hello, HelloReply, Position, Pull, RebuildReason, SnapshotRequest, Standing,
};
use crate::op::{ChainEnd, Hash};

pub use step::{Effect, Event, Outcome, Target};

/// How often a round tries to mend parts of a copy: it asks which, fetches them, and looks again.
const MENDS: usize = 3;

/// What the device knows of itself when a round starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    pub epoch: u64,
    /// The version of the rights under which the copy was fetched.
    pub policy_version: i64,
    pub lease_serial: u64,
    pub schema: Hash,
    /// How far the file holds what its person may see; `None` before the first fill.
    pub cursor: Option<Position>,
    pub chain: ChainEnd,
    /// Ops without a receipt.
    pub unanswered: u64,
    /// The hub's epoch that the receipts belong to; 0 before the first fill.
    pub life: u64,
    /// Entities of which the copy does not match what the hub said of them.
    pub doubtful: Vec<String>,
    /// A fill that was begun and broke off.
    pub fill: Option<Fill>,
    /// A pull that was begun and broke off goes on at this page.
    pub page: Option<ByteBuf>,
}

/// How far a side file is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The snapshot goes on at this page.
    Snapshot { page: Option<ByteBuf> },
    /// The snapshot is complete; changes after this place are missing, from this page on.
    CatchUp { cursor: Position, policy_version: i64, page: Option<ByteBuf> },
}

/// A part of the copy that does not match: an entity, in one bucket where the hub told them one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    pub entity: String,
    pub bucket: Option<Bucket>,
}

/// A round in progress.
#[derive(Debug)]
pub struct Round {
    local: Local,
    /// The place that a pull must reach, so that one's own edits do not vanish.
    at_least: Position,
    head: Position,
    /// The version of the rights that the hub answers under.
    policy_version: i64,
    /// How often parts of the copy were asked for, and which are.
    mended: usize,
    anew: Vec<(String, Bucket)>,
    /// Fill anew before or after sending.
    rebuild: bool,
    filling: bool,
    /// The snapshot of a fill is not complete.
    snapshotting: bool,
    refilled: bool,
    drain: bool,
    unanswered: u64,
    /// What need not be kept any more, once the hub has taken everything of this chain.
    forgettable: Option<Effect>,
}

impl Round {
    pub fn new(local: Local) -> Self {
        let rebuild = local.cursor.is_none() || local.fill.is_some();
        Self {
            at_least: 0,
            head: 0,
            policy_version: 0,
            mended: 0,
            anew: Vec::new(),
            rebuild,
            filling: false,
            snapshotting: false,
            refilled: false,
            drain: false,
            forgettable: None,
            unanswered: local.unanswered,
            local,
        }
    }

    /// The next step.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Start { now } => vec![Effect::SendHello(self.hello(now))],
            Event::Hello(reply) => self.greeted(*reply),
            Event::Pushed { position, left } => {
                self.unanswered = left;
                self.at_least = self.at_least.max(position);
                self.go_on()
            }
            Event::OfferedAgain { left } => {
                // With this work the hub lost the state that the copy was made of.
                if left > self.unanswered {
                    self.rebuild = true;
                    self.local.fill = None;
                }
                self.unanswered = left;
                self.go_on()
            }
            Event::PulledPage { page } if self.snapshotting => vec![self.snapshot(Some(page))],
            Event::PulledPage { page } => vec![self.pull(Some(page))],
            Event::PulledCheckpoint { cursor, policy_version, doubts } => {
                self.local.cursor = Some(cursor);
                self.local.policy_version = policy_version;
                self.reached(doubts)
            }
            Event::SnapshotEnd { cursor, policy_version } => {
                self.snapshotting = false;
                self.local.cursor = Some(cursor);
                self.local.policy_version = policy_version;
                vec![self.pull(None)]
            }
            Event::MustRebuild { reason } => {
                self.rebuild = true;
                self.filling = false;
                self.local.fill = None;
                match reason {
                    RebuildReason::Epoch => vec![Effect::Finish(Outcome::Again)],
                    _ => self.fill(),
                }
            }
        }
    }

    fn hello(&self, now: DateTime<Utc>) -> Hello {
        Hello {
            protocol_version: PROTOCOL_VERSION,
            capabilities: vec![Capability::KeepsUnknown],
            schema_version: versions::declared().current,
            schema: self.local.schema,
            epoch: self.local.epoch,
            policy_version: self.local.policy_version,
            lease_serial: self.local.lease_serial,
            cursor: self.local.cursor,
            chain: self.local.chain,
            clock: now,
        }
    }

    fn greeted(&mut self, reply: HelloReply) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(lease) = reply.lease {
            effects.push(Effect::StoreLease(Box::new(lease)));
        }
        self.head = reply.head;
        self.policy_version = reply.policy_version;
        match reply.standing {
            Standing::Ok => {}
            Standing::Drain => self.drain = true,
            Standing::Rebuild { .. } => {
                self.rebuild = true;
                // A fill of another life of the database is of no use.
                if reply.epoch != self.local.epoch {
                    self.local.fill = None;
                }
            }
            Standing::Wait { reason, until } => {
                effects.push(Effect::Finish(Outcome::Wait { reason, until }));
                return effects;
            }
            Standing::Refused { reason } => {
                effects.push(Effect::Finish(Outcome::Refused { reason }));
                return effects;
            }
            Standing::Frozen => {
                effects.push(Effect::Finish(Outcome::Forked));
                return effects;
            }
            Standing::Wipe => {
                effects.extend([Effect::Wipe, Effect::Finish(Outcome::Wiped)]);
                return effects;
            }
        }
        // A hub that serves a device has found the end of its chain in what it holds. What it holds beyond was made
        // before this machine was set back: new work goes on behind it, and its effects come with the pull.
        if reply.chain.op_seq > self.local.chain.op_seq {
            let said = self.local.chain.op_seq;
            self.local.chain = reply.chain;
            effects.push(Effect::GoOnBehind { said, chain: reply.chain });
        }
        self.local.epoch = reply.epoch;
        let held = reply.chain.op_seq;
        if let Some(behind) = self.lost_behind(reply.epoch, held) {
            effects.push(Effect::OfferAgain { epoch: reply.epoch, behind });
            return effects;
        }
        let backed_up = reply.backed_up.filter(|_| self.local.life == reply.epoch);
        self.forgettable = backed_up.map(|backed_up| Effect::Forget { backed_up, held });
        effects.extend(self.go_on());
        effects
    }

    /// Behind which place of this chain the hub may miss what it has answered; `None` where it misses nothing.
    ///
    /// Another epoch is another life, begun from a backup. How far that life holds the chain says nothing of what lies
    /// before: another copy of this file may have gone on behind work that it did not hold any more. So all that is
    /// kept is offered once in each life; what the hub holds it answers from storage. In one and the same life, that
    /// it holds less than it answered may stay so: what left the file with its row is not offered again.
    fn lost_behind(&self, epoch: u64, held: u64) -> Option<u64> {
        if self.local.life != 0 && self.local.life != epoch {
            return Some(0);
        }
        let answered = self.local.chain.op_seq.saturating_sub(self.unanswered);
        (held < answered).then_some(held)
    }

    /// Sends what is left, then fills or pulls, then ends.
    fn go_on(&mut self) -> Vec<Effect> {
        if self.unanswered > 0 {
            return vec![Effect::SendOps { epoch: self.local.epoch }];
        }
        // Now the hub's chain is known to be this one. Before, it could be that of another copy of the file, which took
        // these places after a restore: then nothing of what this copy did lies in the backup.
        let mut effects: Vec<Effect> = self.forgettable.take().into_iter().collect();
        effects.extend(self.receive());
        effects
    }

    fn receive(&mut self) -> Vec<Effect> {
        if self.drain {
            return vec![Effect::Finish(Outcome::Outdated)];
        }
        if self.rebuild {
            return self.fill();
        }
        let reached = self.local.cursor.unwrap_or_default();
        let behind = reached < self.head.max(self.at_least)
            || self.local.policy_version != self.policy_version
            || !self.local.doubtful.is_empty();
        match behind {
            true => {
                let page = self.local.page.take();
                vec![self.pull(page)]
            }
            false => vec![Effect::Finish(Outcome::UpToDate)],
        }
    }

    fn fill(&mut self) -> Vec<Effect> {
        self.filling = true;
        self.local.page = None;
        self.forget_doubts();
        match self.local.fill.take() {
            Some(Fill::Snapshot { page }) => vec![self.snapshot(page)],
            Some(Fill::CatchUp { cursor, policy_version, page }) => {
                self.local.cursor = Some(cursor);
                self.local.policy_version = policy_version;
                vec![self.pull(page)]
            }
            None => vec![Effect::BeginFill { epoch: self.local.epoch }, self.snapshot(None)],
        }
    }

    fn snapshot(&mut self, page: Option<ByteBuf>) -> Effect {
        self.snapshotting = true;
        let (epoch, policy_version) = (self.local.epoch, self.policy_version);
        Effect::Snapshot { request: SnapshotRequest { epoch, policy_version, page } }
    }

    fn pull(&self, page: Option<ByteBuf>) -> Effect {
        Effect::Pull {
            request: Pull {
                epoch: self.local.epoch,
                policy_version: self.local.policy_version,
                cursor: self.local.cursor.unwrap_or_default(),
                doubtful: self.local.doubtful.clone(),
                anew: self.anew.clone(),
                at_least: self.at_least,
                page,
            },
            into: if self.filling { Target::Side } else { Target::Live },
        }
    }

    fn reached(&mut self, doubts: Vec<Doubt>) -> Vec<Effect> {
        if !doubts.is_empty() {
            return self.mend(doubts);
        }
        self.forget_doubts();
        let mut effects = Vec::new();
        if self.filling {
            self.filling = false;
            self.rebuild = false;
            effects.push(Effect::SwapIn);
        }
        effects.push(Effect::Finish(Outcome::UpToDate));
        effects
    }

    /// What does not match is asked for bucket by bucket, then the bad ones are fetched anew; if that does not help,
    /// everything is, once.
    fn mend(&mut self, doubts: Vec<Doubt>) -> Vec<Effect> {
        if self.mended == MENDS {
            if self.refilled || self.filling {
                return vec![Effect::Finish(Outcome::NoParity)];
            }
            self.refilled = true;
            self.rebuild = true;
            return self.fill();
        }
        self.mended += 1;
        let entities: BTreeSet<String> = doubts.iter().map(|doubt| doubt.entity.clone()).collect();
        self.local.doubtful = entities.into_iter().collect();
        let bad = doubts.into_iter().filter_map(|doubt| Some((doubt.entity, doubt.bucket?)));
        self.anew = bad.collect();
        vec![self.pull(None)]
    }

    fn forget_doubts(&mut self) {
        self.local.doubtful = Vec::new();
        self.anew = Vec::new();
        self.mended = 0;
    }
}

#[cfg(test)]
mod tests;
