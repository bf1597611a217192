//! `Get` and `Blank`: one record, and what a new one starts with.

use contract::{Failure, FailureCode, RecordChanges, RecordView};
use domain::permissions::Action;
use domain::record::EntityDef;
use local_store::{Held as Row, RowState, View};
use uuid::Uuid;

use super::{fault, rules, shown};
use crate::host::Host;
use crate::session::Held;

/// A record by its id, its key or its code.
pub fn get(view: &View, held: &Held, entity: &str, id: &str) -> Result<RecordView, Failure> {
    let entity = super::legible(entity)?;
    let row = find(view, held, entity, id)?;
    shown::record(view, held, entity, row)
}

/// # Errors
/// `NotFound` where there is none that the person may see; `Usage` where a key means more than one.
pub fn find(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    text: &str,
) -> Result<Row, Failure> {
    held.check(Action::View, entity, None, &[])?;
    let id = match text.trim().parse::<Uuid>() {
        Ok(id) => id,
        Err(_) => by_key(view, held, entity, text)?,
    };
    let row = view.get(entity, id).map_err(fault)?.filter(|row| shown::may_see(held, &row.record));
    row.ok_or_else(super::not_found)
}

fn by_key(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    text: &str,
) -> Result<Uuid, Failure> {
    held.check(Action::View, entity, None, &[entity.key])?;
    match view.by_key(entity, text).map_err(fault)?.as_slice() {
        [] => Err(super::not_found()),
        [id] => Ok(*id),
        _ => {
            let called = entity.plural.en.to_lowercase();
            let message =
                format!("more than one of the {called} has the key \"{text}\"; give its id");
            Err(Failure::new(FailureCode::Usage, message))
        }
    }
}

/// A new record with its declared defaults; nothing is written, and its id means nothing.
pub fn blank(
    view: &View,
    held: &Held,
    entity: &str,
    host: &dyn Host,
) -> Result<RecordView, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::Create, entity, None, &[])?;
    let mut record = super::save::new_record(entity, Uuid::nil(), held, host);
    rules::complete(view, held, None, &mut record, &RecordChanges::default())?;
    shown::record(view, held, entity, Row { record, state: RowState::Pending })
}
