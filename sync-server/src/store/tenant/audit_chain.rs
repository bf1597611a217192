//! Table `audit_chain`, with what it is over: entries as they are sealed and as they are verified. Hashes are
//! worked out elsewhere.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// The advisory lock of whoever seals.
const SEALER: i64 = 0x6461_7962_6f6f_6b02;

/// An entry as it was written.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Written {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub user_id: Option<Uuid>,
    pub device_id: Option<Uuid>,
    pub address: Option<String>,
    pub op_id: Option<Uuid>,
    pub action: String,
    pub outcome: String,
    pub entity: Option<String>,
    pub row_id: Option<Uuid>,
    pub values_digest: Option<Vec<u8>>,
}

/// The newest link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct End {
    pub place: i64,
    pub hash: Vec<u8>,
}

/// A link of the chain.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Link {
    pub place: i64,
    pub entry_id: Uuid,
    pub hash: Vec<u8>,
}

/// The values of an entry, with their salt.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeptValues {
    pub entry_id: Uuid,
    pub salt: Vec<u8>,
    /// The exact text that was hashed.
    pub changes: String,
}

/// Becomes the one who seals until the transaction ends, or learns that somebody else does.
///
/// # Errors
/// See [`StoreError`].
pub async fn try_lock(connection: &mut Connection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
        .bind(SEALER)
        .fetch_one(connection)
        .await?)
}

/// Lets everything that follows in this transaction see one and the same state.
///
/// # Errors
/// See [`StoreError`].
pub async fn freeze(connection: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(connection)
        .await?;
    Ok(())
}

/// # Errors
/// See [`StoreError`].
pub async fn end(connection: &mut Connection) -> Result<Option<End>, StoreError> {
    let newest = "SELECT place, hash FROM audit_chain ORDER BY place DESC LIMIT 1";
    Ok(sqlx::query_as(newest).fetch_optional(connection).await?)
}

/// Entries that are committed and not sealed, the oldest first, at most `most`.
///
/// # Errors
/// See [`StoreError`].
pub async fn unsealed(connection: &mut Connection, most: i64) -> Result<Vec<Written>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT e.id, e.at, e.user_id, e.device_id, e.address, e.op_id, e.action, e.outcome, e.entity,
                e.row_id, e.values_digest
         FROM audit_unsealed u JOIN audit_entry e ON e.id = u.entry_id ORDER BY u.entry_id LIMIT $1",
    )
    .bind(most)
    .fetch_all(connection)
    .await?)
}

/// How many entries are not sealed.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_unsealed(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM audit_unsealed").fetch_one(connection).await?)
}

/// Adds links, and takes their entries off the list of those that are not sealed.
///
/// # Errors
/// See [`StoreError`].
pub async fn extend(connection: &mut Connection, links: &[Link]) -> Result<(), StoreError> {
    let entries: Vec<Uuid> = links.iter().map(|link| link.entry_id).collect();
    sqlx::query(
        "INSERT INTO audit_chain (place, entry_id, hash)
         SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[])",
    )
    .bind(links.iter().map(|link| link.place).collect::<Vec<_>>())
    .bind(&entries)
    .bind(links.iter().map(|link| link.hash.clone()).collect::<Vec<_>>())
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM audit_unsealed WHERE entry_id = ANY ($1)")
        .bind(&entries)
        .execute(connection)
        .await?;
    Ok(())
}

/// The links behind a place, in order, at most `most`.
///
/// # Errors
/// See [`StoreError`].
pub async fn links_after(
    connection: &mut Connection,
    place: i64,
    most: i64,
) -> Result<Vec<Link>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT place, entry_id, hash FROM audit_chain WHERE place > $1 ORDER BY place LIMIT $2",
    )
    .bind(place)
    .bind(most)
    .fetch_all(connection)
    .await?)
}

/// These entries, as far as they are there.
///
/// # Errors
/// See [`StoreError`].
pub async fn entries(
    connection: &mut Connection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Written>, StoreError> {
    let found: Vec<Written> = sqlx::query_as(
        "SELECT id, at, user_id, device_id, address, op_id, action, outcome, entity, row_id, values_digest
         FROM audit_entry WHERE id = ANY ($1)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().map(|entry| (entry.id, entry)).collect())
}

/// The values of these entries, as far as they are there.
///
/// # Errors
/// See [`StoreError`].
pub async fn values(
    connection: &mut Connection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, KeptValues>, StoreError> {
    let found: Vec<KeptValues> = sqlx::query_as(
        "SELECT entry_id, salt, changes::text AS changes FROM audit_value WHERE entry_id = ANY ($1)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().map(|values| (values.entry_id, values)).collect())
}

/// Entries that neither are sealed nor wait for it.
///
/// # Errors
/// See [`StoreError`].
pub async fn loose(connection: &mut Connection) -> Result<Vec<Uuid>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM audit_entry e
         WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM audit_unsealed u WHERE u.entry_id = e.id)
         ORDER BY id",
    )
    .fetch_all(connection)
    .await?)
}
