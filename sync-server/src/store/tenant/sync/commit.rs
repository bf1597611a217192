//! Table `sync_commit` and the transactions around it: the newest place in the order, a view that stands still,
//! a group of changes that is checked before the commit.

use sync_protocol::message::Position;

use crate::store::{Connection, StoreError, Tx};

/// The newest place in the order that this connection sees; 0 before the first change.
///
/// # Errors
/// See [`StoreError`].
pub async fn head(connection: &mut Connection) -> Result<Position, StoreError> {
    let head: i64 = sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM sync_commit")
        .fetch_one(connection)
        .await?;
    Ok(position(head))
}

/// Begins a transaction that sees one state of the database and writes nothing.
///
/// # Errors
/// See [`StoreError`].
pub async fn begin_view(connection: &mut Connection) -> Result<Tx<'_>, StoreError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    Ok(sqlx::Connection::begin_with(connection, begin).await?)
}

/// Begins a transaction that sees one state of the database and fails as contention if it would write over
/// what others wrote since.
///
/// # Errors
/// See [`StoreError`].
pub async fn begin_steady(connection: &mut Connection) -> Result<Tx<'_>, StoreError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    Ok(sqlx::Connection::begin_with(connection, begin).await?)
}

/// Says for this transaction that its writer keeps versions and digests itself: the judge, and nobody else.
///
/// # Errors
/// See [`StoreError`].
pub async fn declare_judged(connection: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("SELECT set_config('daybook.judged', 'on', true)").execute(connection).await?;
    Ok(())
}

/// The change id of this transaction; drawn if nothing was changed yet.
///
/// # Errors
/// See [`StoreError`].
pub async fn change_id(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT sync_change_id()").fetch_one(connection).await?)
}

/// Checks every deferred constraint now; the place in the order is still taken at the commit.
///
/// # Errors
/// See [`StoreError`]; a broken constraint is one.
pub async fn settle(connection: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("SELECT sync_settle()").execute(connection).await?;
    Ok(())
}

/// A position as Postgres keeps it. Sequences end at the largest `bigint`.
pub fn stored(position: Position) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// A position from Postgres, where none is below zero.
pub fn position(stored: i64) -> Position {
    u64::try_from(stored).unwrap_or(0)
}
