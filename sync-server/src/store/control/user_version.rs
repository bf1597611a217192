//! Table `user_versions`: the session version of each user, outside the tenant's own database so that a
//! restore cannot lower it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct UserVersion {
    pub session_version: i64,
    pub disabled_at: Option<DateTime<Utc>>,
}

impl Control {
    /// The user's session version; the first for a user who never had one raised.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn user_version(&self, tenant: Uuid, user: Uuid) -> Result<UserVersion, StoreError> {
        let found: Option<UserVersion> = sqlx::query_as(
            "SELECT session_version, disabled_at FROM user_versions
             WHERE tenant_id = $1 AND user_id = $2",
        )
        .bind(tenant)
        .bind(user)
        .fetch_optional(self.pool())
        .await?;
        Ok(found.unwrap_or(UserVersion { session_version: 1, disabled_at: None }))
    }

    /// Ends every session of a user: access tokens at once, refresh families with them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_sessions(&self, tenant: Uuid, user: Uuid) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO user_versions (tenant_id, user_id, session_version) VALUES ($1, $2, 2)
             ON CONFLICT (tenant_id, user_id)
             DO UPDATE SET session_version = user_versions.session_version + 1",
        )
        .bind(tenant)
        .bind(user)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Shuts a user out, whatever the tenant's database says, ends the user's sessions and takes their leases back.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn disable_user(
        &self,
        tenant: Uuid,
        user: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO user_versions (tenant_id, user_id, session_version, disabled_at)
             VALUES ($1, $2, 2, $3)
             ON CONFLICT (tenant_id, user_id)
             DO UPDATE SET session_version = user_versions.session_version + 1, disabled_at = $3",
        )
        .bind(tenant)
        .bind(user)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE device_leases l SET revoked_at = $3 FROM devices d
             WHERE d.id = l.device_id AND d.tenant_id = $1 AND d.user_id = $2 AND l.revoked_at IS NULL
                 AND l.expires_at > $3",
        )
        .bind(tenant)
        .bind(user)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets a user in again who was shut out; sessions that were ended stay so. Returns whether the user was out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn enable_user(&self, tenant: Uuid, user: Uuid) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE user_versions SET disabled_at = NULL
             WHERE tenant_id = $1 AND user_id = $2 AND disabled_at IS NOT NULL",
        )
        .bind(tenant)
        .bind(user)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
