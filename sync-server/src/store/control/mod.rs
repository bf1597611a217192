//! The control database: tenants, devices, sessions, and the brakes on guessing. One file for each table.
//! A tenant's business data is never here.

mod audit_anchor;
pub mod backup;
pub mod cluster;
pub mod device;
pub mod failed_sign_in;
pub mod lease;
pub mod operator;
pub mod platform_audit;
pub mod refresh;
pub mod tenant;
pub mod usage;
pub mod user_version;
mod watch;

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

pub use watch::Watch;

use super::{StoreError, Tx, migrations, postgres};
use crate::config::DatabaseConfig;

/// The control database. Clones share one set of connections.
#[derive(Clone)]
pub struct Control {
    pool: PgPool,
    options: PgConnectOptions,
}

impl Control {
    /// Connects, and brings the schema up to date.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open(config: &DatabaseConfig) -> Result<Self, StoreError> {
        let options = postgres::control_options(config)?;
        let mut connection = postgres::connect(&options).await?;
        migrations::migrate_control(&mut connection).await?;
        drop(connection);
        let pool = PgPoolOptions::new()
            .max_connections(config.max_control_connections)
            .acquire_timeout(config.wait)
            .idle_timeout(Duration::from_secs(300))
            .connect_lazy_with(options.clone());
        Ok(Self { pool, options })
    }

    /// How this database was reached: the base of every other address on its cluster.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn begin(&self) -> Result<Tx<'static>, StoreError> {
        Ok(self.pool.begin().await?)
    }

    /// Whether the database answers and has the schema this program needs.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        let version: Option<i64> =
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
                .fetch_one(&self.pool)
                .await?;
        Ok(version == Some(migrations::control_version()))
    }
}
