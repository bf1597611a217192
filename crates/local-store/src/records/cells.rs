//! One value as SQLite holds it, and back: the kind of the field says how.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::record::{ColumnKind, EntityDef, FieldDef, Kind, Value, scaled, unscaled};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// # Errors
/// `OutOfRange` where a decimal does not fit 64 bits at its scale.
pub(crate) fn to_sql<'v>(
    entity: &'static EntityDef,
    field: &'static FieldDef,
    value: &'v Value,
) -> Result<ToSqlOutput<'v>> {
    let owned = match value {
        Value::Null => Owned::Null,
        Value::Bool(flag) => Owned::Integer(i64::from(*flag)),
        Value::Int(int) => Owned::Integer(*int),
        Value::Decimal(decimal) => {
            let Kind::Decimal(kind) = field.kind else {
                return Err(StoreError::OutOfRange { entity: entity.name, field: field.name });
            };
            match scaled(kind, *decimal) {
                Some(int) => Owned::Integer(int),
                None => {
                    return Err(StoreError::OutOfRange { entity: entity.name, field: field.name });
                }
            }
        }
        Value::Text(text) => return Ok(ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))),
        Value::Id(id) => return Ok(ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes()))),
        Value::Date(date) => Owned::Text(date.to_string()),
        Value::Instant(instant) => Owned::Integer(instant.timestamp_micros()),
        Value::List(words) => Owned::Text(json(words)),
        Value::Map(map) => Owned::Text(json(map)),
    };
    Ok(ToSqlOutput::Owned(owned))
}

/// Texts in lists and maps always have a JSON form.
fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// # Errors
/// `Damaged` where the file holds what no writer of ours puts there.
pub(crate) fn from_sql(
    entity: &'static EntityDef,
    field: &'static FieldDef,
    cell: ValueRef,
) -> Result<Value> {
    read(field.kind, cell).ok_or_else(|| {
        StoreError::Damaged(format!("{}.{} holds another type", entity.name, field.name))
    })
}

fn read(kind: Kind, cell: ValueRef) -> Option<Value> {
    match (ColumnKind::of(kind), cell) {
        (_, ValueRef::Null) => Some(Value::Null),
        (ColumnKind::Text, ValueRef::Text(bytes)) => Some(Value::Text(text(bytes)?.to_owned())),
        (ColumnKind::Flag, ValueRef::Integer(int)) => Some(Value::Bool(int != 0)),
        (ColumnKind::Int, ValueRef::Integer(int)) => Some(Value::Int(int)),
        (ColumnKind::Decimal { .. }, ValueRef::Integer(int)) => match kind {
            Kind::Decimal(kind) => Some(Value::Decimal(unscaled(kind, int))),
            _ => None,
        },
        (ColumnKind::Id, ValueRef::Blob(bytes)) => Uuid::from_slice(bytes).ok().map(Value::Id),
        (ColumnKind::Date, ValueRef::Text(bytes)) => {
            text(bytes)?.parse::<NaiveDate>().ok().map(Value::Date)
        }
        (ColumnKind::Instant, ValueRef::Integer(micros)) => instant(micros).map(Value::Instant),
        (ColumnKind::List, ValueRef::Text(bytes)) => {
            serde_json::from_slice::<Vec<String>>(bytes).ok().map(Value::List)
        }
        (ColumnKind::Map, ValueRef::Text(bytes)) => {
            serde_json::from_slice::<BTreeMap<String, String>>(bytes).ok().map(Value::Map)
        }
        _ => None,
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

pub(crate) fn instant(micros: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
}
