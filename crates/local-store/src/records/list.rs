//! Lists: filtered, searched, sorted by any field, page by page, with the exact number of rows. The
//! statement is made from the declaration; values are always parameters.

use domain::record::{
    ColumnKind, EntityDef, FieldDef, Kind, Unique, Value, fold_search, folded_name,
};
use domain::synced;
use rusqlite::params_from_iter;
use rusqlite::types::{ToSqlOutput, Value as Param, ValueRef};
use serde::{Deserialize, Serialize};

use super::cells::to_sql;
use super::{Held, row};
use crate::error::{Result, StoreError};
use crate::layout::{Layout, layout};
use crate::search::query::{Expression, doc_range};
use crate::search::read;
use crate::view::View;

/// Which records of an entity, and in which order.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// All of them must hold.
    pub filters: Vec<Filter>,
    /// Words that the record must contain, as the search box takes them. The index knows no retired record:
    /// where these are asked for, each of them is read.
    pub search: Option<String>,
    pub order: Order,
    pub retired: Retired,
}

#[derive(Clone, Debug)]
pub struct Filter {
    pub field: String,
    pub test: Test,
}

#[derive(Clone, Debug)]
pub enum Test {
    /// Equal; texts by `fold_search`. `Null` is an empty field.
    Is(Value),
    /// A text that contains this one, by `fold_search`.
    Contains(String),
}

