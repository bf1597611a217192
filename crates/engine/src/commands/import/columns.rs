//! From the header to targets: what the person said, what was remembered, and what the words of the header mean.
//! What nobody knows stays without a target and is an error.

use std::collections::BTreeMap;

use contract::{ImportColumn, ImportNote, ImportProblem, MappedBy};
use domain::record::{EntityDef, OwnFields};
use tabular::{Cell, Table};
use uuid::Uuid;

use super::notes::Remark;
use super::target::Target;
use super::words::Words;
use crate::commands::export::is_retired_at;

/// Values of a column that are shown with it.
const SAMPLES: usize = 3;

/// One column with what becomes of it.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub target: Option<Target>,
    by: Option<MappedBy>,
    samples: Vec<String>,
    /// Only the hub writes what it holds.
    pub kept: bool,
}

impl Column {
    /// A value that holds for every row.
    pub fn set(name: String, target: Option<Target>) -> Self {
        Self { name, target, by: Some(MappedBy::Given), samples: Vec::new(), kept: false }
    }

    /// Takes it out of what is read where only the hub writes it: an export has it, and no import changes it.
    fn keep_out(&mut self, entity: &EntityDef) {
        self.kept |= match &self.target {
            Some(Target::Field { name, .. }) => entity.field(name).is_some_and(|field| field.kept),
            Some(Target::Child { child, .. }) => {
                entity.child(child).is_some_and(|child| child.proposals)
            }
            _ => false,
        };
        if self.kept {
            self.target = Some(Target::Ignore);
        }
    }

    /// Where it goes, for the next file with this header.
    pub fn remembered(&self) -> Option<String> {
        self.target.as_ref().filter(|_| !self.kept).map(Target::to_string)
    }

    /// That it is not read, and why.
    pub fn note(&self) -> Option<ImportNote> {
        let message = "not imported: written by the sync server".to_owned();
        self.kept
            .then(|| Remark::new("not_imported", message, []).told(1, Some(self.name.clone()), 1))
    }

    pub fn view(&self) -> ImportColumn {
        ImportColumn {
            column: self.name.clone(),
            target: self.target.as_ref().map(Target::to_string),
            by: self.by,
            samples: self.samples.clone(),
        }
    }
}

/// What is known of a file's header.
pub struct Header<'a> {
    pub entity: &'static EntityDef,
    pub own: &'a OwnFields,
    pub given: &'a BTreeMap<String, String>,
    pub remembered: &'a BTreeMap<String, String>,
    /// An id of another system is expected.
    pub system: bool,
}

impl Header<'_> {
    /// Each column with its target, and what is wrong with the mapping.
    pub fn map(&self, table: &Table) -> (Vec<Column>, Vec<ImportProblem>) {
        let mut problems = Vec::new();
        let mut columns: Vec<Column> = Vec::with_capacity(table.columns.len());
        for name in self.given.keys().filter(|name| !table.columns.contains(name)) {
            let message = format!("the file has no column called {name}");
            problems.push(problem(name, "unknown_column", message));
        }
        for (at, name) in table.columns.iter().enumerate() {
            let cells = || table.rows.iter().filter_map(move |row| row.cells.get(at));
            let samples = cells().filter_map(sample).take(SAMPLES).collect();
            let mut column =
                Column { name: name.clone(), target: None, by: None, samples, kept: false };
            match self.target(name, &table.columns, cells) {
                Ok(Some((target, by))) => {
                    let same = columns.iter().find(|known| known.target.as_ref() == Some(&target));
                    match same.filter(|_| target != Target::Ignore) {
                        None => (column.target, column.by) = (Some(target), Some(by)),
                        Some(same) => {
                            let message = format!(
                                "goes to {target} as {} does; say where each of them goes, or ignore",
                                same.name
                            );
                            problems.push(problem(name, "double_target", message));
                        }
                    }
                }
                Ok(None) if is_retired_at(name) => {
                    column.target = Some(Target::Ignore);
                    column.by = Some(MappedBy::Name);
                    column.kept = true;
                }
                Ok(None) if cells().all(Cell::is_empty) => {
                    (column.target, column.by) = (Some(Target::Ignore), Some(MappedBy::Name));
                }
                Ok(None) => {
                    let message = format!(
                        "no field is called {name}; say where it goes (--map \"{name}=FIELD\"), or ignore"
                    );
                    problems.push(problem(name, "unmapped_column", message));
                }
                Err(path) => {
                    let message =
                        format!("goes to {path}, which is no field of {}", self.entity.name);
                    problems.push(problem(name, "unknown_field", message));
                }
            }
            column.keep_out(self.entity);
            columns.push(column);
        }
        (columns, problems)
    }

    /// # Errors
    /// The path that was given and is none.
    fn target<'c, I: Iterator<Item = &'c Cell>>(
        &self,
        name: &str,
        columns: &[String],
        cells: impl Fn() -> I,
    ) -> Result<Option<(Target, MappedBy)>, String> {
        let said = [(self.given, MappedBy::Given), (self.remembered, MappedBy::Remembered)];
        for (mapping, by) in said {
            match mapping.get(name).map(|path| (Target::read(self.entity, path), path)) {
                Some((Some(target), _)) => return Ok(Some((target, by))),
                Some((None, path)) if by == MappedBy::Given => return Err(path.clone()),
                _ => {}
            }
        }
        let words = Words { entity: self.entity, own: self.own };
        let recognised = words.meant(name, columns, || self.key());
        let ids = || {
            cells().filter(|cell| !cell.is_empty()).all(|cell| match cell {
                Cell::Text(text) => text.trim().parse::<Uuid>().is_ok(),
                _ => false,
            })
        };
        Ok(match recognised {
            // Numbers in a column called id are those of another program.
            Some((Target::Id, _)) if !ids() => Some((self.key(), MappedBy::Alias)),
            found => found,
        })
    }

    /// Where the key of another program goes.
    fn key(&self) -> Target {
        if self.system {
            return Target::External;
        }
        let key = self.entity.field(self.entity.key).filter(|field| field.is_folded());
        Target::field(key.map_or("code", |field| field.name))
    }
}

fn problem(column: &str, rule: &str, message: String) -> ImportProblem {
    ImportProblem {
        line: 1,
        column: Some(column.to_owned()),
        value: None,
        field: String::new(),
        rule: rule.to_owned(),
        message,
    }
}

fn sample(cell: &Cell) -> Option<String> {
    Some(match cell {
        Cell::Empty => return None,
        Cell::Text(text) | Cell::Number(text) => text.clone(),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Cell::Date(date) => date.to_string(),
        Cell::Time(time) => time.to_string(),
        Cell::List(words) => tabular::list_text(words),
    })
}

#[cfg(test)]
mod tests;
