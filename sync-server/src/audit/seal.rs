//! Sealing: what is committed is chained, in order, by one sealer a tenant at a time, on whichever hub. No writer
//! waits for it.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::chain::next;
use crate::hub::Hub;
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::audit_chain::{self, End, Link};
use crate::store::{self, Connection, StoreError};

/// Entries in one transaction.
const AT_ONCE: i64 = 5_000;
/// Tenants that are sealed side by side.
const TENANTS_AT_ONCE: usize = 4;
/// Every so often all tenants are looked at, for what a hub that died has left.
const ALL: u32 = 3_600;

/// Seals each second, for as long as the hub runs.
pub async fn run(hub: &Hub) {
    let mut each = tokio::time::interval(Duration::from_secs(1));
    for second in (0..ALL).cycle() {
        each.tick().await;
        if second == 0 {
            match hub.control.tenants().await {
                Ok(tenants) => {
                    tenants.iter().for_each(|tenant| hub.directory.pools().stir(tenant.id))
                }
                Err(error) => tracing::warn!(?error, "not every tenant's audit is looked at"),
            }
        }
        seal_stirred(hub).await;
    }
}

/// Seals the audit of the tenants whose databases were in use since this was last called. One that cannot be
/// sealed now is looked at again the next time.
pub async fn seal_stirred(hub: &Hub) {
    let stirred = hub.directory.pools().take_stirred();
    let seal = |tenant: Uuid| async move {
        if let Err(error) = seal_tenant(hub, tenant).await {
            tracing::warn!(%tenant, ?error, "the audit is not sealed");
            hub.directory.pools().stir(tenant);
        }
    };
    stream::iter(stirred).for_each_concurrent(TENANTS_AT_ONCE, seal).await;
}

async fn seal_tenant(hub: &Hub, tenant: Uuid) -> Result<(), PoolError> {
    let Some(place) = hub.directory.by_id(tenant).await? else { return Ok(()) };
    if !matches!(place.state(), TenantState::Active | TenantState::Suspended) {
        return Ok(());
    }
    let end = {
        let mut connection = hub.directory.connection_unnoticed(&place).await?;
        seal(&mut connection).await?
    };
    if let Some(end) = end {
        hub.control.anchor_audit(tenant, place.tenant.epoch, &end, hub.clock.now()).await?;
    }
    Ok(())
}

/// Seals what there is, and returns the new end of the chain; nothing if there was nothing to seal, or if
/// somebody else seals.
async fn seal(connection: &mut Connection) -> Result<Option<End>, StoreError> {
    let mut reached = None;
    loop {
        let mut tx = store::begin(connection).await?;
        if !audit_chain::try_lock(&mut tx).await? {
            store::roll_back(tx).await?;
            return Ok(reached);
        }
        let entries = audit_chain::unsealed(&mut tx, AT_ONCE).await?;
        if entries.is_empty() {
            store::roll_back(tx).await?;
            return Ok(reached);
        }
        let mut end = audit_chain::end(&mut tx).await?;
        let mut links: Vec<Link> = Vec::with_capacity(entries.len());
        for entry in &entries {
            let link = next(end.as_ref(), entry);
            end = Some(End { place: link.place, hash: link.hash.clone() });
            links.push(link);
        }
        audit_chain::extend(&mut tx, &links).await?;
        store::commit(tx).await?;
        reached = end;
    }
}
