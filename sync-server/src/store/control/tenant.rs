//! Table `tenants`: who the tenants are, where their databases lie, and in what state they are.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Control;
use crate::store::{Connection, StoreError, postgres};

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TenantState {
    Creating,
    Active,
    Migrating,
    Suspended,
    Deleting,
    Deleted,
}

impl TenantState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Active => "active",
            Self::Migrating => "migrating",
            Self::Suspended => "suspended",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Tenant {
    pub id: Uuid,
    /// Absent once the tenant is deleted.
    pub slug: Option<String>,
    pub name: String,
    pub cluster_id: Uuid,
    /// Also the name of the login role.
    pub database_name: String,
    pub sealed_password: Vec<u8>,
    pub state: TenantState,
    pub creation_step: Option<String>,
    pub schema_version: i64,
    pub epoch: i64,
    pub policy_version: i64,
    /// Up to there everything lies in a verified backup.
    pub verified_position: i64,
    pub plan: String,
    pub max_users: Option<i32>,
    pub max_devices: Option<i32>,
    /// Bytes of attached files.
    pub max_storage: Option<i64>,
    pub lease_seconds: i32,
    pub grace_seconds: i32,
    pub created_at: DateTime<Utc>,
    pub state_since: DateTime<Utc>,
}

/// A tenant as it is first noted, before anything of it exists.
pub struct NewTenant<'a> {
    pub id: Uuid,
    pub slug: &'a str,
    pub name: &'a str,
    pub cluster_id: Uuid,
    pub database_name: &'a str,
    pub sealed_password: &'a [u8],
    pub step: &'a str,
    pub now: DateTime<Utc>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, name, cluster_id, database_name, sealed_password, state, creation_step,
                    schema_version, epoch, policy_version, verified_position, plan, max_users, max_devices, max_storage,
                    lease_seconds, grace_seconds, created_at, state_since
             FROM tenants ",
            $rest
        )
    };
}

/// Holds a slug while a tenant is made under it. The lock goes with its connection, also when the process dies.
pub struct SlugLock(Connection);

impl SlugLock {
    /// # Errors
    /// See [`StoreError`].
    pub async fn release(self) -> Result<(), StoreError> {
        Ok(sqlx::Connection::close(self.0).await?)
    }
}

impl Control {
    /// Waits until nobody else makes a tenant under this slug.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lock_slug(&self, slug: &str) -> Result<SlugLock, StoreError> {
        let mut connection = postgres::connect(self.options()).await?;
        sqlx::query("SELECT pg_advisory_lock(hashtextextended('tenant ' || $1, 0))")
            .bind(slug)
            .execute(&mut connection)
            .await?;
        Ok(SlugLock(connection))
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn tenant(&self, id: Uuid) -> Result<Option<Tenant>, StoreError> {
        let found = sqlx::query_as(select!("WHERE id = $1")).bind(id);
        Ok(found.fetch_optional(self.pool()).await?)
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>, StoreError> {
        let found = sqlx::query_as(select!("WHERE slug = $1")).bind(slug);
        Ok(found.fetch_optional(self.pool()).await?)
    }

    /// Every tenant that is not deleted, by slug.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let all = sqlx::query_as(select!("WHERE state <> 'deleted' ORDER BY slug"));
        Ok(all.fetch_all(self.pool()).await?)
    }

    /// Notes a tenant under a free slug.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the slug is in use.
    pub async fn reserve_tenant(&self, new: NewTenant<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO tenants (id, slug, name, cluster_id, database_name, sealed_password, state,
                                  creation_step, created_at, state_since)
             VALUES ($1, $2, $3, $4, $5, $6, 'creating', $7, $8, $8)",
        )
        .bind(new.id)
        .bind(new.slug)
        .bind(new.name)
        .bind(new.cluster_id)
        .bind(new.database_name)
        .bind(new.sealed_password)
        .bind(new.step)
        .bind(new.now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Records the step of its creation that a tenant has finished.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn finish_creation_step(&self, id: Uuid, step: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE tenants SET creation_step = $2 WHERE id = $1 AND state = 'creating'")
            .bind(id)
            .bind(step)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn set_tenant_state(
        &self,
        id: Uuid,
        state: TenantState,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE tenants SET state = $2, state_since = $3,
                    creation_step = CASE WHEN $2 = 'creating' THEN creation_step END
             WHERE id = $1",
        )
        .bind(id)
        .bind(state)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Opens a tenant whose creation is done, and notes it among what the platform did. One statement: a kill
    /// leaves both or neither.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_tenant(
        &self,
        id: Uuid,
        schema_version: i64,
        note: Uuid,
        detail: serde_json::Value,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH opened AS (
                 UPDATE tenants SET state = 'active', state_since = $3, creation_step = NULL,
                        schema_version = $2
                 WHERE id = $1 RETURNING id)
             INSERT INTO platform_audit (id, at, tenant_id, action, detail)
             SELECT $4, $3, id, 'tenant.create', $5 FROM opened",
        )
        .bind(id)
        .bind(schema_version)
        .bind(now)
        .bind(note)
        .bind(detail)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Marks a tenant as gone. Its slug becomes free; its row and its history stay.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn bury_tenant(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE tenants SET state = 'deleted', state_since = $2, former_slug = slug, slug = NULL,
                    sealed_password = ''
             WHERE id = $1 AND state = 'deleting'",
        )
        .bind(id)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn set_schema_version(&self, id: Uuid, version: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE tenants SET schema_version = $2 WHERE id = $1")
            .bind(id)
            .bind(version)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Notes that the tenant's policy has reached this version. Versions only rise.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn raise_policy_version(&self, id: Uuid, version: i64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE tenants SET policy_version = greatest(policy_version, $2) WHERE id = $1",
        )
        .bind(id)
        .bind(version)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
