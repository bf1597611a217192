//! Where a list goes on: the sort values and the id of the last record that was given, sealed, so that a client
//! can neither read nor make one, and bound to who asked for what.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use domain::record::{Cell, ColumnKind, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sync_protocol::wire;
use uuid::Uuid;

use crate::http::Problem;
use crate::keys::Keys;

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    #[serde(with = "serde_bytes")]
    list: [u8; 32],
    values: Vec<Cell>,
    id: Uuid,
}

/// Which list it is: of whom, of what, in which order.
pub(super) struct List {
    tenant: Uuid,
    name: [u8; 32],
}

impl List {
    /// `words` tell one list of a person from another.
    pub fn of(tenant: Uuid, user: Uuid, words: &[String]) -> Self {
        let mut hash = Sha256::new();
        hash.update(user.as_bytes());
        for word in words {
            hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(word);
        }
        Self { tenant, name: hash.finalize().into() }
    }

    /// The cursor after this place.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn after(&self, keys: &Keys, values: &[Value], id: Uuid) -> Result<String, Problem> {
        let values = values.iter().map(Value::to_cell).collect();
        let place = Place { list: self.name, values, id };
        let plain = wire::encode(&place).map_err(|error| Problem::internal(&error))?;
        let sealed = keys.seal(self.tenant, &plain).map_err(|error| Problem::internal(&error))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The place of a cursor that was given for this list, whose order has columns of these kinds.
    ///
    /// # Errors
    /// `invalid_fields` for one that was not.
    pub fn place(
        &self,
        keys: &Keys,
        cursor: &str,
        kinds: &[ColumnKind],
    ) -> Result<(Vec<Value>, Uuid), Problem> {
        let read = || {
            let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            let plain = keys.open(self.tenant, &sealed).ok()?;
            let place: Place = wire::decode(&plain).ok()?;
            (place.list == self.name && place.values.len() == kinds.len()).then_some(())?;
            let values = kinds.iter().zip(place.values).map(|(kind, cell)| value(*kind, cell));
            Some((values.collect::<Option<_>>()?, place.id))
        };
        read().ok_or_else(|| {
            let message = "is none that was given for this list; begin without one";
            Problem::field("cursor", "unknown", message)
        })
    }
}

/// The stored value again.
fn value(kind: ColumnKind, cell: Cell) -> Option<Value> {
    match (kind, cell) {
        (_, Cell::Null) => Some(Value::Null),
        (ColumnKind::Id, Cell::Id(id)) => Some(Value::Id(id)),
        (ColumnKind::Flag, Cell::Bool(flag)) => Some(Value::Bool(flag)),
        (ColumnKind::Int, Cell::Int(int)) => Some(Value::Int(int)),
        (ColumnKind::Text, Cell::Text(text)) => Some(Value::Text(text)),
        (ColumnKind::Decimal { .. }, Cell::Text(text)) => {
            Decimal::from_str_exact(&text).ok().map(Value::Decimal)
        }
        (ColumnKind::Date, Cell::Text(text)) => text.parse::<NaiveDate>().ok().map(Value::Date),
        (ColumnKind::Instant, Cell::Text(text)) => {
            text.parse::<DateTime<Utc>>().ok().map(Value::Instant)
        }
        _ => None,
    }
}