#[derive(Clone, Debug, Default)]
pub struct Order {
    /// A field, or `created_at` or `updated_at`; the entity's key where absent. A reference is ordered
    /// by what it is called.
    pub field: Option<String>,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retired {
    #[default]
    Without,
    With,
    Only,
}

/// Where a page starts.
#[derive(Clone, Debug)]
pub enum Start {
    /// After so many rows.
    Offset(u64),
    /// After the last row of another page of the same query: costs the same however far it is.
    After(Cursor),
}

/// The place of a row in an ordered list. Good for this file only: a rebuild numbers rows anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    key: CursorKey,
    nr: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum CursorKey {
    Empty,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A page of a list, without child rows.
#[derive(Clone, Debug)]
pub struct Listed {
    pub rows: Vec<Held>,
    /// Where the next page starts; `None` after the last row.
    pub next: Option<Cursor>,
}

impl View<'_> {
    /// A page of at most `limit` records.
    ///
    /// # Errors
    /// `UnknownField` for a filter or order that is not declared.
    pub fn list(
        &self,
        entity: &EntityDef,
        query: &ListQuery,
        start: &Start,
        limit: usize,
    ) -> Result<Listed> {
        let layout = layout(entity.name)?;
        let mut statement = Statement::of(self, layout, query)?;
        let key = order_key(layout.entity, query.order.field.as_deref())?;
        let (way, offset) = (
            if query.order.descending { "DESC" } else { "ASC" },
            match start {
                Start::Offset(rows) => i64::try_from(*rows).unwrap_or(i64::MAX),
                Start::After(cursor) => {
                    statement.after(&key, cursor, query.order.descending);
                    0
                }
            },
        );
        let wanted = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        let limit_mark = statement.param(Param::Integer(wanted));
        let offset_mark = statement.param(Param::Integer(offset));
        let sql = format!(
            "SELECT nr, {key} FROM {} {} ORDER BY {key} {way}, nr {way} \
             LIMIT {limit_mark} OFFSET {offset_mark}",
            layout.entity.name,
            statement.condition()
        );
        let mut prepared = self.db.connection.prepare_cached(&sql)?;
        let found = prepared.query_map(params_from_iter(&statement.params), |row| {
            Ok(Cursor { nr: row.get(0)?, key: row.get_ref(1)?.into() })
        })?;
        let mut places = found.collect::<rusqlite::Result<Vec<_>>>()?;
        let more = places.len() > limit;
        places.truncate(limit);
        let mut rows = Vec::with_capacity(places.len());
        for place in &places {
            if let Some(record) = row::load_listed(self.db, layout, place.nr)? {
                rows.push(Held { state: self.state(record.id())?, record });
            }
        }
        Ok(Listed { rows, next: if more { places.pop() } else { None } })
    }

    /// How many records the query has in all, exactly.
    ///
    /// # Errors
    /// `UnknownField` for a filter that is not declared.
    pub fn count(&self, entity: &EntityDef, query: &ListQuery) -> Result<u64> {
        let layout = layout(entity.name)?;
        let statement = Statement::of(self, layout, query)?;
        let sql = format!("SELECT count(*) FROM {} {}", layout.entity.name, statement.condition());
        let mut prepared = self.db.connection.prepare_cached(&sql)?;
        let count: i64 =
            prepared.query_row(params_from_iter(&statement.params), |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

impl From<ValueRef<'_>> for CursorKey {
    fn from(value: ValueRef) -> Self {
        match value {
            ValueRef::Integer(int) => Self::Int(int),
            ValueRef::Text(bytes) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
            // No column of ours holds a floating number.
            ValueRef::Null | ValueRef::Real(_) => Self::Empty,
        }
    }
}

/// The conditions of a list with their parameters.
struct Statement {
    conditions: Vec<String>,
    params: Vec<Param>,
}

impl Statement {
    fn of(view: &View, layout: &'static Layout, query: &ListQuery) -> Result<Self> {
        let mut statement = Self { conditions: Vec::new(), params: Vec::new() };
        match query.retired {
            Retired::Without => statement.conditions.push("retired_at IS NULL".to_owned()),
            Retired::With => {}
            Retired::Only => statement.conditions.push("retired_at IS NOT NULL".to_owned()),
        }
        for filter in &query.filters {
            statement.filter(layout.entity, filter)?;
        }
        if let Some(text) = &query.search {
            statement.search(view, layout, text, query.retired)?;
        }
        Ok(statement)
    }

    fn param(&mut self, value: Param) -> String {
        self.params.push(value);
        format!("?{}", self.params.len())
    }

    fn condition(&self) -> String {
        match self.conditions.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", self.conditions.join(" AND ")),
        }
    }

    fn filter(&mut self, entity: &'static EntityDef, filter: &Filter) -> Result<()> {
        let field = declared(entity, &filter.field)?;
        let name = field.name;
        let condition = match &filter.test {
            Test::Is(Value::Null) => format!("{name} IS NULL"),
            // A flag that was never set is not set.
            Test::Is(Value::Bool(false)) => format!("{name} IS NOT 1"),
            Test::Is(Value::Text(text)) => {
                let mark = self.param(Param::Text(fold_search(text)));
                format!("fold_search({name}) = {mark}")
            }
            Test::Is(value) => {
                let value = owned(to_sql(entity, field, value)?);
                let mark = self.param(value);
                format!("{name} = {mark}")
            }
            Test::Contains(text) => {
                let mark = self.param(Param::Text(fold_search(text)));
                format!("instr(fold_search({name}), {mark}) > 0")
            }
        };
        self.conditions.push(condition);
        Ok(())
    }

    fn search(
        &mut self,
        view: &View,
        layout: &'static Layout,
        text: &str,
        which: Retired,
    ) -> Result<()> {
        let Some(expression) = Expression::of(text) else { return Ok(()) };
        let (first, last) = doc_range(view.db.numbers.of(layout));
        let words = self.param(Param::Text(expression.anywhere()));
        let (from, to) = (self.param(Param::Integer(first)), self.param(Param::Integer(last)));
        let mut condition = format!(
            "nr IN (SELECT rowid - {from} FROM search WHERE search MATCH {words} \
             AND rowid BETWEEN {from} AND {to})"
        );
        if which != Retired::Without {
            let found = read::retired(view.db, layout, |words| expression.matches(words))?;
            let found: Vec<String> = found.iter().map(i64::to_string).collect();
            let found = self.param(Param::Text(format!("[{}]", found.join(","))));
            condition = format!("({condition} OR nr IN (SELECT value FROM json_each({found})))");
        }
        self.conditions.push(condition);
        Ok(())
    }

    /// Only rows after the cursor, in the order of `key` and `nr`; empty keys come first.
    fn after(&mut self, key: &str, cursor: &Cursor, descending: bool) {
        let nr = self.param(Param::Integer(cursor.nr));
        let value = match &cursor.key {
            CursorKey::Empty => None,
            CursorKey::Int(int) => Some(Param::Integer(*int)),
            CursorKey::Text(text) => Some(Param::Text(text.clone())),
            CursorKey::Bytes(bytes) => Some(Param::Blob(bytes.clone())),
        };
        let value = value.map(|value| self.param(value));
        self.conditions.push(match (value, descending) {
            (None, false) => format!("({key} IS NOT NULL OR nr > {nr})"),
            (None, true) => format!("({key} IS NULL AND nr < {nr})"),
            // The first half lets an index find its place.
            (Some(value), false) => {
                format!("({key} >= {value} AND ({key} > {value} OR nr > {nr}))")
            }
            (Some(value), true) => {
                format!("({key} IS NULL OR {key} < {value} OR ({key} = {value} AND nr < {nr}))")
            }
        });
    }
}

fn declared(entity: &'static EntityDef, name: &str) -> Result<&'static FieldDef> {
    entity
        .field(name)
        .ok_or_else(|| StoreError::UnknownField { entity: entity.name, field: name.to_owned() })
}

/// The expression a list is ordered by; the same text as in the index where there is one.
fn order_key(entity: &'static EntityDef, name: Option<&str>) -> Result<String> {
    let name = match name {
        Some(name @ ("created_at" | "updated_at")) => return Ok(name.to_owned()),
        Some(name) => name,
        None => entity.key,
    };
    let field = declared(entity, name)?;
    let name = field.name;
    if field.unique != Unique::No {
        return Ok(folded_name(field));
    }
    if let Kind::Reference(target) = field.kind
        && let Some(target) = synced::find(target)
    {
        let (title, key) = super::title_columns(target);
        let (table, own) = (target.name, entity.name);
        return Ok(format!(
            "(SELECT fold_search(coalesce(r.{title}, r.{key})) FROM {table} AS r WHERE r.id = {own}.{name})"
        ));
    }
    Ok(match ColumnKind::of(field.kind) {
        ColumnKind::Text => format!("fold_search({name})"),
        _ => name.to_owned(),
    })
}

fn owned(value: ToSqlOutput) -> Param {
    match value {
        ToSqlOutput::Owned(value) => value,
        ToSqlOutput::Borrowed(ValueRef::Text(bytes)) => {
            Param::Text(String::from_utf8_lossy(bytes).into_owned())
        }
        ToSqlOutput::Borrowed(ValueRef::Blob(bytes)) => Param::Blob(bytes.to_vec()),
        ToSqlOutput::Borrowed(ValueRef::Integer(int)) => Param::Integer(int),
        _ => Param::Null,
    }
}
