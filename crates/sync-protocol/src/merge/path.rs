//! The path of a field inside a record, as Attention names it: `email`, `customer_contact[<id>].phone`,
//! `customer_contact[<id>]` for a whole row, `*` for the record itself.

use std::fmt;

use domain::record::{Cell, ChildRow, Record};
use uuid::Uuid;

/// Where in a record something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldPath {
    Record,
    Field(String),
    ChildField { entity: String, id: Uuid, field: String },
    Row { entity: String, id: Uuid },
}

impl FieldPath {
    /// The text of [`FieldPath::Record`].
    pub const RECORD: &'static str = "*";

    pub fn child(entity: &str, id: Uuid, field: &str) -> Self {
        Self::ChildField { entity: entity.to_owned(), id, field: field.to_owned() }
    }

    pub fn parse(text: &str) -> Option<Self> {
        if text == Self::RECORD {
            return Some(Self::Record);
        }
        let Some((entity, rest)) = text.split_once('[') else {
            return Some(Self::Field(text.to_owned()));
        };
        let (id, rest) = rest.split_once(']')?;
        let (entity, id) = (entity.to_owned(), id.parse().ok()?);
        match rest.strip_prefix('.') {
            Some(field) => Some(Self::ChildField { entity, id, field: field.to_owned() }),
            None => rest.is_empty().then_some(Self::Row { entity, id }),
        }
    }

    /// Writes a cell at this place; what does not fit the declaration changes nothing and is refused
    /// by validation later. A row is removed.
    pub fn write(&self, record: &mut Record, cell: Cell) {
        match self {
            Self::Record => {}
            Self::Field(name) => {
                let read = record.entity().field(name).map(|field| field.kind.read(&cell));
                if let Some(Ok(value)) = read {
                    record.values.set(name, value);
                }
            }
            Self::ChildField { entity, id, field } => {
                let Some(declared) = record.entity().child(entity) else { return };
                let mut values = match record.child(entity, *id) {
                    Some(row) => row.values.clone(),
                    None => declared.defaults(),
                };
                let read = declared.field(field).map(|field| field.kind.read(&cell));
                if let Some(Ok(value)) = read {
                    values.set(field, value);
                    record.put_child(ChildRow { id: *id, values });
                }
            }
            Self::Row { entity, id } => {
                record.remove_child(entity, *id);
            }
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Record => f.write_str(Self::RECORD),
            Self::Field(name) => f.write_str(name),
            Self::ChildField { entity, id, field } => write!(f, "{entity}[{id}].{field}"),
            Self::Row { entity, id } => write!(f, "{entity}[{id}]"),
        }
    }
}
