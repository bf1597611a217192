//! A record on its way out: each value that the person may read, references by what people call their records,
//! so that another copy can find them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use contract::Failure;
use domain::permissions::Action;
use domain::person::PERSON;
use domain::record::{EntityDef, Kind, Label, OwnFields, OwnKind, Record, Value, Values};
use domain::synced;
use local_store::View;
use serde_json::{Map, json};
use sync_protocol::projection::Projection;
use tabular::Cell;
use uuid::Uuid;

use crate::commands::import::Names;
use crate::commands::{fault, shown};
use crate::session::Held;

/// When a record was deleted. Only the hub writes it: an import leaves it out.
pub const RETIRED_AT: &str = "retired_at";
/// The same in a workbook.
pub const RETIRED: Label = Label { en: "Deleted at", de: "Gelöscht am" };

/// Whether this stands over the column that says when a record was deleted.
pub fn is_retired_at(heading: &str) -> bool {
    [RETIRED_AT, RETIRED.en, RETIRED.de].contains(&heading)
}

/// A row's values by the name of their field; the entries of a map each for itself.
pub type Fields = Vec<(Name, Cell)>;

/// A field, or an entry of one that is a map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Its place in the declaration.
    pub place: usize,
    pub field: &'static str,
    pub key: Option<String>,
}

impl Name {
    pub fn path(&self) -> String {
        match &self.key {
            Some(key) => format!("{}.{key}", self.field),
            None => self.field.to_owned(),
        }
    }

    /// Whether it is what a list calls by this name: a map's entries are all in the map's column.
    pub fn is_in(&self, column: &str) -> bool {
        self.field == column || self.key.is_some() && self.path() == column
    }
}

/// One record as it is exported.
#[derive(Debug)]
pub struct Exported {
    pub id: Uuid,
    pub retired_at: Option<DateTime<Utc>>,
    pub fields: Fields,
    /// Child rows by the name of their collection, in their order.
    pub children: BTreeMap<&'static str, Vec<(Uuid, Fields)>>,
}

impl Exported {
    /// As an object; what holds nothing is left out, and where only some fields are wanted the id.
    pub fn json(&self, is_whole: bool) -> serde_json::Value {
        let mut object = Map::new();
        if is_whole {
            object.insert("id".to_owned(), json!(self.id));
        }
        put_all(&mut object, &self.fields);
        if let Some(at) = self.retired_at {
            object.insert(RETIRED_AT.to_owned(), json!(time(&at.naive_utc())));
        }
        for (child, rows) in &self.children {
            let row = |(id, fields): &(Uuid, Fields)| {
                let mut row = Map::new();
                row.insert("id".to_owned(), json!(id));
                put_all(&mut row, fields);
                serde_json::Value::Object(row)
            };
            object.insert((*child).to_owned(), rows.iter().map(row).collect());
        }
        serde_json::Value::Object(object)
    }
}

fn time(time: &NaiveDateTime) -> String {
    format!("{}Z", time.format("%Y-%m-%dT%H:%M:%S%.f"))
}

fn put_all(object: &mut Map<String, serde_json::Value>, fields: &Fields) {
    for (name, cell) in fields {
        let value = match cell {
            Cell::Empty => continue,
            // Decimals are text, so that no reader makes floats of them.
            Cell::Text(text) | Cell::Number(text) => json!(text),
            Cell::Flag(flag) => json!(flag),
            Cell::Date(date) => json!(date.to_string()),
            Cell::Time(time) => json!(self::time(time)),
            Cell::List(words) => json!(words),
        };
        match &name.key {
            None => {
                object.insert(name.field.to_owned(), value);
            }
            Some(key) => {
                let map = object.entry(name.field).or_insert_with(|| json!({}));
                if let Some(map) = map.as_object_mut() {
                    map.insert(key.clone(), value);
                }
            }
        }
    }
}

/// Reads records for one person.
pub struct Reader<'v> {
    view: &'v View<'v>,
    held: &'v Held,
    projection: Projection,
    own: OwnFields,
    called: HashMap<Uuid, String>,
    /// The users by name, read when the first is asked for.
    people: Option<Names>,
}

impl<'v> Reader<'v> {
    /// # Errors
    /// Where the copy cannot be read.
    pub fn new(
        view: &'v View,
        held: &'v Held,
        entity: &'static EntityDef,
    ) -> Result<Self, Failure> {
        let projection = Projection::of(held.grants(), entity);
        let own = view.own_fields().map_err(fault)?;
        Ok(Self { view, held, projection, own, called: HashMap::new(), people: None })
    }

