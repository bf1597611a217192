//! A record as a screen gets it: what this person may read, with what the records it refers to are
//! called. Every answer of a command passes here.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Cell, ChildView, Failure, RecordSync, RecordView, SyncState};
use domain::permissions::Action;
use domain::record::{EntityDef, Kind, OwnFields, Record, Value, Values, row_facts};
use domain::synced;
use local_store::{Held as Row, RowState, View};
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::fault;
use crate::session::Held;

/// The records among `rows` that this person may see, in their order.
///
/// # Errors
/// A damaged file.
pub fn records(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    rows: Vec<Row>,
) -> Result<Vec<RecordView>, Failure> {
    // What the hub sent is visible; what it sent under rights that have just been taken is not.
    let rows: Vec<Row> = rows.into_iter().filter(|row| may_see(held, &row.record)).collect();
    all(view, held, entity, &rows)
}

/// One record of which the person knows: asked for and found visible, or made by themselves.
///
/// # Errors
/// As [`records`].
pub fn record(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    row: Row,
) -> Result<RecordView, Failure> {
    all(view, held, entity, &[row])?.pop().ok_or_else(super::not_found)
}

fn all(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    rows: &[Row],
) -> Result<Vec<RecordView>, Failure> {
    let projection = Projection::of(held.grants(), entity);
    let mut titles = Titles::default();
    rows.iter().for_each(|row| titles.want(&row.record, &projection));
    titles.read(view, held)?;
    let own_fields = view.own_fields().map_err(fault)?;
    let shows = Shows { projection: &projection, own_fields: &own_fields };
    Ok(rows.iter().map(|row| one(row, shows, &titles)).collect())
}

pub fn may_see(held: &Held, record: &Record) -> bool {
    held.check(Action::View, record.entity(), Some(&row_facts(record)), &[]).is_ok()
}

/// What of a record is shown, and how.
#[derive(Clone, Copy)]
struct Shows<'a> {
    projection: &'a Projection,
    own_fields: &'a OwnFields,
}

fn one(row: &Row, shows: Shows, titles: &Titles) -> RecordView {
    let projection = shows.projection;
    let record = &row.record;
    let entity = record.entity();
    let mut children = BTreeMap::new();
    for child in entity.children {
        let rows: Vec<ChildView> = record
            .collection(child.name)
            .into_iter()
            .map(|row| ChildView { id: row.id, fields: fields(&row.values, shows) })
            .collect();
        if !rows.is_empty() {
            children.insert(child.name.to_owned(), rows);
        }
    }
    RecordView {
        id: record.id(),
        version: record.head.version,
        fields: fields(&record.values, shows),
        children,
        sync: RecordSync {
            state: match row.state {
                RowState::Clean => SyncState::Clean,
                RowState::Pending => SyncState::Pending,
                RowState::Attention => SyncState::Attention,
            },
        },
        title: title(record, projection),
        retired: record.is_retired(),
        titles: titles.of(record, projection),
        updated_at: record.head.updated_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
    }
}

fn fields(values: &Values, shows: Shows) -> BTreeMap<String, Cell> {
    let visible = |name: &str| !shows.projection.hides(values.entity().name, name);
    let declared =
        values.iter().filter(|(field, _)| field.kind != Kind::Own && visible(field.name));
    let mut fields: BTreeMap<String, Cell> =
        declared.map(|(field, value)| (field.name.to_owned(), value.to_cell())).collect();
    fields.extend(shows.own_fields.shown(values, visible));
    fields
}

/// What a record is called, as far as the person may read it.
pub fn title(record: &Record, projection: &Projection) -> String {
    let entity = record.entity();
    let hidden = ["name", entity.key].iter().any(|field| projection.hides(entity.name, field));
    if hidden { String::new() } else { record.title().to_owned() }
}

/// What the records that others refer to are called.
#[derive(Default)]
struct Titles {
    wanted: BTreeMap<&'static str, BTreeSet<Uuid>>,
    known: BTreeMap<Uuid, String>,
}

impl Titles {
    fn want(&mut self, record: &Record, projection: &Projection) {
        each_reference(record, projection, |entity, id| {
            self.wanted.entry(entity).or_default().insert(id);
        });
    }

    fn read(&mut self, view: &View, held: &Held) -> Result<(), Failure> {
        for (entity, ids) in std::mem::take(&mut self.wanted) {
            // Users and the like are no entities of the copy; the hub's reply names them elsewhere.
            let Some(entity) = synced::find(entity) else { continue };
            if held.check(Action::View, entity, None, &[]).is_err() {
                continue;
            }
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let titles = view.titles(entity, &ids).map_err(fault)?;
            self.known.extend(titles.into_iter().map(|title| (title.id, title.title)));
        }
        Ok(())
    }

    fn of(&self, record: &Record, projection: &Projection) -> BTreeMap<Uuid, String> {
        let mut titles = BTreeMap::new();
        each_reference(record, projection, |_, id| {
            titles.extend(self.known.get(&id).map(|title| (id, title.clone())));
        });
        titles
    }
}

fn each_reference(
    record: &Record,
    projection: &Projection,
    mut found: impl FnMut(&'static str, Uuid),
) {
    let rows = record.children().iter().map(|row| &row.values);
    for values in std::iter::once(&record.values).chain(rows) {
        for (field, value) in values.iter() {
            if let (Kind::Reference(entity), Value::Id(id)) = (field.kind, value)
                && !projection.hides(values.entity().name, field.name)
            {
                found(entity, *id);
            }
        }
    }
}
