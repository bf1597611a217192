//! What one edit changes: fields with their value before and after, child rows added, edited, removed.
//! These are the words of an intent on the wire; reading them against the declaration checks them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Cell, ChildRow, EntityDef, Kind, Problems, Record, Values, read_field, row_path};

/// Most rows of one collection: a record with all its rows is one op, and an op must fit one push.
const ROWS_MAX: usize = 1_000;

/// One field: what the author saw and what they wrote. `from` is absent where the author may write
/// but not read the field. Where both are equal the change is a witness: it says what the author saw
/// and writes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Change {
    pub field: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "ts", ts(optional, type = "Cell"))]
    pub from: Option<Cell>,
    #[cfg_attr(feature = "ts", ts(type = "Cell"))]
    pub to: Cell,
}

/// A `from` that is there is `Some`, also where it is null: "was empty" is not "may not read".
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Cell>, D::Error> {
    Cell::deserialize(deserializer).map(Some)
}

impl Change {
    pub fn is_witness(&self) -> bool {
        self.from.as_ref() == Some(&self.to)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ChildAction {
    Add,
    Edit,
    Remove,
}

/// One child row: `fields` are the changes of an edit, the values of an added row, or the witnesses of
/// what stood in a removed one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChildChange {
    pub entity: String,
    pub id: Uuid,
    pub action: ChildAction,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Change>,
}

/// All that one edit changes in one record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RecordChanges {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Change>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ChildChange>,
}

impl RecordChanges {
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.children.is_empty()
    }

    /// What must change to come from `before` to `after` (the same record).
    pub fn between(before: &Record, after: &Record) -> Self {
        let mut changes =
            Self { fields: differences(&before.values, &after.values), children: Vec::new() };
        for old in before.children() {
            match after.child(old.values.entity().name, old.id) {
                Some(new) if new == old => {}
                Some(new) => changes.children.push(ChildChange {
                    entity: old.values.entity().name.to_owned(),
                    id: old.id,
                    action: ChildAction::Edit,
                    fields: differences(&old.values, &new.values),
                }),
                None => changes.children.push(ChildChange {
                    entity: old.values.entity().name.to_owned(),
                    id: old.id,
                    action: ChildAction::Remove,
                    fields: witnesses(&old.values),
                }),
            }
        }
        for new in after.children() {
            let entity = new.values.entity();
            if before.child(entity.name, new.id).is_none() {
                changes.children.push(ChildChange {
                    entity: entity.name.to_owned(),
                    id: new.id,
                    action: ChildAction::Add,
                    fields: differences(&Values::empty(entity), &new.values),
                });
            }
        }
        changes
    }

    /// Writes the changes' `to` values into the record, whatever stood there; witnesses write nothing.
    ///
    /// # Errors
    /// Every unknown field and every value its kind refuses, and collections of too many rows, of which then no
    /// value is read; the record is then unchanged.
    pub fn apply(&self, record: &mut Record) -> Result<(), Problems> {
        self.count_rows(record).into_result()?;
        let mut problems = Problems::default();
        let mut changed = record.clone();
        set_fields(&mut changed.values, &self.fields, "", &mut problems);
        for change in &self.children {
            let path = row_path(&change.entity, change.id, "");
            apply_child(&mut changed, change, &path, &mut problems);
        }
        problems.into_result()?;
        changed.normalise();
        *record = changed;
        Ok(())
    }

    /// Refuses more rows than a collection may have, before anything is done with them: each of them is looked
    /// at once, whatever they hold.
    pub fn count_rows(&self, record: &Record) -> Problems {
        let mut problems = Problems::default();
        if self.children.is_empty() {
            return problems;
        }
        for child in record.entity().children {
            let standing =
                record.children().iter().filter(|row| row.values.entity().name == child.name);
            let mut ids: BTreeSet<Uuid> = standing.map(|row| row.id).collect();
            for change in self.children.iter().filter(|change| change.entity == child.name) {
                match change.action {
                    ChildAction::Remove => ids.remove(&change.id),
                    ChildAction::Add | ChildAction::Edit => ids.insert(change.id),
                };
            }
            too_many(child, ids.len(), &mut problems);
        }
        problems
    }
}

/// Refuses so many rows of one collection.
pub(super) fn too_many(child: &EntityDef, rows: usize, problems: &mut Problems) {
    if rows > ROWS_MAX {
        let message = format!("has {rows} rows; at most {ROWS_MAX} are kept, remove some");
        problems.add(child.name, "too_many_rows", message);
    }
}