    /// # Errors
    /// Where the copy cannot be read.
    pub fn read(&mut self, record: &Record) -> Result<Exported, Failure> {
        let fields = self.fields(&record.values)?;
        let mut children = BTreeMap::new();
        for child in record.entity().children {
            let rows = record.collection(child.name);
            let rows: Result<Vec<_>, Failure> =
                rows.into_iter().map(|row| Ok((row.id, self.fields(&row.values)?))).collect();
            let rows = rows?;
            if !rows.is_empty() {
                children.insert(child.name, rows);
            }
        }
        let retired_at = record.head.retired_at;
        Ok(Exported { id: record.id(), retired_at, fields, children })
    }

    fn fields(&mut self, values: &Values) -> Result<Fields, Failure> {
        let entity = values.entity();
        let mut fields = Vec::new();
        for (place, (field, value)) in values.iter().enumerate() {
            let name = |key| Name { place, field: field.name, key };
            match value {
                Value::Null => {}
                Value::Map(map) => {
                    for (key, text) in map {
                        let path = format!("{}.{key}", field.name);
                        let hidden = match field.kind {
                            Kind::Own => self.projection.hides(entity.name, &path),
                            _ => self.projection.hides(entity.name, field.name),
                        };
                        if hidden {
                            continue;
                        }
                        let cell = match field.kind {
                            Kind::Own => self.own_cell(entity.name, key, text),
                            _ => Cell::text(text),
                        };
                        fields.push((name(Some(key.clone())), cell));
                    }
                }
                _ if self.projection.hides(entity.name, field.name) => {}
                Value::Id(id) => {
                    let called = self.called(field.kind, *id)?;
                    fields.push((name(None), Cell::Text(called)));
                }
                value => fields.push((name(None), cell(value))),
            }
        }
        Ok(fields)
    }

    fn own_cell(&self, entity: &str, name: &str, text: &str) -> Cell {
        let kind = self.own.find(entity, name).map(|own| &own.kind);
        let Some(OwnKind::Plain(kind)) = kind else { return Cell::text(text) };
        // A text that no longer fits its field stays one.
        kind.read(&text.into()).map_or_else(|_| Cell::text(text), |value| cell(&value))
    }

    /// What another copy finds the record by: its key where that is one record's alone, else its id.
    fn called(&mut self, kind: Kind, id: Uuid) -> Result<String, Failure> {
        if let Some(known) = self.called.get(&id) {
            return Ok(known.clone());
        }
        let target = match kind {
            Kind::Reference(target) => synced::find(target),
            _ => None,
        };
        let mut called = id.to_string();
        if target.is_some_and(|target| target.name == PERSON.name) {
            if let Some(name) = self.person(id)? {
                called = name;
            }
        } else if let Some(entity) = target
            && self.held.check(Action::View, entity, None, &[entity.key]).is_ok()
        {
            let titles = self.view.titles(entity, &[id]).map_err(fault)?;
            for title in titles.into_iter().filter(|title| !title.key.is_empty()) {
                let same = self.view.by_key(entity, &title.key).map_err(fault)?;
                if same == [id] {
                    called = title.key;
                }
            }
        }
        self.called.insert(id, called.clone());
        Ok(called)
    }

    /// The name of a user where an import finds that one by it.
    fn person(&mut self, id: Uuid) -> Result<Option<String>, Failure> {
        if id.is_nil() {
            return Ok(Some(shown::HUB.to_owned()));
        }
        let people = match self.people.take() {
            Some(people) => people,
            None => Names::of(self.view, self.held, &PERSON)?,
        };
        let titles = self.view.titles(&PERSON, &[id]).map_err(fault)?;
        let mut names = titles.into_iter().map(|title| title.title);
        let name = names.find(|name| people.by_name(name) == [id]);
        self.people = Some(people);
        Ok(name)
    }
}

/// A country stays its code and a choice its word: they are the same in every language, and no two countries share
/// one. What a list shows for them is for the eye alone.
fn cell(value: &Value) -> Cell {
    match value {
        Value::Null | Value::Map(_) => Cell::Empty,
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Int(int) => Cell::Number(int.to_string()),
        Value::Decimal(decimal) => Cell::Number(decimal.to_string()),
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Id(id) => Cell::Text(id.to_string()),
        Value::Date(date) => Cell::Date(*date),
        Value::Instant(instant) => Cell::Time(instant.naive_utc()),
        Value::List(words) => Cell::List(words.clone()),
    }
}
