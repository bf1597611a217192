//! Lists: filtered, searched, sorted by any fields, page by page, with the exact number of rows. The
//! statement is made from the declaration; values are always parameters. What the rows add up to is in
//! `totals`.

use domain::permissions::RowFilter;
use domain::record::{ColumnKind, EntityDef, Kind, Value, folded_name};
use domain::synced;
use rusqlite::params_from_iter;
use rusqlite::types::{Value as Param, ValueRef};
use serde::{Deserialize, Serialize};

use super::condition::Statement;
use super::own::{ListField, list_field};
use super::{Held, row};
use crate::error::Result;
use crate::layout::{Db, layout};
use crate::view::View;

/// Which records of an entity, and in which order.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// All of them must hold; of several [`Test::Is`] of one field at least one.
    pub filters: Vec<Filter>,
    /// Words that the record must contain, as the search box takes them. The index knows no retired record:
    /// where these are asked for, each of them is read.
    pub search: Option<String>,
    /// The first one counts most; the entity's key where there is none.
    pub order: Vec<Order>,
    pub retired: Retired,
    /// Which rows may be seen at all; `None` where the caller looks at each row.
    pub within: Option<RowFilter>,
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
    /// Anything else, empty or not; not `Null`: a field that is filled.
    IsNot(Value),
    /// A text that contains this one, by `fold_search`.
    Contains(String),
    /// A text that begins with this one, by `fold_search`.
    Starts(String),
    /// This or more (later, further in the alphabet). An empty field is neither more nor less.
    AtLeast(Value),
    AtMost(Value),
    /// A list with this word in it, by `fold_search`.
    Has(String),
}

#[derive(Clone, Debug)]
pub struct Order {
    /// A field, or `created_at` or `updated_at`. A reference is ordered by what it is called.
    pub field: String,
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
    pub(super) keys: Vec<CursorKey>,
    pub(super) nr: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CursorKey {
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
        let keys = order_keys(self.db, layout.entity, &query.order)?;
        let offset = match start {
            Start::Offset(rows) => i64::try_from(*rows).unwrap_or(i64::MAX),
            Start::After(cursor) => {
                statement.after(&keys, cursor);
                0
            }
        };
        let wanted = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        let limit_mark = statement.param(Param::Integer(wanted));
        let offset_mark = statement.param(Param::Integer(offset));
        let columns: Vec<&str> = keys.iter().map(|key| key.sql.as_str()).collect();
        let order: Vec<String> =
            keys.iter().map(|key| format!("{} {}", key.sql, key.way())).collect();
        let sql = format!(
            "SELECT nr, {} FROM {} {} ORDER BY {}, nr {} LIMIT {limit_mark} OFFSET {offset_mark}",
            columns.join(", "),
            layout.entity.name,
            statement.condition(),
            order.join(", "),
            last_way(&keys)
        );
        let mut prepared = self.db.connection.prepare_cached(&sql)?;
        let found = prepared.query_map(params_from_iter(&statement.params), |row| {
            let keys = (1..=keys.len()).map(|at| Ok(row.get_ref(at)?.into()));
            Ok(Cursor { nr: row.get(0)?, keys: keys.collect::<rusqlite::Result<_>>()? })
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

/// One of the expressions that a list is ordered by.
pub(super) struct OrderKey {
    pub sql: String,
    pub descending: bool,
}

impl OrderKey {
    fn way(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }
}

/// Rows that are equal in every key stand in the order of their numbers, which follows the last key.
fn last_way(keys: &[OrderKey]) -> &'static str {
    keys.last().map_or("ASC", OrderKey::way)
}

fn order_keys(db: Db, entity: &'static EntityDef, orders: &[Order]) -> Result<Vec<OrderKey>> {
    let key =
        |name: &str, descending| Ok(OrderKey { sql: order_key(db, entity, name)?, descending });
    if orders.is_empty() {
        return Ok(vec![key(entity.key, false)?]);
    }
    orders.iter().map(|order| key(&order.field, order.descending)).collect()
}

/// The expression a list is ordered by; the same text as in the index where there is one.
fn order_key(db: Db, entity: &'static EntityDef, name: &str) -> Result<String> {
    if let "created_at" | "updated_at" = name {
        return Ok(name.to_owned());
    }
    let ListField { sql: name, kind, field, is_own } = list_field(db, entity, name)?;
    if field.is_folded() && !is_own {
        return Ok(folded_name(field));
    }
    if let Kind::Reference(target) = kind
        && let Some(target) = synced::find(target)
    {
        let (title, key) = super::title_columns(target);
        let (table, own) = (target.name, entity.name);
        return Ok(format!(
            "(SELECT fold_search(coalesce(r.{title}, r.{key})) FROM {table} AS r WHERE r.id = {own}.{name})"
        ));
    }
    Ok(match ColumnKind::of(kind) {
        ColumnKind::Text => format!("fold_search({name})"),
        _ => name,
    })
}
