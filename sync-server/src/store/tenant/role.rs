//! Tables `app_role` and `user_role`: the roles a tenant keeps, and who has them.

use chrono::{DateTime, Utc};
use domain::permissions::{Role, RoleSet};
use sqlx::types::Json;
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// Writes a role under its key, over the one that is there.
///
/// # Errors
/// See [`StoreError`].
pub async fn write(
    connection: &mut Connection,
    role: &Role,
    standard: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO app_role (key, standard, definition, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET definition = excluded.definition, updated_at = excluded.updated_at",
    )
    .bind(&role.key)
    .bind(standard)
    .bind(Json(role))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes a role if there is none under its key.
///
/// # Errors
/// See [`StoreError`].
pub async fn lay_down(
    connection: &mut Connection,
    role: &Role,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO app_role (key, standard, definition, updated_at) VALUES ($1, true, $2, $3)
         ON CONFLICT (key) DO NOTHING",
    )
    .bind(&role.key)
    .bind(Json(role))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Every role of the tenant.
///
/// # Errors
/// [`StoreError::Damaged`] if the roles do not fit together; the hub writes none that do not.
pub async fn all(connection: &mut Connection) -> Result<RoleSet, StoreError> {
    let roles: Vec<(String, Json<Role>)> =
        sqlx::query_as("SELECT key, definition FROM app_role ORDER BY key")
            .fetch_all(connection)
            .await?;
    RoleSet::new(roles.into_iter().map(|(key, Json(role))| Role { key, ..role }))
        .map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The keys of the roles a user has.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_user(connection: &mut Connection, user: Uuid) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT role_key FROM user_role WHERE user_id = $1 ORDER BY role_key")
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// Gives a user exactly these roles.
///
/// # Errors
/// See [`StoreError`].
pub async fn assign(
    connection: &mut Connection,
    user: Uuid,
    roles: &[String],
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM user_role WHERE user_id = $1 AND role_key <> ALL ($2)")
        .bind(user)
        .bind(roles)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO user_role (user_id, role_key, granted_at, granted_by)
         SELECT $1, key, $3, $4 FROM unnest($2::text[]) AS key ON CONFLICT DO NOTHING",
    )
    .bind(user)
    .bind(roles)
    .bind(now)
    .bind(by)
    .execute(connection)
    .await?;
    Ok(())
}

/// Which user has which role, by key, of all users.
///
/// # Errors
/// See [`StoreError`].
pub async fn assignments(connection: &mut Connection) -> Result<Vec<(Uuid, String)>, StoreError> {
    Ok(sqlx::query_as("SELECT user_id, role_key FROM user_role ORDER BY user_id, role_key")
        .fetch_all(connection)
        .await?)
}
