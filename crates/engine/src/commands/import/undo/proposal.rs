//! What an import had laid beside a record for a second person: whether it waits, what they decided, and the record
//! as it was typed. What is done about it is the undoing's.

use domain::record::{Approval, Change, ChildRow, Record, Value, approval};
use domain::synced;
use sync_protocol::op::Intent;
use uuid::Uuid;

use crate::commands::approvals;
use crate::session::Held;

/// What an op laid beside the record for a second person, as long as nobody has decided on it.
pub struct Proposed {
    pub approval: &'static Approval,
    pub row: ChildRow,
    /// What the same person had open before, and has no more for the op's sake.
    pub earlier: Option<ChildRow>,
}

/// What a second person has decided of what an op proposed.
pub enum Decided {
    /// It is in force on their word, not for the import's sake.
    Approved,
    /// It never came into the record.
    Refused(ChildRow),
}

/// A proposal is called as its op. Where it was replaced, what proposes the same again stands for it: so it does
/// when the import that had replaced it was taken back.
pub fn proposed(held: &Held, now: &Record, op: Uuid) -> Option<Proposed> {
    let approval = now.entity().approval?;
    let made = now.child(approval.proposals, op)?;
    let waiting: Vec<ChildRow> = approval::pending(now);
    let same = |row: &ChildRow| {
        approval.fields.iter().all(|name| row.values.get(name) == made.values.get(name))
    };
    let was_replaced = made.values.get(approval::STATE).text() == Some(approval::REPLACED);
    let again = |row: &&ChildRow| was_replaced && approvals::is_own(held, row) && same(row);
    let row = waiting.iter().find(|row| row.id == op).or_else(|| waiting.iter().find(again))?;
    // Until the hub has seen the op, what it will replace still waits here under the person's own name.
    let unsent =
        |row: &ChildRow| row.values.get(approval::PROPOSED_BY).id() == Some(approval::UNSENT);
    let will_be = || {
        let mut others = waiting.iter().filter(|other| other.id != row.id && !unsent(other));
        others.find(|other| unsent(made) && approvals::is_own(held, other)).cloned()
    };
    let earlier = approval::replaced_by(now, made).or_else(will_be);
    Some(Proposed { approval, row: row.clone(), earlier })
}

/// What proposes these values again.
pub fn anew<'p>(
    approval: &'static Approval,
    row: &'p ChildRow,
) -> impl Iterator<Item = Change> + 'p {
    let to = |name: &&'static str| row.values.get(name).to_cell();
    approval.fields.iter().map(move |name| Change {
        field: (*name).to_owned(),
        from: None,
        to: to(name),
    })
}

/// What a second person has said to the proposal of an op.
pub fn decided(now: &Record, op: Uuid) -> Option<Decided> {
    let approval = now.entity().approval?;
    let made = now.child(approval.proposals, op)?;
    match made.values.get(approval::STATE).text() {
        Some(approval::APPROVED) => Some(Decided::Approved),
        Some(approval::REFUSED) => Some(Decided::Refused(made.clone())),
        _ => None,
    }
}

/// What an edit wrote beside what a second person has decided on.
pub fn undecided(intent: &Intent) -> Intent {
    let mut rest = intent.clone();
    let aside = under_approval(intent);
    rest.changes.fields.retain(|change| !aside.contains(&change.field.as_str()));
    rest
}

/// What people call the fields of an edit that a second person approves.
pub fn approved(intent: &Intent) -> String {
    let entity = synced::find(&intent.entity);
    let written = intent.changes.fields.iter().filter(|change| !change.is_witness());
    let aside = written.filter(|change| under_approval(intent).contains(&change.field.as_str()));
    let label = |change: &Change| Some(entity?.field(&change.field)?.label.en);
    aside.filter_map(label).collect::<Vec<_>>().join(", ")
}

pub fn under_approval(intent: &Intent) -> &'static [&'static str] {
    let approval = synced::find(&intent.entity).and_then(|entity| entity.approval);
    approval.map_or(&[], |approval| approval.fields)
}

/// The record as the op's author typed it, without what was written for them: what it proposed was laid `aside`.
pub fn as_typed(held: &Held, now: &Record, aside: Option<&ChildRow>) -> Record {
    let mut typed = now.clone();
    let (Some(approval), Some(row)) = (now.entity().approval, aside) else { return typed };
    typed.remove_child(approval.proposals, row.id);
    // Neither what the person themselves proposed meanwhile and has ended.
    for other in now.collection(approval.proposals) {
        let state = other.values.get(approval::STATE).text();
        let ended = matches!(state, Some(approval::REPLACED | approval::WITHDRAWN));
        if ended && approvals::is_own(held, other) {
            typed.remove_child(approval.proposals, other.id);
        }
    }
    for name in approval.fields {
        typed.values.set(name, row.values.get(name).clone());
    }
    if approval::pending(&typed).is_empty() {
        typed.values.set(approval.hold, Value::Null);
    }
    typed
}
