//! What the memory hub knows of devices that meet it by files: what each last said of itself, how many files were
//! written for it, and the answers that it may not have.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;
use sync_protocol::message::PushReply;
use uuid::Uuid;

use super::{KeptOp, MemoryHub};
use crate::courier::Said;

/// A device that meets the hub by files.
#[derive(Clone, Default)]
pub(super) struct Courier {
    said: Option<Said>,
    answers: u64,
}

impl MemoryHub {
    /// The device's word that counts: that of its newest file.
    pub fn note_said(&mut self, device: Uuid, said: &Said) -> Said {
        let known = &mut self.couriers.entry(device).or_default().said;
        match known {
            Some(known) if known.file > said.file => known.clone(),
            _ => known.insert(said.clone()).clone(),
        }
    }

    /// The number of the next file for a device, behind those that it has taken.
    pub fn next_answer(&mut self, device: Uuid, taken: u64) -> u64 {
        let courier = self.couriers.entry(device).or_default();
        courier.answers = courier.answers.max(taken) + 1;
        courier.answers
    }

    /// The answers to all work of the device behind a place of its chain, but these.
    pub fn answers_after(&self, device: Uuid, op_seq: u64, told: &BTreeSet<Uuid>) -> PushReply {
        let of_device = |kept: &&KeptOp| kept.device == device && kept.op.op_seq > op_seq;
        let mut ops: Vec<&KeptOp> = self.ops.values().filter(of_device).collect();
        ops.retain(|kept| !told.contains(&kept.op.op_id));
        ops.sort_by_key(|kept| kept.op.op_seq);
        let receipts = ops.iter().map(|it| (it.op.op_id, ByteBuf::from(it.receipt.clone())));
        let (receipts, chain) = (receipts.collect(), self.chain(device));
        PushReply { receipts, position: self.position, chain }
    }
}
