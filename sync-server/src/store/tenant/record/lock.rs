//! The lock for rules that look at many records of an entity at once (a tree without a circle, a kit that does
//! not hold itself): two changes of the structure come one after the other, each seeing the one before.

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
