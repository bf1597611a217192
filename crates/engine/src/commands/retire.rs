//! `Retire`: deleting a record.

use contract::{Failure, RecordView};
use domain::permissions::Action;
use domain::record::row_facts;
use sync_protocol::device::draft;
use uuid::Uuid;

use super::{Done, fault, get, rules, shown, write};
use crate::session::{Held, Session};

pub fn retire(
    session: &Session,
    held: &Held,
    entity: &str,
    id: Uuid,
) -> Result<Done<RecordView>, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::Retire, entity, None, &[])?;
    let seen = super::read(session, |view| get::find(view, held, entity, &id.to_string()))?.record;
    held.check(Action::Retire, entity, Some(&row_facts(&seen)), &[])?;
    super::read(session, |view| rules::may_retire(view, held, &seen))?;
    let touched = match seen.is_retired() {
        true => None,
        false => Some(write::write(session, held, vec![draft::retire(&seen).into()])?),
    };
    let answer = super::read(session, |view| {
        let row = view.get(entity, id).map_err(fault)?.ok_or_else(super::not_found)?;
        shown::record(view, held, entity, row)
    })?;
    Ok(Done { answer, touched })
}
