//! Table `device_leases`: the leases that were signed for each device, by serial.

use chrono::{DateTime, Utc};
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
            "INSERT INTO device_leases (device_id, serial, policy_version, issued_at, expires_at)
             SELECT $1, coalesce(max(serial), 0) + 1, $2, $3, $4 FROM device_leases WHERE device_id = $1
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

    /// One lease of a device.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lease(
        &self,
        device: Uuid,
        serial: i64,
    ) -> Result<Option<IssuedLease>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT serial, policy_version, issued_at, expires_at FROM device_leases
             WHERE device_id = $1 AND serial = $2",
        )
        .bind(device)
        .bind(serial)
        .fetch_optional(self.pool())
        .await?)
    }
}
