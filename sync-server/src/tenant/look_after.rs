//! What is looked after once a tenant's database was in use, whoever wrote there: its audit is sealed, and a policy
//! that rose inside it is told to every hub. No request waits for it.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::directory::TenantPlace;
use crate::audit::seal::seal;
use crate::hub::Hub;
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::settings;

/// Tenants that are looked after side by side.
const TENANTS_AT_ONCE: usize = 4;
/// Every so often all tenants are, for what a hub that died has left.
const ALL: u32 = 3_600;

/// Looks each second, for as long as the hub runs.
pub async fn run(hub: &Hub) {
    let mut each = tokio::time::interval(Duration::from_secs(1));
    for second in (0..ALL).cycle() {
        each.tick().await;
        if second == 0 {
            match hub.control.tenants().await {
                Ok(tenants) => {
                    tenants.iter().for_each(|tenant| hub.directory.pools().stir(tenant.id))
                }
                Err(error) => tracing::warn!(?error, "not every tenant is looked after"),
            }
        }
        look_after_stirred(hub).await;
    }
}

/// Looks after the tenants whose databases were in use since this was last called. One that cannot be looked
/// after now comes again the next time.
pub async fn look_after_stirred(hub: &Hub) {
    let stirred = hub.directory.pools().take_stirred();
    let look_after = |tenant: Uuid| async move {
        if let Err(error) = look_after(hub, tenant).await {
            tracing::warn!(%tenant, ?error, "a tenant is looked after later");
            hub.directory.pools().stir(tenant);
        }
    };
    stream::iter(stirred).for_each_concurrent(TENANTS_AT_ONCE, look_after).await;
}

async fn look_after(hub: &Hub, tenant: Uuid) -> Result<(), PoolError> {
    let Some(place) = hub.directory.by_id(tenant).await? else { return Ok(()) };
    if !matches!(place.state(), TenantState::Active | TenantState::Suspended) {
        return Ok(());
    }
    let (end, policy_version) = {
        let mut connection = hub.directory.connection_unnoticed(&place).await?;
        let policy_version = settings::read(&mut connection).await?.policy_version;
        (seal(&mut connection).await?, policy_version)
    };
    tell_policy(hub, &place, policy_version).await?;
    if let Some(end) = end {
        hub.control.anchor_audit(tenant, place.tenant.epoch, &end, hub.clock.now()).await?;
    }
    Ok(())
}

/// Tells the control database where the tenant's policy stands: every hub hears of it and forgets the rights it
/// remembered.
async fn tell_policy(hub: &Hub, place: &TenantPlace, policy_version: i64) -> Result<(), PoolError> {
    if policy_version > place.tenant.policy_version {
        hub.control.raise_policy_version(place.id(), policy_version).await?;
    }
    Ok(())
}
