//! One column between Rust and Postgres: how a value is read from a row, and how the values of many rows are
//! bound as one array.

use chrono::{DateTime, NaiveDate, Utc};
use domain::record::{ColumnKind, Value};
use rust_decimal::Decimal;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::types::Json;
use sqlx::{Postgres, Row as _};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The value of a column of this kind.
///
/// # Errors
/// The column is missing or of another type: the migrations do not fit this program.
pub(super) fn read(row: &PgRow, index: usize, kind: ColumnKind) -> Result<Value, sqlx::Error> {
    Ok(match kind {
        ColumnKind::Id => value(row.try_get(index)?, Value::Id),
        ColumnKind::Text => value(row.try_get(index)?, Value::Text),
        ColumnKind::Flag => value(row.try_get(index)?, Value::Bool),
        ColumnKind::Int => value(row.try_get(index)?, Value::Int),
        // Postgres keeps the scale of its column; a value has the shortest form there is.
        ColumnKind::Decimal { .. } => {
            value(row.try_get::<Option<Decimal>, _>(index)?, |d| Value::Decimal(d.normalize()))
        }
        ColumnKind::Date => value(row.try_get(index)?, Value::Date),
        ColumnKind::Instant => value(row.try_get(index)?, Value::Instant),
        ColumnKind::List => {
            let list: Option<Json<Vec<String>>> = row.try_get(index)?;
            value(list.filter(|Json(words)| !words.is_empty()), |Json(words)| Value::List(words))
        }
        ColumnKind::Map => {
            let map: Option<Json<BTreeMap<String, String>>> = row.try_get(index)?;
            value(map.filter(|Json(map)| !map.is_empty()), |Json(map)| Value::Map(map))
        }
    })
}

fn value<T>(stored: Option<T>, make: impl FnOnce(T) -> Value) -> Value {
    stored.map_or(Value::Null, make)
}

/// The type of the array that carries a column, and how its elements become the column's own.
pub(super) fn array_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Id => "uuid[]",
        ColumnKind::Text => "text[]",
        ColumnKind::Flag => "boolean[]",
        ColumnKind::Int => "bigint[]",
        ColumnKind::Decimal { .. } => "numeric[]",
        ColumnKind::Date => "date[]",
        ColumnKind::Instant => "timestamptz[]",
        // Arrays of arrays must be rectangles: lists travel as text.
        ColumnKind::List | ColumnKind::Map => "text[]",
    }
}

/// The element `name` of such an array, as the column takes it.
pub(super) fn element(kind: ColumnKind, name: &str) -> String {
    match kind {
        ColumnKind::List | ColumnKind::Map => format!("{name}::jsonb"),
        _ => name.to_owned(),
    }
}

/// The values of one column in many rows, kept until they are bound.
pub(super) enum Cells<'a> {
    Ids(Vec<Option<Uuid>>),
    Texts(Vec<Option<&'a str>>),
    Folded(Vec<Option<String>>),
    Flags(Vec<Option<bool>>),
    Ints(Vec<Option<i64>>),
    Decimals(Vec<Option<Decimal>>),
    Dates(Vec<Option<NaiveDate>>),
    Instants(Vec<Option<DateTime<Utc>>>),
}

impl<'a> Cells<'a> {
    /// The values of a field. A value of another kind than the column's cannot be: a record's values were
    /// read by their kinds.
    pub(super) fn of(kind: ColumnKind, values: impl Iterator<Item = &'a Value>) -> Self {
        match kind {
            ColumnKind::Id => Self::Ids(values.map(Value::id).collect()),
            ColumnKind::Text => Self::Texts(values.map(Value::text).collect()),
            ColumnKind::Flag => Self::Flags(each(values, |value| match value {
                Value::Bool(flag) => Some(*flag),
                _ => None,
            })),
            ColumnKind::Int => Self::Ints(values.map(Value::int).collect()),
            ColumnKind::Decimal { .. } => Self::Decimals(values.map(Value::decimal).collect()),
            ColumnKind::Date => Self::Dates(values.map(Value::date).collect()),
            ColumnKind::Instant => Self::Instants(each(values, |value| match value {
                Value::Instant(instant) => Some(*instant),
                _ => None,
            })),
            ColumnKind::List | ColumnKind::Map => Self::Folded(each(values, json)),
        }
    }

    pub(super) fn bind(
        self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Query<'_, Postgres, PgArguments> {
        match self {
            Self::Ids(cells) => query.bind(cells),
            Self::Texts(cells) => query.bind(cells),
            Self::Folded(cells) => query.bind(cells),
            Self::Flags(cells) => query.bind(cells),
            Self::Ints(cells) => query.bind(cells),
            Self::Decimals(cells) => query.bind(cells),
            Self::Dates(cells) => query.bind(cells),
            Self::Instants(cells) => query.bind(cells),
        }
    }
}

fn each<'a, T>(
    values: impl Iterator<Item = &'a Value>,
    of: impl Fn(&'a Value) -> Option<T>,
) -> Vec<Option<T>> {
    values.map(of).collect()
}

fn json(value: &Value) -> Option<String> {
    // Lists and maps of texts always have a JSON form.
    match value {
        Value::List(words) => serde_json::to_string(words).ok(),
        Value::Map(map) => serde_json::to_string(map).ok(),
        _ => None,
    }
}
