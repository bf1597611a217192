//! `Duplicates`, `Similar`, `NotTheSame`: records that are probably one, by what this person may read of them.

use std::collections::HashSet;

use contract::{
    DuplicateGroup, DuplicatePage, DuplicateReason, Failure, FailureCode, RecordChanges,
    SimilarRecord,
};
use domain::duplicates::{
    DISTINCT, Group, Reason, Subject, Traits, Why, distinct, find, likeness, looked_at, pair,
    strong,
};
use domain::permissions::{Action, ReadRight};
use domain::record::{EntityDef, FieldDef, Record, Value, Values, row_facts};
use local_store::{ListQuery, Retired, Start, View};
use sync_protocol::device::draft;
use uuid::Uuid;

use super::{Done, fault, get, save, shown, write};
use crate::session::{Held, Session};

/// The most groups that one page has.
const LIMIT_MAX: u32 = 200;
/// From here on a record that is being entered is probably there already.
const LIKELY: u32 = 70;
/// As many are shown beside a form.
const SHOWN: usize = 5;
/// Pairs are read so many at a time.
const PAGE: usize = 1_000;

pub fn duplicates(
    view: &View,
    held: &Held,
    entity: &str,
    offset: u32,
    limit: u32,
) -> Result<DuplicatePage, Failure> {
    let entity = super::entity(entity)?;
    if limit > LIMIT_MAX {
        let message = format!("a page has at most {LIMIT_MAX} groups; ask for the next one");
        return Err(Failure::new(FailureCode::Usage, message));
    }
    let subjects = subjects(view, held, entity)?;
    let found = match entity.merges {
        true => find(&subjects, &said(view, entity)?),
        false => Vec::new(),
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (total, compared) = (count(found.len()), count(subjects.len()));
    let skip = usize::try_from(offset).unwrap_or(usize::MAX);
    let page = found.into_iter().skip(skip).take(usize::try_from(limit).unwrap_or_default());
    let groups = page.map(|group| shown_group(view, held, entity, group));
    Ok(DuplicatePage { groups: groups.collect::<Result<_, _>>()?, total, compared })
}

fn shown_group(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    group: Group,
) -> Result<DuplicateGroup, Failure> {
    let mut rows = Vec::with_capacity(group.members.len());
    for id in &group.members {
        rows.extend(view.get(entity, *id).map_err(fault)?);
    }
    let records = shown::records(view, held, entity, rows)?;
    Ok(DuplicateGroup { records, reasons: reasons(&group.reasons), score: group.score })
}

fn reasons(found: &[Reason]) -> Vec<DuplicateReason> {
    let one = |reason: &Reason| DuplicateReason {
        field: reason.field.to_owned(),
        similar: reason.why == Why::Similar,
    };
    found.iter().map(one).collect()
}

/// Every record that the person may see, by what they may read of it.
fn subjects(view: &View, held: &Held, entity: &'static EntityDef) -> Result<Vec<Subject>, Failure> {
    let query = in_sight(held, entity)?;
    view.subjects(entity, &query, |table, field| readable(held, table, field)).map_err(fault)
}

fn in_sight(held: &Held, entity: &'static EntityDef) -> Result<ListQuery, Failure> {
    held.check(Action::View, entity, None, &[])?;
    Ok(ListQuery {
        retired: Retired::Without,
        within: Some(held.grants().row_filter(entity.guard.view)),
        ..ListQuery::default()
    })
}

fn readable(held: &Held, table: &EntityDef, field: &FieldDef) -> bool {
    held.grants().field_right(table, field.name).read == ReadRight::Full
}

/// The pairs of which somebody said that they are two.
fn said(view: &View, entity: &EntityDef) -> Result<HashSet<(Uuid, Uuid)>, Failure> {
    let mut pairs = HashSet::new();
    let mut start = Start::Offset(0);
    loop {
        let page = view.list(&DISTINCT, &ListQuery::default(), &start, PAGE).map_err(fault)?;
        let known = page.rows.iter().filter_map(|row| distinct(&row.record));
        pairs.extend(known.filter(|(name, _)| *name == entity.name).map(|(_, pair)| pair));
        match page.next {
            Some(next) => start = Start::After(next),
            None => return Ok(pairs),
        }
    }
}

/// What a record of these values would probably repeat. Values that their fields do not take yet are still being
/// typed.
pub fn similar(
    view: &View,
    held: &Held,
    entity: &str,
    id: Option<Uuid>,
    changes: &RecordChanges,
) -> Result<Vec<SimilarRecord>, Failure> {
    let entity = super::entity(entity)?;
    if !entity.merges {
        return Ok(Vec::new());
    }
    let mut values = match id {
        Some(id) => get::find(view, held, entity, &id.to_string())?.record.values,
        None => Values::empty(entity),
    };
    for change in &changes.fields {
        if let Some(field) = entity.field(&change.field) {
            values.set(field.name, field.kind.read(&change.to).unwrap_or(Value::Null));
        }
    }
    (entity.normalise)(&mut values);
    let mut cells: Vec<(&'static FieldDef, Value)> = looked_at(entity)
        .filter(|field| readable(held, entity, field))
        .map(|field| (field, values.get(field.name).clone()))
        .collect();
    for change in changes.children.iter().filter(|row| row.action != contract::ChildAction::Remove)
    {
        let Some(child) = entity.child(&change.entity) else { continue };
        for cell in &change.fields {
            let field = child
                .field(&cell.field)
                .filter(|f| strong(f).is_some() && readable(held, child, f));
            if let Some(field) = field {
                cells.push((field, field.kind.read(&cell.to).unwrap_or(Value::Null)));
            }
        }
    }
    let mut typed = Traits::default();
    cells.iter().for_each(|(field, value)| typed.add(field, value));
    if typed.strong.is_empty() && typed.names.is_empty() {
        return Ok(Vec::new());
    }
    let said = if id.is_some() { said(view, entity)? } else { HashSet::new() };
    let other = |subject: &Subject| {
        id.is_none_or(|id| id != subject.id && !said.contains(&pair(id, subject.id)))
    };
    let query = in_sight(held, entity)?;
    let read = |table: &EntityDef, field: &FieldDef| readable(held, table, field);
    let candidates = view.resembling(entity, &query, &cells, read).map_err(fault)?;
    let mut found: Vec<(u32, Uuid, Vec<Reason>)> = candidates
        .iter()
        .filter(|subject| other(subject))
        .map(|subject| (likeness(&typed, &subject.traits), subject.id))
        .filter(|((score, _), _)| *score >= LIKELY)
        .map(|((score, reasons), id)| (score, id, reasons))
        .collect();
    found.sort_by_key(|(score, id, _)| (std::cmp::Reverse(*score), *id));
    let mut similar = Vec::new();
    for (score, id, found) in found.into_iter().take(SHOWN) {
        let Some(row) = view.get(entity, id).map_err(fault)? else { continue };
        let title = shown::record(view, held, entity, row)?.title;
        similar.push(SimilarRecord { id, title, reasons: reasons(&found), score });
    }
    Ok(similar)
}

/// Remembers that each of these records is another one.
pub fn not_the_same(
    session: &Session,
    held: &Held,
    entity: &str,
    records: &[Uuid],
) -> Result<Done<DuplicatePage>, Failure> {
    let entity = super::entity(entity)?;
    let host = session.host();
    let drafted = super::read(session, |view| {
        for id in records {
            let record = get::find(view, held, entity, &id.to_string())?.record;
            held.check(Action::Edit, entity, Some(&row_facts(&record)), &[])?;
        }
        let said = said(view, entity)?;
        let mut drafted = Vec::new();
        for (index, one) in records.iter().enumerate() {
            let others = records.iter().skip(index + 1).filter(|other| *other != one);
            for other in others.filter(|other| !said.contains(&pair(*one, **other))) {
                let (first, second) = pair(*one, *other);
                let mut record = save::new_record(&DISTINCT, host.new_id(), held, host);
                record.values.set("entity", Value::Text(entity.name.to_owned()));
                record.values.set("first", Value::Id(first));
                record.values.set("second", Value::Id(second));
                allowed(held, &record)?;
                drafted.push(draft::create(&record).into());
            }
        }
        Ok(drafted)
    })?;
    let touched = match drafted.is_empty() {
        true => None,
        false => Some(write::write(session, held, drafted)?),
    };
    let answer = super::read(session, |view| duplicates(view, held, entity.name, 0, LIMIT_MAX))?;
    Ok(Done { answer, touched })
}

fn allowed(held: &Held, record: &Record) -> Result<(), Failure> {
    held.check(Action::Create, &DISTINCT, Some(&row_facts(record)), &[])?;
    held.check_also(None, record)
}
