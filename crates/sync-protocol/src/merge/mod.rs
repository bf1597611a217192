//! The three-way merge of one record: what the author saw, what they wrote, what stands now.
//! Fields of a merge group move together; equal values are no conflict.

pub mod path;

use domain::record::{
    Cell, Change, ChildAction, ChildChange, ChildRow, Problems, Record, RecordChanges, Value,
    Values, read_field,
};

use self::path::FieldPath;

/// One field on which the author and the hub disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConflict {
    pub path: FieldPath,
    /// What the author saw; `None` where they may not read the field.
    pub base: Option<Cell>,
    pub mine: Cell,
    pub theirs: Cell,
}

/// A record with all changes that could be made, and those that could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub record: Record,
    pub conflicts: Vec<FieldConflict>,
}

/// Merges an author's changes into the record as it stands.
///
/// # Errors
/// Where a change names an unknown field or a value its kind refuses; nothing is merged then.
pub fn merge(current: &Record, changes: &RecordChanges) -> Result<Merged, Problems> {
    let mut merged = Merged { record: current.clone(), conflicts: Vec::new() };
    let mut problems = Problems::default();
    let mut values = current.values.clone();
    let here = |name: &str| FieldPath::Field(name.to_owned());
    merge_values(&mut values, &changes.fields, here, &mut merged.conflicts, &mut problems);
    merged.record.values = values;
    for change in &changes.children {
        merge_child(&mut merged, change, &mut problems);
    }
    problems.into_result()?;
    Ok(merged)
}

/// The fields of `seen` (witnesses or changes) that no longer stand as the author saw them.
pub fn changed_since(current: &Record, seen: &RecordChanges) -> Vec<FieldConflict> {
    let compare = |values: Option<&Values>, change: &Change, path: FieldPath| {
        let theirs = values.map_or(Cell::Null, |values| standing(values, &change.field));
        let same = change.from.as_ref().is_some_and(|from| same(values, &change.field, from));
        (!same).then(|| FieldConflict { path, base: change.from.clone(), mine: Cell::Null, theirs })
    };
    let mut changed: Vec<_> = seen
        .fields
        .iter()
        .filter_map(|c| compare(Some(&current.values), c, FieldPath::Field(c.field.clone())))
        .collect();
    for child in &seen.children {
        let row = current.child(&child.entity, child.id).map(|row| &row.values);
        changed.extend(child.fields.iter().filter_map(|change| {
            let path = FieldPath::child(&child.entity, child.id, &change.field);
            compare(row, change, path)
        }));
    }
    // A field that was empty when it was seen has no witness: whatever stands there now is new.
    let unseen = current.values.iter().filter(|(field, value)| {
        !value.is_null() && !seen.fields.iter().any(|change| change.field == field.name)
    });
    changed.extend(unseen.map(|(field, value)| FieldConflict {
        path: FieldPath::Field(field.name.to_owned()),
        base: Some(Cell::Null),
        mine: Cell::Null,
        theirs: value.to_cell(),
    }));
    let unseen = current
        .children()
        .iter()
        .filter(|row| !seen.children.iter().any(|child| child.id == row.id));
    changed.extend(unseen.map(|row| FieldConflict {
        path: FieldPath::Row { entity: row.values.entity().name.to_owned(), id: row.id },
        base: Some(Cell::Null),
        mine: Cell::Null,
        theirs: Cell::Text("added".to_owned()),
    }));
    changed
}

fn merge_child(merged: &mut Merged, change: &ChildChange, problems: &mut Problems) {
    let Some(entity) = merged.record.entity().child(&change.entity) else {
        let message = format!("{} has no such rows", merged.record.entity().name);
        problems.add(&change.entity, "unknown_field", message);
        return;
    };
    let standing_row = merged.record.child(entity.name, change.id).cloned();
    let whole = || FieldPath::Row { entity: entity.name.to_owned(), id: change.id };
    match (change.action, standing_row) {
        (ChildAction::Remove, None) => {}
        (ChildAction::Remove, Some(row)) => {
            let edited = change.fields.iter().any(|seen| {
                !seen.from.as_ref().is_some_and(|from| same(Some(&row.values), &seen.field, from))
            });
            if edited {
                merged.conflicts.push(FieldConflict {
                    path: whole(),
                    base: None,
                    mine: Cell::Text("removed".to_owned()),
                    theirs: Cell::Text("edited".to_owned()),
                });
            } else {
                merged.record.remove_child(entity.name, change.id);
            }
        }
        (ChildAction::Edit, None) => {
            let real = change.fields.iter().filter(|field| !field.is_witness());
            merged.conflicts.extend(real.map(|field| FieldConflict {
                path: FieldPath::child(entity.name, change.id, &field.field),
                base: field.from.clone(),
                mine: field.to.clone(),
                theirs: Cell::Null,
            }));
        }
        (ChildAction::Add | ChildAction::Edit, row) => {
            let mut values = row.map_or_else(|| Values::empty(entity), |row| row.values);
            let here = |name: &str| FieldPath::child(entity.name, change.id, name);
            merge_values(&mut values, &change.fields, here, &mut merged.conflicts, problems);
            merged.record.put_child(ChildRow { id: change.id, values });
        }
    }
}

fn merge_values(
    values: &mut Values,
    changes: &[Change],
    path: impl Fn(&str) -> FieldPath,
    conflicts: &mut Vec<FieldConflict>,
    problems: &mut Problems,
) {
    let before = values.clone();
    let group_of =
        |change: &Change| before.entity().field(&change.field).and_then(|field| field.merge_group);
    for (index, change) in changes.iter().enumerate() {
        if change.is_witness() {
            continue;
        }
        let (field, value) = match read_field(before.entity(), &change.field, &change.to) {
            Ok(read) => read,
            Err(mut problem) => {
                problem.field = path(&change.field).to_string();
                problems.0.push(problem);
                continue;
            }
        };
        // One field alone, or all changes of its group: they move together or not at all.
        let together = changes.iter().enumerate().filter(|(other, c)| {
            *other == index || (field.merge_group.is_some() && group_of(c) == field.merge_group)
        });
        let mut moved = true;
        let mut agreed = true;
        for (_, member) in together {
            let from = member.from.as_ref();
            moved &= from.is_some_and(|from| same(Some(&before), &member.field, from));
            agreed &= same(Some(&before), &member.field, &member.to);
        }
        if moved {
            values.set(field.name, value);
        } else if !agreed && *before.get(field.name) != value {
            conflicts.push(FieldConflict {
                path: path(&change.field),
                base: change.from.clone(),
                mine: change.to.clone(),
                theirs: standing(&before, &change.field),
            });
        }
    }
}

fn standing(values: &Values, field: &str) -> Cell {
    match values.entity().position(field) {
        Some(_) => values.get(field).to_cell(),
        None => Cell::Null,
    }
}

/// Whether the field holds what `cell` says, compared as values: `1.50` is `1.5`.
fn same(values: Option<&Values>, field: &str, cell: &Cell) -> bool {
    let Some(values) = values else { return *cell == Cell::Null };
    let Some(declared) = values.entity().field(field) else { return false };
    match declared.kind.read(cell) {
        Ok(value) => *values.get(field) == value,
        Err(_) => *values.get(field) == Value::Null && *cell == Cell::Null,
    }
}
