//! Tables `tenant_backups` and `tenant_databases`: what was backed up and verified, and the databases of a tenant
//! beside its live one.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::Control;
use super::tenant::TenantState;
use crate::store::StoreError;

/// A backup as it is known here.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KnownBackup {
    pub name: String,
    pub epoch: i64,
    pub position: i64,
    pub taken_at: DateTime<Utc>,
    pub verified_at: Option<DateTime<Utc>>,
}

/// A database that is to take the place of the live one.
pub struct Swap<'a> {
    pub tenant: Uuid,
    /// The life that ends.
    pub epoch: i64,
    pub database: &'a str,
    pub sealed_password: &'a [u8],
    pub policy_version: i64,
    pub schema_version: i64,
    /// Where the restored backup stood, which is verified.
    pub position: i64,
    pub state: TenantState,
    pub note: Uuid,
    pub detail: serde_json::Value,
    pub now: DateTime<Utc>,
}

impl Control {
    /// # Errors
    /// See [`StoreError`].
    pub async fn backups(&self, tenant: Uuid) -> Result<Vec<KnownBackup>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT name, epoch, position, taken_at, verified_at FROM tenant_backups
             WHERE tenant_id = $1 ORDER BY taken_at",
        )
        .bind(tenant)
        .fetch_all(self.pool())
        .await?)
    }

    /// Notes a backup, and where it is verified how far devices need not keep what they sent. One statement: a kill
    /// leaves both or neither.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_backup(&self, tenant: Uuid, backup: &KnownBackup) -> Result<(), StoreError> {
        sqlx::query(
            "WITH noted AS (
                 INSERT INTO tenant_backups (tenant_id, name, epoch, position, taken_at, verified_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (tenant_id, name) DO UPDATE
                     SET verified_at = coalesce(excluded.verified_at, tenant_backups.verified_at))
             UPDATE tenants SET verified_position = greatest(verified_position, $4)
             WHERE id = $1 AND epoch = $3 AND $6 IS NOT NULL",
        )
        .bind(tenant)
        .bind(&backup.name)
        .bind(backup.epoch)
        .bind(backup.position)
        .bind(backup.taken_at)
        .bind(backup.verified_at)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Notes a database before it is made, so that it can be found again whatever stops its making.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_scratch(
        &self,
        tenant: Uuid,
        cluster: Uuid,
        database: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO tenant_databases (database_name, tenant_id, cluster_id, purpose, noted_at)
             VALUES ($1, $2, $3, 'scratch', $4)",
        )
        .bind(database)
        .bind(tenant)
        .bind(cluster)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// The databases beside a tenant's live one, each with its cluster: those that a backup is being restored into
    /// or, with `aside`, all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn databases_beside(
        &self,
        tenant: Uuid,
        aside: bool,
    ) -> Result<Vec<(String, Uuid)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT database_name, cluster_id FROM tenant_databases
             WHERE tenant_id = $1 AND (purpose = 'scratch' OR $2) ORDER BY noted_at",
        )
        .bind(tenant)
        .bind(aside)
        .fetch_all(self.pool())
        .await?)
    }

    /// Forgets a database that was removed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_database(&self, database: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM tenant_databases WHERE database_name = $1")
            .bind(database)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Puts a restored database in the place of the live one, which is kept aside; a new epoch begins. False where
    /// another life has begun meanwhile.
    ///
    /// # Errors
    /// See [`StoreError`]; then nothing was changed.
    pub async fn swap_database(&self, swap: Swap<'_>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let live: Option<(String, Uuid)> = sqlx::query_as(
            "SELECT database_name, cluster_id FROM tenants WHERE id = $1 AND epoch = $2 FOR UPDATE",
        )
        .bind(swap.tenant)
        .bind(swap.epoch)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((live, cluster)) = live else { return Ok(false) };
        sqlx::query("DELETE FROM tenant_databases WHERE database_name = $1")
            .bind(swap.database)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO tenant_databases (database_name, tenant_id, cluster_id, purpose, noted_at)
             VALUES ($1, $2, $3, 'aside', $4)",
        )
        .bind(&live)
        .bind(swap.tenant)
        .bind(cluster)
        .bind(swap.now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE tenants SET database_name = $2, sealed_password = $3, epoch = epoch + 1,
                    policy_version = greatest(policy_version, $4), schema_version = $5,
                    verified_position = $6, state = $7, state_since = $8
             WHERE id = $1",
        )
        .bind(swap.tenant)
        .bind(swap.database)
        .bind(swap.sealed_password)
        .bind(swap.policy_version)
        .bind(swap.schema_version)
        .bind(swap.position)
        .bind(swap.state)
        .bind(swap.now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO platform_audit (id, at, tenant_id, action, detail)
             VALUES ($1, $2, $3, 'tenant.restore', $4)",
        )
        .bind(swap.note)
        .bind(swap.now)
        .bind(swap.tenant)
        .bind(swap.detail)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The highest version of the tenant's policy that a device was ever given a lease of.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn highest_leased_policy(&self, tenant: Uuid) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT coalesce(max(l.policy_version), 0)
             FROM device_leases l JOIN devices d ON d.id = l.device_id WHERE d.tenant_id = $1",
        )
        .bind(tenant)
        .fetch_one(self.pool())
        .await?)
    }
}
