//! `Save`: a new record or an edit. The person is told at once of every rule that can be judged here;
//! the hub judges again and its word stands.

use contract::{Failure, RecordChanges, Saved};
use domain::permissions::{Action, ReadRight};
use domain::record::{
    Change, ChildAction, ChildChange, EntityDef, OwnerRule, Problems, Record, Value, row_facts,
    row_path,
};
use local_store::{NewFile, View};
use sync_protocol::device::draft;
use sync_protocol::op::Intent;
use uuid::Uuid;

use super::{Done, fault, get, numbers, references, rules, shown, write};
use crate::host::Host;
use crate::session::{Held, Session};

/// What a save comes to.
pub struct Edit {
    id: Uuid,
    /// Absent where nothing was changed.
    pub intent: Option<Intent>,
    warnings: Vec<domain::record::Problem>,
}

pub fn save(
    session: &Session,
    held: &Held,
    entity: &str,
    id: Option<Uuid>,
    changes: RecordChanges,
) -> Result<Done<Saved>, Failure> {
    save_attaching(session, held, entity, id, changes, &[])
}

/// The same, with files whose content is in the cabinet.
///
/// # Errors
/// As [`save`].
pub fn save_attaching(
    session: &Session,
    held: &Held,
    entity: &str,
    id: Option<Uuid>,
    changes: RecordChanges,
    files: &[NewFile],
) -> Result<Done<Saved>, Failure> {
    let entity = super::entity(entity)?;
    let host = session.host();
    let edit = super::read(session, |view| {
        let changes = references::settle(view, held, entity, changes, || host.new_id())?;
        match id {
            None => created(view, held, entity, &changes, host),
            Some(id) => edited(view, held, entity, id, &changes),
        }
    })?;
    let touched = match edit.intent {
        Some(intent) => Some(write::write_attaching(session, held, vec![intent.into()], files)?),
        None => None,
    };
    let record = super::read(session, |view| {
        let row = view.get(entity, edit.id).map_err(fault)?.ok_or_else(super::not_found)?;
        shown::record(view, held, entity, row)
    })?;
    Ok(Done { answer: Saved { record, warnings: edit.warnings }, touched })
}

/// An empty record of this person's.
pub fn new_record(entity: &'static EntityDef, id: Uuid, held: &Held, host: &dyn Host) -> Record {
    let user = held.grants().user_id;
    let mut record = Record::new(entity, id, user, host.now());
    if entity.owner == OwnerRule::Creator && entity.position("owner_id").is_some() {
        record.values.set("owner_id", Value::Id(user));
    }
    record
}

fn created(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    changes: &RecordChanges,
    host: &dyn Host,
) -> Result<Edit, Failure> {
    let mut record = new_record(entity, host.new_id(), held, host);
    let unread = apply(changes, &mut record);
    rules::complete(view, held, None, &mut record, changes)?;
    // What is judged has the code that it is given; the number itself is drawn when the record is written.
    let given = numbers::give(view, held, &mut record)?;
    let warnings = may_create(view, held, &record, changes, unread)?;
    if given {
        record.values.set(entity.key, Value::Null);
    }
    Ok(Edit { id: record.id(), intent: Some(draft::create(&record)), warnings })
}

/// What is odd about a record that these changes make, if the person may make it.
///
/// # Errors
/// A right that is missing, and every broken rule; `unread` are values that their fields did not take.
pub fn may_create(
    view: &View,
    held: &Held,
    record: &Record,
    changes: &RecordChanges,
    unread: Problems,
) -> Result<Vec<domain::record::Problem>, Failure> {
    permitted(held, Action::Create, record.entity(), None, changes)?;
    permitted(held, Action::Create, record.entity(), Some(record), changes)?;
    rules::judge(view, held, record, unread)
}

