//! From intents to the store's one write function: ids, the lease they are made under, and what they
//! build on.

use std::cell::RefCell;
use std::collections::BTreeMap;

use contract::Failure;
use local_store::{Draft, NewFile, Sealing, StoreError, Touched};
use sync_protocol::device::draft::{self, Drafted};
use sync_protocol::op::{Intent, Verb};
use uuid::Uuid;

use super::{fault, numbers};
use crate::session::{Held, Session};

/// Writes what was drafted in its order, all or none.
///
/// # Errors
/// Where the copy cannot be written.
pub fn write(session: &Session, held: &Held, drafted: Vec<Drafted>) -> Result<Touched, Failure> {
    write_attaching(session, held, drafted, &[])
}

/// As [`write`], with files that the work attaches.
///
/// # Errors
/// As [`write`].
pub fn write_attaching(
    session: &Session,
    held: &Held,
    drafted: Vec<Drafted>,
    files: &[NewFile],
) -> Result<Touched, Failure> {
    let host = session.host();
    let drafted = drafted.into_iter().map(|drafted| (host.new_id(), drafted)).collect();
    write_all(session, held, drafted, files)
}

/// As [`write`], under ids that were drawn before.
///
/// # Errors
/// As [`write`].
pub fn write_as(
    session: &Session,
    held: &Held,
    drafted: Vec<(Uuid, Drafted)>,
) -> Result<Touched, Failure> {
    write_all(session, held, drafted, &[])
}

fn write_all(
    session: &Session,
    held: &Held,
    drafted: Vec<(Uuid, Drafted)>,
    files: &[NewFile],
) -> Result<Touched, Failure> {
    let host = session.host();
    let mut drafts: Vec<Draft> = Vec::with_capacity(drafted.len());
    let mut made: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    for (op_id, Drafted { intent, replaces }) in drafted {
        let needs = needs(session, &made, &intent)?;
        if intent.verb == Verb::Create {
            made.insert(intent.id, op_id);
        }
        let numbered_on = numbers::may_be_given(held, &intent).then(|| held.today());
        drafts.push(Draft { op_id, intent, needs, replaces, numbered_on });
    }
    let lease_serial = u64::try_from(held.serial()).unwrap_or_default();
    let sealing = Sealing { lease_serial, occurred_at: host.now() };
    Ok(session.store.write_attaching(&drafts, sealing, files).map_err(fault)?.touched)
}

/// The ops that made what the intent is about or refers to and that the hub has not answered yet. `made` are the
/// ones that are written with it, by what they make.
fn needs(
    session: &Session,
    made: &BTreeMap<Uuid, Uuid>,
    intent: &Intent,
) -> Result<Vec<Uuid>, Failure> {
    let failed: RefCell<Option<StoreError>> = RefCell::default();
    let asked = |made: Result<Option<Uuid>, StoreError>| {
        made.unwrap_or_else(|error| {
            failed.borrow_mut().get_or_insert(error);
            None
        })
    };
    let needs = session.store.read(|view| {
        let made_by = |id| made.get(&id).copied().or_else(|| asked(view.made_by(id)));
        Ok(draft::needs(intent, made_by))
    });
    match failed.into_inner() {
        Some(error) => Err(fault(error)),
        None => needs.map_err(fault),
    }
}
