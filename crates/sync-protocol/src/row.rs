//! A record as it crosses the wire: head, cells in the order of the schema frame, child rows.
//! Projection happens here: a hidden field's cell is empty before it is encoded.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{DateTime, TimeZone, Utc};
use domain::record::{Cell, ChildRow, EntityDef, FieldDef, Head, Kind, Record, Value, Values};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::op::Hash;
use crate::projection::Projection;
use crate::wire::{self, WireError};

/// `(id, version, created at, by, updated at, by, retired at)`; times in microseconds of UTC.
type WireHead = (Uuid, i64, i64, Uuid, i64, Uuid, Option<i64>);
/// `(index of the child entity in the schema, id, cells)`.
type WireChild = (u8, Uuid, Vec<Cell>);

/// One record with its children, as arrays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireRow(WireHead, Vec<Cell>, Vec<WireChild>);

/// The fields of an entity and of its children, in the order of a row's cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    pub entity: String,
    pub fields: Vec<String>,
    pub children: Vec<ChildSchema>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildSchema {
    pub entity: String,
    pub fields: Vec<String>,
}

/// What a row holds that this program has no place for, because a newer one laid it out: fields of the record, and
/// rows of it with such fields or of a kind that it does not know at all. Absent values are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    pub fields: Vec<(String, Cell)>,
    pub rows: Vec<UnknownRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownRow {
    pub entity: String,
    pub id: Uuid,
    /// The whole row is here: its kind is not known. Else the record has it, without these fields.
    pub whole: bool,
    pub fields: Vec<(String, Cell)>,
}

impl Unknown {
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.rows.is_empty()
    }

    /// Takes a field out, of the record (`entity` is its own) or of its rows.
    pub fn forget(&mut self, record: &str, entity: &str, field: &str) {
        if record == entity {
            self.fields.retain(|(name, _)| name != field);
        }
        for row in self.rows.iter_mut().filter(|row| row.entity == entity) {
            row.fields.retain(|(name, _)| name != field);
        }
        // That a row of an unknown kind is there is content by itself.
        self.rows.retain(|row| row.whole || !row.fields.is_empty());
    }

    /// Gives a record what it has a place for by now; the rest stays here.
    ///
    /// # Errors
    /// `Value` where one does not fit the field that was declared since.
    pub fn settle(&mut self, record: &mut Record) -> Result<(), WireError> {
        settle(&mut self.fields, &mut record.values)?;
        for row in &mut self.rows {
            let Some(child) = record.entity().child(&row.entity) else { continue };
            let held = record.child(child.name, row.id).cloned();
            let fresh = || row.whole.then(|| ChildRow { id: row.id, values: Values::empty(child) });
            let Some(mut held) = held.or_else(fresh) else { continue };
            settle(&mut row.fields, &mut held.values)?;
            record.put_child(held);
            row.whole = false;
        }
        self.rows.retain(|row| row.whole || !row.fields.is_empty());
        Ok(())
    }
}

fn settle(fields: &mut Vec<(String, Cell)>, values: &mut Values) -> Result<(), WireError> {
    let entity = values.entity();
    for (name, cell) in fields.extract_if(.., |(name, _)| entity.field(name).is_some()) {
        let Some(field) = entity.field(&name) else { continue };
        values.set(field.name, read_cell(field, cell)?);
    }
    Ok(())
}

impl Schema {
    pub fn of(entity: &EntityDef) -> Self {
        let names = |entity: &EntityDef| entity.all_fields().map(|f| f.name.to_owned()).collect();
        Self {
            entity: entity.name.to_owned(),
            fields: names(entity),
            children: entity
                .children
                .iter()
                .map(|child| ChildSchema { entity: child.name.to_owned(), fields: names(child) })
                .collect(),
        }
    }
}

/// SHA-256 over the layouts of every synced entity: two builds that agree on it understand each other's rows.
///
/// # Errors
/// Only if a layout cannot be encoded, which its types rule out.
pub fn schema_hash() -> Result<Hash, WireError> {
    // Asked for in every round; the declarations are those of this build.
    static KNOWN: OnceLock<Hash> = OnceLock::new();
    if let Some(known) = KNOWN.get() {
        return Ok(*known);
    }
    let layouts: Vec<Schema> = domain::synced::all().map(Schema::of).collect();
    let hash = Hash(Sha256::digest(wire::encode(&layouts)?).into());
    Ok(*KNOWN.get_or_init(|| hash))
}

impl WireRow {
    /// Projects and encodes a record: hidden fields cross as empty cells.
    pub fn of(record: &Record, projection: &Projection) -> Self {
        let head = &record.head;
        let children = record.children().iter().filter_map(|row| {
            let entity = row.values.entity();
            let index = record.entity().children.iter().position(|c| c.name == entity.name)?;
            // More than 255 child entities in one master cannot be: the list is in our code.
            Some((u8::try_from(index).ok()?, row.id, cells(&row.values, projection)))
        });
        Self(
            (
                head.id,
                head.version,
                head.created_at.timestamp_micros(),
                head.created_by,
                head.updated_at.timestamp_micros(),
                head.updated_by,
                head.retired_at.map(|at| at.timestamp_micros()),
            ),
            cells(&record.values, projection),
            children.collect(),
        )
    }

