//! The rules of a record as far as this device can judge them: what it may not read and what it does
//! not hold is left to the hub.

use contract::{Failure, Problem};
use domain::permissions::{ReadRight, RowFilter};
use domain::record::{
    EntityDef, Found, Lookup, Problems, Record, RecordChanges, Unique, approval, origin, validate,
    validate_relations,
};
use local_store::{Filter, ListQuery, Retired, Start, Test, View};

use super::fault;
use crate::session::Held;

/// What is odd but allowed. `unread` are values that their fields did not take, and that the record is
/// therefore without.
///
/// # Errors
/// `NotPermitted` where the change needs more than the guard asked for, and `Refused`, with every broken rule by
/// its field.
pub fn judge(
    view: &View,
    held: &Held,
    record: &Record,
    unread: Problems,
) -> Result<Vec<Problem>, Failure> {
    let whole = whole(view, held)?;
    let lookup = view.lookup(&whole);
    let obeyed = obey(held, record, unread, &lookup);
    lookup.into_result().map_err(fault)?;
    obeyed?;
    double_tax_id(view, held, record)
}

/// What nobody typed, as far as this device can tell: whose the record is, and what it copies from others.
///
/// # Errors
/// `Refused` for what only the hub writes.
pub fn complete(
    view: &View,
    held: &Held,
    before: Option<&Record>,
    record: &mut Record,
    changes: &RecordChanges,
) -> Result<(), Failure> {
    let whole = whole(view, held)?;
    let lookup = view.lookup(&whole);
    let completed = complete_from(held, before, record, changes, &lookup);
    lookup.into_result().map_err(fault)?;
    completed
}

/// The same of what `lookup` knows.
///
/// # Errors
/// As [`complete`].
pub fn complete_from(
    held: &Held,
    before: Option<&Record>,
    record: &mut Record,
    changes: &RecordChanges,
    lookup: &dyn Lookup,
) -> Result<(), Failure> {
    if let Some(path) = approval::kept_path(record.entity(), changes) {
        let message = "is written by the sync server alone; leave it out";
        return Err(super::refused(vec![Problem::new(path, "kept", message)]));
    }
    if before.is_none() {
        origin::copy_defaults(record, lookup);
    }
    origin::settle_owner(before, record, held.grants().user_id, lookup);
    Ok(())
}

/// Of which entities this device holds every record.
///
/// # Errors
/// Where the file cannot be read.
pub fn whole<'h>(
    view: &View,
    held: &'h Held,
) -> Result<impl Fn(&EntityDef) -> bool + use<'h>, Failure> {
    let filled = view.cursor().map_err(fault)?.is_some();
    Ok(move |entity: &EntityDef| {
        filled && held.grants().row_filter(entity.guard.view) == RowFilter::Everything
    })
}

/// The rules themselves, asked of what `lookup` knows.
///
/// # Errors
/// As [`judge`].
pub fn obey(
    held: &Held,
    record: &Record,
    unread: Problems,
    lookup: &dyn Lookup,
) -> Result<(), Failure> {
    match lookup.record(record.entity(), record.id()) {
        Found::Yes(before) => held.check_also(Some(&before), record)?,
        Found::No | Found::CannotTell => held.check_also(None, record)?,
    }
    let mut problems = validate(record).0;
    problems.extend(validate_relations(record, lookup).0);
    problems.retain(|problem| {
        let said = unread.0.iter().any(|known| known.field == problem.field);
        !said && can_tell(held, record.entity(), &problem.field)
    });
    problems.splice(0..0, unread.0);
    if problems.is_empty() { Ok(()) } else { Err(super::refused(problems)) }
}

/// Refuses to retire what has to stay, as far as this device can tell.
///
/// # Errors
/// `Refused`, with the reasons.
pub fn may_retire(view: &View, held: &Held, record: &Record) -> Result<(), Failure> {
    let whole = whole(view, held)?;
    let lookup = view.lookup(&whole);
    let mut problems = Problems::default();
    (record.entity().keeps)(record, &lookup, &mut problems);
    lookup.into_result().map_err(fault)?;
    match problems.is_empty() {
        true => Ok(()),
        false => Err(super::refused(problems.0)),
    }
}

/// Whether a problem is about a field that the person may read: a value they may not read is absent
/// here, and what a rule says of its absence means nothing.
fn can_tell(held: &Held, entity: &'static EntityDef, path: &str) -> bool {
    let (entity, field) = match path.split_once('[') {
        None => (entity, path),
        Some((child, rest)) => match (entity.child(child), rest.split_once("].")) {
            (Some(child), Some((_, field))) => (child, field),
            _ => return true,
        },
    };
    match entity.place(field) {
        Some(_) => held.grants().field_right(entity, field).read == ReadRight::Full,
        // About the record as a whole.
        None => true,
    }
}

/// Two records with one tax id are allowed where the declaration does not forbid them, and odd.
fn double_tax_id(view: &View, held: &Held, record: &Record) -> Result<Vec<Problem>, Failure> {
    const FIELD: &str = "tax_id";
    let entity = record.entity();
    let Some(declared) = entity.field(FIELD).filter(|field| field.unique == Unique::No) else {
        return Ok(Vec::new());
    };
    let value = record.get(declared.name);
    if value.is_null() || !can_tell(held, entity, FIELD) {
        return Ok(Vec::new());
    }
    let same = Filter { field: FIELD.to_owned(), test: Test::Is(value.clone()) };
    let query =
        ListQuery { filters: vec![same], retired: Retired::Without, ..ListQuery::default() };
    let found = view.list(entity, &query, &Start::Offset(0), 2).map_err(fault)?;
    let other = found.rows.iter().find(|row| row.record.id() != record.id());
    let warning = other.map(|other| {
        let message = format!("{} has the same tax id; is it the same?", other.record.title());
        Problem::new(FIELD, "duplicate", message)
    });
    Ok(warning.into_iter().collect())
}
