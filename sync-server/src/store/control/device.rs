//! Table `devices`: every installation that ever signed in, its public keys and whether it is still welcome.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    Active,
    Revoked,
    /// Told to destroy its copy; not confirmed yet.
    Wiping,
    Wiped,
}

impl DeviceState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked => "revoked",
            Self::Wiping => "wiping",
            Self::Wiped => "wiped",
        }
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Device {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    pub signing_key: Vec<u8>,
    pub encryption_key: Vec<u8>,
    pub state: DeviceState,
    pub state_since: DateTime<Utc>,
    pub enrolled_at: DateTime<Utc>,
    pub last_seen_at: Option<DateTime<Utc>>,
    pub app_version: Option<String>,
    pub unsent_ops: Option<i64>,
    /// Since when it is known that two copies of it are in use; over once its person has said which is the original.
    pub frozen_at: Option<DateTime<Utc>>,
    pub mark: Option<Uuid>,
    pub copy_of: Option<Uuid>,
}

impl Device {
    /// Whether these are the marks of the original; all are, as long as nobody had to say which is.
    pub fn is_known_by(&self, marks: &[Uuid]) -> bool {
        self.mark.is_none_or(|mark| marks.contains(&mark))
    }
}

pub struct NewDevice<'a> {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub user_id: Uuid,
    pub name: &'a str,
    pub signing_key: &'a [u8; 32],
    pub encryption_key: &'a [u8; 32],
    pub app_version: &'a str,
    pub copy_of: Option<Uuid>,
    pub now: DateTime<Utc>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, tenant_id, user_id, name, signing_key, encryption_key, state, state_since,
                    enrolled_at, last_seen_at, app_version, unsent_ops, frozen_at, mark, copy_of
             FROM devices ",
            $rest
        )
    };
}

impl Control {
    /// Enrols a device if the tenant has room for one more. Returns whether it had.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the signing key belongs to another device of the tenant.
    pub async fn enrol_device(
        &self,
        new: NewDevice<'_>,
        max_devices: Option<i32>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO devices (id, tenant_id, user_id, name, signing_key, encryption_key,
                                  state_since, enrolled_at, last_seen_at, app_version, copy_of)
             SELECT $1, $2, $3, $4, $5, $6, $7, $7, $7, $8, $10
             WHERE $9::int IS NULL OR $9 > (
                 SELECT count(*) FROM devices WHERE tenant_id = $2 AND state = 'active')",
        )
        .bind(new.id)
        .bind(new.tenant_id)
        .bind(new.user_id)
        .bind(new.name)
        .bind(new.signing_key.as_slice())
        .bind(new.encryption_key.as_slice())
        .bind(new.now)
        .bind(new.app_version)
        .bind(max_devices)
        .bind(new.copy_of)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes that two copies of a device are in use, the first time that it shows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn freeze_device(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE devices SET frozen_at = $2 WHERE id = $1 AND frozen_at IS NULL")
            .bind(id)
            .bind(now)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Goes on with the copy of a device that has this mark, and with no other. Answers whether `known` was still its
    /// mark: of two that say so at once, one is the original.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mark_device(
        &self,
        id: Uuid,
        known: Option<Uuid>,
        mark: Uuid,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE devices SET mark = $3, frozen_at = NULL
             WHERE id = $1 AND mark IS NOT DISTINCT FROM $2",
        )
        .bind(id)
        .bind(known)
        .bind(mark)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A device of one tenant.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn device(&self, tenant: Uuid, id: Uuid) -> Result<Option<Device>, StoreError> {
        let found =
            sqlx::query_as(select!("WHERE tenant_id = $1 AND id = $2")).bind(tenant).bind(id);
        Ok(found.fetch_optional(self.pool()).await?)
    }

    /// The device of one tenant that has this signing key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn device_by_key(
        &self,
        tenant: Uuid,
        signing_key: &[u8; 32],
    ) -> Result<Option<Device>, StoreError> {
        let found = sqlx::query_as(select!("WHERE tenant_id = $1 AND signing_key = $2"));
        Ok(found.bind(tenant).bind(signing_key.as_slice()).fetch_optional(self.pool()).await?)
    }

    /// The devices of one tenant, the newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn devices(&self, tenant: Uuid) -> Result<Vec<Device>, StoreError> {
        let all = sqlx::query_as(select!("WHERE tenant_id = $1 ORDER BY enrolled_at DESC, id"));
        Ok(all.bind(tenant).fetch_all(self.pool()).await?)
    }

    /// What these devices of one tenant are called, by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn device_names(
        &self,
        tenant: Uuid,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, String>, StoreError> {
        let found =
            sqlx::query_as("SELECT id, name FROM devices WHERE tenant_id = $1 AND id = ANY ($2)");
        let found: Vec<(Uuid, String)> =
            found.bind(tenant).bind(ids).fetch_all(self.pool()).await?;
        Ok(found.into_iter().collect())
    }

    /// Changes a device's state, ends its sessions and takes its leases back. Returns whether the tenant has such a device.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_device_state(
        &self,
        tenant: Uuid,
        id: Uuid,
        state: DeviceState,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE devices SET state = $3, state_since = $4 WHERE tenant_id = $1 AND id = $2",
        )
        .bind(tenant)
        .bind(id)
        .bind(state)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE refresh_families SET ended_at = $2, ended_because = 'revoked'
             WHERE device_id = $1 AND ended_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE device_leases SET revoked_at = $2
             WHERE device_id = $1 AND revoked_at IS NULL AND expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes what a device last said of itself.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_device_seen(
        &self,
        id: Uuid,
        app_version: Option<&str>,
        unsent_ops: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE devices SET last_seen_at = $4, app_version = coalesce($2, app_version),
                    unsent_ops = coalesce($3, unsent_ops)
             WHERE id = $1",
        )
        .bind(id)
        .bind(app_version)
        .bind(unsent_ops)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
