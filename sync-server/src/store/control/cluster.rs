//! Table `clusters`: the Postgres servers that hold tenants' databases.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Cluster {
    pub id: Uuid,
    pub name: String,
    pub host: Option<String>,
    pub port: Option<i32>,
}

impl Control {
    /// The cluster that new tenants go to: the oldest open one. The first is the one of the control database
    /// itself, noted here when it is first needed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn cluster_for_new_tenant(
        &self,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Cluster>, StoreError> {
        sqlx::query(
            "INSERT INTO clusters (id, name, created_at) SELECT $1, 'home', $2
             WHERE NOT EXISTS (SELECT FROM clusters) ON CONFLICT (name) DO NOTHING",
        )
        .bind(id)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(sqlx::query_as(
            "SELECT id, name, host, port FROM clusters WHERE state = 'open'
             ORDER BY created_at, id LIMIT 1",
        )
        .fetch_optional(self.pool())
        .await?)
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn cluster(&self, id: Uuid) -> Result<Option<Cluster>, StoreError> {
        Ok(sqlx::query_as("SELECT id, name, host, port FROM clusters WHERE id = $1")
            .bind(id)
            .fetch_optional(self.pool())
            .await?)
    }
}
