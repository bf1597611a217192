//! Table `audit_anchors`: where each tenant's audit chain ended when it was last sealed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;
use crate::store::tenant::audit_chain::End;

impl Control {
    /// Notes the end of a chain. An end that is not further than the noted one changes nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn anchor_audit(
        &self,
        tenant: Uuid,
        epoch: i64,
        end: &End,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO audit_anchors (tenant_id, epoch, place, hash, anchored_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, epoch) DO UPDATE
                 SET place = excluded.place, hash = excluded.hash, anchored_at = excluded.anchored_at
                 WHERE audit_anchors.place < excluded.place",
        )
        .bind(tenant)
        .bind(epoch)
        .bind(end.place)
        .bind(&end.hash)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// The noted end of a chain; nothing before the first entry was sealed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn audit_anchor(&self, tenant: Uuid, epoch: i64) -> Result<Option<End>, StoreError> {
        let found = sqlx::query_as(
            "SELECT place, hash FROM audit_anchors WHERE tenant_id = $1 AND epoch = $2",
        );
        Ok(found.bind(tenant).bind(epoch).fetch_optional(self.pool()).await?)
    }
}
