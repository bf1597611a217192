//! What a record gets that nobody typed: whose it is, and what it copies from another. The same on the device,
//! where a person sees it at once, and on the hub.

use uuid::Uuid;

use super::{Found, Kind, Lookup, OwnerRule, Record, Value};
use crate::masters;

/// Says whose the record is, by the rule of its entity. `before` is the record as it stood; an owner that the
/// author names themselves stays.
pub fn settle_owner(
    before: Option<&Record>,
    record: &mut Record,
    author: Uuid,
    lookup: &dyn Lookup,
) {
    let entity = record.entity();
    if entity.position(OWNER).is_none() {
        return;
    }
    let stood = |name: &str| before.map_or(&Value::Null, |before| before.get(name));
    let named = record.get(OWNER) != stood(OWNER);
    if let OwnerRule::UserOf { field } = entity.owner
        && !named
        && record.get(field) != stood(field)
    {
        match user_of(record, field, lookup) {
            Found::Yes(user) => {
                record.values.set(OWNER, Value::Id(user));
            }
            Found::No => {}
            Found::CannotTell => return, // the hub can
        }
    }
    let is_new = before.is_none() && record.get(OWNER).is_null();
    if is_new && entity.owner != OwnerRule::Nobody {
        record.values.set(OWNER, Value::Id(author));
    }
}

const OWNER: &str = "owner_id";

fn user_of(record: &Record, field: &str, lookup: &dyn Lookup) -> Found<Uuid> {
    let target = match record.entity().field(field).map(|field| field.kind) {
        Some(Kind::Reference(target)) => masters::find(target),
        _ => None,
    };
    let (Some(target), Some(id)) = (target, record.get(field).id()) else { return Found::No };
    match lookup.record(target, id) {
        Found::Yes(person) => person.get("user_link").id().map_or(Found::No, Found::Yes),
        Found::No => Found::No,
        Found::CannotTell => Found::CannotTell,
    }
}

/// Fills what nobody gave from the record that the declaration names. It is a copy: what changes there later
/// changes nothing here.
pub fn copy_defaults(record: &mut Record, lookup: &dyn Lookup) {
    let entity = record.entity();
    let Some((field, copied)) = entity.copies else { return };
    let Some(Kind::Reference(target)) = entity.field(field).map(|field| field.kind) else { return };
    let (Some(target), Some(id)) = (masters::find(target), record.get(field).id()) else { return };
    let Found::Yes(source) = lookup.record(target, id) else { return };
    for name in copied {
        if record.get(name).is_null() {
            record.values.set(name, source.get(name).clone());
        }
    }
}
