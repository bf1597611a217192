//! Push to the memory hub: the chain is checked, repeats get their stored receipt, the rest is judged.

use std::collections::BTreeSet;

use domain::attention::ATTENTION;
use domain::record::Problem;
use serde_bytes::ByteBuf;
use sync_protocol::judge::{Author, Effect, HubView as _, Moment, judge};
use sync_protocol::message::{Push, PushReply};
use sync_protocol::op::{ChainEnd, Op, SealedOp};
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;
use uuid::Uuid;

use super::{Denial, KeptOp, MemoryHub};

/// A push that is refused as a whole; nothing of it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushRefused {
    Unreadable,
    /// Another life of the database.
    Epoch,
    /// Ops are missing before this one.
    Gap {
        expected: u64,
    },
    /// The chain is not the one this hub holds.
    Forked,
}

impl MemoryHub {
    /// # Errors
    /// Where the push as a whole cannot be taken; the hub is then as before.
    pub fn push(
        &mut self,
        author: Author,
        push: &Push,
        moment: &mut Moment,
    ) -> Result<PushReply, PushRefused> {
        if push.epoch != self.epoch {
            return Err(PushRefused::Epoch);
        }
        let ops: Vec<SealedOp> = push
            .ops
            .iter()
            .map(|bytes| SealedOp::open(bytes.to_vec()))
            .collect::<Result<_, _>>()
            .map_err(|_| PushRefused::Unreadable)?;
        self.check_chain(author.device, &ops)?;
        let mut receipts = Vec::new();
        let mended: BTreeSet<Uuid> = ops.iter().filter_map(|op| op.op().replaces).collect();
        for sealed in &ops {
            let bytes = self.receive(author, sealed.op(), &mended, moment);
            receipts.push((sealed.op().op_id, ByteBuf::from(bytes)));
            let end = self.chains.entry(author.device).or_default();
            if sealed.op().op_seq > end.op_seq {
                *end = ChainEnd::after(sealed);
            }
        }
        let chain = self.chains.get(&author.device).copied().unwrap_or_default();
        Ok(PushReply { receipts, position: self.position, chain })
    }

    /// New ops must go on where the chain ends; older ones are repeats.
    fn check_chain(&self, device: Uuid, ops: &[SealedOp]) -> Result<(), PushRefused> {
        let mut end = self.chains.get(&device).copied().unwrap_or_default();
        for sealed in ops {
            let op = sealed.op();
            if op.op_seq <= end.op_seq {
                continue;
            }
            if op.op_seq != end.op_seq + 1 {
                return Err(PushRefused::Gap { expected: end.op_seq + 1 });
            }
            if op.prev_hash != end.hash {
                return Err(PushRefused::Forked);
            }
            end = ChainEnd::after(sealed);
        }
        Ok(())
    }

    fn receive(
        &mut self,
        author: Author,
        op: &Op,
        mended: &BTreeSet<Uuid>,
        moment: &mut Moment,
    ) -> Vec<u8> {
        let intent = op.intent.hash().unwrap_or_default();
        if let Some(kept) = self.ops.get(&op.op_id) {
            if kept.intent == intent && kept.device == author.device {
                return kept.receipt.clone();
            }
            self.denials.push(denial(author, op, RejectCode::OpIdReused.as_str()));
            let message = "this op id was used for other work";
            return encoded(&Receipt::Rejected {
                code: RejectCode::OpIdReused,
                problems: vec![Problem::new("op_id", "op_id_reused", message)],
                attention: None,
            });
        }
        let judgement = judge(op, author, self, moment);
        self.carry_out(author, op, judgement.effects);
        let receipt = encoded(&judgement.receipt);
        let kept = KeptOp {
            device: author.device,
            user: author.user,
            op: op.clone(),
            intent,
            receipt: receipt.clone(),
            later: None,
            waits: matches!(judgement.receipt, Receipt::Waiting { .. }),
        };
        self.ops.insert(op.op_id, kept);
        if let Some(replaced) = op.replaces {
            self.mends.entry(replaced).or_default().push(op.op_id);
            if let Some(kept) = self.ops.get_mut(&replaced) {
                kept.waits = false;
            }
            self.release(author, mended, moment);
        }
        receipt
    }

    fn carry_out(&mut self, author: Author, op: &Op, effects: Vec<Effect>) {
        let position = self.position + 1;
        for effect in effects {
            match effect {
                Effect::Put { after, .. } => {
                    self.position = position;
                    self.keep(*after, position);
                }
                Effect::Denied { code, .. } => self.denials.push(denial(author, op, code)),
            }
        }
    }

    /// Judges the author's waiting ops again whose needs are done by now, in the order of their chains. What
    /// this push mends is not among them, nor what the author decided while it waited.
    fn release(&mut self, author: Author, mended: &BTreeSet<Uuid>, moment: &mut Moment) {
        let waits = |kept: &&KeptOp| kept.waits && kept.user == author.user;
        let mut waiting: Vec<&KeptOp> = self.ops.values().filter(waits).collect();
        waiting.sort_by_key(|kept| (kept.device, kept.op.op_seq));
        let waiting: Vec<Op> = waiting.into_iter().map(|kept| kept.op.clone()).collect();
        for op in waiting {
            let done = |id: &Uuid| self.receipt(*id).is_some_and(|receipt| receipt.has_effect());
            if mended.contains(&op.op_id) || !op.needs.iter().all(done) {
                continue;
            }
            let item = self.receipt(op.op_id).and_then(|receipt| receipt.attention());
            let item = item.and_then(|item| self.standing(&ATTENTION, item).cloned());
            let open = item.filter(|item| !item.is_retired());
            let mut later = None;
            if let Some(mut item) = open {
                let judgement = judge(&op, author, self, moment);
                self.carry_out(author, &op, judgement.effects);
                later = Some(judgement.receipt);
                item.head.retired_at = Some(moment.now);
                item.head.version += 1;
                item.head.updated_at = moment.now;
                item.head.updated_by = author.user;
                self.position += 1;
                self.keep(item, self.position);
            }
            if let Some(kept) = self.ops.get_mut(&op.op_id) {
                kept.waits = false;
                kept.later = later;
            }
        }
    }
}

fn denial(author: Author, op: &Op, code: &'static str) -> Denial {
    let intent = &op.intent;
    Denial { user: author.user, entity: intent.entity.clone(), id: intent.id, code }
}

fn encoded(receipt: &Receipt) -> Vec<u8> {
    // Receipts are plain data: encoding them cannot fail.
    wire::encode(receipt).unwrap_or_default()
}
