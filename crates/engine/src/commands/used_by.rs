//! `UsedBy`: what refers to records that somebody is about to delete, as far as they may see it. It forbids nothing.

use contract::{Chosen, Failure, UsedBy};
use domain::permissions::{Action, ReadRight, RowFilter};
use domain::record::EntityDef;
use local_store::View;
use uuid::Uuid;

use super::{bulk, fault};
use crate::session::Held;

/// # Errors
/// `NotPermitted`, and `Usage` for a list of something else.
pub fn used_by(
    view: &View,
    held: &Held,
    entity: &str,
    chosen: &Chosen,
) -> Result<Vec<UsedBy>, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::View, entity, None, &[])?;
    of(view, held, entity, &bulk::ids(view, held, entity, chosen)?)
}

/// # Errors
/// A damaged file.
pub fn of(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    ids: &[Uuid],
) -> Result<Vec<UsedBy>, Failure> {
    let rows = |entity: &EntityDef| match held.check(Action::View, entity, None, &[]) {
        Ok(()) => held.grants().row_filter(entity.guard.view),
        Err(_) => RowFilter::Nothing,
    };
    let counts = view.used_by(entity, ids, rows, |table, field| {
        held.grants().field_right(table, field.name).read == ReadRight::Full
    });
    let counted = |(entity, count): (&'static EntityDef, u64)| UsedBy {
        entity: entity.name.to_owned(),
        count,
    };
    Ok(counts.map_err(fault)?.into_iter().map(counted).collect())
}
