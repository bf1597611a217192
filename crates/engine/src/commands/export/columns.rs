//! The columns of a flat file: the id, each field that any record holds, and each field of the child rows,
//! counted: `contact.1.name`.

use std::collections::{BTreeMap, BTreeSet};

use domain::record::{EntityDef, Kind};
use tabular::Cell;

use super::rows::{Exported, Name};
use crate::commands::import::short;

/// A field of the n-th row of a child; `None` for the row's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ChildColumn {
    child: usize,
    number: usize,
    field: Option<Name>,
}

pub struct Columns {
    entity: &'static EntityDef,
    fields: BTreeMap<Name, usize>,
    children: BTreeMap<ChildColumn, usize>,
}

impl Columns {
    pub fn of(entity: &'static EntityDef, records: &[Exported]) -> Self {
        // What a list always shows is there though nobody has it.
        let shown = entity.all_fields().enumerate().filter(|(_, field)| field.name == entity.key);
        let mut fields: BTreeSet<Name> =
            shown.map(|(place, field)| Name { place, field: field.name, key: None }).collect();
        let mut children = BTreeSet::new();
        for record in records {
            fields.extend(record.fields.iter().map(|(name, _)| name.clone()));
            for (child, number, id_and_fields) in rows(entity, record) {
                children.insert(ChildColumn { child, number, field: None });
                let names = id_and_fields.1.iter().map(|(name, _)| Some(name.clone()));
                children.extend(names.map(|field| ChildColumn { child, number, field }));
            }
        }
        let fields: BTreeMap<_, _> = fields.into_iter().zip(1..).collect();
        let children = children.into_iter().zip(fields.len() + 1..).collect();
        Self { entity, fields, children }
    }

    /// The header.
    pub fn names(&self) -> Vec<String> {
        let mut names = vec!["id".to_owned()];
        names.extend(self.fields.keys().map(Name::path));
        names.extend(self.children.keys().map(|column| {
            let child = self.child(column.child);
            let field = column.field.as_ref().map_or_else(|| "id".to_owned(), Name::path);
            format!("{child}.{}.{field}", column.number)
        }));
        names
    }

    /// The fields and collections, uncounted.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = vec!["id".to_owned()];
        paths.extend(self.fields.keys().map(Name::path));
        let children: BTreeSet<usize> = self.children.keys().map(|column| column.child).collect();
        paths.extend(children.into_iter().map(|child| {
            self.entity.children.get(child).map_or_else(String::new, |child| child.name.to_owned())
        }));
        paths
    }

    /// The fields, uncounted, for the note of the export: of a map its name alone, since its keys are content.
    pub fn noted(&self) -> Vec<String> {
        let name = |of: &EntityDef, name: &Name| match of.field(name.field).map(|field| field.kind)
        {
            Some(Kind::Own) => name.path(),
            _ => name.field.to_owned(),
        };
        let mut noted = vec!["id".to_owned()];
        noted.extend(self.fields.keys().map(|field| name(self.entity, field)));
        for column in self.children.keys() {
            let Some(child) = self.entity.children.get(column.child) else { continue };
            let field = column.field.as_ref().map_or_else(|| "id".to_owned(), |f| name(child, f));
            noted.push(format!("{}.{field}", short(self.entity, child.name)));
        }
        let mut seen = BTreeSet::new();
        noted.retain(|name| seen.insert(name.clone()));
        noted
    }

    /// One record under this header.
    pub fn cells(&self, record: &Exported) -> Vec<Cell> {
        let mut cells = vec![Cell::Empty; 1 + self.fields.len() + self.children.len()];
        let mut put = |at: usize, cell: Cell| {
            if let Some(place) = cells.get_mut(at) {
                *place = cell;
            }
        };
        put(0, Cell::Text(record.id.to_string()));
        for (name, cell) in &record.fields {
            if let Some(at) = self.fields.get(name) {
                put(*at, cell.clone());
            }
        }
        for (child, number, (id, fields)) in rows(self.entity, record) {
            let place = |field| self.children.get(&ChildColumn { child, number, field });
            if let Some(at) = place(None) {
                put(*at, Cell::Text(id.to_string()));
            }
            for (name, cell) in fields {
                if let Some(at) = place(Some(name.clone())) {
                    put(*at, cell.clone());
                }
            }
        }
        cells
    }

    fn child(&self, place: usize) -> &str {
        self.entity.children.get(place).map_or("", |child| short(self.entity, child.name))
    }
}

/// Each child row with the place of its collection and its number.
fn rows<'r>(
    entity: &'static EntityDef,
    record: &'r Exported,
) -> impl Iterator<Item = (usize, usize, &'r (uuid::Uuid, super::rows::Fields))> {
    let collections = entity.children.iter().enumerate();
    collections.flat_map(|(place, child)| {
        let rows = record.children.get(child.name).into_iter().flatten();
        rows.zip(1..).map(move |(row, number)| (place, number, row))
    })
}
