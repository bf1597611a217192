//! Table `sync_device`: the end of each device's chain of ops, and what it last said that it holds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sync_protocol::message::{Position, Purge, PurgeReceipt};
use sync_protocol::op::{ChainEnd, Hash};
use uuid::Uuid;

use super::commit::stored;
use crate::store::{Connection, StoreError};

/// Stands for an end of a chain that was lost with the database that held it.
const NOBODY_KNOWS: i64 = i64::MAX;

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

/// A device's chain that is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locked {
    pub chain: ChainEnd,
    /// Up to which op the device had answers before the tenant was restored; 0 where it was not.
    pub lost_to: u64,
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    #[sqlx(flatten)]
    row: Row,
    lost_to: Option<i64>,
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
) -> Result<Locked, StoreError> {
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
    let row: LockedRow = sqlx::query_as(
        "SELECT op_seq, op_hash, seen_at, lost_to FROM sync_device WHERE device_id = $1 FOR NO KEY UPDATE",
    )
    .bind(device)
    .fetch_one(connection)
    .await?;
    let lost_to = row.lost_to.and_then(|lost_to| u64::try_from(lost_to).ok()).unwrap_or_default();
    Ok(Locked { chain: row.row.known()?.chain, lost_to })
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

/// What a restore of the tenant lost of a device's chain, and got back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Healing {
    /// Ops that had an answer before and are missing; nothing where nobody knows.
    pub lost: Option<u64>,
    /// Ops of those that came again.
    pub healed: u64,
}

/// The devices of which a restore lost ops.
///
/// # Errors
/// See [`StoreError`].
pub async fn healings(connection: &mut Connection) -> Result<HashMap<Uuid, Healing>, StoreError> {
    let lost: Vec<(Uuid, i64, i64, i64)> = sqlx::query_as(
        "SELECT device_id, op_seq, lost_to, healed_ops FROM sync_device WHERE lost_to IS NOT NULL",
    )
    .fetch_all(connection)
    .await?;
    let healing = |(device, op_seq, lost_to, healed): (Uuid, i64, i64, i64)| {
        let lost = (lost_to < NOBODY_KNOWS).then(|| u64::try_from(lost_to - op_seq).unwrap_or(0));
        (device, Healing { lost, healed: u64::try_from(healed).unwrap_or_default() })
    };
    Ok(lost.into_iter().map(healing).collect())
}

/// Counts ops that came again. Where nobody knows what was lost, nobody knows what is new.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_healed(
    connection: &mut Connection,
    device: Uuid,
    ops: usize,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE sync_device SET healed_ops = healed_ops + $2 WHERE device_id = $1 AND lost_to <> $3",
    )
    .bind(device)
    .bind(i64::try_from(ops).unwrap_or(i64::MAX))
    .bind(NOBODY_KNOWS)
    .execute(connection)
    .await?;
    Ok(())
}

/// A device's last word on what had to leave its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow, Serialize)]
pub struct Purged {
    pub purged_at: DateTime<Utc>,
    /// The version of the rights that it was freed for.
    pub purged_policy: i64,
}

/// The last receipts of the devices that gave one.
///
/// # Errors
/// See [`StoreError`].
pub async fn purges(connection: &mut Connection) -> Result<HashMap<Uuid, Purged>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        device_id: Uuid,
        #[sqlx(flatten)]
        purged: Purged,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT device_id, purged_at, purged_policy FROM sync_device WHERE purged_at IS NOT NULL",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.device_id, row.purged)).collect())
}

/// Notes a receipt; answers whether it was not noted before.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_purge(
    connection: &mut Connection,
    device: Uuid,
    user: Uuid,
    receipt: &PurgeReceipt,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Purge { policy_version, position, .. } = receipt.purge;
    let noted = sqlx::query(
        "INSERT INTO sync_device AS d (device_id, user_id, op_seq, op_hash, seen_at, purged_at, purged_policy,
                                       purged_position, purged_proof)
         VALUES ($1, $2, 0, $3, $4, $4, $5, $6, decode($7, 'hex'))
         ON CONFLICT (device_id) DO UPDATE SET purged_at = $4, purged_policy = $5, purged_position = $6,
             purged_proof = decode($7, 'hex')
         WHERE d.purged_proof IS DISTINCT FROM decode($7, 'hex')",
    )
    .bind(device)
    .bind(user)
    .bind([0_u8; 32].as_slice())
    .bind(now)
    .bind(policy_version)
    .bind(stored(position))
    .bind(&receipt.proof)
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() > 0)
}

/// The end of every device's chain, with its hash.
///
/// # Errors
/// See [`StoreError`].
pub async fn chain_ends(
    connection: &mut Connection,
) -> Result<Vec<(Uuid, i64, Vec<u8>)>, StoreError> {
    Ok(sqlx::query_as("SELECT device_id, op_seq, op_hash FROM sync_device")
        .fetch_all(connection)
        .await?)
}

/// How far every device's chain was ever answered: to its end, or farther where an earlier restore lost some of it.
///
/// # Errors
/// See [`StoreError`].
pub async fn answered_to(connection: &mut Connection) -> Result<Vec<(Uuid, i64)>, StoreError> {
    Ok(sqlx::query_as("SELECT device_id, greatest(op_seq, lost_to) FROM sync_device")
        .fetch_all(connection)
        .await?)
}

/// Notes in a restored database how far each device's chain had been answered; `None` where nobody knows.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_lost(
    connection: &mut Connection,
    ends: &[(Uuid, Uuid, Option<i64>)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sync_device SET lost_to = NULL, healed_ops = 0")
        .execute(&mut *connection)
        .await?;
    for (device, user, end) in ends {
        sqlx::query(
            "INSERT INTO sync_device AS d (device_id, user_id, op_seq, op_hash, lost_to, seen_at)
             VALUES ($1, $2, 0, $3, nullif($4, 0), $5)
             ON CONFLICT (device_id) DO UPDATE SET lost_to = $4 WHERE d.op_seq < $4",
        )
        .bind(device)
        .bind(user)
        .bind([0_u8; 32].as_slice())
        .bind(end.unwrap_or(NOBODY_KNOWS))
        .bind(now)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
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
