//! Table `sync_op`: every op that was received, with its receipt. Neither ever changes; only what an op waits
//! for does.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sync_protocol::op::{ChainEnd, Hash};
use uuid::Uuid;

use super::device::sequence;
use crate::store::{Connection, StoreError};

/// An op to be stored, with its receipt.
pub struct NewOp<'a> {
    pub op_id: Uuid,
    pub op_seq: u64,
    pub op_hash: Hash,
    pub intent_hash: Hash,
    pub kind: String,
    pub row: Option<(&'a str, Uuid)>,
    pub replaces: Option<Uuid>,
    pub waits_for: Option<Uuid>,
    pub payload: &'a [u8],
    pub receipt: &'a [u8],
}

/// What identifies a stored op, and its receipt's bytes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredOp {
    pub op_id: Uuid,
    pub user_id: Uuid,
    pub device_id: Uuid,
    pub op_seq: i64,
    pub op_hash: Vec<u8>,
    pub intent_hash: Vec<u8>,
    pub receipt: Vec<u8>,
}

/// A stored op that waits for another.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WaitingOp {
    pub op_id: Uuid,
    pub user_id: Uuid,
    pub device_id: Uuid,
    pub waits_for: Uuid,
    pub payload: Vec<u8>,
    pub receipt: Vec<u8>,
}

/// An op's receipt, and which op it mends.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Answer {
    pub op_id: Uuid,
    pub replaces: Option<Uuid>,
    pub receipt: Vec<u8>,
}