fn apply_child(record: &mut Record, change: &ChildChange, path: &str, problems: &mut Problems) {
    let Some(entity) = record.entity().child(&change.entity) else {
        let known: Vec<_> = record.entity().children.iter().map(|child| child.name).collect();
        let message =
            format!("{} has no such rows; it has: {}", record.entity().name, known.join(", "));
        problems.add(&change.entity, "unknown_field", message);
        return;
    };
    if change.action == ChildAction::Remove {
        record.remove_child(entity.name, change.id);
        return;
    }
    let mut values = match record.child(entity.name, change.id) {
        Some(child) => child.values.clone(),
        None => entity.defaults(),
    };
    set_fields(&mut values, &change.fields, path, problems);
    record.put_child(ChildRow { id: change.id, values });
}

fn set_fields(values: &mut Values, changes: &[Change], path: &str, problems: &mut Problems) {
    for change in changes.iter().filter(|change| !change.is_witness()) {
        match read_field(values.entity(), &change.field, &change.to) {
            Ok((place, value)) => values.put(&place, value),
            Err(mut problem) => {
                problem.field.insert_str(0, path);
                problems.0.push(problem);
            }
        }
    }
}

/// Everything a row holds, as witnesses.
pub fn witnesses(values: &Values) -> Vec<Change> {
    let witness = |(name, value): (std::borrow::Cow<str>, std::borrow::Cow<super::Value>)| {
        let cell = value.to_cell();
        Change { field: name.into_owned(), from: Some(cell.clone()), to: cell }
    };
    values.held().map(witness).collect()
}

/// The changed fields, with the unchanged ones of their merge groups as witnesses.
fn differences(before: &Values, after: &Values) -> Vec<Change> {
    let pairs = || before.iter().zip(after.iter());
    let groups: Vec<_> = pairs()
        .filter(|((_, old), (_, new))| old != new)
        .filter_map(|((field, _), _)| field.merge_group)
        .collect();
    let mut changes: Vec<Change> = pairs()
        .filter(|((field, old), (_, new))| {
            let moves =
                old != new || field.merge_group.is_some_and(|group| groups.contains(&group));
            moves && field.kind != Kind::Own
        })
        .map(|((field, old), (_, new))| Change {
            field: field.name.to_owned(),
            from: Some(old.to_cell()),
            to: new.to_cell(),
        })
        .collect();
    changes.extend(own_differences(before, after));
    changes
}

/// The changed own fields, each for itself.
fn own_differences(before: &Values, after: &Values) -> Vec<Change> {
    let Some(map) = before.entity().own_map() else { return Vec::new() };
    let kept = |values: &Values| match values.get(map.name) {
        super::Value::Map(kept) => kept.clone(),
        _ => BTreeMap::new(),
    };
    let (old, new) = (kept(before), kept(after));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let cell = |text: Option<&String>| text.map_or(Cell::Null, |text| Cell::Text(text.clone()));
    names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| Change {
            field: map.own_path(name),
            from: Some(cell(old.get(name))),
            to: cell(new.get(name)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::masters::CUSTOMER;

    /// Rows of which none could be read.
    fn rows(ids: std::ops::Range<u128>, action: ChildAction) -> Vec<ChildChange> {
        let unread =
            Change { field: "nonsense".to_owned(), from: None, to: Cell::Text("x".to_owned()) };
        let row = |id| ChildChange {
            entity: "customer_contact".to_owned(),
            id: Uuid::from_u128(id),
            action,
            fields: vec![unread.clone()],
        };
        ids.map(row).collect()
    }

    fn ruled(children: Vec<ChildChange>, record: &Record) -> Vec<String> {
        let mut changed = record.clone();
        let changes = RecordChanges { fields: Vec::new(), children };
        let problems = changes.apply(&mut changed).err().unwrap_or_default();
        assert_eq!(changed, *record);
        problems.0.into_iter().map(|problem| problem.rule).collect()
    }

    #[test]
    fn too_many_rows_are_refused_before_one_of_them_is_read() {
        let record = Record::new(&CUSTOMER, Uuid::from_u128(1), Uuid::nil(), DateTime::UNIX_EPOCH);
        // One problem for each row that was looked into.
        assert_eq!(ruled(rows(0..1_000, ChildAction::Add), &record).len(), 1_000);
        assert_eq!(ruled(rows(0..100_000, ChildAction::Add), &record), ["too_many_rows"]);
        assert_eq!(ruled(rows(0..100_000, ChildAction::Edit), &record), ["too_many_rows"]);
        let swapped: Vec<ChildChange> = rows(0..100_000, ChildAction::Add)
            .into_iter()
            .chain(rows(1_000..100_000, ChildAction::Remove))
            .collect();
        let problems = ruled(swapped, &record);
        assert!(!problems.contains(&"too_many_rows".to_owned()), "what stays at the end counts");
    }
}
