//! References as people give them: by id, or by the key or code of the record they mean.

use contract::{Cell, ChildAction, Failure, Problem, RecordChanges};
use domain::permissions::Action;
use domain::record::{EntityDef, Kind, row_path};
use domain::synced;
use local_store::View;
use uuid::Uuid;

use super::fault;
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
    // Users and the like are not held here: they are given by id.
    let Some(target) = synced::find(target) else { return Ok(Cell::Text(text.to_owned())) };
    held.check(Action::View, target, None, &[target.key])?;
    let called = target.label.en.to_lowercase();
    let refuse = |rule, message| super::refused(vec![Problem::new(path, rule, message)]);
    match view.by_key(target, text).map_err(fault)?.as_slice() {
        [id] => Ok(Cell::Id(*id)),
        [] => Err(refuse("unknown_reference", format!("no {called} has the key \"{text}\""))),
        _ => Err(refuse(
            "ambiguous_reference",
            format!("more than one {called} has the key \"{text}\"; give its id"),
        )),
    }
}

/// Turns every reference in the changes that is given by key or code into the id it means, and gives
/// added rows without an id their own.
///
/// # Errors
/// As [`resolve`].
pub fn settle(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    mut changes: RecordChanges,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<RecordChanges, Failure> {
    for change in &mut changes.fields {
        let path = change.field.clone();
        settle_cell(view, held, entity, &path, &change.field, &mut change.to)?;
    }
    for row in &mut changes.children {
        if row.action == ChildAction::Add && row.id.is_nil() {
            row.id = new_id();
        }
        let Some(child) = entity.child(&row.entity) else { continue };
        for change in &mut row.fields {
            let path = row_path(child.name, row.id, &change.field);
            settle_cell(view, held, child, &path, &change.field, &mut change.to)?;
        }
    }
    Ok(changes)
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
    Ok(())
}
