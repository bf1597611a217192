//! The path of a field inside a record, as Attention names it: `email`, `customer_contact[<id>].phone`,
//! `customer_contact[<id>]` for a whole row, `*` for the record itself.

use std::fmt;

use domain::record::{Cell, ChildRow, EntityDef, Problem, Record, Values, read_field, row_path};
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

    /// What stands at this place; nothing of a row that is not there, of a whole row or of the record itself.
    pub fn read(&self, record: &Record) -> Option<Cell> {
        match self {
            Self::Field(name) => record.values.cell(name),
            Self::ChildField { entity, id, field } => record.child(entity, *id)?.values.cell(field),
            Self::Record | Self::Row { .. } => None,
        }
    }

    /// Writes a cell at this place. A row is removed; nothing is written to the record itself.
    ///
    /// # Errors
    /// Where the place is not declared or its kind refuses the cell; nothing is changed then.
    pub fn write(&self, record: &mut Record, cell: &Cell) -> Result<(), Problem> {
        match self {
            Self::Record => Ok(()),
            Self::Field(name) => self.set(&mut record.values, name, cell),
            Self::ChildField { entity, id, field } => {
                let declared = self.rows(record, entity)?;
                let mut values = match record.child(entity, *id) {
                    Some(row) => row.values.clone(),
                    None => declared.defaults(),
                };
                self.set(&mut values, field, cell)?;
                record.put_child(ChildRow { id: *id, values });
                Ok(())
            }
            Self::Row { entity, id } => {
                self.rows(record, entity)?;
                record.remove_child(entity, *id);
                Ok(())
            }
        }
    }

    fn set(&self, values: &mut Values, name: &str, cell: &Cell) -> Result<(), Problem> {
        let (place, value) = read_field(values.entity(), name, cell)
            .map_err(|problem| Problem { field: self.to_string(), ..problem })?;
        values.put(&place, value);
        Ok(())
    }

    fn rows(&self, record: &Record, entity: &str) -> Result<&'static EntityDef, Problem> {
        let owner = record.entity();
        owner.child(entity).ok_or_else(|| {
            let message = format!("{} has no such rows", owner.name);
            Problem::new(self.to_string(), "unknown_field", message)
        })
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Record => f.write_str(Self::RECORD),
            Self::Field(name) => f.write_str(name),
            Self::ChildField { entity, id, field } => f.write_str(&row_path(entity, *id, field)),
            Self::Row { entity, id } => write!(f, "{entity}[{id}]"),
        }
    }
}
