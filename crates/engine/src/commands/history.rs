//! `History`, as far as this device knows it: what was entered here about a record, waiting or answered. The rest
//! is the hub's to tell.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Failure, HistoryChange, HistoryEntry, HistoryPage, HistoryState};
use domain::record::{Cell, Change, ChildAction, EntityDef, Kind};
use local_store::{View, WaitingOp};
use sync_protocol::history::History;
use sync_protocol::merge::path::FieldPath;
use sync_protocol::op::{Intent, Verb};
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::shown::Titles;
use super::{fault, get};
use crate::session::{Held, Session};

/// What this device holds of a record's history.
pub struct Here {
    pub entity: &'static EntityDef,
    pub id: Uuid,
    /// Whether the hub has answered for the record at least once.
    pub is_known_there: bool,
    /// Newest first, each with its op.
    entries: Vec<(Uuid, HistoryEntry)>,
}

/// Reads it; the record may be named by id, key or code.
///
/// # Errors
/// `NotFound` where there is no such record that the person may see.
pub fn here(
    session: &Session,
    view: &View,
    held: &Held,
    entity: &str,
    id: &str,
) -> Result<Here, Failure> {
    let entity = super::entity(entity)?;
    let row = get::find(view, held, entity, id)?;
    let projection = Projection::of(held.grants(), entity);
    let ops = view.ops_of(entity, row.record.id()).map_err(fault)?;
    let account = &session.identity.account;
    let told = |WaitingOp { op, receipt }: WaitingOp| {
        let state = match receipt {
            None => HistoryState::Pending,
            Some(receipt) if receipt.has_effect() => HistoryState::Recorded,
            // It changed nothing; what was entered is in Attention.
            Some(_) => return None,
        };
        let entry = HistoryEntry {
            occurred_at: Some(op.occurred_at),
            received_at: None,
            user_id: Some(account.user_id),
            user: Some(account.user_name.clone()),
            written_by: None,
            device: Some(account.device_name.clone()),
            action: op.intent.verb.to_string(),
            state,
            changes: changes(entity, &projection, &op.intent),
        };
        Some((op.op_id, entry))
    };
    let is_known_there = row.record.head.version > 0;
    let entries = ops.into_iter().filter_map(told).collect();
    Ok(Here { entity, id: row.record.id(), is_known_there, entries })
}

/// What an op of this device changes, as far as the person may still read it.
fn changes(
    entity: &'static EntityDef,
    projection: &Projection,
    intent: &Intent,
) -> Vec<HistoryChange> {
    if intent.verb == Verb::Retire {
        return Vec::new(); // its fields are witnesses: nothing is written
    }
    let change = |row: &EntityDef, path: FieldPath, change: &Change, gone: bool| {
        let shown = !projection.hides(row.name, &change.field);
        let written = gone || !change.is_witness();
        (shown && written).then(|| HistoryChange {
            field: path.to_string(),
            before: change.from.clone().unwrap_or_default(),
            after: if gone { Cell::Null } else { change.to.clone() },
        })
    };
    let own =
        intent.changes.fields.iter().filter_map(|field| {
            change(entity, FieldPath::Field(field.field.clone()), field, false)
        });
    let rows =
        intent.changes.children.iter().filter_map(|row| Some((entity.child(&row.entity)?, row)));
    let rows = rows.flat_map(|(kind, row)| {
        let gone = row.action == ChildAction::Remove;
        row.fields.iter().filter_map(move |field| {
            change(kind, FieldPath::child(kind.name, row.id, &field.field), field, gone)
        })
    });
    own.chain(rows).collect()
}

/// The page that is shown: what the hub told, with what waits here on top of its first page; without the hub what
/// was entered here.
///
/// # Errors
/// A damaged file.
pub fn page(
    view: &View,
    held: &Held,
    here: Here,
    told: Option<History>,
    is_first: bool,
) -> Result<HistoryPage, Failure> {
    let Here { entity, entries, .. } = here;
    let Some(History { entries: recorded, next }) = told else {
        let entries: Vec<HistoryEntry> = entries.into_iter().map(|(_, entry)| entry).collect();
        let titles = titles(view, held, entity, &entries)?;
        return Ok(HistoryPage { entries, next: None, complete: false, titles });
    };
    let there: BTreeSet<Uuid> = recorded.iter().filter_map(|entry| entry.op_id).collect();
    let waiting = entries.into_iter().filter(|(op, entry)| {
        is_first && entry.state == HistoryState::Pending && !there.contains(op)
    });
    let recorded = recorded.into_iter().map(|entry| HistoryEntry {
        occurred_at: entry.occurred_at,
        received_at: Some(entry.received_at),
        user_id: entry.user.as_ref().map(|user| user.id),
        user: entry.user.and_then(|user| user.name),
        written_by: entry.written_by.and_then(|author| author.name),
        device: entry.device.and_then(|device| device.name),
        action: entry.action,
        state: HistoryState::Recorded,
        changes: entry
            .changes
            .into_iter()
            .map(|change| HistoryChange {
                field: change.field,
                before: change.before,
                after: change.after,
            })
            .collect(),
    });
    let entries: Vec<HistoryEntry> = waiting.map(|(_, entry)| entry).chain(recorded).collect();
    let titles = titles(view, held, entity, &entries)?;
    Ok(HistoryPage { entries, next, complete: true, titles })
}

/// What the records are called to which the values refer, as far as they are held here.
fn titles(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    entries: &[HistoryEntry],
) -> Result<BTreeMap<Uuid, String>, Failure> {
    let mut titles = Titles::default();
    for change in entries.iter().flat_map(|entry| &entry.changes) {
        let Some(target) = target(entity, &change.field) else { continue };
        for cell in [&change.before, &change.after] {
            match cell {
                Cell::Id(id) => titles.want(target, *id),
                // JSON has no ids of its own.
                Cell::Text(text) => text.parse().into_iter().for_each(|id| titles.want(target, id)),
                _ => {}
            }
        }
    }
    titles.read(view, held)
}

/// The entity that the field at a path refers to.
fn target(entity: &'static EntityDef, path: &str) -> Option<&'static str> {
    let field = match FieldPath::parse(path)? {
        FieldPath::Field(name) => entity.field(&name)?,
        FieldPath::ChildField { entity: child, field, .. } => {
            entity.child(&child)?.field(&field)?
        }
        FieldPath::Record | FieldPath::Row { .. } => return None,
    };
    match field.kind {
        Kind::Reference(target) => Some(target),
        _ => None,
    }
}
