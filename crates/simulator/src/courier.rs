//! Files that somebody carries between a device and its hub that do not meet on the network: what is in them, without
//! their seals. Any of them may be lost, come twice, late, or in another order.

use std::collections::BTreeSet;

use domain::permissions::Grants;
use serde_bytes::ByteBuf;
use sync_protocol::courier::{Base, DeviceOpening, HubOpening};
use sync_protocol::message::{
    Frame, Hello, HelloReply, Position, Pull, Push, PushReply, RebuildReason, SnapshotRequest,
    Standing,
};
use sync_protocol::numbers::{NumbersReply, NumbersRequest};
use uuid::Uuid;

use crate::device::{Broken, Line, Sent};
use crate::line::SimulatedLine;

/// A file that a device wrote.
#[derive(Clone)]
pub struct ToHub {
    pub said: Said,
    /// All of its work without an answer, push by push.
    pub work: Vec<Vec<ByteBuf>>,
}

/// What a device says of itself in a file: its number, and that of the hub's file that it had taken by then.
#[derive(Clone)]
pub struct Said {
    pub file: u64,
    pub answer: u64,
    pub opening: DeviceOpening,
}

/// A file that a hub wrote.
#[derive(Clone)]
pub struct ToDevice {
    pub number: u64,
    pub opening: HubOpening,
    /// What the lease in it gives.
    pub grants: Grants,
    answers: Vec<PushReply>,
    snapshot: Vec<Vec<Frame>>,
    pulls: Vec<Vec<Frame>>,
}

/// The hub takes a file and writes another.
///
/// # Errors
/// Where it died meanwhile, or began another life.
pub fn exchange(line: &mut SimulatedLine, file: &ToHub) -> Result<ToDevice, Broken> {
    let device = line.device;
    let said = line.tenant.hub.note_said(device, &file.said);
    let hello = said.opening.hello.clone();
    let first = line.hello(&hello)?;
    let mut answers = Vec::new();
    let mut forked = false;
    // Work for another life of the hub is offered anew once the device has heard of this one.
    if is_served(&first.standing) && [0, first.epoch].contains(&file.said.opening.hello.epoch) {
        for ops in file.work.clone() {
            match line.push(&Push { epoch: first.epoch, ops }) {
                Ok(Some(reply)) => answers.push(reply),
                Ok(None) => forked = true,
                // Ops are missing before these, which the answer says; or the hub died.
                Err(Broken) => break,
            }
        }
    }
    let mut reply = HelloReply { backed_up: None, ..line.hello(&hello)? };
    if reply.epoch != first.epoch {
        return Err(Broken);
    }
    if forked {
        reply.standing = Standing::Frozen;
    }
    if reply.standing == Standing::Ok && hello.cursor.is_none() {
        reply.standing = Standing::Rebuild { reason: RebuildReason::Cursor };
    }
    let number = line.tenant.hub.next_answer(device, said.answer);
    let base = Base::said(&said.opening, said.answer);
    let (standing, grants) = (reply.standing.clone(), line.tenant.grants(line.person).clone());
    let opening = HubOpening { base, reply };
    let (snapshot, pulls) = (Vec::new(), Vec::new());
    let mut told = ToDevice { number, opening, grants, answers, snapshot, pulls };
    if is_served(&standing) {
        let known = told.answers.iter().flat_map(|reply| &reply.receipts).map(|(id, _)| *id);
        let known: BTreeSet<Uuid> = known.collect();
        told.answers.push(line.tenant.hub.answers_after(device, said.opening.answered, &known));
    }
    match (standing, base.cursor) {
        (Standing::Ok, Some(cursor)) => told.changes(line, cursor, base.policy_version)?,
        (Standing::Rebuild { .. }, _) => {
            let cursor = told.fresh(line)?;
            told.changes(line, cursor, told.opening.reply.policy_version)?;
        }
        _ => {}
    }
    Ok(told)
}

fn is_served(standing: &Standing) -> bool {
    matches!(standing, Standing::Ok | Standing::Drain | Standing::Rebuild { .. })
}

impl ToDevice {
    /// Everything that the person may hold; answers where the snapshot began.
    fn fresh(&mut self, line: &mut SimulatedLine) -> Result<Position, Broken> {
        let HelloReply { epoch, policy_version, .. } = self.opening.reply;
        let mut page = None;
        loop {
            let request = SnapshotRequest { epoch, policy_version, page };
            let frames = line.snapshot(&request)?.map_err(|_| Broken)?;
            page = match frames.last() {
                Some(Frame::Page { token, .. }) => Some(token.clone()),
                Some(Frame::SnapshotEnd { cursor, .. }) => {
                    let cursor = *cursor;
                    self.snapshot.push(frames);
                    return Ok(cursor);
                }
                _ => return Err(Broken),
            };
            self.snapshot.push(frames);
        }
    }

    /// What changed after a place, for a copy that was made for these rights.
    fn changes(
        &mut self,
        line: &mut SimulatedLine,
        cursor: Position,
        policy_version: i64,
    ) -> Result<(), Broken> {
        let mut request = Pull {
            epoch: self.opening.reply.epoch,
            policy_version,
            cursor,
            doubtful: Vec::new(),
            anew: Vec::new(),
            at_least: 0,
            page: None,
        };
        loop {
            let frames = line.pull(&request)?.map_err(|_| Broken)?;
            request.page = match frames.last() {
                Some(Frame::Page { token, .. }) => Some(token.clone()),
                _ => None,
            };
            self.pulls.push(frames);
            if request.page.is_none() {
                return Ok(());
            }
        }
    }

    /// The file in the place of the hub, for one round.
    pub fn line(&self, reply: HelloReply) -> CarriedLine {
        let Self { answers, snapshot, pulls, .. } = self.clone();
        CarriedLine {
            reply,
            answers: answers.into_iter(),
            snapshot: snapshot.into_iter(),
            pulls: pulls.into_iter(),
        }
    }
}

pub struct CarriedLine {
    reply: HelloReply,
    answers: std::vec::IntoIter<PushReply>,
    snapshot: std::vec::IntoIter<Vec<Frame>>,
    pulls: std::vec::IntoIter<Vec<Frame>>,
}

impl Line for CarriedLine {
    fn hello(&mut self, _hello: &Hello) -> Result<HelloReply, Broken> {
        Ok(self.reply.clone())
    }

    fn push(&mut self, _push: &Push) -> Result<Option<PushReply>, Broken> {
        Err(Broken)
    }

    fn pull(&mut self, _pull: &Pull) -> Result<Sent, Broken> {
        self.pulls.next().map(Ok).ok_or(Broken)
    }

    fn snapshot(&mut self, _request: &SnapshotRequest) -> Result<Sent, Broken> {
        self.snapshot.next().map(Ok).ok_or(Broken)
    }

    fn numbers(&mut self, _request: &NumbersRequest) -> Result<NumbersReply, Broken> {
        Err(Broken)
    }

    fn carried(&mut self) -> Option<Option<PushReply>> {
        Some(self.answers.next())
    }
}
