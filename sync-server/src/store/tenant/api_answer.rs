//! Table `api_answer`: the first answer to a write that named a key. It is written once and never changed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// An answer as it was given. Its body holds no value of a record, so that a repeat shows nobody what they may
/// not see any more.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiAnswer {
    pub request_hash: Vec<u8>,
    pub status: i16,
    /// The record's version after it.
    pub version: Option<i64>,
    /// The record that was made.
    pub created_id: Option<Uuid>,
    pub body: Vec<u8>,
}

/// The answer that was given to the operation.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(
    connection: &mut Connection,
    op_id: Uuid,
) -> Result<Option<ApiAnswer>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT request_hash, status, version, created_id, body FROM api_answer WHERE op_id = $1",
    )
    .bind(op_id)
    .fetch_optional(connection)
    .await?)
}

/// Keeps an answer.
///
/// # Errors
/// [`StoreError::Taken`] where the operation has one.
pub async fn insert(
    connection: &mut Connection,
    op_id: Uuid,
    answer: &ApiAnswer,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO api_answer (op_id, request_hash, status, version, created_id, body, answered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(op_id)
    .bind(&answer.request_hash)
    .bind(answer.status)
    .bind(answer.version)
    .bind(answer.created_id)
    .bind(&answer.body)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
