//! Clearing away files that no record names any more, and those that were begun and never ended.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::synced;
use uuid::Uuid;

use crate::hub::Hub;
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::attachment;
use crate::store::{self, Connection, StoreError};

/// How long a file is kept that no record names: an edit that took it out may still come to be undone.
const KEPT: TimeDelta = TimeDelta::days(30);
const EACH: Duration = Duration::from_secs(3600);

/// Sweeps every tenant each hour, for as long as the hub runs.
pub async fn run(hub: &Hub) {
    let mut each = tokio::time::interval(EACH);
    loop {
        each.tick().await;
        let tenants = match hub.control.tenants().await {
            Ok(tenants) => tenants,
            Err(error) => {
                tracing::warn!(?error, "attached files are swept later");
                continue;
            }
        };
        for tenant in tenants.iter().filter(|tenant| tenant.state == TenantState::Active) {
            match sweep_tenant(hub, tenant.id).await {
                Ok(0) => {}
                Ok(files) => {
                    tracing::info!(tenant = %tenant.id, files, "attached files were swept")
                }
                Err(error) => {
                    tracing::warn!(tenant = %tenant.id, ?error, "a tenant is swept later")
                }
            }
        }
    }
}

async fn sweep_tenant(hub: &Hub, tenant: Uuid) -> Result<u64, PoolError> {
    let Some(place) = hub.directory.by_id(tenant).await? else { return Ok(0) };
    let mut connection = hub.directory.connection_unnoticed(&place).await?;
    Ok(sweep(&mut connection, hub.clock.now()).await?)
}

/// Notes what no record names now, and deletes what none has named for long; answers how many files.
///
/// # Errors
/// See [`StoreError`].
pub async fn sweep(connection: &mut Connection, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut tx = store::begin(connection).await?;
    for entity in synced::all() {
        attachment::note_unused(&mut tx, entity, now).await?;
    }
    let swept = attachment::sweep(&mut tx, now - KEPT).await?;
    store::commit(tx).await?;
    Ok(swept)
}
