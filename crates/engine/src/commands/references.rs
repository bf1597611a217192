//! References as people give them: by id, or by the key or code of the record they mean.

use std::collections::BTreeMap;

use contract::{Cell, Change, ChildAction, Failure, Problem, RecordChanges};
use domain::permissions::Action;
use domain::person::PERSON;
use domain::record::{EntityDef, Kind, Problems, Value, row_path};
use domain::synced;
use local_store::{Filter, ListQuery, Start, Test, View};
use uuid::Uuid;

use super::{fault, shown};
use crate::session::Held;

/// The reference that a text means, as a cell; an id is one already, an empty text is none.
///
/// # Errors
/// `Refused`, naming the field, where no record or more than one has the key.
pub fn resolve(
    view: &View,
    held: &Held,
    path: &str,
    target: &str,
    text: &str,
) -> Result<Cell, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Cell::Null);
    }
    if let Ok(id) = text.parse::<Uuid>() {
        return Ok(Cell::Id(id));
    }
    // Operations and the like are not held here: they are given by id.
    let Some(target) = synced::find(target) else { return Ok(Cell::Text(text.to_owned())) };
    held.check(Action::View, target, None, &[target.key])?;
    let called = target.label.en.to_lowercase();
    let refuse = |rule, message| super::refused(vec![Problem::new(path, rule, message)]);
    if target.name == PERSON.name {
        return user(view, path, text);
    }
    match view.by_key(target, text).map_err(fault)?.as_slice() {
        [id] => Ok(Cell::Id(*id)),
        [] => {
            let meant = meant(view, held, target, text)?;
            let hint = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
            let message = format!("no {called} has the key \"{text}\"{hint}");
            Err(refuse("unknown_reference", message))
        }
        _ => Err(refuse(
            "ambiguous_reference",
            format!("more than one {called} has the key \"{text}\"; give its id"),
        )),
    }
}

/// The user of this name, who has no other key; one who still may come in before one who may not.
fn user(view: &View, path: &str, name: &str) -> Result<Cell, Failure> {
    let called = Filter { field: "name".to_owned(), test: Test::Is(Value::Text(name.to_owned())) };
    let query = ListQuery { filters: vec![called], ..ListQuery::default() };
    let found = view.list(&PERSON, &query, &Start::Offset(0), 100).map_err(fault)?.rows;
    let is_active = |row: &&local_store::Held| *row.record.get("active") == Value::Bool(true);
    let active: Vec<_> = found.iter().filter(is_active).collect();
    let one = match (active.as_slice(), found.as_slice()) {
        ([one], _) => Some(*one),
        ([], [one]) => Some(one),
        _ => None,
    };
    if let Some(one) = one {
        return Ok(Cell::Id(one.record.id()));
    }
    let refuse = |rule, message| super::refused(vec![Problem::new(path, rule, message)]);
    Err(match found.as_slice() {
        [] => {
            let message = format!("no user is called \"{name}\"; see: daybook list person");
            refuse("unknown_reference", message)
        }
        _ => {
            let message = format!("more than one user is called \"{name}\"; give the id");
            refuse("ambiguous_reference", message)
        }
    })
}

/// The one record in use with this name, by its key (or else its id) and name; only what the person may see.
fn meant(
    view: &View,
    held: &Held,
    target: &'static EntityDef,
    text: &str,
) -> Result<Option<String>, Failure> {
    let readable = held.check(Action::View, target, None, &["name", target.key]).is_ok();
    if target.field("name").is_none() || !readable {
        return Ok(None);
    }
    let test = Test::Is(Value::Text(text.to_owned()));
    let filters = vec![Filter { field: "name".to_owned(), test }];
    let query = ListQuery { filters, ..ListQuery::default() };
    let page = view.list(target, &query, &Start::Offset(0), 2).map_err(fault)?;
    let [row] = page.rows.as_slice() else { return Ok(None) };
    if !shown::may_see(held, &row.record) {
        return Ok(None);
    }
    let key = row.record.get(target.key).text();
    let key = key.map_or_else(|| row.record.id().to_string(), str::to_owned);
    Ok(Some(format!("{key} ({})", row.record.title())))
}

