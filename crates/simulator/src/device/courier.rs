//! Rounds of a device by files.

use local_store::{Limits, StoreError};
use serde_bytes::ByteBuf;
use sync_protocol::courier::{DeviceOpening, Taken, Verdict, weigh};
use sync_protocol::device::round::{Effect, Event, Local, Outcome, Round};
use sync_protocol::op::SealedOp;

use chrono::{DateTime, Utc};

use super::driver::local;
use super::{Device, Trouble};
use crate::courier::{Said, ToDevice, ToHub};

/// Ops of one part of a file.
const PART: Limits = Limits { ops: 6, bytes: 1 << 20 };

impl Device {
    /// Writes a file for the hub: what this device would say in a round, and all of its work without an answer.
    ///
    /// # Errors
    /// Where its own file cannot be read.
    pub fn write_file(&mut self, now: DateTime<Utc>) -> Result<ToHub, Trouble> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let local = local(store, self.schema)?;
        let end = local.chain.op_seq;
        let first = store.read(|view| view.first_unanswered())?;
        let answered = first.map_or(end, |first| first.saturating_sub(1));
        let mut work: Vec<Vec<ByteBuf>> = Vec::new();
        let mut next = answered + 1;
        while next <= end {
            let ops = store.read(|view| view.ops_from(next, PART))?;
            let Some(last) = ops.last() else { break };
            next = SealedOp::open(last.clone())?.op().op_seq + 1;
            work.push(ops.into_iter().map(ByteBuf::from).collect());
        }
        // A copy that is not what the hub said of it asks for a fresh one.
        let cursor = local.cursor.filter(|_| local.doubtful.is_empty());
        let mut begun = Round::new(Local { cursor, ..local }).step(Event::Start { now });
        let Some(Effect::SendHello(hello)) = begun.pop() else { return Err(Trouble::Broken) };
        self.written += 1;
        let opening = DeviceOpening { hello, answered, purged: None, marks: Vec::new() };
        let said = Said { file: self.written, answer: self.taken.number, opening };
        Ok(ToHub { said, work })
    }

    /// Takes a file of the hub as a round over the network is; `None` where it brings nothing, or waits for another.
    ///
    /// # Errors
    /// Where it holds nothing for what this device is by now, or the device stops.
    pub fn read_file(
        &mut self,
        file: &ToDevice,
        now: DateTime<Utc>,
    ) -> Result<Option<Outcome>, Trouble> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        // What a round over a network began goes on over a network.
        let begun = local(store, self.schema)?;
        let local = Local { fill: None, page: None, doubtful: Vec::new(), ..begun };
        let this = Taken { epoch: file.opening.reply.epoch, number: file.number };
        let verdict = weigh(&local, self.taken, file.number, file.opening.clone());
        let Verdict::Takes { reply, .. } = verdict else { return Ok(None) };
        let (outcome, _) = self.run(local, &mut file.line(*reply), now)?;
        self.taken = self.taken.max(this);
        if file.grants.policy_version > self.grants.policy_version {
            self.grants = file.grants.clone();
        }
        Ok(Some(outcome))
    }
}
