//! Table `sync_courier`: the devices that meet the hub by files, what each last said of itself in one, and how many
//! were written for it.

use sync_protocol::courier::DeviceOpening;
use sync_protocol::wire;
use uuid::Uuid;

use super::device::sequence;
use crate::store::{Connection, StoreError};

/// What a device said of itself in the newest of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The number of that file, and of the hub's file that the device had taken by then.
    pub file: u64,
    pub answer: u64,
    pub opening: DeviceOpening,
}

#[derive(sqlx::FromRow)]
struct Row {
    file: i64,
    answer: i64,
    opening: Vec<u8>,
}

/// What the device last said, if a file of it ever came.
///
/// # Errors
/// See [`StoreError`].
pub async fn said(connection: &mut Connection, device: Uuid) -> Result<Option<Said>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT file, answer, opening FROM sync_courier WHERE device_id = $1 AND opening IS NOT NULL",
    )
    .bind(device)
    .fetch_optional(connection)
    .await?;
    let Some(Row { file, answer, opening }) = row else { return Ok(None) };
    // A program that was updated may not read what an older one wrote: then the device has to say it again.
    let Ok(opening) = wire::decode(&opening) else { return Ok(None) };
    let number = |stored: i64| u64::try_from(stored).unwrap_or_default();
    Ok(Some(Said { file: number(file), answer: number(answer), opening }))
}

/// Notes what a device says, unless a newer file of it came before.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_said(
    connection: &mut Connection,
    device: Uuid,
    said: &Said,
) -> Result<(), StoreError> {
    let opening =
        wire::encode(&said.opening).map_err(|error| StoreError::Damaged(error.to_string()))?;
    sqlx::query(
        "INSERT INTO sync_courier AS c (device_id, file, answer, opening) VALUES ($1, $2, $3, $4)
         ON CONFLICT (device_id) DO UPDATE SET file = $2, answer = $3, opening = $4 WHERE c.file < $2",
    )
    .bind(device)
    .bind(sequence(said.file))
    .bind(sequence(said.answer))
    .bind(opening)
    .execute(connection)
    .await?;
    Ok(())
}

/// The number of the next file for a device, which no other gets: also beyond the one that the device has taken, whatever
/// a restore has made of this table.
///
/// # Errors
/// See [`StoreError`].
pub async fn next_answer(
    connection: &mut Connection,
    device: Uuid,
    taken: u64,
) -> Result<u64, StoreError> {
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO sync_courier AS c (device_id, answers) VALUES ($1, $2 + 1)
         ON CONFLICT (device_id) DO UPDATE SET answers = greatest(c.answers, $2) + 1 RETURNING answers",
    )
    .bind(device)
    .bind(sequence(taken).min(i64::MAX - 1))
    .fetch_one(connection)
    .await?;
    Ok(u64::try_from(number).unwrap_or_default())
}

/// For how many seconds the rights of a device hold offline, where that was set for the courier.
///
/// # Errors
/// See [`StoreError`].
pub async fn lease_seconds(
    connection: &mut Connection,
    device: Uuid,
) -> Result<Option<i32>, StoreError> {
    let found = sqlx::query_scalar("SELECT lease_seconds FROM sync_courier WHERE device_id = $1");
    let found: Option<Option<i32>> = found.bind(device).fetch_optional(connection).await?;
    Ok(found.flatten())
}

/// Sets that, or takes it back; answers what stood before.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_lease_seconds(
    connection: &mut Connection,
    device: Uuid,
    seconds: Option<i32>,
) -> Result<Option<i32>, StoreError> {
    let before = lease_seconds(connection, device).await?;
    sqlx::query(
        "INSERT INTO sync_courier (device_id, lease_seconds) VALUES ($1, $2)
         ON CONFLICT (device_id) DO UPDATE SET lease_seconds = $2",
    )
    .bind(device)
    .bind(seconds)
    .execute(connection)
    .await?;
    Ok(before)
}
