//! What becomes of numbers in a database that came back from a backup: nobody knows here what was given since.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Void, counter, note_void, set_counter};
use crate::store::{Connection, StoreError};

/// How far a series has counted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Counter {
    pub series_id: Uuid,
    pub period: String,
    pub next_number: i64,
}

/// Of a database that nobody could read any more so many blocks of each series are taken for given to every device.
const BLOCKS: i64 = 2;
/// And at least so many numbers.
const LEAST: i64 = 100;

/// How far every series has counted.
///
/// # Errors
/// See [`StoreError`].
pub async fn counters(connection: &mut Connection) -> Result<Vec<Counter>, StoreError> {
    Ok(sqlx::query_as("SELECT series_id, period, next_number FROM number_counter")
        .fetch_all(connection)
        .await?)
}

/// Makes void what devices hold by the backup, and skips the numbers that were or may have been given since: up to
/// where the database before had counted, or where it cannot be read as many as its devices may have taken.
///
/// # Errors
/// See [`StoreError`].
pub async fn restore(
    connection: &mut Connection,
    before: Option<&[Counter]>,
    devices: usize,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    sqlx::query(
        "WITH ended AS (
             UPDATE number_lease SET state = 'void', ended_at = $1 WHERE state IN ('held', 'returned')
             RETURNING id, series_id, period, own, device_id, next_number, last_number
         )
         INSERT INTO number_void
             (series_id, period, first_number, last_number, reason, device_id, lease_id, noted_at)
         SELECT series_id, period, next_number, last_number, 'restored', device_id, id, $1
         FROM ended WHERE next_number <= last_number AND NOT own",
    )
    .bind(now)
    .execute(&mut *connection)
    .await?;
    let due = match before {
        Some(before) => before.to_vec(),
        None => margins(connection, devices).await?,
    };
    let mut skipped: u64 = 0;
    for Counter { series_id: series, period, next_number: to } in due {
        let known = counter(connection, series, &period).await?.unwrap_or(1);
        let (first, last) = (known, to - 1);
        let period = period.as_str();
        let void = Void { series, period, first, last, reason: "restored", of: None };
        note_void(connection, void, now).await?;
        set_counter(connection, series, period, to).await?;
        skipped += u64::try_from(to - known).unwrap_or_default();
    }
    Ok(skipped)
}

/// Where each counter goes on that this database knows of.
async fn margins(connection: &mut Connection, devices: usize) -> Result<Vec<Counter>, StoreError> {
    let devices = i64::try_from(devices).unwrap_or(i64::MAX).saturating_add(1);
    Ok(sqlx::query_as(
        "SELECT c.series_id, c.period,
                c.next_number + greatest($2, $1 * coalesce(s.device_block_size, 100)) AS next_number
         FROM number_counter c LEFT JOIN number_series s ON s.id = c.series_id",
    )
    .bind(devices.saturating_mul(BLOCKS))
    .bind(LEAST)
    .fetch_all(connection)
    .await?)
}
