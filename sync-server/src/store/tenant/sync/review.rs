//! Table `sync_review`: ops that wait for a person, and what was decided.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// An op that was held.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Held {
    pub op_id: Uuid,
    pub user_id: Uuid,
    pub device_id: Uuid,
    pub received_at: DateTime<Utc>,
    pub payload: Vec<u8>,
    pub why: String,
    pub is_decided: bool,
    /// The open items of Attention about it.
    pub items: Vec<Uuid>,
}

/// What was decided about one.
pub struct Decided {
    pub op_id: Uuid,
    /// The encoded receipt of one that was applied.
    pub outcome: Option<Vec<u8>>,
}

/// The held ops that these items of Attention are about, locked until the end of the transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_items(
    connection: &mut Connection,
    items: &[Uuid],
) -> Result<Vec<Held>, StoreError> {
    // First the lock, then the items as they stand behind it.
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT op_id FROM sync_review
         WHERE op_id IN (SELECT op_id FROM attention WHERE id = ANY ($1)) ORDER BY op_id FOR UPDATE",
    )
    .bind(items)
    .fetch_all(&mut *connection)
    .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "SELECT r.op_id, o.user_id, o.device_id, o.received_at, o.payload, r.why,
                r.decision IS NOT NULL AS is_decided,
                ARRAY (SELECT a.id FROM attention a WHERE a.op_id = r.op_id AND a.retired_at IS NULL
                           AND a.kind IN ('review', 'in_review') ORDER BY a.id) AS items
         FROM sync_review r JOIN sync_op o USING (op_id) WHERE r.op_id = ANY ($1) ORDER BY r.op_id",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?)
}

/// Notes ops that are held, each with its reason.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold(
    connection: &mut Connection,
    held: &[(Uuid, &'static str)],
) -> Result<(), StoreError> {
    let (ids, whys): (Vec<Uuid>, Vec<&str>) = held.iter().copied().unzip();
    sqlx::query(
        "INSERT INTO sync_review (op_id, why) SELECT * FROM unnest($1::uuid[], $2::text[])
         ON CONFLICT DO NOTHING",
    )
    .bind(ids)
    .bind(whys)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes what one person decided.
///
/// # Errors
/// See [`StoreError`].
pub async fn decide(
    connection: &mut Connection,
    decided: &[Decided],
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = decided.iter().map(|it| it.op_id).collect();
    let outcomes: Vec<Option<&[u8]>> = decided.iter().map(|it| it.outcome.as_deref()).collect();
    sqlx::query(
        "UPDATE sync_review r SET decision = CASE WHEN d.outcome IS NULL THEN 'returned' ELSE 'applied' END,
                outcome = d.outcome, decided_by = $3, decided_at = $4
         FROM unnest($1::uuid[], $2::bytea[]) AS d (op_id, outcome)
         WHERE r.op_id = d.op_id AND r.decision IS NULL",
    )
    .bind(ids)
    .bind(outcomes)
    .bind(by)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether there are held ops that nobody has decided and that this person has no open item about.
///
/// # Errors
/// See [`StoreError`].
pub async fn any_unseen(connection: &mut Connection, user: Uuid) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM sync_review r WHERE r.decision IS NULL AND NOT EXISTS (
             SELECT FROM attention a WHERE a.op_id = r.op_id AND a.owner_id = $1 AND a.kind = 'review'
                 AND a.retired_at IS NULL))",
    );
    Ok(found.bind(user).fetch_one(connection).await?)
}

/// These ops in the order in which they came, with all that are not decided locked until the end of the transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn unseen(connection: &mut Connection, user: Uuid) -> Result<Vec<Held>, StoreError> {
    // First the lock, then what stands behind it.
    sqlx::query("SELECT FROM sync_review WHERE decision IS NULL ORDER BY op_id FOR UPDATE")
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_as(
        "SELECT r.op_id, o.user_id, o.device_id, o.received_at, o.payload, r.why, false AS is_decided,
                '{}'::uuid[] AS items
         FROM sync_review r JOIN sync_op o USING (op_id)
         WHERE r.decision IS NULL AND NOT EXISTS (
             SELECT FROM attention a WHERE a.op_id = r.op_id AND a.owner_id = $1 AND a.kind = 'review'
                 AND a.retired_at IS NULL)
         ORDER BY o.received_at, o.device_id, o.op_seq",
    )
    .bind(user)
    .fetch_all(connection)
    .await?)
}
