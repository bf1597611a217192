//! Table `one_time_link`: invitations and password resets. A link works once, for a while, for one purpose.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{Connection, StoreError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Invitation,
    PasswordReset,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
        }
    }
}

/// Notes a link by the hash of its token.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(
    connection: &mut Connection,
    hash: &[u8; 32],
    purpose: Purpose,
    user: Uuid,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO one_time_link (hash, purpose, user_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(hash.as_slice())
    .bind(purpose.name())
    .bind(user)
    .bind(now)
    .bind(expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Uses a link up, and every other link of that user for the same purpose. Returns the user, or nothing if
/// the link is unknown, used or too old: which of these is nobody's business.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(
    connection: &mut Connection,
    hash: &[u8; 32],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, StoreError> {
    let user: Option<Uuid> = sqlx::query_scalar(
        "UPDATE one_time_link SET used_at = $3
         WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 RETURNING user_id",
    )
    .bind(hash.as_slice())
    .bind(purpose.name())
    .bind(now)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(user) = user {
        sqlx::query(
            "UPDATE one_time_link SET used_at = $3
             WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL",
        )
        .bind(user)
        .bind(purpose.name())
        .bind(now)
        .execute(connection)
        .await?;
    }
    Ok(user)
}