/// Turns every reference in the changes that is given by key or code into the id it means and every own field
/// into the text that is kept for it, and gives added rows without an id their own.
///
/// # Errors
/// As [`resolve`]; `Refused` for each own field that is not declared or does not take its value.
pub fn settle(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    mut changes: RecordChanges,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<RecordChanges, Failure> {
    for change in changes.fields.iter_mut().filter(|change| is_new(change)) {
        let path = change.field.clone();
        settle_cell(view, held, entity, &path, &change.field, &mut change.to)?;
    }
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    for row in &mut changes.children {
        let number = given.entry(row.entity.clone()).or_default();
        *number += 1;
        let unnamed = row.action == ChildAction::Add && row.id.is_nil();
        if unnamed {
            row.id = new_id();
        }
        let Some(child) = entity.child(&row.entity) else { continue };
        for change in row.fields.iter_mut().filter(|change| is_new(change)) {
            let path = match unnamed {
                // Nobody knows the id that it gets: it is told by its place among the rows given.
                true => format!("{}[{number}].{}", child.name, change.field),
                false => row_path(child.name, row.id, &change.field),
            };
            settle_cell(view, held, child, &path, &change.field, &mut change.to)?;
        }
    }
    // What a person may not write is refused for that, and nothing is told of what it takes.
    let barred = |change: &mut Change| {
        let is_own = entity.place(&change.field).is_some_and(|place| place.own.is_some());
        is_own && !held.grants().field_right(entity, &change.field).write
    };
    let barred: Vec<Change> = changes.fields.extract_if(.., barred).collect();
    let own_fields = view.own_fields().map_err(fault)?;
    let settled = own_fields.settle(entity, &mut changes);
    settled.map_err(|Problems(problems)| super::refused(problems))?;
    changes.fields.extend(barred);
    Ok(changes)
}

/// What stays as it was is not chosen anew.
fn is_new(change: &Change) -> bool {
    change.from.as_ref() != Some(&change.to)
}

fn settle_cell(
    view: &View,
    held: &Held,
    entity: &EntityDef,
    path: &str,
    field: &str,
    cell: &mut Cell,
) -> Result<(), Failure> {
    let target = match entity.field(field).map(|field| field.kind) {
        Some(Kind::Reference(target)) => target,
        _ => return Ok(()),
    };
    if let Cell::Text(text) = cell {
        *cell = resolve(view, held, path, target, text)?;
    }
    match cell {
        Cell::Id(id) => in_use(view, path, target, *id),
        _ => Ok(()),
    }
}

/// A deleted record can no longer be chosen. Only here: a device that had not heard of the deletion is not
/// refused by the hub.
fn in_use(view: &View, path: &str, target: &str, id: Uuid) -> Result<(), Failure> {
    let Some(target) = synced::find(target) else { return Ok(()) };
    let found = view.get(target, id).map_err(fault)?;
    let Some(deleted) = found.filter(|row| row.record.is_retired()) else { return Ok(()) };
    let message = format!("{} was deleted; choose another", deleted.record.title());
    Err(super::refused(vec![Problem::new(path, "deleted_reference", message)]))
}

#[cfg(test)]
mod tests {
    use contract::{Change, ChildAction, ChildChange, Command, RecordChanges};
    use domain::masters::{SUPPLIER, UNIT};
    use domain::permissions::StandardRole;
    use uuid::Uuid;

    use crate::desk::Desk;

    fn change(field: &str, text: &str) -> Change {
        Change { field: field.to_owned(), from: None, to: text.into() }
    }

    /// What a person is told who makes an item of these.
    fn refused(desk: &Desk, uom: &str, children: Vec<ChildChange>) -> Vec<(String, String)> {
        let fields = vec![change("name", "Bolt"), change("sku", "B-1"), change("uom", uom)];
        let changes = RecordChanges { fields, children };
        let save = Command::Save { entity: "item".to_owned(), id: None, changes };
        let problems = desk.call(save).unwrap_err().problems.into_iter();
        problems.map(|problem| (problem.field, problem.message)).collect()
    }

    #[tokio::test]
    async fn a_name_in_the_place_of_a_key_is_answered_with_the_key() {
        let desk = Desk::of(StandardRole::Admin);
        let unit = |code: &str, name: &str| {
            desk.record(&UNIT, &[("unece_code", code), ("name", name), ("dimension", "count")])
        };
        desk.receive(&[unit("H87", "Piece"), unit("SET", "Pair"), unit("PR", "pair")]);
        let said = |uom| refused(&desk, uom, Vec::new()).remove(0).1;
        assert_eq!(said("piece"), "no unit has the key \"piece\"; did you mean H87 (Piece)?");
        assert_eq!(said("pair"), "no unit has the key \"pair\"", "two have the name");
        assert_eq!(said("box"), "no unit has the key \"box\"");
    }

    #[tokio::test]
    async fn an_unknown_reference_in_a_row_names_the_row() {
        let desk = Desk::of(StandardRole::Admin);
        let unit =
            desk.record(&UNIT, &[("unece_code", "H87"), ("name", "Piece"), ("dimension", "count")]);
        let supplier = desk.record(&SUPPLIER, &[("code", "S-1"), ("name", "Kontor")]);
        desk.receive(&[unit, supplier]);
        let row = |id: Uuid, supplier: &str| ChildChange {
            entity: "item_supplier".to_owned(),
            id,
            action: ChildAction::Add,
            fields: vec![change("supplier", supplier)],
        };
        let rows = vec![row(Uuid::nil(), "S-1"), row(Uuid::nil(), "kontor")];
        let (field, message) = refused(&desk, "H87", rows).remove(0);
        assert_eq!(field, "item_supplier[2].supplier");
        assert_eq!(message, "no supplier has the key \"kontor\"; did you mean S-1 (Kontor)?");
        let id = Uuid::from_u128(7);
        let (field, _) = refused(&desk, "H87", vec![row(id, "S-2")]).remove(0);
        assert_eq!(field, format!("item_supplier[{id}].supplier"));
    }

    #[tokio::test]
    async fn a_deleted_record_can_no_longer_be_chosen() {
        let desk = Desk::of(StandardRole::Admin);
        let mut unit =
            desk.record(&UNIT, &[("unece_code", "H87"), ("name", "Piece"), ("dimension", "count")]);
        unit.head.retired_at = Some(unit.head.created_at);
        desk.receive(&[unit.clone()]);
        let (field, message) = refused(&desk, &unit.id().to_string(), Vec::new()).remove(0);
        assert_eq!(
            (field.as_str(), message.as_str()),
            ("uom", "Piece was deleted; choose another")
        );
    }
}
