//! `Retire` and `BringBack`: deleting a record, and taking that back.

use contract::{Failure, Problem, RecordView};
use domain::permissions::Action;
use domain::record::{EntityDef, Problems, row_facts};
use sync_protocol::device::draft;
use uuid::Uuid;

use super::{Done, fault, get, rules, save, shown, write};
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
    Ok(Done { answer: as_it_is(session, held, entity, id)?, touched })
}

/// A record that is not deleted stays as it is.
///
/// # Errors
/// `NotPermitted` without the right to edit it; `Refused` for what became another record by a merge, and where
/// what was deleted no longer obeys the rules.
pub fn bring_back(
    session: &Session,
    held: &Held,
    entity: &str,
    id: Uuid,
) -> Result<Done<RecordView>, Failure> {
    let entity = super::entity(entity)?;
    let seen = super::read(session, |view| get::find(view, held, entity, &id.to_string()))?.record;
    held.check(Action::Edit, entity, Some(&row_facts(&seen)), &[])?;
    let touched = match seen.is_retired() {
        false => None,
        true => {
            if seen.merged_into().is_some() {
                let message =
                    "became another record by a merge and does not come back; open that one";
                return Err(super::refused(vec![Problem::new("merged_into", "merged", message)]));
            }
            let mut left = seen.clone();
            left.head.retired_at = None;
            super::read(session, |view| rules::judge(view, held, &left, Problems::default()))?;
            let intent = save::veiled(held, entity, draft::bring_back(&seen, &left));
            Some(write::write(session, held, vec![intent.into()])?)
        }
    };
    Ok(Done { answer: as_it_is(session, held, entity, id)?, touched })
}

fn as_it_is(
    session: &Session,
    held: &Held,
    entity: &'static EntityDef,
    id: Uuid,
) -> Result<RecordView, Failure> {
    super::read(session, |view| {
        let row = view.get(entity, id).map_err(fault)?.ok_or_else(super::not_found)?;
        shown::record(view, held, entity, row)
    })
}
