//! What is looked after once a tenant's database was in use, whoever wrote there: its audit is sealed, and a policy
//! that rose inside it is told to every hub. Each hour every tenant is, and what its order need not tell any more is
//! forgotten. No request waits for any of it.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::directory::TenantPlace;
use crate::audit::seal::seal;
use crate::hub::Hub;
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::settings;
use crate::sync::retention;

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
                    tenants.iter().for_each(|tenant| hub.directory.pools().stir(tenant.id));
                    let tenants = tenants.into_iter().map(|tenant| tenant.id);
                    stream::iter(tenants)
                        .for_each_concurrent(TENANTS_AT_ONCE, |tenant| forget(hub, tenant))
                        .await;
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

/// Forgets of a tenant's order what no device has to be told any more.
async fn forget(hub: &Hub, tenant: Uuid) {
    let keep = async {
        let Some(place) = served(hub, tenant).await? else { return Ok(()) };
        let mut connection = hub.directory.connection_unnoticed(&place).await?;
        retention::keep(&mut connection, hub.clock.now()).await?;
        Ok::<_, PoolError>(())
    };
    if let Err(error) = keep.await {
        tracing::warn!(%tenant, ?error, "what need not be told any more is forgotten later");
    }
}

/// Where a tenant's database is, if it is in service.
async fn served(hub: &Hub, tenant: Uuid) -> Result<Option<TenantPlace>, PoolError> {
    let place = hub.directory.by_id(tenant).await?;
    Ok(place.filter(|place| matches!(place.state(), TenantState::Active | TenantState::Suspended)))
}

async fn look_after(hub: &Hub, tenant: Uuid) -> Result<(), PoolError> {
    let Some(place) = served(hub, tenant).await? else { return Ok(()) };
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
