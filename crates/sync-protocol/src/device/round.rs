//! One round of a device with the hub, as steps without I/O: an event in, effects out. Whoever drives
//! it (the engine over HTTP, the simulator over a faulty network) carries the effects out in order and
//! answers the last one of each step with the next event.

use chrono::{DateTime, Utc};
use domain::permissions::SignedLease;
use serde_bytes::ByteBuf;

use crate::PROTOCOL_VERSION;
use crate::message::{
    Capability, Cursors, Hello, HelloReply, Position, Pull, RebuildReason, SnapshotRequest,
    Standing,
};
use crate::op::{ChainEnd, Hash};

/// What the device knows of itself when a round starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    pub epoch: u64,
    pub policy_version: i64,
    pub lease_serial: u64,
    pub schema: Hash,
    /// Empty before the first fill.
    pub cursors: Cursors,
    pub chain: ChainEnd,
    /// Ops without a receipt.
    pub unanswered: u64,
    /// A fill that was begun and broke off.
    pub fill: Option<Fill>,
}

/// How far a side file is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The snapshot goes on at this page.
    Snapshot { page: Option<ByteBuf> },
    /// The snapshot is complete; changes since these cursors are missing.
    CatchUp { cursors: Cursors },
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    Start {
        now: DateTime<Utc>,
    },
    Hello(Box<HelloReply>),
    /// The hub's answers to a push are stored. They reach to this place in its order; `left` ops are
    /// still unanswered.
    Pushed {
        position: Position,
        left: u64,
    },
    /// A part of a pull or of a snapshot was stored; there is more.
    PulledPage {
        page: ByteBuf,
    },
    /// A pull was applied (or completed the side file) up to these cursors. `parity` is false where a
    /// digest did not match.
    PulledCheckpoint {
        cursors: Cursors,
        parity: bool,
    },
    /// The snapshot is in the side file.
    SnapshotEnd {
        cursors: Cursors,
    },
    /// The hub asked for a rebuild in the middle of the round (410 of a pull, an epoch that changed).
    MustRebuild {
        reason: RebuildReason,
    },
}

/// What to do. Every effect but those marked is answered by an event.
#[derive(Clone, Debug)]
pub enum Effect {
    SendHello(Hello),
    /// Send the next unanswered ops of the outbox, store the receipts, and drop refused work from what
    /// is shown.
    SendOps {
        epoch: u64,
    },
    /// Ask for changes and apply them to the live file or to the side file.
    Pull {
        request: Pull,
        into: Target,
    },
    /// Fill the side file, from its beginning or from a page.
    Snapshot {
        request: SnapshotRequest,
    },
    /// Unanswered: keep the new lease after verifying it.
    StoreLease(Box<SignedLease>),
    /// Unanswered: start an empty side file for this epoch.
    BeginFill {
        epoch: u64,
    },
    /// Unanswered: put the side file in the place of the live one, the outbox carried over.
    SwapIn,
    /// Unanswered: destroy the local copy, the key last.
    Wipe,
    /// Unanswered: the round is over.
    Finish(Outcome),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Live,
    Side,
}

/// How a round ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything sent, everything received.
    UpToDate,
    /// Everything sent; this client is too old to receive.
    Outdated,
    Wait {
        reason: String,
        until: DateTime<Utc>,
    },
    Refused {
        reason: String,
    },
    /// The hub began another life in the middle; say hello again.
    Again,
    Wiped,
    /// The hub holds work of this device that this file never made: a copy of the file is in use.
    Forked,
    /// A fresh fill did not match the hub's digests.
    NoParity,
}

/// A round in progress.
#[derive(Debug)]
pub struct Round {
    local: Local,
    /// The place that a pull must reach, so that one's own edits do not vanish.
    at_least: Position,
    head: Position,
    /// Fill anew before or after sending.
    rebuild: bool,
    filling: bool,
    /// The snapshot of a fill is not complete.
    snapshotting: bool,
    refilled: bool,
    drain: bool,
    unanswered: u64,
}

