//! From intents to the store's one write function: ids, the lease they are made under, and what they
//! build on.

use std::cell::RefCell;

use contract::Failure;
use local_store::{Draft, Sealing, StoreError, Touched};
use sync_protocol::device::draft::{self, Drafted};
use sync_protocol::op::{Intent, Verb};
use uuid::Uuid;

use super::fault;
use crate::session::{Held, Session};

/// Writes what was drafted in its order, all or none.
///
/// # Errors
/// Where the copy cannot be written.
pub fn write(session: &Session, held: &Held, drafted: Vec<Drafted>) -> Result<Touched, Failure> {
    let host = session.host();
    let mut drafts: Vec<Draft> = Vec::with_capacity(drafted.len());
    for Drafted { intent, replaces } in drafted {
        let needs = needs(session, &drafts, &intent)?;
        drafts.push(Draft { op_id: host.new_id(), intent, needs, replaces });
    }
    let lease_serial = u64::try_from(held.serial()).unwrap_or_default();
    let sealing = Sealing { lease_serial, occurred_at: host.now() };
    Ok(session.store.write(&drafts, sealing).map_err(fault)?.touched)
}

/// The ops that made what the intent is about or refers to and that the hub has not answered yet.
fn needs(session: &Session, drafts: &[Draft], intent: &Intent) -> Result<Vec<Uuid>, Failure> {
    let made_here = |id: Uuid| {
        let makes = |draft: &&Draft| draft.intent.verb == Verb::Create && draft.intent.id == id;
        drafts.iter().find(makes).map(|draft| draft.op_id)
    };
    let failed: RefCell<Option<StoreError>> = RefCell::default();
    let asked = |made: Result<Option<Uuid>, StoreError>| {
        made.unwrap_or_else(|error| {
            failed.borrow_mut().get_or_insert(error);
            None
        })
    };
    let needs = session.store.read(|view| {
        let made_by = |id| made_here(id).or_else(|| asked(view.made_by(id)));
        Ok(draft::needs(intent, made_by))
    });
    match failed.into_inner() {
        Some(error) => Err(fault(error)),
        None => needs.map_err(fault),
    }
}
