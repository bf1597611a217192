//! Tables `number_counter` and `number_void`.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// The next number of a series in a period; nothing where none was given yet.
///
/// # Errors
/// See [`StoreError`].
pub async fn counter(
    connection: &mut Connection,
    series: Uuid,
    period: &str,
) -> Result<Option<i64>, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT next_number FROM number_counter WHERE series_id = $1 AND period = $2",
    );
    Ok(found.bind(series).bind(period).fetch_optional(connection).await?)
}

/// The series among these that have given numbers.
///
/// # Errors
/// See [`StoreError`].
pub async fn that_have_given(
    connection: &mut Connection,
    series: &[Uuid],
) -> Result<HashSet<Uuid>, StoreError> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "SELECT series_id FROM number_counter WHERE series_id = ANY ($1)
         UNION SELECT series_id FROM number_lease WHERE series_id = ANY ($1)",
    )
    .bind(series)
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().collect())
}

/// Moves a counter on; it never goes back.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_counter(
    connection: &mut Connection,
    series: Uuid,
    period: &str,
    next: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO number_counter AS c (series_id, period, next_number) VALUES ($1, $2, $3)
         ON CONFLICT (series_id, period)
         DO UPDATE SET next_number = greatest(c.next_number, excluded.next_number)",
    )
    .bind(series)
    .bind(period)
    .bind(next)
    .execute(connection)
    .await?;
    Ok(())
}

/// Numbers that nobody will be given.
#[derive(Debug, Clone, Copy)]
pub struct Void<'a> {
    pub series: Uuid,
    pub period: &'a str,
    pub first: i64,
    pub last: i64,
    pub reason: &'static str,
    /// The lease that they are the end of, and its device.
    pub of: Option<(Uuid, Uuid)>,
}

/// Notes them, if they are any.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_void(
    connection: &mut Connection,
    void: Void<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if void.first > void.last {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO number_void
             (series_id, period, first_number, last_number, reason, lease_id, device_id, noted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(void.series)
    .bind(void.period)
    .bind(void.first)
    .bind(void.last)
    .bind(void.reason)
    .bind(void.of.map(|(lease, _)| lease))
    .bind(void.of.map(|(_, device)| device))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
