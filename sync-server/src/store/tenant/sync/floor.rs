//! How far back the order can be followed, and forgetting what lies below: table `sync_mark`, `sync_floor` of the
//! settings, and the notes of the order that no device asks for any more. Records are never touched here.

use chrono::{DateTime, Utc};
use sync_protocol::message::Position;

use super::commit::{position, stored};
use crate::store::{Connection, StoreError};

/// Rows deleted in one statement: short enough that nobody waits for it.
const AT_ONCE: i64 = 10_000;

/// The part of the order that can be followed: what changed after `floor`, up to `head`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    pub floor: Position,
    pub head: Position,
}

/// # Errors
/// See [`StoreError`].
pub async fn reach(connection: &mut Connection) -> Result<Reach, StoreError> {
    let (floor, head): (i64, i64) = sqlx::query_as(
        "SELECT sync_floor, (SELECT coalesce(max(position), 0) FROM sync_commit) FROM tenant_settings",
    )
    .fetch_one(connection)
    .await?;
    Ok(Reach { floor: position(floor), head: position(head) })
}

/// Notes that the order has reached its head by `now`, unless the newest note is younger than `after`.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark(
    connection: &mut Connection,
    now: DateTime<Utc>,
    after: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sync_mark (position, at)
         SELECT max(position), $1 FROM sync_commit HAVING max(position) IS NOT NULL
             AND NOT EXISTS (SELECT FROM sync_mark WHERE at > $2)
         ON CONFLICT (position) DO NOTHING",
    )
    .bind(now)
    .bind(after)
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest noted place that the order had reached by `then`; 0 if none is as old.
///
/// # Errors
/// See [`StoreError`].
pub async fn reached_by(
    connection: &mut Connection,
    then: DateTime<Utc>,
) -> Result<Position, StoreError> {
    let found: i64 =
        sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM sync_mark WHERE at <= $1")
            .bind(then)
            .fetch_one(connection)
            .await?;
    Ok(position(found))
}

/// The lowest place at which a device last said that it stands.
///
/// # Errors
/// See [`StoreError`].
pub async fn lowest_cursor(connection: &mut Connection) -> Result<Option<Position>, StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT min(cursor) FROM sync_device").fetch_one(connection).await?;
    Ok(found.map(position))
}

/// Raises the floor; it never sinks.
///
/// # Errors
/// See [`StoreError`].
pub async fn raise(connection: &mut Connection, floor: Position) -> Result<(), StoreError> {
    sqlx::query("UPDATE tenant_settings SET sync_floor = $1 WHERE sync_floor < $1")
        .bind(stored(floor))
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets what the order told up to the floor: rows that are gone, buckets that were left, places, and what people
/// saw under versions for which no copy can be any more. The newest place and the newest mark stay. In small steps;
/// what a broken-off run left, the next one takes.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget(connection: &mut Connection) -> Result<(), StoreError> {
    const BELOW: [&str; 5] = [
        "DELETE FROM sync_left WHERE ctid = ANY (ARRAY(
             SELECT l.ctid FROM sync_left AS l JOIN sync_commit AS c USING (change_id)
             WHERE c.position <= (SELECT sync_floor FROM tenant_settings) LIMIT $1))",
        "DELETE FROM sync_member WHERE NOT present AND ctid = ANY (ARRAY(
             SELECT m.ctid FROM sync_member AS m JOIN sync_commit AS c USING (change_id)
             WHERE NOT m.present AND c.position <= (SELECT sync_floor FROM tenant_settings) LIMIT $1))",
        // Only then: the others are found by it.
        "DELETE FROM sync_commit WHERE change_id = ANY (ARRAY(
             SELECT change_id FROM sync_commit
             WHERE position <= (SELECT sync_floor FROM tenant_settings)
                 AND position < (SELECT max(position) FROM sync_commit) LIMIT $1))",
        "DELETE FROM sync_view WHERE ctid = ANY (ARRAY(
             SELECT v.ctid FROM sync_view AS v JOIN sync_view AS later USING (user_id)
             WHERE later.policy_version > v.policy_version
                 AND later.position < (SELECT sync_floor FROM tenant_settings) LIMIT $1))",
        "DELETE FROM sync_mark WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM sync_mark
             WHERE position < (SELECT sync_floor FROM tenant_settings)
                 AND position < (SELECT max(position) FROM sync_mark) LIMIT $1))",
    ];
    for below in BELOW {
        loop {
            let done = sqlx::query(below).bind(AT_ONCE).execute(&mut *connection).await?;
            if done.rows_affected() == 0 {
                break;
            }
        }
    }
    Ok(())
}
