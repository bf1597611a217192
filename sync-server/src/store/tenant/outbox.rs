//! Table `outbox`: what is to be sent, written in the transaction of its cause.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// A mail as it waits in the outbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Puts a mail into the outbox, due at once.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_mail(
    connection: &mut Connection,
    id: Uuid,
    mail: &Mail,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (id, kind, payload, created_at, due_at) VALUES ($1, 'mail', $2, $3, $3)",
    )
    .bind(id)
    .bind(Json(mail))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Leaves everything that waits to be sent to a person.
///
/// # Errors
/// See [`StoreError`].
pub async fn give_up(
    connection: &mut Connection,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET dead_at = $1, last_error = $2 WHERE sent_at IS NULL AND dead_at IS NULL",
    )
    .bind(now)
    .bind(reason)
    .execute(connection)
    .await?;
    Ok(())
}
