//! Table `sync_digest`: what the rows of an entity in a scope sum up to, as a sum over its rows. Differences are
//! added; folding replaces many by their sum.

use sync_protocol::digest::FieldDigests;
use sync_protocol::wire;

use crate::store::{Connection, StoreError};

/// A sum or a difference: how many rows, and the digests of their fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    pub rows: i64,
    pub fields: FieldDigests,
}

impl Sum {
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.fields.add(&other.fields);
    }
}

/// What is stored of one entity in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    Known(Sum),
    /// Something was written that nobody summed up.
    Doubtful,
}

/// The sums of these entities in one scope as this connection sees them, each with the number of stored rows
/// it is made of; an entity without any has no rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn read(
    connection: &mut Connection,
    scope: &str,
    entities: &[&str],
) -> Result<Vec<(String, Stored, usize)>, StoreError> {
    let parts: Vec<Part> = sqlx::query_as(
        "SELECT entity, row_count, fields FROM sync_digest WHERE scope = $1 AND entity = ANY ($2)",
    )
    .bind(scope)
    .bind(entities)
    .fetch_all(connection)
    .await?;
    let each = entities.iter().map(|entity| {
        let own: Vec<&Part> = parts.iter().filter(|part| part.entity == *entity).collect();
        Ok(((*entity).to_owned(), total(&own)?, own.len()))
    });
    each.collect()
}

/// Adds differences, each of one entity in one scope, as part of a change.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(
    connection: &mut Connection,
    change_id: i64,
    differences: &[(String, &str, Sum)],
) -> Result<(), StoreError> {
    let scopes: Vec<&str> = differences.iter().map(|(scope, ..)| scope.as_str()).collect();
    let entities: Vec<&str> = differences.iter().map(|(_, entity, _)| *entity).collect();
    let rows: Vec<i64> = differences.iter().map(|(.., sum)| sum.rows).collect();
    let fields = differences.iter().map(|(.., sum)| encode(sum)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query(
        "INSERT INTO sync_digest (scope, entity, change_id, row_count, fields)
         SELECT scope, entity, $1, row_count, fields
         FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bytea[]) AS d (scope, entity, row_count, fields)",
    )
    .bind(change_id)
    .bind(scopes)
    .bind(entities)
    .bind(rows)
    .bind(fields)
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces all that is stored of an entity in a scope, as this transaction sees it, by one sum. What others
/// add meanwhile stays.
///
/// # Errors
/// See [`StoreError`]; contention where another replaced it at the same time.
pub async fn replace(
    connection: &mut Connection,
    scope: &str,
    entity: &str,
    sum: &Sum,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sync_digest WHERE scope = $1 AND entity = $2")
        .bind(scope)
        .bind(entity)
        .execute(&mut *connection)
        .await?;
    insert_sum(connection, scope, entity, sum).await
}

/// Folds what is stored of an entity in a scope into one row, unless some of it is doubtful. Rows that
/// another transaction folds at the same time are left to it.
///
/// # Errors
/// See [`StoreError`].
pub async fn fold(
    connection: &mut Connection,
    scope: &str,
    entity: &str,
) -> Result<(), StoreError> {
    let parts: Vec<Part> = sqlx::query_as(
        "DELETE FROM sync_digest WHERE id IN (
             SELECT id FROM sync_digest
             WHERE scope = $1 AND entity = $2 AND fields IS NOT NULL
             ORDER BY id FOR UPDATE SKIP LOCKED)
         RETURNING entity, row_count, fields",
    )
    .bind(scope)
    .bind(entity)
    .fetch_all(&mut *connection)
    .await?;
    match total(&parts.iter().collect::<Vec<_>>())? {
        Stored::Known(sum) if !parts.is_empty() => {
            insert_sum(connection, scope, entity, &sum).await
        }
        _ => Ok(()),
    }
}

async fn insert_sum(
    connection: &mut Connection,
    scope: &str,
    entity: &str,
    sum: &Sum,
) -> Result<(), StoreError> {
    // A sum belongs to no change: 0 is before all of them.
    sqlx::query(
        "INSERT INTO sync_digest (scope, entity, change_id, row_count, fields) VALUES ($1, $2, 0, $3, $4)",
    )
    .bind(scope)
    .bind(entity)
    .bind(sum.rows)
    .bind(encode(sum)?)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Part {
    entity: String,
    row_count: Option<i64>,
    fields: Option<Vec<u8>>,
}

fn total(parts: &[&Part]) -> Result<Stored, StoreError> {
    let mut sum = Sum::default();
    for part in parts {
        let (Some(rows), Some(fields)) = (part.row_count, &part.fields) else {
            return Ok(Stored::Doubtful);
        };
        let fields: FieldDigests =
            wire::decode(fields).map_err(|error| StoreError::Damaged(error.to_string()))?;
        sum.add(&Sum { rows, fields });
    }
    Ok(Stored::Known(sum))
}

fn encode(sum: &Sum) -> Result<Vec<u8>, StoreError> {
    wire::encode(&sum.fields).map_err(|error| StoreError::Damaged(error.to_string()))
}
