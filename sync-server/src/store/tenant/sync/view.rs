//! Table `sync_view`: what each person saw under each version of the policy.

use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// What the person saw under this version, as it was noted, if the hub ever told them of it.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(
    connection: &mut Connection,
    user: Uuid,
    policy_version: i64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found =
        sqlx::query_scalar("SELECT view FROM sync_view WHERE user_id = $1 AND policy_version = $2");
    Ok(found.bind(user).bind(policy_version).fetch_optional(connection).await?)
}

/// Notes what the person sees under this version, and how far the order has come.
///
/// # Errors
/// See [`StoreError`].
pub async fn note(
    connection: &mut Connection,
    user: Uuid,
    policy_version: i64,
    view: &[u8],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sync_view (user_id, policy_version, view, position)
         SELECT $1, $2, $3, coalesce(max(position), 0) FROM sync_commit
         ON CONFLICT (user_id, policy_version) DO UPDATE SET view = excluded.view",
    )
    .bind(user)
    .bind(policy_version)
    .bind(view)
    .execute(connection)
    .await?;
    Ok(())
}
