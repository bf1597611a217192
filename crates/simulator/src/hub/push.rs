//! Push to the memory hub: the chain is checked, repeats get their stored receipt, the rest is judged.

use domain::record::Problem;
use serde_bytes::ByteBuf;
use sync_protocol::judge::{Author, Effect, Moment, judge};
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
        for sealed in &ops {
            let bytes = self.receive(author, sealed.op(), moment);
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

    fn receive(&mut self, author: Author, op: &Op, moment: &mut Moment) -> Vec<u8> {
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
        let position = self.position + 1;
        for effect in judgement.effects {
            match effect {
                Effect::Put { after, .. } => {
                    self.position = position;
                    self.keep(*after, position);
                }
                Effect::Denied { code, .. } => self.denials.push(denial(author, op, code)),
            }
        }
        let receipt = encoded(&judgement.receipt);
        let kept = KeptOp { device: author.device, intent, receipt: receipt.clone() };
        self.ops.insert(op.op_id, kept);
        receipt
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
