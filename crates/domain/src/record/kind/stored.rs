//! Reading a cell that a hub wrote: the value as it stands there. Only its type is looked at; its rules were asked
//! before it was stored, and may have been others then.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::Kind;
use super::read::fault;
use crate::record::{Cell, ColumnKind, Value};
use crate::standards::Fault;

impl Kind {
    /// The value that [`Value::to_cell`] made this cell of.
    ///
    /// # Errors
    /// `wrong_type` where no value of this kind has such a cell.
    pub fn stored(self, cell: Cell) -> Result<Value, Fault> {
        let value = match (ColumnKind::of(self), cell) {
            (_, Cell::Null) => Some(Value::Null),
            (ColumnKind::Text, Cell::Text(text)) => Some(Value::Text(text)),
            (ColumnKind::Flag, Cell::Bool(flag)) => Some(Value::Bool(flag)),
            (ColumnKind::Int, Cell::Int(int)) => Some(Value::Int(int)),
            (ColumnKind::Id, Cell::Id(id)) => Some(Value::Id(id)),
            (ColumnKind::Decimal { .. }, Cell::Text(text)) => {
                Decimal::from_str_exact(&text).ok().map(Value::Decimal)
            }
            (ColumnKind::Date, Cell::Text(text)) => text.parse::<NaiveDate>().ok().map(Value::Date),
            (ColumnKind::Instant, Cell::Text(text)) => {
                text.parse::<DateTime<Utc>>().ok().map(Value::Instant)
            }
            (ColumnKind::List, Cell::List(words)) => Some(Value::List(words)),
            (ColumnKind::Map, Cell::Map(map)) => Some(Value::Map(map)),
            _ => None,
        };
        value.ok_or_else(|| fault("wrong_type", format!("is not {}", self.expected())))
    }
}
