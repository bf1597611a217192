//! The rules on a record that is about to be written, and what becomes of a unique value that is taken.

use domain::attention::{CONFLICT, VALUE_TAKEN};
use domain::masters;
use domain::record::{Found, Kind, Lookup, Problems, Record, Value, validate, validate_relations};
use uuid::Uuid;

use super::Case;
use super::attention::Item;
use crate::merge::FieldConflict;
use crate::merge::path::FieldPath;
use crate::receipt::Receipt;

/// Applies every rule. A unique value that another record holds is not a reason to refuse the whole
/// work: a code gets a provisional form, an optional value is left empty; both are returned, for
/// Attention.
///
/// # Errors
/// Every other broken rule, and a unique value that can be neither.
pub(super) fn settle(
    record: &mut Record,
    view: &dyn Lookup,
) -> Result<Vec<FieldConflict>, Problems> {
    follow_merges(record, view);
    let mut taken = Vec::new();
    let mut problems = Problems::default();
    for problem in validate_relations(record, view).0 {
        match provisional(record, &problem.field, &problem.rule) {
            Some(value) => {
                let mine = record.get(&problem.field).to_cell();
                taken.push(FieldConflict {
                    path: FieldPath::Field(problem.field.clone()),
                    base: None,
                    mine,
                    theirs: value.to_cell(),
                });
                record.values.set(&problem.field, value);
            }
            None => problems.0.push(problem),
        }
    }
    problems.0.extend(validate(record).0);
    problems.into_result()?;
    Ok(taken)
}

/// References to a record that became another: the author did not know yet. What was merged is never a survivor
/// again, so that this ends.
fn follow_merges(record: &mut Record, view: &dyn Lookup) {
    record.repoint(|target, id| {
        let target = masters::find(target)?;
        let next = |id: Uuid| match view.record(target, id) {
            Found::Yes(found) => found.merged_into(),
            Found::No | Found::CannotTell => None,
        };
        let mut end = next(id)?;
        while let Some(further) = next(end) {
            end = further;
        }
        Some(end)
    });
}

fn provisional(record: &Record, field: &str, rule: &str) -> Option<Value> {
    let declared = record.entity().field(field).filter(|field| field.is_folded())?;
    if rule != "unique" {
        return None;
    }
    if declared.kind == Kind::Code {
        let code = record.get(field).text()?;
        // The end of a time-ordered id is random: two provisional codes do not meet.
        let id = record.id().simple().to_string();
        let tail = id.get(id.len() - 8..)?;
        let kept: String = code.chars().take(30).collect();
        return Some(Value::Text(format!("{kept}~{tail}")));
    }
    (!declared.required).then_some(Value::Null)
}

/// Why something of an op was left to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// Another record has the value.
    Record,
    /// Somebody wrote there since the author looked; who, where that is sure.
    Person(Option<Uuid>),
}

impl Case<'_, '_> {
    /// Who wrote what the author has not seen: sure only where it was written once since. Nobody is named rather
    /// than somebody who wrote another field.
    pub(super) fn writer_since(&self, current: &Record) -> Option<Uuid> {
        let seen = self.op.intent.base_version;
        (current.head.version == seen + 1).then_some(current.head.updated_by)
    }

    /// The receipt of an op that was done, with an item for what could not be.
    pub(super) fn conclude(
        &mut self,
        version: i64,
        title: &str,
        other: Other,
        left: Vec<FieldConflict>,
        merged: bool,
    ) -> Receipt {
        if left.is_empty() {
            return match merged {
                true => Receipt::Merged { version },
                false => Receipt::Applied { version },
            };
        }
        let (kind, by_user, reasons) = match other {
            Other::Person(by) => {
                let message = "somebody else changed the same; choose what is right";
                (CONFLICT, by, Item::because(CONFLICT, message))
            }
            Other::Record => {
                let message = "another record has this value already; choose another";
                (VALUE_TAKEN, None, Item::because(VALUE_TAKEN, message))
            }
        };
        let item = Item { owner: self.author.user, kind, title, by_user, code: kind, reasons };
        let attention = self.open_item(item, &left);
        let fields = left.iter().map(|conflict| conflict.path.to_string()).collect();
        Receipt::Conflict { version, attention, fields }
    }
}