/// What an edit of a record comes to; the references in it are ids already.
///
/// # Errors
/// A right that is missing, and every broken rule.
pub fn edited(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    id: Uuid,
    changes: &RecordChanges,
) -> Result<Edit, Failure> {
    let current = get::find(view, held, entity, &id.to_string())?.record;
    permitted(held, Action::Edit, entity, Some(&current), changes)?;
    let seen = as_seen(&current, changes)?;
    let mut left = seen.clone();
    let unread = apply(changes, &mut left);
    rules::complete(view, held, Some(&current), &mut left, changes)?;
    if row_facts(&left) != row_facts(&current) {
        // An edit may move a row: the person needs the right where it goes as well.
        permitted(held, Action::Edit, entity, Some(&left), changes)?;
    }
    let warnings = rules::judge(view, held, &left, unread)?;
    let intent = draft::update(&seen, &left).map(|intent| veiled(held, entity, intent));
    Ok(Edit { id, intent, warnings })
}

/// The record as the person saw it when they began: what stands here, with each value that their screen
/// still showed otherwise.
fn as_seen(current: &Record, changes: &RecordChanges) -> Result<Record, Failure> {
    let before = |change: &Change| {
        change.from.clone().map(|from| Change { field: change.field.clone(), from: None, to: from })
    };
    let mut back = RecordChanges {
        fields: changes.fields.iter().filter_map(before).collect(),
        children: Vec::new(),
    };
    for row in &changes.children {
        let known = current.child(&row.entity, row.id).is_some();
        let fields: Vec<Change> = row.fields.iter().filter_map(before).collect();
        if known && row.action == ChildAction::Edit && !fields.is_empty() {
            back.children.push(ChildChange { fields, ..row.clone() });
        }
    }
    let mut seen = current.clone();
    if !back.is_empty() {
        back.apply(&mut seen).map_err(|Problems(problems)| super::refused(problems))?;
    }
    Ok(seen)
}

/// Takes what the person may not read out of an intent: it holds no value of theirs to compare with.
pub fn veiled(held: &Held, entity: &'static EntityDef, mut intent: Intent) -> Intent {
    let reads = |entity: &EntityDef, field: &str| {
        held.grants().field_right(entity, field).read == ReadRight::Full
    };
    let veil = |entity: &EntityDef, fields: &mut Vec<Change>| {
        fields.retain(|change| !change.is_witness() || reads(entity, &change.field));
        for change in fields.iter_mut().filter(|change| !reads(entity, &change.field)) {
            change.from = None;
        }
    };
    veil(entity, &mut intent.changes.fields);
    for row in &mut intent.changes.children {
        if let Some(child) = entity.child(&row.entity)
            && row.action == ChildAction::Edit
        {
            veil(child, &mut row.fields);
        }
    }
    intent
}

/// Writes every change that its field takes, and answers with those it does not: the rules are asked all
/// the same, so that a person mends everything at once.
pub fn apply(changes: &RecordChanges, record: &mut Record) -> Problems {
    let Err(problems) = changes.apply(record) else { return Problems::default() };
    let faulty = |path: &str| problems.0.iter().any(|problem| problem.field == path);
    let mut rest = RecordChanges::default();
    rest.fields.extend(changes.fields.iter().filter(|change| !faulty(&change.field)).cloned());
    for row in changes.children.iter().filter(|row| !faulty(&row.entity)) {
        let here = |change: &Change| row_path(&row.entity, row.id, &change.field);
        let fields = row.fields.iter().filter(|change| !faulty(&here(change))).cloned().collect();
        rest.children.push(ChildChange { fields, ..row.clone() });
    }
    // Nothing is left in it that was refused.
    match rest.apply(record) {
        Ok(()) => problems,
        Err(more) => more,
    }
}

/// Asks about the record and about each field that is written. A name that is not declared is a mistake
/// in the input, not a question of rights.
pub fn permitted(
    held: &Held,
    action: Action,
    entity: &'static EntityDef,
    row: Option<&Record>,
    changes: &RecordChanges,
) -> Result<(), Failure> {
    let facts = row.map(row_facts);
    let ask = |entity: &EntityDef, fields: &[Change]| {
        let written = fields.iter().filter(|change| !change.is_witness());
        let declared = written.filter(|change| entity.place(&change.field).is_some());
        let names: Vec<&str> = declared.map(|change| change.field.as_str()).collect();
        held.check(action, entity, facts.as_ref(), &names)
    };
    ask(entity, &changes.fields)?;
    for row in &changes.children {
        if let Some(child) = entity.child(&row.entity) {
            ask(child, &row.fields)?;
        }
    }
    Ok(())
}
