//! What the audit keeps of a judged op: the values it changed, field by field, or why it changed nothing.

use std::collections::BTreeMap;

use domain::attention::ATTENTION;
use domain::record::{Cell, Change, Record, RecordChanges};
use serde::Serialize;
use serde_json::json;
use sync_protocol::judge::{Effect, Judgement};
use sync_protocol::merge::path::FieldPath;
use sync_protocol::op::Op;
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
    let entry = |outcome| {
        let entry = Entry::new(sender.actor.clone(), &op.intent.kind(), outcome);
        let mut entry = entry.about(&op.intent.entity, op.intent.id);
        entry.op_id = Some(op.op_id);
        entry
    };
    for effect in &judgement.effects {
        match effect {
            // Items of Attention that a judgement opens say nothing that the op does not.
            Effect::Put { before, after } => {
                let own = after.id() == op.intent.id && after.entity().name == op.intent.entity;
                if own || after.entity().name != ATTENTION.name {
                    let done = entry(Outcome::Done).about(after.entity().name, after.id());
                    entries.push(done.with(&changed(before.as_deref(), after))?);
                }
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
    let why = match &judgement.receipt {
        Receipt::Applied { .. } | Receipt::Merged { .. } => return Ok(()),
        Receipt::Conflict { fields, .. } => json!({ "conflict": fields }),
        Receipt::Rejected { code, problems, .. } => json!({ "code": code, "problems": problems }),
        Receipt::Waiting { needs, .. } => json!({ "waiting_for": needs }),
    };
    entries.push(entry(Outcome::Failed).with(&why)?);
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
