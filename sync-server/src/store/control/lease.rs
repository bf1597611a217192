//! Tables `device_leases` and `lease_rights`: the leases that were signed for each device, by serial, and the rights
//! that they gave.

use chrono::{DateTime, Utc};
use domain::permissions::Grants;
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

/// A lease as the hub remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct IssuedLease {
    pub serial: i64,
    pub policy_version: i64,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A lease that work was done under.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PastLease {
    pub serial: i64,
    pub policy_version: i64,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// As JSON; absent where it gives the rights of now, or nobody noted what it gave.
    pub grants: Option<String>,
}

impl Control {
    /// Notes that a lease is about to be signed, and gives it its serial.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn next_lease_serial(
        &self,
        device: Uuid,
        policy_version: i64,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let mut tx = self.begin().await?;
        // The device's row is the lock: no serial is given twice.
        sqlx::query("SELECT FROM devices WHERE id = $1 FOR UPDATE")
            .bind(device)
            .execute(&mut *tx)
            .await?;
        let serial = sqlx::query_scalar(
            // A device that was a copy of another brings work made under that one's leases: no serial is of both.
            "INSERT INTO device_leases (device_id, serial, policy_version, issued_at, expires_at)
             SELECT $1, coalesce(max(serial), 0) + 1, $2, $3, $4 FROM device_leases
             WHERE device_id = $1 OR device_id = (SELECT copy_of FROM devices WHERE id = $1)
             RETURNING serial",
        )
        .bind(device)
        .bind(policy_version)
        .bind(issued_at)
        .bind(expires_at)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(serial)
    }

    /// The newest lease of a device.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn newest_lease(&self, device: Uuid) -> Result<Option<IssuedLease>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT serial, policy_version, issued_at, expires_at FROM device_leases
             WHERE device_id = $1 ORDER BY serial DESC LIMIT 1",
        )
        .bind(device)
        .fetch_optional(self.pool())
        .await?)
    }

    /// The leases of a device that have one of these serials, with the rights that they gave where those are others
    /// than the ones of `policy_version`. Of a device that was a copy of another, also those that it had as that one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn leases(
        &self,
        device: Uuid,
        serials: &[i64],
        policy_version: i64,
    ) -> Result<Vec<PastLease>, StoreError> {
        Ok(sqlx::query_as(
            "WITH RECURSIVE was (id, copy_of, enrolled_at, until) AS (
                 SELECT id, copy_of, enrolled_at, 'infinity'::timestamptz FROM devices WHERE id = $1
                 UNION ALL
                 SELECT d.id, d.copy_of, d.enrolled_at, was.enrolled_at
                 FROM devices d JOIN was ON d.id = was.copy_of
             )
             SELECT l.serial, l.policy_version, l.expires_at, l.revoked_at, r.grants::text AS grants
             FROM device_leases l JOIN was ON was.id = l.device_id AND l.issued_at < was.until
             JOIN devices d ON d.id = l.device_id
             LEFT JOIN lease_rights r ON l.policy_version <> $3 AND r.tenant_id = d.tenant_id
                 AND r.user_id = d.user_id AND r.policy_version = l.policy_version
             WHERE l.serial = ANY ($2)",
        )
        .bind(device)
        .bind(serials)
        .bind(policy_version)
        .fetch_all(self.pool())
        .await?)
    }

    /// Notes what the leases of a user give under a version of the policy.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_lease_rights(&self, tenant: Uuid, grants: &Grants) -> Result<(), StoreError> {
        let text = serde_json::to_string(grants);
        let text = text.map_err(|error| StoreError::Damaged(error.to_string()))?;
        sqlx::query(
            "INSERT INTO lease_rights (tenant_id, user_id, policy_version, grants)
             VALUES ($1, $2, $3, $4::jsonb) ON CONFLICT DO NOTHING",
        )
        .bind(tenant)
        .bind(grants.user_id)
        .bind(grants.policy_version)
        .bind(text)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
