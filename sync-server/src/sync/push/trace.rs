//! What the audit keeps of a judged op: the values it changed, field by field, or why it changed nothing. The note
//! of an export stands there as the export itself.

use std::collections::BTreeMap;

use domain::attention::ATTENTION;
use domain::export_note::{EXPORT_NOTE, Taken};
use domain::record::{Cell, Change, Record, RecordChanges};
use serde::Serialize;
use serde_json::{Value, json};
use sync_protocol::judge::{Decision, Effect, Judgement};
use sync_protocol::merge::path::FieldPath;
use sync_protocol::op::{Op, Verb};
use sync_protocol::receipt::Receipt;

use crate::audit::{Entry, Outcome};
use crate::sync::Sender;

#[derive(Serialize)]
struct Changed {
    before: Cell,
    after: Cell,
}

/// Adds an op's entries: one for each record that it changed, or one that says why there was nothing to do.
///
/// # Errors
/// The values cannot be written as JSON.
pub fn note(
    sender: Sender<'_>,
    op: &Op,
    judgement: &Judgement,
    entries: &mut Vec<Entry>,
) -> Result<(), serde_json::Error> {
    let noted = entries.len();
    if op.intent.verb == Verb::Create && op.intent.entity == EXPORT_NOTE.name {
        return exported(sender, op, judgement, entries);
    }
    let entry = |outcome| {
        let entry = entry_of(sender, op, &op.intent.kind(), outcome);
        entry.about(&op.intent.entity, op.intent.id)
    };
    let applied = judgement.effects.iter().find_map(|effect| match effect {
        Effect::Decided { op_id, kind, decision: Decision::Applied(_), .. } => Some((op_id, kind)),
        _ => None,
    });
    for effect in &judgement.effects {
        match effect {
            // Items of Attention that a judgement opens say nothing that the op does not.
            Effect::Put { before, after } => {
                let own = after.id() == op.intent.id && after.entity().name == op.intent.entity;
                if own || after.entity().name != ATTENTION.name {
                    let mut done = entry(Outcome::Done).about(after.entity().name, after.id());
                    // What was held is in the history as the work that it is, done by whoever applied it.
                    if let Some((op_id, kind)) = applied.filter(|_| !own) {
                        (done.op_id, done.action) = (Some(*op_id), kind.clone());
                    }
                    entries.push(done.with(&changed(before.as_deref(), after))?);
                }
            }
            Effect::Held { why, .. } => {
                entries.push(entry(Outcome::Failed).with(&json!({ "review": why.as_str() }))?);
            }
            Effect::Decided { op_id, author, decision, .. } => {
                let (action, reason) = match decision {
                    Decision::Applied(_) => ("review.apply", None),
                    Decision::Returned { reason } => ("review.return", reason.as_ref()),
                };
                let mut done = entry_of(sender, op, action, Outcome::Done);
                done.op_id = Some(*op_id);
                let about = json!({ "written_by": author, "reason": reason });
                entries.push(done.about(&op.intent.entity, op.intent.id).with(&about)?);
            }
            Effect::Denied { code, field, .. } => {
                let why = json!({ "code": code, "field": field });
                entries.push(entry(Outcome::Denied).with(&why)?);
            }
        }
    }
    if entries.len() > noted {
        return Ok(());
    }
    if let Some(why) = shortfall(judgement) {
        entries.push(entry(Outcome::Failed).with(&why)?);
    }
    Ok(())
}

fn entry_of(sender: Sender<'_>, op: &Op, action: &str, outcome: Outcome) -> Entry {
    let mut entry = Entry::new(sender.actor.clone(), action, outcome);
    entry.op_id = Some(op.op_id);
    entry
}

/// Why nothing, or not all, of an op was done.
fn shortfall(judgement: &Judgement) -> Option<Value> {
    match &judgement.receipt {
        Receipt::Applied { .. } | Receipt::Merged { .. } => None,
        Receipt::Conflict { fields, .. } => Some(json!({ "conflict": fields })),
        Receipt::Rejected { code, problems, .. } => {
            Some(json!({ "code": code, "problems": problems }))
        }
        Receipt::Waiting { needs, .. } => Some(json!({ "waiting_for": needs })),
        Receipt::Review { .. } => Some(json!({ "review": true })),
    }
}

/// Adds the export that a device made before it could ask: also where it is refused, for the file is out.
fn exported(
    sender: Sender<'_>,
    op: &Op,
    judgement: &Judgement,
    entries: &mut Vec<Entry>,
) -> Result<(), serde_json::Error> {
    let mut note = Record::new(&EXPORT_NOTE, op.intent.id, sender.user, op.occurred_at);
    // What cannot be read is refused, and says why.
    let taken = match op.intent.changes.apply(&mut note) {
        Ok(()) => Taken::of(&note),
        Err(_) => None,
    };
    let denied = judgement.effects.iter().find_map(|effect| match effect {
        Effect::Denied { code, field, .. } => Some(json!({ "code": code, "field": field })),
        Effect::Put { .. } | Effect::Held { .. } | Effect::Decided { .. } => None,
    });
    let (outcome, mut told) = match (denied, shortfall(judgement)) {
        (Some(why), _) => (Outcome::Denied, why),
        (None, Some(why)) => (Outcome::Failed, why),
        // It stood already, and so it is told already.
        (None, None) if judgement.effects.is_empty() => return Ok(()),
        (None, None) => (Outcome::Done, json!({})),
    };
    let action = taken.as_ref().map(|taken| format!("{}.export", taken.entity));
    let action = action.unwrap_or_else(|| op.intent.kind());
    let mut entry = entry_of(sender, op, &action, outcome);
    entry.entity = Some(taken.as_ref().map_or(EXPORT_NOTE.name, |taken| taken.entity).to_owned());
    if let Some(taken) = &taken {
        told["exported_at"] = json!(note.get("exported_at").to_cell());
        told["rows"] = json!(taken.records);
        told["columns"] = json!(taken.columns);
        told["format"] = json!(taken.format);
    }
    entries.push(entry.with(&told)?);
    Ok(())
}

fn changed(before: Option<&Record>, after: &Record) -> BTreeMap<String, Changed> {
    let empty = || {
        let values = domain::record::Values::empty(after.entity());
        Record::from_parts(after.head.clone(), values, Vec::new())
    };
    let new = before.is_none();
    let before = before.cloned().unwrap_or_else(empty);
    let changes = RecordChanges::between(&before, after);
    let mut fields = BTreeMap::new();
    let mut add = |path: FieldPath, change: &Change, gone: bool| {
        let after = if gone { Cell::Null } else { change.to.clone() };
        let before = change.from.clone().unwrap_or_default();
        fields.insert(path.to_string(), Changed { before, after });
    };
    for change in changes.fields.iter().filter(|change| !change.is_witness()) {
        add(FieldPath::Field(change.field.clone()), change, false);
    }
    for row in &changes.children {
        let gone = row.action == domain::record::ChildAction::Remove;
        for change in row.fields.iter().filter(|change| gone || !change.is_witness()) {
            add(FieldPath::child(&row.entity, row.id, &change.field), change, gone);
        }
    }
    if !new && before.head.retired_at != after.head.retired_at {
        let time = |record: &Record| {
            record.head.retired_at.map_or(Cell::Null, |at| Cell::Text(at.to_rfc3339()))
        };
        let changed = Changed { before: time(&before), after: time(after) };
        fields.insert("retired_at".to_owned(), changed);
    }
    fields
}
