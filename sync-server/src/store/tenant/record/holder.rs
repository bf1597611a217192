//! Who holds a unique value, asked for many values at once through the folded columns.

use domain::record::{EntityDef, FieldDef, Unique, folded_name};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::entry;
use crate::store::{Connection, StoreError};

/// A record that holds a unique value; `company` only where the field is unique within one.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Holder {
    pub id: Uuid,
    pub company: Option<Uuid>,
    pub folded: String,
}

/// The records that hold one of these folded texts in a unique field, of whichever company, retired ones included.
///
/// # Errors
/// See [`StoreError`].
pub async fn named(
    connection: &mut Connection,
    entity: &EntityDef,
    field: &FieldDef,
    folded: &[&str],
) -> Result<Vec<Holder>, StoreError> {
    if field.unique == Unique::Entries {
        return entry::holders(connection, entity, field, folded).await;
    }
    let (table, column) = (entity.name, folded_name(field));
    let sql = format!(
        "SELECT id, NULL::uuid AS company, {column} AS folded FROM {table} WHERE {column} = ANY ($1)"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(folded).fetch_all(connection).await?)
}

/// The records that hold one of these values (company, folded text) in a unique field, retired ones included.
///
/// # Errors
/// See [`StoreError`].
pub async fn holders(
    connection: &mut Connection,
    entity: &EntityDef,
    field: &FieldDef,
    values: &[(Option<Uuid>, &str)],
) -> Result<Vec<Holder>, StoreError> {
    let folded: Vec<&str> = values.iter().map(|(_, folded)| *folded).collect();
    if field.unique != Unique::Company {
        return named(connection, entity, field, &folded).await;
    }
    let (table, column) = (entity.name, folded_name(field));
    let sql = format!(
        "SELECT id, company_id AS company, {column} AS folded FROM {table}
         WHERE (company_id, {column}) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))"
    );
    let companies: Vec<Option<Uuid>> = values.iter().map(|(company, _)| *company).collect();
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(companies).bind(folded);
    Ok(query.fetch_all(connection).await?)
}
