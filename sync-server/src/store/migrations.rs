//! The migrations that this program carries, and running them. A released migration is never edited.

use sha2::{Digest as _, Sha256};
use sqlx::migrate::Migrator;

use super::{Connection, StoreError};

static CONTROL: Migrator = sqlx::migrate!("../migrations/control");
static TENANT: Migrator = sqlx::migrate!("../migrations/tenant");

/// Brings the control database up to date. Safe to run from many processes at once.
///
/// # Errors
/// See [`StoreError`]; a database that is newer than this program is one.
pub async fn migrate_control(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(CONTROL.run_direct(None, connection, false).await?)
}

/// Brings one tenant's database up to date, as the role that the connection has taken on.
///
/// # Errors
/// See [`StoreError`]; a database that is newer than this program is one.
pub async fn migrate_tenant(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(TENANT.run_direct(None, connection, false).await?)
}

/// Brings an empty database to where the tenant's databases stood at an earlier version of this program.
///
/// # Errors
/// See [`StoreError`].
pub async fn migrate_tenant_to(
    connection: &mut Connection,
    version: i64,
) -> Result<(), StoreError> {
    let until = TENANT.iter().filter(|migration| migration.version <= version);
    let until = Migrator::with_migrations(until.cloned().collect());
    Ok(until.run_direct(None, connection, false).await?)
}

/// The checksum of one of this program's tenant migrations.
pub fn tenant_checksum(version: i64) -> Option<&'static [u8]> {
    TENANT.iter().find(|migration| migration.version == version).map(|it| &*it.checksum)
}

/// The version of the control schema that this program needs.
pub fn control_version() -> i64 {
    CONTROL.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The version of the tenant schema that this program needs.
pub fn tenant_version() -> i64 {
    TENANT.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// A short name for exactly this set of tenant migrations: 16 hexadecimal digits.
pub fn tenant_fingerprint() -> String {
    let mut hash = Sha256::new();
    for migration in TENANT.iter() {
        hash.update(migration.version.to_be_bytes());
        hash.update(&migration.checksum);
    }
    hex::encode(hash.finalize()).chars().take(16).collect()
}
