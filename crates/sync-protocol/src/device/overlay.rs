//! What a person sees: the hub's image of a record with the device's own pending ops replayed on top.

use domain::attention::FIELD_ROWS;
use domain::record::approval::{self, Act};
use domain::record::{ChildRow, EntityDef, Record, RecordChanges, Value};
use domain::synced;

use crate::op::{Op, Verb};

/// Replays `ops` (all of one record, in the order of the chain) over the hub's image `base`.
/// `None` where there is neither. An op that no longer fits (its record is gone, its value is refused
/// by a newer rule) changes nothing here: the hub will say so in its receipt.
pub fn replay(base: Option<&Record>, ops: &[&Op]) -> Option<Record> {
    ops.iter().fold(base.cloned(), |record, op| apply(record, op))
}

fn apply(record: Option<Record>, op: &Op) -> Option<Record> {
    match op.intent.verb {
        Verb::Create => record.or_else(|| {
            let entity = synced::find(&op.intent.entity)?;
            created(entity, op)
        }),
        // What became another record is changed no more; the hub brings the edit to Attention.
        Verb::Update => record.map(|mut record| {
            if record.merged_into().is_some() {
                return record;
            }
            let before = record.clone();
            if op.intent.changes.apply(&mut record).is_ok() {
                approval::set_aside(Some(&before), &mut record, op.op_id, act(op));
                touched(&mut record, op);
                record.head.retired_at = None;
            }
            record
        }),
        Verb::Retire => record.map(|mut record| {
            touched(&mut record, op);
            record.head.retired_at = Some(op.occurred_at);
            record
        }),
        Verb::Merge => record.map(|record| merged(record, op)),
        Verb::Resolve => record.map(|record| decided(record, op)),
        Verb::Approve | Verb::Refuse => record.map(|mut record| {
            decide_proposal(&mut record, op);
            record
        }),
    }
}

/// Who changed it is whoever is at the device, until the hub's image brings the user's id.
fn touched(record: &mut Record, op: &Op) {
    record.head.updated_at = op.occurred_at;
    record.head.updated_by = approval::UNSENT;
}

/// Who acts is known to the device alone at this point; the hub's image brings the user's id.
fn act(op: &Op) -> Act {
    Act { by: approval::UNSENT, at: op.occurred_at }
}

/// As the hub will, as long as it agrees; the wait after an approval is the hub's to say.
fn decide_proposal(record: &mut Record, op: &Op) {
    let Some(named) = op.intent.changes.children.first() else { return };
    let Some(row) = record.child(&named.entity, named.id).cloned() else { return };
    if op.intent.verb == Verb::Approve {
        approval::approve(record, row, act(op), false, approval::COOLING);
    } else {
        approval::refuse(record, row, act(op), None);
    }
}

/// The loser goes, the survivor takes what the person chose; the rest of a merge is the hub's to do.
fn merged(mut record: Record, op: &Op) -> Record {
    if record.id() == op.intent.id {
        let taken =
            RecordChanges { fields: op.intent.changes.fields.clone(), children: Vec::new() };
        if taken.apply(&mut record).is_ok() {
            touched(&mut record, op);
        }
    } else {
        record.values.set("merged_into", Value::Id(op.intent.id));
        record.head.retired_at = Some(op.occurred_at);
    }
    record
}

fn created(entity: &'static EntityDef, op: &Op) -> Option<Record> {
    // Who made it is known to the device alone at this point; the hub's image brings the user's id.
    let mut record = Record::new(entity, op.intent.id, approval::UNSENT, op.occurred_at);
    op.intent.changes.apply(&mut record).ok()?;
    approval::set_aside(None, &mut record, op.op_id, act(op));
    Some(record)
}

/// Notes each decision on its field and takes the item off the list.
pub(crate) fn decided(mut record: Record, op: &Op) -> Record {
    for change in &op.intent.changes.fields {
        let row = record
            .collection(FIELD_ROWS)
            .into_iter()
            .find(|row| row.values.get("path").text() == Some(change.field.as_str()))
            .cloned();
        let Some(ChildRow { id, mut values }) = row else { continue };
        let Some(field) = values.entity().field("decision") else { continue };
        if let Ok(value) = field.kind.read(&change.to) {
            values.set("decision", value);
            record.put_child(ChildRow { id, values });
        }
    }
    record.head.retired_at = Some(op.occurred_at);
    record
}
