//! The single decision function, asked by the hub before it does anything and by the device before
//! it offers anything. Pure and deny by default; it knows no lease and no clock (see `lease`).

use super::action::Action;
use super::catalogue::Permission;
use super::decision::{Decision, Reason};
use super::field_right::ReadRight;
use super::grants::Grants;
use super::row::RowFacts;
use crate::record::EntityDef;

/// What every record carries beside its declared fields: read by whoever sees the record, written by
/// nobody.
const HEAD: [&str; 7] =
    ["id", "version", "created_at", "created_by", "updated_at", "updated_by", "retired_at"];

/// Whether the person may do `action` to records of `entity`.
///
/// `row` is the record in question, `None` where the question is about the entity as a whole ("may I
/// open the list?"). An edit that changes ownership columns is asked twice, with the row as it was
/// and as it will be. `fields` are the fields that a write touches, or that a reader names to show,
/// filter, sort, search or total by; a field that is shown by its last four characters is refused
/// here, showing it is the projection's business. A child row is asked with the child's entity and
/// its parent's row.
///
/// A row that may not be seen is refused as if it did not exist, before anything else is said of it.
pub fn check(
    grants: &Grants,
    action: Action,
    entity: &EntityDef,
    row: Option<&RowFacts>,
    fields: &[&str],
) -> Decision {
    decide(grants, action, entity, row, fields).into()
}

/// Whether the person holds a permission that is not one of an entity's guard (submit, approve,
/// lock a period …), on a row if there is one. The row must be one the person sees: ask [`check`]
/// with [`Action::View`] first.
pub fn check_permission(
    grants: &Grants,
    permission: Permission,
    row: Option<&RowFacts>,
) -> Decision {
    permitted(grants, permission, row).into()
}

fn decide(
    grants: &Grants,
    action: Action,
    entity: &EntityDef,
    row: Option<&RowFacts>,
    fields: &[&str],
) -> Result<(), Reason> {
    // What exists already has to be seen to be changed; what is being made does not.
    let existing = !matches!(action, Action::Create | Action::Import);
    if existing {
        permitted(grants, entity.guard.view, None)?;
        if row.is_some_and(|row| !grants.reaches(entity.guard.view, row)) {
            return Err(Reason::NotFound);
        }
    }
    for permission in entity.guard.needed(action) {
        permitted(grants, permission, row)?;
    }
    let reads = matches!(action, Action::View | Action::Export);
    for &field in fields {
        let right = grants.field_right(entity, field);
        let usable = match reads {
            true => right.read == ReadRight::Full || HEAD.contains(&field),
            false => right.write,
        };
        if !usable {
            return Err(Reason::FieldNotPermitted { field: field.to_owned() });
        }
    }
    Ok(())
}

fn permitted(
    grants: &Grants,
    permission: Permission,
    row: Option<&RowFacts>,
) -> Result<(), Reason> {
    if !grants.holds(permission) {
        return Err(Reason::NotPermitted { permission });
    }
    if row.is_some_and(|row| !grants.reaches(permission, row)) {
        return Err(Reason::RowNotPermitted { permission });
    }
    Ok(())
}
