//! A file that was read, with its mapping: what goes where, and which rows make one record. No row is judged
//! here.

use std::collections::HashMap;

use contract::{ImportForm, ImportNote, ImportOptions, ImportProblem};
use domain::record::{
    EntityDef, FieldDef, Kind, OwnFields, OwnKind, Unique, fold_code, fold_entry,
};
use tabular::{Cell, Format, Row, Table};

use super::cells;
use super::columns::Column;
use super::forms::Forms;
use super::target::Target;
use crate::commands::export::is_retired_at;

/// The table of a file and all that is known of its columns.
pub struct Sheet {
    pub entity: &'static EntityDef,
    pub table: Table,
    pub columns: Vec<Column>,
    pub kinds: Vec<Option<Kind>>,
    pub forms: Forms,
    pub options: ImportOptions,
    /// The rows of each record, by their places in the table.
    pub groups: Vec<Vec<usize>>,
    /// Records by what they are called in the file.
    called: HashMap<String, usize>,
}

/// By what a row names its record, the surest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naming {
    Id(String),
    External(String),
    /// The key or the code, and which of the two.
    Key(&'static str, String),
    /// Nothing but the name.
    Name(String),
    Nothing,
}

impl Sheet {
    pub fn new(
        entity: &'static EntityDef,
        table: Table,
        columns: Vec<Column>,
        kinds: Vec<Option<Kind>>,
        forms: Forms,
        options: ImportOptions,
    ) -> Self {
        let (groups, called) = (Vec::new(), HashMap::new());
        Self { entity, table, columns, kinds, forms, options, groups, called }
    }

    pub fn target(&self, at: usize) -> Option<&Target> {
        self.columns.get(at).and_then(|column| column.target.as_ref())
    }

    pub fn row(&self, at: usize) -> Option<&Row> {
        self.table.rows.get(at)
    }

    /// The cell of a line, by its column.
    pub fn cell(&self, line: u64, column: &str) -> Option<&Cell> {
        let at = self.columns.iter().position(|known| known.name == column)?;
        // Rows are read in the order of their lines.
        let row = self.table.rows.binary_search_by_key(&line, |row| row.line).ok()?;
        self.row(row)?.cells.get(at)
    }

    /// The kind of an own field is declared by the tenant.
    pub fn kind_of(entity: &'static EntityDef, own: &OwnFields, target: &Target) -> Option<Kind> {
        let Target::Field { name, .. } = target else { return target.kind(entity) };
        let Some(name) = entity.place(name).and_then(|place| place.own) else {
            return target.kind(entity);
        };
        match &own.find(entity.name, name)?.kind {
            OwnKind::Plain(kind) => Some(*kind),
            OwnKind::Choice(_) => Some(Kind::LongText),
        }
    }

    /// Puts rows with one naming together.
    pub fn group(&mut self) {
        let mut places: HashMap<String, usize> = HashMap::new();
        for at in 0..self.table.rows.len() {
            let Some(row) = self.row(at) else { continue };
            match self.tag(row) {
                Some(tag) => match places.get(&tag).and_then(|group| self.groups.get_mut(*group)) {
                    Some(group) => group.push(at),
                    None => {
                        places.insert(tag, self.groups.len());
                        self.groups.push(vec![at]);
                    }
                },
                None => self.groups.push(vec![at]),
            }
        }
        for (group, rows) in self.groups.iter().enumerate() {
            let Some(row) = rows.first().and_then(|at| self.row(*at)) else { continue };
            for name in self.names(row) {
                self.called.entry(name).or_insert(group);
            }
        }
    }

    /// The record of this file that a text means.
    pub fn called(&self, text: &str) -> Option<usize> {
        self.called.get(&fold_code(text)).copied()
    }

    fn tag(&self, row: &Row) -> Option<String> {
        let (tag, text) = match self.naming(row) {
            Naming::Id(text) => ("id", text),
            // Every other tag begins with a word.
            Naming::External(text) => return Some(fold_entry("", &text)),
            Naming::Key(field, text) => (field, text),
            Naming::Name(text) => ("name", text),
            Naming::Nothing => return None,
        };
        let within = match self.entity.field(tag).map(|field: &FieldDef| field.unique) {
            Some(Unique::Company) => self.text(row, "company_id"),
            _ => None,
        };
        Some(format!("{tag}\n{}\n{}", fold_code(&text), within.unwrap_or_default()))
    }

