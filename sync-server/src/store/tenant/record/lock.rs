//! The locks for judgements that look at more than the record they are about, so that one comes after the other and
//! sees it: of the structure of an entity (a tree without a circle, a kit that does not hold itself), of merges, and
//! of the name by which another system writes a record that may not be there yet.

use crate::store::{Connection, StoreError};

/// Sets these locks apart from all others of the database.
const CLASS: i32 = 0x7379_6e63;

/// Locks the structure of these entities until the transaction ends.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_structure(
    connection: &mut Connection,
    entities: &[&str],
) -> Result<(), StoreError> {
    if entities.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "SELECT pg_advisory_xact_lock($1, hashtext(name))
         FROM (SELECT name FROM unnest($2::text[]) AS name ORDER BY name) AS sorted",
    )
    .bind(CLASS)
    .bind(entities)
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets the lock of merges apart.
const MERGING: i32 = 0x6d65_7267;

/// A merge rewrites whatever refers to a record: while one is judged nobody else writes, or a reference that is
/// made meanwhile would lead to a record that is gone. Everybody else shares the lock.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_merging(connection: &mut Connection, merges: bool) -> Result<(), StoreError> {
    let lock = match merges {
        true => "SELECT pg_advisory_xact_lock($1, 0)",
        false => "SELECT pg_advisory_xact_lock_shared($1, 0)",
    };
    sqlx::query(lock).bind(MERGING).execute(connection).await?;
    Ok(())
}

/// Sets the locks of names apart.
const NAMING: i32 = 0x6e61_6d65;

/// Whoever writes a record by the name that another system has for it waits for everybody else who does: the second
/// finds what the first has made.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_name(
    connection: &mut Connection,
    entity: &str,
    folded: &str,
) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext($2 || E'\\n' || $3))")
        .bind(NAMING)
        .bind(entity)
        .bind(folded)
        .execute(connection)
        .await?;
    Ok(())
}
