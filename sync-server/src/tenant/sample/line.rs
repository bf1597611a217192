//! A line of a sample file as a record: values as people type them, other records named by their keys, child rows
//! as arrays under their entity's name.

use std::collections::{BTreeMap, HashMap};

use domain::masters;
use domain::record::{ChildRow, EntityDef, Kind, Record, Value, Values, fold_code, validate};
use serde::Deserialize;
use uuid::Uuid;

/// The records that can be named, by entity and folded key.
pub(super) type Book = HashMap<(&'static str, String), Uuid>;

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
#[error("{entity}.jsonl, line {number}: {message}")]
pub struct LineError {
    entity: &'static str,
    number: usize,
    message: String,
}

/// A line that was read; nothing is looked up yet.
pub(super) struct Line {
    pub(super) entity: &'static EntityDef,
    number: usize,
    cells: BTreeMap<String, Cell>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Text(String),
    Rows(Vec<BTreeMap<String, String>>),
}

/// The lines of all files, in order.
pub(super) fn all(files: &[(&'static EntityDef, &str)]) -> Result<Vec<Line>, LineError> {
    let mut lines = Vec::new();
    for (entity, text) in files {
        for (index, line) in text.lines().enumerate() {
            let (entity, number) = (*entity, index + 1);
            let cells = serde_json::from_str(line).map_err(|error| LineError {
                entity: entity.name,
                number,
                message: error.to_string(),
            })?;
            lines.push(Line { entity, number, cells });
        }
    }
    Ok(lines)
}

impl Line {
    fn wrong(&self, message: impl Into<String>) -> LineError {
        LineError { entity: self.entity.name, number: self.number, message: message.into() }
    }

    fn text(&self, field: &str) -> Option<&str> {
        match self.cells.get(field) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The folded key of the record.
    pub(super) fn key(&self) -> Result<String, LineError> {
        let key = self.text(self.entity.key).map(fold_code);
        key.ok_or_else(|| self.wrong(format!("{} is missing", self.entity.key)))
    }

    /// The records that it names: entity and folded key.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static EntityDef, String)> {
        self.entity.all_fields().filter_map(|field| match (field.kind, self.text(field.name)) {
            (Kind::Reference(target), Some(text)) => {
                Some((masters::find(target)?, fold_code(text)))
            }
            _ => None,
        })
    }

    /// Fills a new record that has no values but the declared defaults.
    pub(super) fn fill(
        &self,
        record: &mut Record,
        book: &Book,
        new_id: impl Fn() -> Uuid,
    ) -> Result<(), LineError> {
        for (name, cell) in &self.cells {
            match cell {
                Cell::Text(text) => self.set(&mut record.values, name, text, book)?,
                Cell::Rows(rows) => {
                    let child = self.entity.child(name);
                    let child = child.ok_or_else(|| self.wrong(format!("{name}: no such rows")))?;
                    for (index, row) in rows.iter().enumerate() {
                        let mut values = child.defaults();
                        let position = i64::try_from(index).unwrap_or(i64::MAX);
                        values.set(child.key, Value::Int(position));
                        for (name, text) in row {
                            self.set(&mut values, name, text, book)?;
                        }
                        record.put_child(ChildRow { id: new_id(), values });
                    }
                }
            }
        }
        record.normalise();
        match validate(record).0.first() {
            Some(problem) => Err(self.wrong(format!("{} {}", problem.field, problem.message))),
            None => Ok(()),
        }
    }

    fn set(
        &self,
        values: &mut Values,
        name: &str,
        text: &str,
        book: &Book,
    ) -> Result<(), LineError> {
        let wrong = |message: &str| self.wrong(format!("{name}: {message}"));
        let field = values.entity().field(name).ok_or_else(|| wrong("no such field"))?;
        let value = match field.kind {
            Kind::Reference(target) => {
                let id = book.get(&(target, fold_code(text)));
                Value::Id(*id.ok_or_else(|| wrong(&format!("there is no {target} {text}")))?)
            }
            kind => kind.read(&text.into()).map_err(|fault| wrong(&fault.to_string()))?,
        };
        values.set(name, value);
        Ok(())
    }
}
