//! Table `sync_device`: the end of each device's chain of ops, and what it last said that it holds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sync_protocol::message::Position;
use sync_protocol::op::{ChainEnd, Hash};
use uuid::Uuid;

use super::commit::stored;
use crate::store::{Connection, StoreError};

/// A device as the tenant's database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    pub chain: ChainEnd,
    pub seen_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    op_seq: i64,
    op_hash: Vec<u8>,
    seen_at: DateTime<Utc>,
}

impl Row {
    fn known(self) -> Result<KnownDevice, StoreError> {
        let hash = self.op_hash.try_into();
        let hash =
            hash.map_err(|_| StoreError::Damaged("a chain's hash has no 32 bytes".to_owned()))?;
        let op_seq = u64::try_from(self.op_seq).unwrap_or_default();
        Ok(KnownDevice { chain: ChainEnd { op_seq, hash: Hash(hash) }, seen_at: self.seen_at })
    }
}

/// A device that was heard of before.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(
    connection: &mut Connection,
    device: Uuid,
) -> Result<Option<KnownDevice>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT op_seq, op_hash, seen_at FROM sync_device WHERE device_id = $1")
            .bind(device)
            .fetch_optional(connection)
            .await?;
    row.map(Row::known).transpose()
}

/// The end of a device's chain, locked until the transaction ends: its pushes come one after the other.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_chain(
    connection: &mut Connection,
    device: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<ChainEnd, StoreError> {
    sqlx::query(
        "INSERT INTO sync_device (device_id, user_id, op_seq, op_hash, seen_at) VALUES ($1, $2, 0, $3, $4)
         ON CONFLICT (device_id) DO NOTHING",
    )
    .bind(device)
    .bind(user)
    .bind([0_u8; 32].as_slice())
    .bind(now)
    .execute(&mut *connection)
    .await?;
    let row: Row = sqlx::query_as(
        "SELECT op_seq, op_hash, seen_at FROM sync_device WHERE device_id = $1 FOR NO KEY UPDATE",
    )
    .bind(device)
    .fetch_one(connection)
    .await?;
    Ok(row.known()?.chain)
}

/// Moves the end of a locked chain.
///
/// # Errors
/// See [`StoreError`].
pub async fn extend_chain(
    connection: &mut Connection,
    device: Uuid,
    end: ChainEnd,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sync_device SET op_seq = $2, op_hash = $3 WHERE device_id = $1")
        .bind(device)
        .bind(sequence(end.op_seq))
        .bind(end.hash.0.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that two copies of a device's profile are in use, the first time that it shows.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_fork(
    connection: &mut Connection,
    device: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sync_device SET forked_at = $2 WHERE device_id = $1 AND forked_at IS NULL")
        .bind(device)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The devices of whose profiles two copies are in use, with the time since when that is known.
///
/// # Errors
/// See [`StoreError`].
pub async fn forks(
    connection: &mut Connection,
) -> Result<HashMap<Uuid, DateTime<Utc>>, StoreError> {
    let forks: Vec<(Uuid, DateTime<Utc>)> =
        sqlx::query_as("SELECT device_id, forked_at FROM sync_device WHERE forked_at IS NOT NULL")
            .fetch_all(connection)
            .await?;
    Ok(forks.into_iter().collect())
}

/// Notes that a device was there and where in the order it stands.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_seen(
    connection: &mut Connection,
    device: Uuid,
    user: Uuid,
    cursor: Option<Position>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sync_device (device_id, user_id, op_seq, op_hash, cursor, seen_at)
         VALUES ($1, $2, 0, $3, $4, $5)
         ON CONFLICT (device_id) DO UPDATE SET cursor = excluded.cursor, seen_at = excluded.seen_at",
    )
    .bind(device)
    .bind(user)
    .bind([0_u8; 32].as_slice())
    .bind(cursor.map(stored))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// A place in a chain as Postgres keeps it. A chain of more than 2^63 ops cannot be.
pub(super) fn sequence(op_seq: u64) -> i64 {
    i64::try_from(op_seq).unwrap_or(i64::MAX)
}
