//! The statements of each entity's table, made once from its declaration, and the numbers that stand for
//! entities in one file.

use std::sync::LazyLock;

use domain::record::{EntityDef, FieldDef, columns, folded_fields};
use domain::synced;
use rusqlite::Connection;

use crate::error::{Result, StoreError};

/// Columns of a record before its fields: id, version, author and times.
pub(crate) const HEAD: usize = 7;
/// Columns of a child row before its fields: id, parent.
pub(crate) const CHILD_HEAD: usize = 2;

/// One entity's table. Parameters and selected columns stand in the order of its columns (`nr` first
/// where a row is selected).
pub(crate) struct Layout {
    pub entity: &'static EntityDef,
    /// Its place among all entities of this build.
    place: usize,
    /// Positions of the fields with a folded column.
    pub folded: Vec<usize>,
    pub insert: String,
    /// The names of its columns.
    names: Vec<String>,
    pub select_by_id: String,
    pub select_by_nr: String,
    pub delete: String,
    pub children: Vec<ChildLayout>,
}

pub(crate) struct ChildLayout {
    pub entity: &'static EntityDef,
    /// Inserts a row of a parent or replaces the one of its id.
    pub put: String,
    /// All rows of a parent, without the parent's id.
    pub select: String,
    pub delete: String,
    pub delete_all: String,
}

static LAYOUTS: LazyLock<Vec<Layout>> =
    LazyLock::new(|| synced::all().enumerate().map(|(place, e)| Layout::of(place, e)).collect());

impl Layout {
    fn of(place: usize, entity: &'static EntityDef) -> Self {
        let table = entity.name;
        let names: Vec<String> = columns(entity).into_iter().map(|column| column.name).collect();
        let listed = names.join(", ");
        let held = names.get(..HEAD + entity.field_count()).unwrap_or(&names).join(", ");
        let position = |field: &'static FieldDef| entity.position(field.name);
        Self {
            entity,
            place,
            folded: folded_fields(entity).filter_map(position).collect(),
            insert: format!("INSERT INTO {table} ({listed}) VALUES ({})", marks(names.len())),
            select_by_id: format!("SELECT nr, {held} FROM {table} WHERE id = ?1"),
            select_by_nr: format!("SELECT nr, {held} FROM {table} WHERE nr = ?1"),
            delete: format!("DELETE FROM {table} WHERE nr = ?1"),
            children: entity.children.iter().map(|child| ChildLayout::of(child)).collect(),
            names,
        }
    }

    /// The statement that writes the columns at these places of the row of an id; its parameters have the
    /// numbers that they have in `insert`.
    pub fn update(&self, columns: &[usize]) -> String {
        let set = |column: &usize| Some(format!("{} = ?{}", self.names.get(*column)?, column + 1));
        let sets: Vec<String> = columns.iter().filter_map(set).collect();
        format!("UPDATE {} SET {} WHERE id = ?1", self.entity.name, sets.join(", "))
    }

    /// The fields by which a record is found.
    pub fn searched(&self) -> impl Iterator<Item = &'static FieldDef> + use<> {
        self.entity.all_fields().filter(|field| field.search)
    }

    pub fn child(&self, entity: &str) -> Option<&ChildLayout> {
        self.children.iter().find(|child| child.entity.name == entity)
    }
}

impl ChildLayout {
    fn of(entity: &'static EntityDef) -> Self {
        let table = entity.name;
        let names: Vec<String> = columns(entity).into_iter().map(|column| column.name).collect();
        let fields: Vec<&str> = entity.all_fields().map(|field| field.name).collect();
        Self {
            entity,
            put: format!(
                "INSERT OR REPLACE INTO {table} ({}) VALUES ({})",
                names.join(", "),
                marks(names.len())
            ),
            select: format!(
                "SELECT id, {} FROM {table} WHERE parent_id = ?1 ORDER BY id",
                fields.join(", ")
            ),
            delete: format!("DELETE FROM {table} WHERE parent_id = ?1 AND id = ?2"),
            delete_all: format!("DELETE FROM {table} WHERE parent_id = ?1"),
        }
    }
}

fn marks(count: usize) -> String {
    let marks: Vec<String> = (1..=count).map(|index| format!("?{index}")).collect();
    marks.join(", ")
}

/// The layouts of all entities, in the order of a first fill.
pub(crate) fn all() -> &'static [Layout] {
    &LAYOUTS
}

/// The layout of a declared entity (not of a child).
///
/// # Errors
/// `UnknownEntity`.
pub(crate) fn layout(name: &str) -> Result<&'static Layout> {
    LAYOUTS
        .iter()
        .find(|layout| layout.entity.name == name)
        .ok_or_else(|| StoreError::UnknownEntity(name.to_owned()))
}

/// How entities are numbered in one file.
#[derive(Clone, Debug)]
pub(crate) struct Numbers(Vec<i64>);

impl Numbers {
    /// Reads the numbers; every entity of this build must have one already.
    pub fn read(connection: &Connection) -> Result<Self> {
        let mut query = connection.prepare("SELECT no FROM entity WHERE name = ?1")?;
        let numbers =
            LAYOUTS.iter().map(|layout| query.query_row([layout.entity.name], |r| r.get(0)));
        Ok(Self(numbers.collect::<rusqlite::Result<_>>()?))
    }

    pub fn of(&self, layout: &Layout) -> i64 {
        // `read` found one number for each layout; no entity has the number 0.
        self.0.get(layout.place).copied().unwrap_or_default()
    }

    /// The layout that a number stands for; `None` for an entity of another version.
    pub fn layout(&self, no: i64) -> Option<&'static Layout> {
        let place = self.0.iter().position(|known| *known == no)?;
        LAYOUTS.get(place)
    }
}

/// A connection with the numbers of its file.
#[derive(Clone, Copy)]
pub(crate) struct Db<'c> {
    pub connection: &'c Connection,
    pub numbers: &'c Numbers,
}
