//! Table `operators`: the people who run the platform. They belong to no tenant.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

impl Control {
    /// # Errors
    /// [`StoreError::Taken`] if the address has an operator.
    pub async fn create_operator(
        &self,
        id: Uuid,
        email: &str,
        name: &str,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO operators (id, email, name, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(email)
        .bind(name)
        .bind(password_hash)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
