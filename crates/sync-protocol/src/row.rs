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

    /// Reads the row into a record of `entity`, laid out by `schema`.
    ///
    /// # Errors
    /// Where a cell does not fit its field, a time is out of range, or the layout is not ours.
    pub fn into_record(
        self,
        entity: &'static EntityDef,
        schema: &Schema,
    ) -> Result<Record, WireError> {
        let Self(head, cells, children) = self;
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
        let values = read_cells(entity, &schema.fields, cells)?;
        let children = children
            .into_iter()
            .map(|(index, id, cells)| {
                let layout = schema.children.get(usize::from(index));
                let layout = layout.ok_or(WireError::Layout("an unknown child"))?;
                let child = entity.child(&layout.entity);
                let child = child.ok_or(WireError::Layout("a child this version does not know"))?;
                Ok(ChildRow { id, values: read_cells(child, &layout.fields, cells)? })
            })
            .collect::<Result<_, WireError>>()?;
        Ok(Record::from_parts(head, values, children))
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
        let Some((at, field)) = found else {
            return Err(WireError::Layout("a field this version does not know"));
        };
        if cell == Cell::Null {
            continue;
        }
        let value = field
            .kind
            .read(&cell)
            .map_err(|fault| WireError::Value { field: name.clone(), message: fault.message })?;
        if let Some(place) = values.get_mut(at) {
            *place = value;
        }
    }
    // As many values as the entity has fields.
    Ok(Values::from_positions(entity, values).unwrap_or_else(|| Values::empty(entity)))
}

fn instant(micros: i64) -> Result<DateTime<Utc>, WireError> {
    Utc.timestamp_micros(micros).single().ok_or(WireError::Layout("a time out of range"))
}
