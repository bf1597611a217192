//! The value of one field. A value knows its type, never its field: rules live with the declaration.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::Cell;

/// One field's value. `Null` is the absent value of every kind; an empty text is stored as `Null`,
/// so that "nothing typed" has one form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    /// Amounts, prices, quantities, percentages and rates; the scale is the kind's.
    Decimal(Decimal),
    Text(String),
    /// The id of a record (of this or another entity).
    Id(Uuid),
    /// A plain document date, without a time zone.
    Date(NaiveDate),
    /// An instant in UTC, to the microsecond.
    Instant(DateTime<Utc>),
    /// A set of words or hashes, kept in the order given.
    List(Vec<String>),
    /// Text by key: translations by language, external ids by system, a tenant's own fields by name.
    Map(BTreeMap<String, String>),
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) => Some(*id),
            _ => None,
        }
    }

    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(decimal) => Some(*decimal),
            _ => None,
        }
    }

    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            _ => None,
        }
    }

    pub fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// `true` only for a present, true flag: an absent flag is not set.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The form that crosses the wire and stands in JSON: decimals and dates as text.
    pub fn to_cell(&self) -> Cell {
        match self {
            Self::Null => Cell::Null,
            Self::Bool(flag) => Cell::Bool(*flag),
            Self::Int(int) => Cell::Int(*int),
            Self::Decimal(decimal) => Cell::Text(decimal.to_string()),
            Self::Text(text) => Cell::Text(text.clone()),
            Self::Id(id) => Cell::Id(*id),
            Self::Date(date) => Cell::Text(date.to_string()),
            Self::Instant(instant) => Cell::Text(instant_text(instant)),
            Self::List(words) => Cell::List(words.clone()),
            Self::Map(map) => Cell::Map(map.clone()),
        }
    }
}

/// RFC 3339 in UTC with microseconds and `Z`: one text for one instant on both sides.
fn instant_text(instant: &DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}
