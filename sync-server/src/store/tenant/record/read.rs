//! Reading records with their child rows: by id, or page by page in the order of ids. One statement for the
//! records and one for each kind of child rows, however many there are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::permissions::RowFilter;
use domain::record::{
    ChildRow, ColumnKind, ColumnOrigin, EntityDef, Head, Record, Values, columns,
};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::{column, filter};
use crate::store::{Connection, StoreError};

/// Whether the records are kept from being changed by others until the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    No,
    /// Locked in the order of their ids. A reference to them can still be made meanwhile.
    ForChange,
}

/// The records with these ids, in the order of their ids; those that are not there are left out.
///
/// # Errors
/// See [`StoreError`].
pub async fn by_ids(
    connection: &mut Connection,
    entity: &'static EntityDef,
    ids: &[Uuid],
    hold: Hold,
) -> Result<Vec<Record>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lock = match hold {
        Hold::No => "",
        Hold::ForChange => " FOR NO KEY UPDATE",
    };
    let layout = Layout::of(entity);
    let sql = format!(
        "SELECT {} FROM {} WHERE id = ANY ($1) ORDER BY id{lock}",
        layout.list, entity.name
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(&mut *connection).await?;
    records(connection, &layout, &rows).await
}

/// At most `limit` records that the filter lets through, in the order of their ids, after an id.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    connection: &mut Connection,
    entity: &'static EntityDef,
    admits: &RowFilter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Record>, StoreError> {
    let layout = Layout::of(entity);
    let mut builder = QueryBuilder::<Postgres>::new("SELECT ");
    builder.push(&layout.list).push(" FROM ").push(entity.name).push(" WHERE (");
    filter::push(&mut builder, entity, admits);
    builder.push(")");
    if let Some(after) = after {
        builder.push(" AND id > ").push_bind(after);
    }
    builder.push(" ORDER BY id LIMIT ").push_bind(limit);
    let rows = builder.build().fetch_all(&mut *connection).await?;
    records(connection, &layout, &rows).await
}

/// The ids among these that have a record.
///
/// # Errors
/// See [`StoreError`].
pub async fn ids_with(
    connection: &mut Connection,
    entity: &EntityDef,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let sql = format!("SELECT id FROM {} WHERE id = ANY ($1)", entity.name);
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?)
}

/// The ids of the records whose field, a reference or a text, has this value in text form.
///
/// # Errors
/// See [`StoreError`].
pub async fn ids_with_value(
    connection: &mut Connection,
    entity: &EntityDef,
    field: &'static str,
    value: &str,
) -> Result<Vec<Uuid>, StoreError> {
    ids_with_any(connection, entity, field, &[value]).await
}

/// The same for any of these values.
///
/// # Errors
/// See [`StoreError`].
pub async fn ids_with_any(
    connection: &mut Connection,
    entity: &EntityDef,
    field: &'static str,
    values: &[&str],
) -> Result<Vec<Uuid>, StoreError> {
    let sql = format!("SELECT id FROM {} WHERE {field}::text = ANY ($1)", entity.name);
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(values).fetch_all(connection).await?)
}

/// The columns of a table in the order of a statement: head first, then the fields.
pub(super) struct Layout {
    entity: &'static EntityDef,
    list: String,
    head: usize,
    fields: Vec<ColumnKind>,
}

impl Layout {
    pub(super) fn of(entity: &'static EntityDef) -> Self {
        let mut names = Vec::new();
        let (mut head, mut fields) = (0, Vec::new());
        for column in columns(entity) {
            match column.origin {
                ColumnOrigin::Head => head += 1,
                ColumnOrigin::Field(_) => fields.push(column.kind),
                ColumnOrigin::Folded(_) => continue,
            }
            names.push(column.name);
        }
        Self { entity, list: names.join(", "), head, fields }
    }

    /// The columns' names, as a statement lists them.
    pub(super) fn names(&self) -> &str {
        &self.list
    }

    fn values(&self, row: &PgRow) -> Result<Values, StoreError> {
        let values = self.fields.iter().enumerate();
        let values = values.map(|(index, kind)| column::read(row, self.head + index, *kind));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let damaged =
            || StoreError::Damaged(format!("a row of {} has too many fields", self.entity.name));
        Values::from_positions(self.entity, values).ok_or_else(damaged)
    }
}

pub(super) async fn records(
    connection: &mut Connection,
    layout: &Layout,
    rows: &[PgRow],
) -> Result<Vec<Record>, StoreError> {
    let ids = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<Uuid>, _>>()?;
    let mut children: HashMap<Uuid, Vec<ChildRow>> = HashMap::new();
    if !ids.is_empty() {
        for child in layout.entity.children {
            read_children(connection, child, &ids, &mut children).await?;
        }
    }
    let record = |row: &PgRow| {
        let head = head(row)?;
        let children = children.remove(&head.id).unwrap_or_default();
        Ok(Record::from_parts(head, layout.values(row)?, children))
    };
    rows.iter().map(record).collect()
}

async fn read_children(
    connection: &mut Connection,
    entity: &'static EntityDef,
    parents: &[Uuid],
    children: &mut HashMap<Uuid, Vec<ChildRow>>,
) -> Result<(), StoreError> {
    let layout = Layout::of(entity);
    let sql = format!("SELECT {} FROM {} WHERE parent_id = ANY ($1)", layout.list, entity.name);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(parents).fetch_all(connection).await?;
    for row in &rows {
        let (id, parent) = (row.try_get(0)?, row.try_get(1)?);
        children.entry(parent).or_default().push(ChildRow { id, values: layout.values(row)? });
    }
    Ok(())
}

/// The head as `domain::record::columns` orders it.
fn head(row: &PgRow) -> Result<Head, StoreError> {
    let (created_at, updated_at): (DateTime<Utc>, DateTime<Utc>) =
        (row.try_get(2)?, row.try_get(4)?);
    Ok(Head {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        created_at,
        created_by: row.try_get(3)?,
        updated_at,
        updated_by: row.try_get(5)?,
        retired_at: row.try_get(6)?,
    })
}
