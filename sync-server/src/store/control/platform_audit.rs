//! Table `platform_audit`: what was done to tenants from outside them. Append-only.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

impl Control {
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_platform_action(
        &self,
        id: Uuid,
        tenant: Option<Uuid>,
        action: &str,
        detail: Value,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform_audit (id, at, tenant_id, action, detail) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(now)
        .bind(tenant)
        .bind(action)
        .bind(detail)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
