//! Table `tenant_settings`: one row, what the tenant has decided for all its companies.

use serde::Serialize;

use crate::store::{Connection, StoreError};

#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct Settings {
    pub language: String,
    pub time_zone: String,
    pub currency: String,
    pub policy_version: i64,
}

/// Lays the row down with what `tenant create` was told; leaves a row that is there alone.
///
/// # Errors
/// See [`StoreError`].
pub async fn lay_down(
    connection: &mut Connection,
    language: &str,
    time_zone: &str,
    currency: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tenant_settings (language, time_zone, currency) VALUES ($1, $2, $3)
         ON CONFLICT (only_row) DO NOTHING",
    )
    .bind(language)
    .bind(time_zone)
    .bind(currency)
    .execute(connection)
    .await?;
    Ok(())
}

/// # Errors
/// See [`StoreError`]; a tenant without settings was never laid down.
pub async fn read(connection: &mut Connection) -> Result<Settings, StoreError> {
    Ok(sqlx::query_as("SELECT language, time_zone, currency, policy_version FROM tenant_settings")
        .fetch_one(connection)
        .await?)
}

/// Locks the policy until the transaction ends and returns its version: who changes people or roles decides by
/// what nobody else is changing.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_policy(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT policy_version FROM tenant_settings FOR UPDATE")
        .fetch_one(connection)
        .await?)
}

/// Puts the policy of a restored database above every version that was ever in force.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_policy_version(
    connection: &mut Connection,
    version: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE tenant_settings SET policy_version = $1")
        .bind(version)
        .execute(connection)
        .await?;
    Ok(())
}

/// Raises the policy version and returns the new one. The row is locked until the transaction ends: changes of
/// policy come one after the other.
///
/// # Errors
/// See [`StoreError`].
pub async fn raise_policy_version(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(
        "UPDATE tenant_settings SET policy_version = policy_version + 1 RETURNING policy_version",
    )
    .fetch_one(connection)
    .await?)
}
