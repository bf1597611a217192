//! What of a record stands differently from what its author saw.

use std::borrow::Cow;

use domain::record::{Cell, Change, Record, RecordChanges, Values};

use super::path::FieldPath;
use super::{FieldConflict, same};
use crate::projection::Projection;

/// What of a record, as far as the author may read it, no longer stands as the author saw it; `seen` holds witnesses of every value that
/// was there, so that a value without one is new.
pub fn changed_since(
    current: &Record,
    seen: &RecordChanges,
    sight: &Projection,
) -> Vec<FieldConflict> {
    let told = |path: FieldPath, base: Option<Cell>, theirs: Cell| FieldConflict {
        path,
        base,
        mine: Cell::Null,
        theirs,
    };
    let mut changed: Vec<_> = fields_since(&current.values, &seen.fields, sight)
        .into_iter()
        .map(|(field, base, theirs)| told(FieldPath::Field(field), base, theirs))
        .collect();
    // A proposal is the judge's to write, and the device knows it otherwise until it has pulled; that there is one
    // is told by the hold of the record.
    let proposals = |name: &str| current.entity().child(name).is_some_and(|rows| rows.proposals);
    for row in current.children().iter().filter(|row| !row.values.entity().proposals) {
        let entity = row.values.entity().name;
        let path = |field: &str| FieldPath::child(entity, row.id, field);
        match seen.children.iter().find(|child| child.id == row.id) {
            Some(child) => changed.extend(
                fields_since(&row.values, &child.fields, sight)
                    .into_iter()
                    .map(|(field, base, theirs)| told(path(&field), base, theirs)),
            ),
            None => {
                let path = FieldPath::Row { entity: entity.to_owned(), id: row.id };
                changed.push(told(path, Some(Cell::Null), Cell::from("added")));
            }
        }
    }
    for child in seen.children.iter().filter(|child| !proposals(&child.entity)) {
        if current.child(&child.entity, child.id).is_none() {
            let path = FieldPath::Row { entity: child.entity.clone(), id: child.id };
            changed.push(told(path, None, Cell::from("removed")));
        }
    }
    changed
}

/// The fields of a row that changed since it was seen: name, what was seen, what stands.
pub(super) fn fields_since(
    values: &Values,
    seen: &[Change],
    sight: &Projection,
) -> Vec<(String, Option<Cell>, Cell)> {
    let mut since = Vec::new();
    let entity = values.entity();
    let declared = entity.all_fields().filter(|field| entity.place(field.name).is_some());
    let mut names: Vec<Cow<str>> = declared.map(|field| field.name.into()).collect();
    // Of own fields those that are held, and those that were.
    let own = |name: &str| entity.place(name).is_some_and(|place| place.own.is_some());
    names.extend(values.held().map(|(name, _)| name).filter(|name| own(name)));
    let seen_own = seen.iter().map(|change| change.field.as_str()).filter(|name| own(name));
    names.extend(seen_own.filter(|name| values.cell(name) == Some(Cell::Null)).map(Cow::from));
    for name in names.into_iter().filter(|name| !sight.hides(entity.name, name)) {
        let witness = seen.iter().find(|change| change.field == name);
        let base = witness.map_or(Some(Cell::Null), |change| change.from.clone());
        if !base.as_ref().is_some_and(|base| same(values, &name, base)) {
            let standing = values.cell(&name).unwrap_or_default();
            since.push((name.into_owned(), base, standing));
        }
    }
    since
}