    pub fn id(&self) -> Uuid {
        self.0.0
    }

    /// Reads the row into a record of `entity`, laid out by `schema`, of which this program knows everything.
    ///
    /// # Errors
    /// As [`WireRow::read`], and `Layout` where it holds something unknown.
    pub fn into_record(
        self,
        entity: &'static EntityDef,
        schema: &Schema,
    ) -> Result<Record, WireError> {
        let (record, unknown) = self.read(entity, schema)?;
        match unknown.is_empty() {
            true => Ok(record),
            false => Err(WireError::Layout("a field this version does not know")),
        }
    }

    /// Reads the row into a record of `entity`, laid out by `schema`, and what it has no place for.
    ///
    /// # Errors
    /// Where a cell does not fit its field, a time is out of range, or the row does not fit the layout.
    pub fn read(
        self,
        entity: &'static EntityDef,
        schema: &Schema,
    ) -> Result<(Record, Unknown), WireError> {
        let Self(head, cells, rows) = self;
        let (id, version, created_at, created_by, updated_at, updated_by, retired_at) = head;
        let head = Head {
            id,
            version,
            created_at: instant(created_at)?,
            created_by,
            updated_at: instant(updated_at)?,
            updated_by,
            retired_at: retired_at.map(instant).transpose()?,
        };
        let mut unknown = Unknown::default();
        let values = read_cells(entity, &schema.fields, cells, &mut unknown.fields)?;
        let mut children = Vec::with_capacity(rows.len());
        for (index, id, cells) in rows {
            let layout = schema.children.get(usize::from(index));
            let layout = layout.ok_or(WireError::Layout("an unknown child"))?;
            let mut fields = Vec::new();
            let child = entity.child(&layout.entity);
            match child {
                Some(child) => {
                    let values = read_cells(child, &layout.fields, cells, &mut fields)?;
                    children.push(ChildRow { id, values });
                }
                None if cells.len() != layout.fields.len() => {
                    return Err(WireError::Layout("a row whose cells do not match its schema"));
                }
                None => {
                    let named = layout.fields.iter().cloned().zip(cells);
                    fields = named.filter(|(_, cell)| *cell != Cell::Null).collect();
                }
            }
            let whole = child.is_none();
            if whole || !fields.is_empty() {
                let entity = layout.entity.clone();
                unknown.rows.push(UnknownRow { entity, id, whole, fields });
            }
        }
        Ok((Record::from_parts(head, values, children), unknown))
    }
}

fn cells(values: &Values, projection: &Projection) -> Vec<Cell> {
    let entity = values.entity().name;
    values
        .iter()
        .map(|(field, value)| match value {
            Value::Map(kept) if field.kind == Kind::Own => {
                own_cell(field, kept, |name| !projection.hides(entity, name))
            }
            _ if projection.hides(entity, field.name) => Cell::Null,
            value => value.to_cell(),
        })
        .collect()
}

/// The own fields that are shown, as one cell.
fn own_cell(map: &FieldDef, kept: &BTreeMap<String, String>, shown: impl Fn(&str) -> bool) -> Cell {
    let own = kept.iter().filter(|(name, _)| shown(&map.own_path(name)));
    let own: BTreeMap<String, String> =
        own.map(|(name, text)| (name.clone(), text.clone())).collect();
    if own.is_empty() { Cell::Null } else { Cell::Map(own) }
}

fn read_cells(
    entity: &'static EntityDef,
    fields: &[String],
    cells: Vec<Cell>,
    unknown: &mut Vec<(String, Cell)>,
) -> Result<Values, WireError> {
    if cells.len() != fields.len() {
        return Err(WireError::Layout("a row whose cells do not match its schema"));
    }
    let mut values = vec![Value::Null; entity.field_count()];
    let mut declared = entity.all_fields().enumerate();
    for (name, cell) in fields.iter().zip(cells) {
        // Both sides mostly declare the same fields in the same order: then none is searched for.
        let next = declared.next().filter(|(_, field)| field.name == name);
        let found = next.or_else(|| entity.all_fields().enumerate().find(|(_, f)| f.name == name));
        if cell == Cell::Null {
            continue;
        }
        let Some((at, field)) = found else {
            unknown.push((name.clone(), cell));
            continue;
        };
        let value = read_cell(field, cell)?;
        if let Some(place) = values.get_mut(at) {
            *place = value;
        }
    }
    // As many values as the entity has fields.
    Ok(Values::from_positions(entity, values).unwrap_or_else(|| Values::empty(entity)))
}

fn read_cell(field: &FieldDef, cell: Cell) -> Result<Value, WireError> {
    let wrong = |message| WireError::Value { field: field.name.to_owned(), message };
    field.kind.stored(cell).map_err(|fault| wrong(fault.message))
}

fn instant(micros: i64) -> Result<DateTime<Utc>, WireError> {
    Utc.timestamp_micros(micros).single().ok_or(WireError::Layout("a time out of range"))
}
