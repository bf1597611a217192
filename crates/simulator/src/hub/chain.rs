//! The chains of devices: new ops go on where a chain ends, earlier ones are repeats of what stands there.

use domain::record::Problem;
use sync_protocol::op::{ChainEnd, SealedOp};
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use super::push::encoded;
use super::{MemoryHub, PushRefused};
use crate::plant::Defect;

impl MemoryHub {
    /// The end of a device's chain as this hub holds it.
    pub(super) fn chain(&self, device: Uuid) -> ChainEnd {
        self.chains.get(&device).copied().unwrap_or_default()
    }

    /// The ops of a push follow each other. The first that is new goes on where the chain ends, or behind what was
    /// lost with an earlier life of this hub and the device does not hold any more.
    pub(super) fn check_chain(&self, device: Uuid, ops: &[SealedOp]) -> Result<(), PushRefused> {
        for pair in ops.windows(2) {
            if let [one, next] = pair {
                follows(ChainEnd::after(one), next)?;
            }
        }
        let held = self.chain(device);
        let Some(first) = ops.iter().find(|sealed| sealed.op().op_seq > held.op_seq) else {
            return Ok(());
        };
        let op_seq = first.op().op_seq;
        let lost_to = self.lost_to.get(&device).copied().unwrap_or_default();
        match op_seq > held.op_seq + 1 && op_seq - 1 <= lost_to {
            true => Ok(()),
            false => follows(held, first),
        }
    }

    pub(super) fn extend_chain(&mut self, device: Uuid, ops: &[SealedOp]) {
        let end = self.chains.entry(device).or_default();
        if let Some(last) = ops.last().filter(|last| last.op().op_seq > end.op_seq) {
            *end = ChainEnd::after(last);
        }
    }

    /// Whether a device's chain ends in something that this hub does not hold of it: another copy of its file went on
    /// in these places. The other copy is served all the same, as no person is here to say which is the original.
    pub(super) fn strays(&self, device: Uuid, mine: ChainEnd) -> bool {
        let held = self.chain(device);
        if mine.op_seq >= held.op_seq || mine.op_seq == 0 {
            return mine.op_seq == held.op_seq && mine.hash != held.hash;
        }
        let of_device = || self.ops.values().filter(|kept| kept.device == device);
        let here = of_device().find(|kept| kept.op.op_seq == mine.op_seq);
        let next = || of_device().find(|kept| kept.op.op_seq == mine.op_seq + 1);
        match here {
            Some(here) => here.hash != mine.hash,
            None => next().is_none_or(|next| next.op.prev_hash != mine.hash),
        }
    }

    /// The answer to an op whose place in the chain was taken before: the same bytes as then. Nothing where the op was
    /// lost by a restore and left out by a copy of the device's file that did not hold it any more: it is judged.
    ///
    /// # Errors
    /// Where another op has taken the place.
    pub(super) fn repeated(
        &self,
        device: Uuid,
        sealed: &SealedOp,
    ) -> Result<Option<Vec<u8>>, PushRefused> {
        let op = sealed.op();
        let same = |kept: &&super::KeptOp| {
            self.is(Defect::IntentIgnored) || (kept.device == device && kept.hash == sealed.hash())
        };
        if let Some(kept) = self.ops.get(&op.op_id).filter(same) {
            return Ok(Some(kept.receipt.clone()));
        }
        let at = |op_seq: u64| {
            self.ops.values().find(|kept| kept.device == device && kept.op.op_seq == op_seq)
        };
        if at(op.op_seq).is_some() {
            return Err(PushRefused::Forked);
        }
        if self.lost_to.get(&device).is_none_or(|lost_to| op.op_seq > *lost_to) {
            // It was taken by an op whose id was another's, which is not stored.
            return match self.ops.contains_key(&op.op_id) {
                true => Ok(Some(id_reused())),
                false => Err(PushRefused::Forked),
            };
        }
        match at(op.op_seq + 1).is_none_or(|next| next.op.prev_hash == sealed.hash()) {
            true => Ok(None),
            false => Err(PushRefused::Forked),
        }
    }
}

fn follows(end: ChainEnd, next: &SealedOp) -> Result<(), PushRefused> {
    let op = next.op();
    if op.op_seq != end.op_seq + 1 {
        return Err(PushRefused::Gap { expected: end.op_seq + 1 });
    }
    if op.prev_hash != end.hash {
        return Err(PushRefused::Forked);
    }
    Ok(())
}

/// The answer to a new op whose id is that of another.
pub(super) fn id_reused() -> Vec<u8> {
    let message = "this operation's id was used before with other content; enter it again";
    encoded(&Receipt::Rejected {
        code: RejectCode::OpIdReused,
        problems: vec![Problem::new("", "op_id_reused", message)],
        attention: None,
    })
}
