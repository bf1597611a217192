//! Push to the memory hub: the chain is checked, repeats get their stored receipt, the rest is judged.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::attention::ATTENTION;
use domain::record::Record;
use serde_bytes::ByteBuf;
use sync_protocol::judge::{
    Author, Effect, HubView as _, Judgement, Moment, Under, judge, receive,
};
use sync_protocol::message::{Position, Push, PushReply};
use sync_protocol::op::{Op, SealedOp, Verb};
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;
use uuid::Uuid;

use super::chain::id_reused;
use super::review::{HeldWork, applied};
use super::{Denial, KeptOp, MemoryHub};
use crate::plant::Defect;

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
    /// Its transaction did not hold: only where that is a planted defect.
    Failed,
}

/// What the transaction of a push noted at its beginning. Its end may come late, and others' before it. A right hub
/// notes nothing.
#[derive(Clone, Debug, Default)]
pub struct Begun {
    place: Option<Position>,
    known: Option<BTreeSet<Uuid>>,
}

impl MemoryHub {
    /// A push arrives, and its transaction begins.
    pub fn begin(&mut self) -> Begun {
        let mut begun = Begun::default();
        if self.is(Defect::OrderDrawnEarly) {
            self.position += 1;
            begun.place = Some(self.position);
        }
        if self.is(Defect::CheckedOutside) {
            begun.known = Some(self.ops.keys().copied().collect());
        }
        begun
    }

    /// # Errors
    /// Where the push as a whole cannot be taken; the hub is then as before.
    pub fn push(
        &mut self,
        author: Author,
        push: &Push,
        moment: &mut Moment,
    ) -> Result<PushReply, PushRefused> {
        let begun = self.begin();
        self.complete(author, push, moment, &begun)
    }

    /// Ends the transaction of a push. Where it shows that there are two copies of the device's file, that is noted.
    ///
    /// # Errors
    /// As [`MemoryHub::push`].
    pub fn complete(
        &mut self,
        author: Author,
        push: &Push,
        moment: &mut Moment,
        begun: &Begun,
    ) -> Result<PushReply, PushRefused> {
        let answer = self.take(author, push, moment, begun);
        if answer == Err(PushRefused::Forked) {
            self.numbers.void_of_forked(author.device);
        }
        answer
    }

    fn take(
        &mut self,
        author: Author,
        push: &Push,
        moment: &mut Moment,
        begun: &Begun,
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
        let held = self.chain(author.device);
        self.check_chain(author.device, &ops)?;
        self.sight(author.grants);
        let checked = !self.is(Defect::OpIdUnchecked);
        let looks =
            |op: &Op| checked && begun.known.as_ref().is_none_or(|known| known.contains(&op.op_id));
        let mut answers = BTreeMap::new();
        for sealed in ops.iter().filter(|it| it.op().op_seq <= held.op_seq && looks(it.op())) {
            let Some(mut bytes) = self.repeated(author.device, sealed)? else { continue };
            if self.is(Defect::ReceiptNotReturned) {
                bytes = encoded(&judge(sealed.op(), author, self, moment).receipt);
            }
            answers.insert(sealed.op().op_id, bytes);
        }
        let before = self.is(Defect::ConstraintDeferred).then(|| self.clone());
        let mut in_turn: Vec<&SealedOp> = ops.iter().collect();
        if self.is(Defect::DeviceClockOrders) {
            in_turn.sort_by_key(|sealed| sealed.op().occurred_at);
        }
        let mended: BTreeSet<Uuid> = ops.iter().filter_map(|op| op.op().replaces).collect();
        for sealed in in_turn {
            let op = sealed.op();
            if answers.contains_key(&op.op_id) {
                continue;
            }
            let bytes = match self.ops.contains_key(&op.op_id) && looks(op) {
                true => self.reused(author, op),
                false => self.receive(author, sealed, &mended, moment, begun),
            };
            answers.insert(op.op_id, bytes);
        }
        self.extend_chain(author.device, &ops);
        if let Some(before) = before.filter(|_| answers.values().any(|bytes| breaks_a_rule(bytes)))
        {
            *self = before;
            return Err(PushRefused::Failed);
        }
        let receipts = ops.iter().map(|sealed| {
            let id = sealed.op().op_id;
            (id, ByteBuf::from(answers.get(&id).cloned().unwrap_or_default()))
        });
        let receipts = receipts.collect();
        Ok(PushReply { receipts, position: self.position, chain: self.chain(author.device) })
    }

    /// A new op has the id of another.
    fn reused(&mut self, author: Author, op: &Op) -> Vec<u8> {
        if self.is(Defect::IntentIgnored)
            && let Some(kept) = self.ops.get(&op.op_id)
        {
            return kept.receipt.clone();
        }
        self.denials.push(denial(author, op, RejectCode::OpIdReused.as_str()));
        id_reused()
    }

