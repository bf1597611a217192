//! The end of a device that was told to destroy its copy: it says, with its key, that the copy is gone. Who tells
//! it so is `people::device`.

use serde_json::json;
use sync_protocol::auth::{WipedRequest, wiped_proof};

use super::session::is_signed_by;
use crate::audit::{self, Actor, Entry, Outcome};
use crate::hub::Hub;
use crate::store::control::device::{Device, DeviceState};
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::{self, StoreError};
use crate::tenant::directory::TenantPlace;

/// Why it is not noted.
#[derive(Debug, thiserror::Error)]
pub enum WipedError {
    /// No such device, not its key, or nobody told it: which, is nobody's business.
    #[error("no device was told to destroy its copy with this key")]
    NotTold,
    #[error("the tenant's database is being changed")]
    Changing,
    #[error("the audit entry cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for WipedError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// Notes when a device's copy was destroyed. Can be repeated: the first time stands.
///
/// # Errors
/// See [`WipedError`].
pub async fn confirm(hub: &Hub, request: &WipedRequest, address: &str) -> Result<(), WipedError> {
    let place = hub.directory.by_slug(&request.tenant).await?.ok_or(WipedError::NotTold)?;
    let device = hub.control.device(place.id(), request.device_id).await?;
    let device = device.ok_or(WipedError::NotTold)?;
    let message = wiped_proof(&request.tenant, device.id);
    if !is_signed_by(&device.signing_key, &message, &request.proof) {
        return Err(WipedError::NotTold);
    }
    match device.state {
        DeviceState::Wiped => Ok(()),
        DeviceState::Wiping => note(hub, &place, &device, address).await,
        DeviceState::Active | DeviceState::Revoked => Err(WipedError::NotTold),
    }
}

async fn note(
    hub: &Hub,
    place: &TenantPlace,
    device: &Device,
    address: &str,
) -> Result<(), WipedError> {
    match place.state() {
        TenantState::Active | TenantState::Suspended => {}
        TenantState::Migrating => return Err(WipedError::Changing),
        _ => return Err(WipedError::NotTold),
    }
    let now = hub.clock.now();
    let actor = Actor {
        user: Some(device.user_id),
        device: Some(device.id),
        address: Some(address.to_owned()),
    };
    let entry = Entry::new(actor, "device.wiped", Outcome::Done).about("device", device.id);
    let after = DeviceState::Wiped;
    let entry = entry.with(&json!({ "state": { "before": device.state, "after": after } }))?;
    let mut connection = hub.directory.connection(place).await?;
    let mut tx = store::begin(&mut connection).await?;
    audit::append(&mut tx, vec![entry], now).await?;
    store::commit(tx).await?;
    hub.control.set_device_state(place.id(), device.id, after, now).await?;
    Ok(())
}
