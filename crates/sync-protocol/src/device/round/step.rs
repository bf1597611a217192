//! What goes into a round and what comes out of it: events, effects, and how it ends.

use chrono::{DateTime, Utc};
use domain::permissions::SignedLease;
use serde_bytes::ByteBuf;

use super::Doubt;
use crate::message::{Hello, HelloReply, Position, Pull, RebuildReason, SnapshotRequest};
use crate::op::ChainEnd;

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
    /// What the hub lost is unanswered again; `left` ops are, in all.
    OfferedAgain {
        left: u64,
    },
    /// A part of a pull or of a snapshot was stored; there is more.
    PulledPage {
        page: ByteBuf,
    },
    /// A pull was applied (or completed the side file) up to this place, for these rights; what does not match
    /// is doubted.
    PulledCheckpoint {
        cursor: Position,
        policy_version: i64,
        doubts: Vec<Doubt>,
    },
    /// The snapshot is in the side file.
    SnapshotEnd {
        cursor: Position,
        policy_version: i64,
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
    /// The hub of this epoch may miss what lies behind this place of the chain: take all of it that is kept for
    /// unanswered.
    OfferAgain {
        epoch: u64,
        behind: u64,
    },
    /// Unanswered: the hub holds more of this device's chain than the file did when it said its end; what came since
    /// and the next op follow this one.
    GoOnBehind {
        said: u64,
        chain: ChainEnd,
    },
    /// Unanswered: what the hub has answered up to `backed_up`, and holds of the chain, need not be kept.
    Forget {
        backed_up: Position,
        held: u64,
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
    /// The hub holds work of this device in the place of work in this file: a copy of the file is in use, or the
    /// machine was set back and used before the hub was asked. The person says how it goes on.
    Forked,
    /// A fresh fill did not match the hub's digests.
    NoParity,
}