    pub fn naming(&self, row: &Row) -> Naming {
        let of = |wanted: &Target| {
            let cells = row.cells.iter().zip(&self.columns);
            let mut texts = cells.filter(|(_, column)| column.target.as_ref() == Some(wanted));
            texts.next().map(|(cell, _)| cells::name(cell)).filter(|text| !text.is_empty())
        };
        if let Some(id) = of(&Target::Id) {
            return Naming::Id(id);
        }
        if let Some(id) = of(&Target::External) {
            return Naming::External(id);
        }
        let keys = [self.entity.key, "code"];
        let folded = keys.iter().filter_map(|key| self.entity.field(key).filter(|f| f.is_folded()));
        for field in folded {
            if let Some(text) = of(&Target::field(field.name)) {
                return Naming::Key(field.name, text);
            }
        }
        self.text(row, "name").map_or(Naming::Nothing, Naming::Name)
    }

    /// The column by which a row names its record.
    pub fn naming_column(&self, row: &Row) -> Option<String> {
        let naming = self.naming(row);
        let names = |column: &&Column| match &naming {
            Naming::Id(_) => column.target == Some(Target::Id),
            Naming::External(_) => column.target == Some(Target::External),
            Naming::Key(field, _) => column.target == Some(Target::field(field)),
            Naming::Name(_) => column.target == Some(Target::field("name")),
            Naming::Nothing => false,
        };
        self.columns.iter().find(names).map(|column| column.name.clone())
    }

    /// Whether the file says that its record was deleted, as an export does.
    pub fn is_deleted(&self, row: &Row) -> bool {
        let mut cells = row.cells.iter().zip(&self.columns);
        cells.any(|(cell, column)| column.kept && is_retired_at(&column.name) && !cell.is_empty())
    }

    /// Everything that other rows of the file may call this one.
    fn names(&self, row: &Row) -> Vec<String> {
        let is_name = |target: &Target| match target {
            Target::Id | Target::External => true,
            Target::Field { name, .. } => name == self.entity.key || name == "code",
            _ => false,
        };
        let cells = row.cells.iter().zip(&self.columns);
        let named = cells.filter(|(_, column)| column.target.as_ref().is_some_and(is_name));
        let mut names: Vec<String> = named.map(|(cell, _)| cells::name(cell)).collect();
        names.extend(self.text(row, "name"));
        names.into_iter().filter(|name| !name.is_empty()).map(|name| fold_code(&name)).collect()
    }

    /// The text that a row has for a field, its parts joined.
    pub fn text(&self, row: &Row, field: &str) -> Option<String> {
        let cells = row.cells.iter().zip(&self.columns);
        let mut parts: Vec<(u8, String)> = cells
            .filter_map(|(cell, column)| match &column.target {
                Some(Target::Field { name, part, negated: false }) if name == field => {
                    Some((part.unwrap_or_default(), cells::name(cell)))
                }
                _ => None,
            })
            .filter(|(_, text)| !text.is_empty())
            .collect();
        parts.sort_by_key(|(part, _)| *part);
        let words: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    pub fn form(&self) -> ImportForm {
        let known = &self.table.recognised;
        let sign = |sign: Option<char>| sign.map(|sign| sign.to_string());
        ImportForm {
            format: match known.format {
                Format::Csv => contract::FileFormat::Csv,
                Format::Xlsx => contract::FileFormat::Xlsx,
                Format::JsonLines => contract::FileFormat::Jsonl,
            },
            encoding: known.encoding.map(str::to_owned),
            delimiter: sign(known.delimiter),
            quote: sign(known.quote),
            sheet: known.sheet.clone(),
            sheets: known.sheets.clone(),
            decimal: self.forms.sign(),
            dates: self.forms.dates.to_string(),
        }
    }
}

/// Problems and notes that the file has as a whole, before any row is looked at.
#[derive(Default)]
pub struct Findings {
    pub problems: Vec<ImportProblem>,
    pub notes: Vec<ImportNote>,
}

/// What the column of a value that holds for every record is called.
pub fn set_name(path: &str) -> String {
    format!("--set {path}")
}

/// Adds the values that hold for every record as columns of the table.
pub fn set_columns(
    entity: &'static EntityDef,
    table: &mut Table,
    columns: &mut Vec<Column>,
    options: &ImportOptions,
    findings: &mut Findings,
) {
    for (path, value) in &options.set {
        let name = set_name(path);
        let target = Target::read(entity, path);
        let fault = match &target {
            None => Some(("unknown_field", format!("{} has no field {path}", entity.name))),
            Some(target) => {
                let same = columns.iter().find(|column| column.target.as_ref() == Some(target));
                same.map(|same| {
                    ("double_target", format!("{path} is set by the column {} already", same.name))
                })
            }
        };
        if let Some((rule, message)) = fault {
            findings.problems.push(ImportProblem {
                line: 1,
                column: None,
                value: None,
                field: path.clone(),
                rule: rule.to_owned(),
                message,
            });
            continue;
        }
        table.columns.push(name.clone());
        table.rows.iter_mut().for_each(|row| row.cells.push(Cell::text(value)));
        columns.push(Column::set(name, target));
    }
}