    fn receive(
        &mut self,
        author: Author,
        sealed: &SealedOp,
        mended: &BTreeSet<Uuid>,
        moment: &mut Moment,
        begun: &Begun,
    ) -> Vec<u8> {
        let op = sealed.op();
        let judgement = self.judged(op, author, self.under(op, author), moment);
        let held = HeldWork::of(&judgement.effects, moment.now);
        let done = applied(&judgement.effects);
        self.carry_out(author, op, judgement.effects, (begun.place, moment.now));
        let receipt = encoded(&judgement.receipt);
        let before = self.ops.get(&op.op_id).map_or(0, |kept| kept.effects);
        let effects = before + u32::from(judgement.receipt.has_effect());
        if judgement.receipt.has_effect() {
            self.count_number(author.device, op);
        }
        let kept = KeptOp {
            device: author.device,
            user: author.user,
            op: op.clone(),
            hash: sealed.hash(),
            receipt: receipt.clone(),
            later: None,
            waits: matches!(judgement.receipt, Receipt::Waiting { .. }),
            held,
            late: op.op_seq <= self.chain(author.device).op_seq,
            effects,
        };
        self.ops.insert(op.op_id, kept);
        if let Some(replaced) = op.replaces {
            self.mends.entry(replaced).or_default().push(op.op_id);
            if let Some(kept) = self.ops.get_mut(&replaced) {
                kept.waits = false;
            }
            self.release(author.user, author, mended, moment);
        }
        for held in done {
            let whose = self.ops.get(&held).map_or(author.user, |kept| kept.user);
            self.release(whose, author, mended, moment);
        }
        receipt
    }

    fn judged(&self, op: &Op, author: Author, under: Under, moment: &mut Moment) -> Judgement {
        if self.is(Defect::GroupSplit) && op.intent.verb == Verb::Update {
            let mut op = op.clone();
            op.intent.changes.fields.retain(|change| !change.is_witness());
            return receive(&op, author, under, self, moment);
        }
        let mut judgement = receive(op, author, under, self, moment);
        if self.is(Defect::LoserDropped) && matches!(judgement.receipt, Receipt::Conflict { .. }) {
            let is_item = |record: &Record| record.entity().name == ATTENTION.name;
            judgement
                .effects
                .retain(|effect| !matches!(effect, Effect::Put { after, .. } if is_item(after)));
        }
        judgement
    }

    fn carry_out(
        &mut self,
        author: Author,
        op: &Op,
        effects: Vec<Effect>,
        (place, now): (Option<Position>, DateTime<Utc>),
    ) {
        let position = place.unwrap_or(self.position + 1);
        for effect in effects {
            match effect {
                Effect::Put { after, .. } => {
                    self.position = self.position.max(position);
                    self.keep(*after, position, (Some(op.op_id), now));
                }
                Effect::Denied { code, .. } => self.denials.push(denial(author, op, code)),
                // Noted with the op itself.
                Effect::Held { .. } => {}
                Effect::Decided { op_id, decision, .. } => self.note_decision(op_id, decision),
            }
        }
    }

    /// Judges somebody's waiting ops again whose needs are done by now, in the order of their chains and by their own
    /// rights. What this push mends is not among them, nor what they decided while it waited.
    fn release(
        &mut self,
        whose: Uuid,
        sender: Author,
        mended: &BTreeSet<Uuid>,
        moment: &mut Moment,
    ) {
        let known = self.staff.iter().find(|grants| grants.user_id == whose).cloned();
        let grants = known.unwrap_or_default();
        let grants = if whose == sender.user { sender.grants } else { &grants };
        let waits = |kept: &&KeptOp| kept.waits && kept.user == whose;
        let mut waiting: Vec<&KeptOp> = self.ops.values().filter(waits).collect();
        waiting.sort_by_key(|kept| (kept.device, kept.op.op_seq));
        let waiting = waiting.into_iter().map(|kept| (kept.device, kept.op.clone()));
        for (device, op) in waiting.collect::<Vec<_>>() {
            let author = Author { user: whose, device, grants };
            let done = |id: &Uuid| self.receipt(*id).is_some_and(|receipt| receipt.has_effect());
            if mended.contains(&op.op_id) || !op.needs.iter().all(done) {
                continue;
            }
            let item = self.receipt(op.op_id).and_then(|receipt| receipt.attention());
            let item = item.and_then(|item| self.standing(&ATTENTION, item).cloned());
            let open = item.filter(|item| !item.is_retired());
            let mut later = None;
            if let Some(mut item) = open {
                let judgement = self.judged(&op, author, Under::Now, moment);
                self.carry_out(author, &op, judgement.effects, (None, moment.now));
                later = Some(judgement.receipt);
                item.head.retired_at = Some(moment.now);
                item.head.version += 1;
                item.head.updated_at = moment.now;
                item.head.updated_by = sender.user;
                self.position += 1;
                self.keep(item, self.position, (None, moment.now));
            }
            if let Some(kept) = self.ops.get_mut(&op.op_id) {
                kept.waits = false;
                kept.effects += u32::from(later.as_ref().is_some_and(Receipt::has_effect));
                kept.later = later;
            }
        }
    }
}

fn denial(author: Author, op: &Op, code: &'static str) -> Denial {
    let intent = &op.intent;
    Denial { user: author.user, entity: intent.entity.clone(), id: intent.id, code }
}

fn breaks_a_rule(receipt: &[u8]) -> bool {
    let invalid = |receipt| matches!(receipt, Receipt::Rejected { code: RejectCode::Invalid, .. });
    wire::decode(receipt).is_ok_and(invalid)
}

pub(super) fn encoded(receipt: &Receipt) -> Vec<u8> {
    // Receipts are plain data: encoding them cannot fail.
    wire::encode(receipt).unwrap_or_default()
}
