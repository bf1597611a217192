//! The outcome of some ops, waiting to be written: records, receipts and entries of the audit. However many ops
//! touched a record, only its first state and its last count, and the digests move by the difference of the two.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::masters::OWN_FIELD;
use domain::permissions::Sensitivity;
use domain::record::{OwnField, Record};
use domain::synced;
use sync_protocol::judge::{Decision, Effect};
use sync_protocol::op::Op;
use sync_protocol::receipt::Receipt;
use sync_protocol::wire::{self, WireError};
use uuid::Uuid;

use super::received::Received;
use super::{PushError, Sender};
use crate::audit::{self, Entry};
use crate::store::Connection;
use crate::store::tenant::record::{Written, write};
use crate::store::tenant::sync::op::{self, NewOp};
use crate::store::tenant::sync::review::{self, Decided};
use crate::sync::difference::Differences;
use crate::sync::known::Known;

/// The answer to an op.
pub struct Answer<'a> {
    pub received: &'a Received,
    pub op: &'a Op,
    pub receipt: Receipt,
    pub bytes: Vec<u8>,
}

/// A record before the ops of this page (`None` if it is new) and after them.
type Touched = (Option<Record>, Arc<Record>);

#[derive(Default)]
pub struct Page<'a> {
    touched: HashMap<&'static str, BTreeMap<Uuid, Touched>>,
    pub entries: Vec<Entry>,
    pub answers: Vec<Answer<'a>>,
    /// Ops that wait for a person from now on, with the reason, and what was decided of others.
    held: Vec<(Uuid, &'static str)>,
    decided: Vec<Decided>,
}

impl Page<'_> {
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Takes over what a judgement changes, here and in what the judge looks at.
    ///
    /// # Errors
    /// A receipt that cannot be written.
    pub fn take(&mut self, effects: Vec<Effect>, known: &mut Known) -> Result<(), WireError> {
        for effect in effects {
            match effect {
                Effect::Put { before, after } => {
                    self.put(before.map(|before| *before), *after, known);
                }
                Effect::Denied { .. } => {}
                Effect::Held { op_id, why } => self.held.push((op_id, why.as_str())),
                Effect::Decided { op_id, decision, .. } => {
                    let outcome = match &decision {
                        Decision::Applied(receipt) => Some(wire::encode(receipt)?),
                        Decision::Returned { .. } => None,
                    };
                    self.decided.push(Decided { op_id, outcome });
                    known.decide(op_id, decision);
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, before: Option<Record>, after: Record, known: &mut Known) {
        let after = Arc::new(after);
        let records = self.touched.entry(after.entity().name).or_default();
        let (_, last) = records.entry(after.id()).or_insert_with(|| (before, after.clone()));
        *last = after.clone();
        known.put(after);
    }

    /// How many records are changed.
    pub fn rows(&self) -> usize {
        self.touched.values().map(BTreeMap::len).sum()
    }

    /// Whether these records change what roles give: which of the tenant's own fields there are, and who reads
    /// them.
    pub fn changes_policy(&self) -> bool {
        let fields = self.touched.get(OWN_FIELD.name).into_iter().flat_map(BTreeMap::values);
        let readers = |record: &Record| {
            OwnField::of(record).map_or(Sensitivity::None, |field| field.sensitivity)
        };
        fields.into_iter().any(|(before, after)| {
            before.as_ref().map_or(Sensitivity::None, readers) != readers(after)
        })
    }

    /// Adds by how much the digests move.
    pub fn sum_up(&self, differences: &mut Differences) {
        for (before, after) in self.touched.values().flat_map(BTreeMap::values) {
            differences.note(before.as_ref(), after);
        }
    }

    /// Writes everything but the digests.
    ///
    /// # Errors
    /// See [`PushError`]; a constraint of a table is one.
    pub async fn write(
        &mut self,
        connection: &mut Connection,
        sender: Sender<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), PushError> {
        if self.is_empty() {
            return Ok(());
        }
        // The order of the declarations and of ids: the same for every writer.
        for entity in synced::all() {
            let Some(records) = self.touched.get(entity.name) else { continue };
            let written: Vec<Written> = records
                .values()
                .map(|(before, after)| Written { before: before.as_ref(), after })
                .collect();
            write(connection, entity, &written).await?;
        }
        let ops: Vec<NewOp> = self.answers.iter().map(Answer::stored).collect();
        op::insert(connection, sender.device, sender.user, &ops, now).await?;
        if !self.held.is_empty() {
            review::hold(connection, &self.held).await?;
        }
        if !self.decided.is_empty() {
            review::decide(connection, &self.decided, sender.user, now).await?;
        }
        audit::append(connection, std::mem::take(&mut self.entries), now).await?;
        Ok(())
    }
}

impl Answer<'_> {
    fn stored(&self) -> NewOp<'_> {
        let Self { received, op, receipt, bytes } = self;
        NewOp {
            op_id: op.op_id,
            op_seq: op.op_seq,
            op_hash: received.op_hash,
            intent_hash: received.intent_hash,
            kind: op.intent.kind(),
            row: Some((&op.intent.entity, op.intent.id)),
            replaces: op.replaces,
            waits_for: match receipt {
                Receipt::Waiting { needs, .. } => Some(*needs),
                _ => None,
            },
            payload: &received.bytes,
            receipt: bytes,
        }
    }
}
