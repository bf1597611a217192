//! The columns of a flat file: the id, each field that any record holds, and each field of the child rows,
//! counted: `contact.1.name`; or the fields that were chosen, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use contract::Language;
use domain::record::{DecimalKind, EntityDef, Kind, OwnFields};
use tabular::{Cell, SheetColumn};

use super::rows::{Exported, Name, RETIRED, RETIRED_AT};
use crate::commands::import::{Words, said, short};

/// A field of the n-th row of a child; `None` for the row's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ChildColumn {
    child: usize,
    number: usize,
    field: Option<Name>,
}

pub struct Columns {
    entity: &'static EntityDef,
    has_id: bool,
    /// When it was deleted, as the last column, where deleted records are asked for.
    has_retired: bool,
    /// Each with its place in a line.
    fields: BTreeMap<Name, usize>,
    children: BTreeMap<ChildColumn, usize>,
}

impl Columns {
    pub fn of(
        entity: &'static EntityDef,
        records: &[Exported],
        chosen: Option<&[String]>,
        has_retired: bool,
    ) -> Self {
        let mut fields = BTreeSet::new();
        let mut children = BTreeSet::new();
        for record in records {
            fields.extend(record.fields.iter().map(|(name, _)| name.clone()));
            for (child, number, id_and_fields) in rows(entity, record) {
                children.insert(ChildColumn { child, number, field: None });
                let names = id_and_fields.1.iter().map(|(name, _)| Some(name.clone()));
                children.extend(names.map(|field| ChildColumn { child, number, field }));
            }
        }
        if let Some(chosen) = chosen {
            let named = chosen.iter().flat_map(|column| named(entity, column, &fields));
            let mut places = BTreeMap::new();
            for name in named {
                let next = places.len();
                places.entry(name).or_insert(next);
            }
            return Self {
                entity,
                has_id: false,
                has_retired,
                fields: places,
                children: BTreeMap::new(),
            };
        }
        // What a list always shows is there though nobody has it.
        let key = entity.all_fields().enumerate().filter(|(_, field)| field.name == entity.key);
        fields.extend(key.map(|(place, field)| Name { place, field: field.name, key: None }));
        let fields: BTreeMap<_, _> = fields.into_iter().zip(1..).collect();
        let children = children.into_iter().zip(fields.len() + 1..).collect();
        Self { entity, has_id: true, has_retired, fields, children }
    }

    fn id(&self) -> Option<String> {
        self.has_id.then(|| "id".to_owned())
    }

    fn retired(&self) -> Option<String> {
        self.has_retired.then(|| RETIRED_AT.to_owned())
    }

    /// In the order of the columns.
    fn in_order(&self) -> impl Iterator<Item = &Name> {
        let mut names: Vec<_> = self.fields.iter().collect();
        names.sort_by_key(|(_, place)| **place);
        names.into_iter().map(|(name, _)| name)
    }

    /// The header.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.id().into_iter().collect();
        names.extend(self.in_order().map(Name::path));
        names.extend(self.children.keys().map(|column| {
            let child = self.child(column.child);
            let field = column.field.as_ref().map_or_else(|| "id".to_owned(), Name::path);
            format!("{child}.{}.{field}", column.number)
        }));
        names.extend(self.retired());
        names
    }

    /// The header as a person reads it, each heading one that an import reads as its column.
    pub fn headings(&self, own: &OwnFields, language: Language) -> Vec<SheetColumn> {
        let words = Words { entity: self.entity, own };
        let column = |path: String| match path.as_str() {
            RETIRED_AT => {
                SheetColumn { heading: said(RETIRED, language).to_owned(), is_money: false }
            }
            path => SheetColumn {
                heading: words.heading(path, language),
                is_money: matches!(
                    words.kind(path),
                    Some(Kind::Decimal(DecimalKind::Amount | DecimalKind::Price))
                ),
            },
        };
        self.names().into_iter().map(column).collect()
    }

    /// The fields and collections, uncounted.
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.id().into_iter().collect();
        paths.extend(self.in_order().map(Name::path));
        let children: BTreeSet<usize> = self.children.keys().map(|column| column.child).collect();
        paths.extend(children.into_iter().map(|child| {
            self.entity.children.get(child).map_or_else(String::new, |child| child.name.to_owned())
        }));
        paths.extend(self.retired());
        paths
    }

    /// The fields, uncounted, for the note of the export: of a map its name alone, since its keys are content.
    pub fn noted(&self) -> Vec<String> {
        let name = |of: &EntityDef, name: &Name| match of.field(name.field).map(|field| field.kind)
        {
            Some(Kind::Own) => name.path(),
            _ => name.field.to_owned(),
        };
        let mut noted: Vec<String> = self.id().into_iter().collect();
        noted.extend(self.in_order().map(|field| name(self.entity, field)));
        for column in self.children.keys() {
            let Some(child) = self.entity.children.get(column.child) else { continue };
            let field = column.field.as_ref().map_or_else(|| "id".to_owned(), |f| name(child, f));
            noted.push(format!("{}.{field}", short(self.entity, child.name)));
        }
        noted.extend(self.retired());
        let mut seen = BTreeSet::new();
        noted.retain(|name| seen.insert(name.clone()));
        noted
    }

    /// One record under this header.
    pub fn cells(&self, record: &Exported) -> Vec<Cell> {
        let held = usize::from(self.has_id) + self.fields.len() + self.children.len();
        let mut cells = vec![Cell::Empty; held + usize::from(self.has_retired)];
        let mut put = |at: usize, cell: Cell| {
            if let Some(place) = cells.get_mut(at) {
                *place = cell;
            }
        };
        if let (true, Some(at)) = (self.has_retired, record.retired_at) {
            put(held, Cell::Time(at.naive_utc()));
        }
        if self.has_id {
            put(0, Cell::Text(record.id.to_string()));
        }
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

/// What a chosen column holds: the entries of a map that any record has, else the one field, held or not.
fn named(entity: &EntityDef, column: &str, held: &BTreeSet<Name>) -> Vec<Name> {
    let names: Vec<Name> = held.iter().filter(|name| name.is_in(column)).cloned().collect();
    if !names.is_empty() {
        return names;
    }
    let Some(found) = entity.place(column) else { return names };
    let place = entity.all_fields().position(|field| field.name == found.field.name);
    let name = |place| Name { place, field: found.field.name, key: found.own.map(str::to_owned) };
    place.map(name).into_iter().collect()
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
