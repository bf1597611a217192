//! A record as a screen gets it: what this person may read, with what the records it refers to are
//! called. Every answer of a command passes here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use contract::{Cell, ChildView, Failure, RecordSync, RecordView, SyncState};
use domain::permissions::Action;
use domain::person;
use domain::record::{EntityDef, Kind, OwnFields, Record, Value, Values, approval, row_facts};
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
    all(view, held, entity, &rows, Authors::Unnamed)
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
    all(view, held, entity, &[row], Authors::Named)?.pop().ok_or_else(super::not_found)
}

/// Whether who made and who changed a record are among its titles: beside a form, not in each row of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Authors {
    Named,
    Unnamed,
}

fn all(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    rows: &[Row],
    authors: Authors,
) -> Result<Vec<RecordView>, Failure> {
    let projection = Projection::of(held.grants(), entity);
    let mut titles = Titles::default();
    let me = held.grants().user_id;
    for row in rows {
        each_reference(&row.record, &projection, authors, |target, id| {
            titles.want(target, author(me, id));
        });
    }
    let known = titles.read(view, held)?;
    let own_fields = view.own_fields().map_err(fault)?;
    let shows = Shows { projection: &projection, own_fields: &own_fields, me };
    let one = |row: &Row| {
        let mut titles = BTreeMap::new();
        each_reference(&row.record, &projection, authors, |_, id| {
            let id = author(me, id);
            titles.extend(known.get(&id).map(|title| (id, title.clone())));
        });
        one(row, shows, titles)
    };
    Ok(rows.iter().map(one).collect())
}

pub fn may_see(held: &Held, record: &Record) -> bool {
    held.check(Action::View, record.entity(), Some(&row_facts(record)), &[]).is_ok()
}

/// What of a record is shown, and how.
#[derive(Clone, Copy)]
struct Shows<'a> {
    projection: &'a Projection,
    own_fields: &'a OwnFields,
    /// The person at this device.
    me: Uuid,
}

/// Whose work it is: what was not sent yet is that of the person at this device.
fn author(me: Uuid, id: Uuid) -> Uuid {
    if id == approval::UNSENT { me } else { id }
}

fn one(row: &Row, shows: Shows, titles: BTreeMap<Uuid, String>) -> RecordView {
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
        titles,
        created_at: moment(record.head.created_at),
        created_by: author(shows.me, record.head.created_by),
        updated_at: moment(record.head.updated_at),
        updated_by: author(shows.me, record.head.updated_by),
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn fields(values: &Values, shows: Shows) -> BTreeMap<String, Cell> {
    let visible = |name: &str| !shows.projection.hides(values.entity().name, name);
    let declared =
        values.iter().filter(|(field, _)| field.kind != Kind::Own && visible(field.name));
    let mut fields: BTreeMap<String, Cell> =
        declared.map(|(field, value)| (field.name.to_owned(), cell(value, shows.me))).collect();
    fields.extend(shows.own_fields.shown(values, visible));
    fields
}

fn cell(value: &Value, me: Uuid) -> Cell {
    match value {
        Value::Id(id) => Cell::Id(author(me, *id)),
        value => value.to_cell(),
    }
}

/// What a record is called, as far as the person may read it.
pub fn title(record: &Record, projection: &Projection) -> String {
    let entity = record.entity();
    let hidden = ["name", entity.key].iter().any(|field| projection.hides(entity.name, field));
    if hidden { String::new() } else { record.title().to_owned() }
}

/// The hub itself, as people call what it wrote: it is a user that no list names.
pub(super) const HUB: &str = "Daybook";

/// What records are called that something refers to, by their ids.
#[derive(Default)]
pub struct Titles(BTreeMap<&'static str, BTreeSet<Uuid>>);

impl Titles {
    /// Asks for a record of this entity; what is none that is held here has no title.
    pub fn want(&mut self, entity: &'static str, id: Uuid) {
        self.0.entry(entity).or_default().insert(id);
    }

    /// Those that are held here and that the person may know of.
    ///
    /// # Errors
    /// A damaged file.
    pub fn read(self, view: &View, held: &Held) -> Result<BTreeMap<Uuid, String>, Failure> {
        let mut known = BTreeMap::new();
        for (entity, ids) in self.0 {
            let Some(entity) = synced::find(entity) else { continue };
            if held.check(Action::View, entity, None, &[]).is_err() {
                continue;
            }
            if entity.name == person::NAME && ids.contains(&Uuid::nil()) {
                known.insert(Uuid::nil(), HUB.to_owned());
            }
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let titles = view.titles(entity, &ids).map_err(fault)?;
            known.extend(titles.into_iter().map(|title| (title.id, title.title)));
        }
        Ok(known)
    }
}

/// What one user is called.
///
/// # Errors
/// A damaged file.
pub fn name_of(view: &View, held: &Held, user: Option<Uuid>) -> Result<Option<String>, Failure> {
    let Some(user) = user else { return Ok(None) };
    let mut titles = Titles::default();
    titles.want(person::NAME, user);
    Ok(titles.read(view, held)?.remove(&user))
}

fn each_reference(
    record: &Record,
    projection: &Projection,
    authors: Authors,
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
    if authors == Authors::Named {
        found(person::NAME, record.head.created_by);
        found(person::NAME, record.head.updated_by);
    }
}
