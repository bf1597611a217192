//! Tables `audit_entry`, `audit_value` and `audit_unsealed`: entries are added here, in the transaction of what
//! they tell of. The chain over them is the sealer's; nothing here changes or removes an entry.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// An entry ready to be written: digest made, salt drawn.
pub struct Row {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub user_id: Option<Uuid>,
    pub device_id: Option<Uuid>,
    pub address: Option<String>,
    pub op_id: Option<Uuid>,
    pub action: String,
    pub outcome: &'static str,
    pub entity: Option<String>,
    pub row_id: Option<Uuid>,
    /// Salt, values and their digest; absent where there is nothing to tell beyond the entry itself.
    pub values: Option<Values>,
}

pub struct Values {
    pub salt: [u8; 16],
    /// JSON, as the exact text that the digest is over.
    pub changes: String,
    pub digest: [u8; 32],
}

/// What was done to a record once.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Told {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub user_id: Option<Uuid>,
    pub device_id: Option<Uuid>,
    pub op_id: Option<Uuid>,
    pub action: String,
    /// JSON; absent where it was erased.
    pub changes: Option<String>,
}

/// What was done to a record, the newest first, before an entry.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_row(
    connection: &mut Connection,
    entity: &str,
    row: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: usize,
) -> Result<Vec<Told>, StoreError> {
    let (at, id) = before.unzip();
    Ok(sqlx::query_as(
        "SELECT e.id, e.at, e.user_id, e.device_id, e.op_id, e.action, v.changes::text AS changes
         FROM audit_entry e LEFT JOIN audit_value v ON v.entry_id = e.id
         WHERE e.entity = $1 AND e.row_id = $2 AND e.outcome = 'done'
           AND e.action IN ($1 || '.create', $1 || '.update', $1 || '.retire', $1 || '.merge',
                            $1 || '.approve', $1 || '.refuse')
           AND ($3::timestamptz IS NULL OR (e.at, e.id) < ($3, $4))
         ORDER BY e.at DESC, e.id DESC LIMIT $5",
    )
    .bind(entity)
    .bind(row)
    .bind(at)
    .bind(id)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?)
}

/// Writes entries, many in one statement.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(connection: &mut Connection, rows: &[Row]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    fn column<T>(rows: &[Row], of: impl Fn(&Row) -> T) -> Vec<T> {
        rows.iter().map(of).collect()
    }
    let values = |row: &Row| row.values.as_ref().map(|values| values.digest.to_vec());
    sqlx::query(
        "WITH new AS (
             SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[],
                                  $6::uuid[], $7::text[], $8::text[], $9::text[], $10::uuid[],
                                  $11::bytea[], $12::bytea[], $13::text[])
             AS t (id, at, user_id, device_id, address, op_id, action, outcome, entity, row_id,
                   digest, salt, changes)
         ), entries AS (
             INSERT INTO audit_entry (id, at, user_id, device_id, address, op_id, action, outcome, entity,
                                      row_id, values_digest)
             SELECT id, at, user_id, device_id, address, op_id, action, outcome, entity, row_id, digest
             FROM new
         ), kept AS (
             INSERT INTO audit_value (entry_id, salt, changes)
             SELECT id, salt, changes::json FROM new WHERE digest IS NOT NULL
         )
         INSERT INTO audit_unsealed (entry_id) SELECT id FROM new",
    )
    .bind(column(rows, |row| row.id))
    .bind(column(rows, |row| row.at))
    .bind(column(rows, |row| row.user_id))
    .bind(column(rows, |row| row.device_id))
    .bind(column(rows, |row| row.address.clone()))
    .bind(column(rows, |row| row.op_id))
    .bind(column(rows, |row| row.action.clone()))
    .bind(column(rows, |row| row.outcome))
    .bind(column(rows, |row| row.entity.clone()))
    .bind(column(rows, |row| row.row_id))
    .bind(column(rows, values))
    .bind(column(rows, |row| row.values.as_ref().map(|values| values.salt.to_vec())))
    .bind(column(rows, |row| row.values.as_ref().map(|values| values.changes.clone())))
    .execute(connection)
    .await?;
    Ok(())
}