/// The stored ops with these ids, by id.
///
/// # Errors
/// See [`StoreError`].
pub async fn by_ids(
    connection: &mut Connection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, StoredOp>, StoreError> {
    let found: Vec<StoredOp> = sqlx::query_as(
        "SELECT op_id, user_id, device_id, op_seq, op_hash, intent_hash, receipt FROM sync_op WHERE op_id = ANY ($1)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().map(|op| (op.op_id, op)).collect())
}

/// The bytes of these ops as they were received, and whose they are, by id.
///
/// # Errors
/// See [`StoreError`].
pub async fn payloads(
    connection: &mut Connection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, (Vec<u8>, Uuid)>, StoreError> {
    let found =
        sqlx::query_as("SELECT op_id, payload, user_id FROM sync_op WHERE op_id = ANY ($1)");
    let found: Vec<(Uuid, Vec<u8>, Uuid)> = found.bind(ids).fetch_all(connection).await?;
    Ok(found.into_iter().map(|(op_id, payload, user)| (op_id, (payload, user))).collect())
}

/// The canonical bytes of the op that stands at a place of a device's chain.
///
/// # Errors
/// See [`StoreError`].
pub async fn payload_at(
    connection: &mut Connection,
    device: Uuid,
    op_seq: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found =
        sqlx::query_scalar("SELECT payload FROM sync_op WHERE device_id = $1 AND op_seq = $2");
    Ok(found.bind(device).bind(sequence(op_seq)).fetch_optional(connection).await?)
}

/// The hash of the op that stands at a place of a device's chain.
///
/// # Errors
/// See [`StoreError`].
pub async fn hash_at(
    connection: &mut Connection,
    device: Uuid,
    op_seq: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found =
        sqlx::query_scalar("SELECT op_hash FROM sync_op WHERE device_id = $1 AND op_seq = $2");
    Ok(found.bind(device).bind(sequence(op_seq)).fetch_optional(connection).await?)
}

/// The answer to an op in its place in a chain.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ChainAnswer {
    pub op_id: Uuid,
    pub op_seq: i64,
    pub op_hash: Vec<u8>,
    pub receipt: Vec<u8>,
}

impl ChainAnswer {
    /// The end of the chain with this op.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for a hash that is none.
    pub fn end(&self) -> Result<ChainEnd, StoreError> {
        let hash = self.op_hash.as_slice().try_into();
        let hash =
            hash.map_err(|_| StoreError::Damaged("a chain's hash has no 32 bytes".to_owned()))?;
        Ok(ChainEnd { op_seq: u64::try_from(self.op_seq).unwrap_or_default(), hash: Hash(hash) })
    }
}

/// The answers to a device's ops after a place of its chain, at most `most`.
///
/// # Errors
/// See [`StoreError`].
pub async fn answers_after(
    connection: &mut Connection,
    device: Uuid,
    op_seq: u64,
    most: i64,
) -> Result<Vec<ChainAnswer>, StoreError> {
    let found = sqlx::query_as(
        "SELECT op_id, op_seq, op_hash, receipt FROM sync_op
         WHERE device_id = $1 AND op_seq > $2 ORDER BY op_seq LIMIT $3",
    );
    Ok(found.bind(device).bind(sequence(op_seq)).bind(most).fetch_all(connection).await?)
}

/// An op in its place in a chain.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ChainOp {
    pub device_id: Uuid,
    pub op_seq: i64,
    pub op_hash: Vec<u8>,
    pub payload: Vec<u8>,
    pub receipt: Vec<u8>,
}

/// The ops behind a place, chain by chain, at most `most`.
///
/// # Errors
/// See [`StoreError`].
pub async fn chains_after(
    connection: &mut Connection,
    after: Option<(Uuid, i64)>,
    most: i64,
) -> Result<Vec<ChainOp>, StoreError> {
    let (device, op_seq) = after.unwrap_or((Uuid::nil(), 0));
    Ok(sqlx::query_as(
        "SELECT device_id, op_seq, op_hash, payload, receipt FROM sync_op
         WHERE (device_id, op_seq) > ($1, $2) ORDER BY device_id, op_seq LIMIT $3",
    )
    .bind(device)
    .bind(op_seq)
    .bind(most)
    .fetch_all(connection)
    .await?)
}

/// The answers to these ops and to every op that mends one of them, however often. Of an op that was held and applied
/// later, what it was applied with.
///
/// # Errors
/// See [`StoreError`].
pub async fn answers(connection: &mut Connection, ids: &[Uuid]) -> Result<Vec<Answer>, StoreError> {
    Ok(sqlx::query_as(
        "WITH RECURSIVE chain AS (
             SELECT op_id FROM sync_op WHERE op_id = ANY ($1)
             UNION
             SELECT o.op_id FROM sync_op o JOIN chain c ON o.replaces = c.op_id
         )
         SELECT o.op_id, o.replaces, coalesce(r.outcome, o.receipt) AS receipt
         FROM sync_op o JOIN chain USING (op_id) LEFT JOIN sync_review r USING (op_id)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?)
}

/// The ops that wait among these ops, those that wait for one of them or for one that they mend, and those that
/// wait for them in turn, in the order of their chains.
///
/// # Errors
/// See [`StoreError`].
pub async fn waiting(
    connection: &mut Connection,
    ids: &[Uuid],
) -> Result<Vec<WaitingOp>, StoreError> {
    Ok(sqlx::query_as(
        "WITH RECURSIVE mended AS (
             SELECT op_id FROM unnest($1::uuid[]) AS op_id
             UNION
             SELECT o.replaces FROM sync_op o JOIN mended m ON m.op_id = o.op_id
             WHERE o.replaces IS NOT NULL
         ), chain AS (
             SELECT o.op_id FROM sync_op o JOIN mended m ON o.waits_for = m.op_id
             UNION
             SELECT o.op_id FROM sync_op o JOIN mended m ON o.op_id = m.op_id WHERE o.waits_for IS NOT NULL
             UNION
             SELECT o.op_id FROM sync_op o JOIN chain c ON o.waits_for = c.op_id
         )
         SELECT o.op_id, o.user_id, o.device_id, o.waits_for, o.payload, o.receipt
         FROM sync_op o JOIN chain USING (op_id) ORDER BY o.device_id, o.op_seq FOR NO KEY UPDATE OF o",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?)
}

/// Notes what waiting ops wait for from now on; nothing, where they were judged.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_waits(
    connection: &mut Connection,
    waits: &[(Uuid, Option<Uuid>)],
) -> Result<(), StoreError> {
    let (ids, needs): (Vec<Uuid>, Vec<Option<Uuid>>) = waits.iter().copied().unzip();
    sqlx::query(
        "UPDATE sync_op AS o SET waits_for = w.needs FROM unnest($1::uuid[], $2::uuid[]) AS w (op_id, needs)
         WHERE o.op_id = w.op_id",
    )
    .bind(ids)
    .bind(needs)
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores ops of one device.
///
/// # Errors
/// [`StoreError::Taken`] where an op id or a place in the chain is taken.
pub async fn insert(
    connection: &mut Connection,
    device: Uuid,
    user: Uuid,
    ops: &[NewOp<'_>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    fn column<'a, T>(ops: &'a [NewOp<'_>], of: impl Fn(&'a NewOp<'_>) -> T) -> Vec<T> {
        ops.iter().map(of).collect()
    }
    sqlx::query(
        "INSERT INTO sync_op (op_id, device_id, op_seq, user_id, op_hash, intent_hash, kind, entity, row_id,
                              replaces, waits_for, payload, receipt, received_at)
         SELECT op_id, $1, op_seq, $2, op_hash, intent_hash, kind, entity, row_id, replaces, waits_for,
                payload, receipt, $3
         FROM unnest($4::uuid[], $5::bigint[], $6::bytea[], $7::bytea[], $8::text[], $9::text[], $10::uuid[],
                     $11::uuid[], $12::uuid[], $13::bytea[], $14::bytea[])
         AS n (op_id, op_seq, op_hash, intent_hash, kind, entity, row_id, replaces, waits_for, payload, receipt)",
    )
    .bind(device)
    .bind(user)
    .bind(now)
    .bind(column(ops, |op| op.op_id))
    .bind(column(ops, |op| sequence(op.op_seq)))
    .bind(column(ops, |op| op.op_hash.0.to_vec()))
    .bind(column(ops, |op| op.intent_hash.0.to_vec()))
    .bind(column(ops, |op| op.kind.as_str()))
    .bind(column(ops, |op| op.row.map(|(entity, _)| entity)))
    .bind(column(ops, |op| op.row.map(|(_, id)| id)))
    .bind(column(ops, |op| op.replaces))
    .bind(column(ops, |op| op.waits_for))
    .bind(column(ops, |op| op.payload))
    .bind(column(ops, |op| op.receipt))
    .execute(connection)
    .await?;
    Ok(())
}
