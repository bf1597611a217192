//! `Views` and `KeepViews`: lists that a person keeps by name. They hold values of records, so they are kept
//! in the encrypted file.

use contract::{Failure, FailureCode, SavedView};
use domain::permissions::Action;
use domain::record::EntityDef;
use local_store::View;

use super::fault;
use crate::session::{Held, Session};

pub fn views(view: &View, held: &Held, entity: &str) -> Result<Vec<SavedView>, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::View, entity, None, &[])?;
    let kept = view.kept(&place(held, entity)).map_err(fault)?;
    // What another version wrote and this one cannot read is as good as none.
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

pub fn keep(
    session: &Session,
    held: &Held,
    entity: &str,
    views: Vec<SavedView>,
) -> Result<Vec<SavedView>, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::View, entity, None, &[])?;
    if views.iter().any(|view| view.name.trim().is_empty()) {
        return Err(Failure::new(FailureCode::Usage, "a view is kept under a name; give it one"));
    }
    let failed = |error: serde_json::Error| Failure::new(FailureCode::Internal, error.to_string());
    let bytes = serde_json::to_vec(&views).map_err(failed)?;
    let bytes = if views.is_empty() { None } else { Some(&*bytes) };
    session.store.keep(&[(&place(held, entity), bytes)]).map_err(fault)?;
    Ok(views)
}

/// By person: whoever signs in here next has views of their own.
fn place(held: &Held, entity: &EntityDef) -> String {
    format!("views.{}.{}", held.grants().user_id, entity.name)
}