impl Round {
    pub fn new(local: Local) -> Self {
        let rebuild = local.cursors.is_empty() || local.fill.is_some();
        Self {
            at_least: 0,
            head: 0,
            rebuild,
            filling: false,
            snapshotting: false,
            refilled: false,
            drain: false,
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
            Event::PulledPage { page } if self.snapshotting => vec![self.snapshot(Some(page))],
            Event::PulledPage { page } => vec![self.pull(Some(page))],
            Event::PulledCheckpoint { cursors, parity } => self.reached(cursors, parity),
            Event::SnapshotEnd { cursors } => {
                self.snapshotting = false;
                self.local.cursors = cursors;
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
            capabilities: vec![Capability::Binary, Capability::ResumeSnapshot],
            schema: self.local.schema,
            epoch: self.local.epoch,
            policy_version: self.local.policy_version,
            lease_serial: self.local.lease_serial,
            cursors: self.local.cursors.clone(),
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
        self.local.policy_version = reply.policy_version;
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
            Standing::Wipe => {
                effects.extend([Effect::Wipe, Effect::Finish(Outcome::Wiped)]);
                return effects;
            }
        }
        if reply.chain.op_seq > self.local.chain.op_seq {
            effects.push(Effect::Finish(Outcome::Forked));
            return effects;
        }
        self.local.epoch = reply.epoch;
        effects.extend(self.go_on());
        effects
    }

    /// Sends what is left, then fills or pulls, then ends.
    fn go_on(&mut self) -> Vec<Effect> {
        if self.unanswered > 0 {
            return vec![Effect::SendOps { epoch: self.local.epoch }];
        }
        if self.drain {
            return vec![Effect::Finish(Outcome::Outdated)];
        }
        if self.rebuild {
            return self.fill();
        }
        let behind =
            self.local.cursors.values().any(|cursor| *cursor < self.head.max(self.at_least));
        match behind {
            true => vec![self.pull(None)],
            false => vec![Effect::Finish(Outcome::UpToDate)],
        }
    }

    fn fill(&mut self) -> Vec<Effect> {
        self.filling = true;
        match self.local.fill.take() {
            Some(Fill::Snapshot { page }) => vec![self.snapshot(page)],
            Some(Fill::CatchUp { cursors }) => {
                self.local.cursors = cursors;
                vec![self.pull(None)]
            }
            None => vec![Effect::BeginFill { epoch: self.local.epoch }, self.snapshot(None)],
        }
    }

    fn snapshot(&mut self, page: Option<ByteBuf>) -> Effect {
        self.snapshotting = true;
        let (epoch, policy_version) = (self.local.epoch, self.local.policy_version);
        Effect::Snapshot { request: SnapshotRequest { epoch, policy_version, page } }
    }

    fn pull(&self, page: Option<ByteBuf>) -> Effect {
        Effect::Pull {
            request: Pull {
                epoch: self.local.epoch,
                policy_version: self.local.policy_version,
                cursors: self.local.cursors.clone(),
                at_least: self.at_least,
                page,
            },
            into: if self.filling { Target::Side } else { Target::Live },
        }
    }

    fn reached(&mut self, cursors: Cursors, parity: bool) -> Vec<Effect> {
        if !parity {
            if self.refilled || self.filling {
                return vec![Effect::Finish(Outcome::NoParity)];
            }
            // What is held does not match: fetch it all anew, once.
            self.refilled = true;
            self.rebuild = true;
            return self.fill();
        }
        self.local.cursors = cursors;
        let mut effects = Vec::new();
        if self.filling {
            self.filling = false;
            self.rebuild = false;
            effects.push(Effect::SwapIn);
        }
        effects.push(Effect::Finish(Outcome::UpToDate));
        effects
    }
}

#[cfg(test)]
mod tests;
