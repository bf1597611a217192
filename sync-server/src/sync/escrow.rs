//! The last work of a device that is not served any more: revoked, to be wiped, or of somebody who was shut out. Its key
//! speaks for it. All that it hands in is kept for others to decide about, and it is told nothing but that.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::permissions::Grants;
use serde_json::json;
use sync_protocol::auth::escrow_proof;
use sync_protocol::message::{Escrow, EscrowReply};

use super::Sender;
use super::leases::Leases;
use super::push::{self, PushError, push};
use crate::audit::{self, Actor, Entry, Outcome};
use crate::auth::session::is_signed_by;
use crate::auth::throttle::{self, Brake, Wait};
use crate::hub::Hub;
use crate::store::control::device::{Device, DeviceState};
use crate::store::control::tenant::TenantState;
use crate::store::control::usage::Measure;
use crate::store::pool::PoolError;
use crate::store::tenant::sync::commit;
use crate::store::{self, Connection, StoreError};
use crate::sync::fork;
use crate::tenant::directory::TenantPlace;
use crate::tenant::slug;

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub enum EscrowError {
    /// No such device, not its key, or one that has to push as ever: which, is nobody's business.
    #[error("no device hands in its last work with this key")]
    NotTaken,
    #[error("too many attempts")]
    TooMany(Wait),
    #[error("the tenant's database is being changed")]
    Changing,
    #[error(transparent)]
    Push(#[from] PushError),
    #[error("an entry of the audit cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for EscrowError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// Keeps what a device hands in. Can be repeated: each op is answered as the first time.
///
/// # Errors
/// See [`EscrowError`].
pub async fn take(hub: &Hub, escrow: Escrow, address: IpAddr) -> Result<EscrowReply, EscrowError> {
    let now = hub.clock.now();
    slug::check(&escrow.tenant).map_err(|_| EscrowError::NotTaken)?;
    let brakes = vec![Brake::escrow(escrow.device_id), Brake::address(address)];
    let attempt = throttle::attempt(&hub.control, brakes, now).await?;
    let attempt = attempt.map_err(EscrowError::TooMany)?;
    let place = hub.directory.by_slug(&escrow.tenant).await?.ok_or(EscrowError::NotTaken)?;
    let device = hub.control.device(place.id(), escrow.device_id).await?;
    let device = device.ok_or(EscrowError::NotTaken)?;
    let message = escrow_proof(&escrow.tenant, device.id, &escrow.ops);
    if !is_signed_by(&device.signing_key, &message, &escrow.proof) {
        tracing::warn!(tenant = %place.id(), device = %device.id, "work was handed in without the device's key");
        return Err(EscrowError::NotTaken);
    }
    attempt.forgive(&hub.control).await?;
    if !is_shut_out(hub, &place, &device).await? {
        return Err(EscrowError::NotTaken);
    }
    match place.state() {
        TenantState::Active | TenantState::Suspended => {}
        TenantState::Migrating => return Err(EscrowError::Changing),
        _ => return Err(EscrowError::NotTaken),
    }
    let ops: Vec<Vec<u8>> = escrow.ops.into_iter().map(|op| op.into_vec()).collect();
    let mut connection = hub.directory.connection(&place).await?;
    keep(hub, &mut connection, &place, &device, ops, address, now).await
}

/// Whether the device has no other way to bring its work.
async fn is_shut_out(hub: &Hub, place: &TenantPlace, device: &Device) -> Result<bool, EscrowError> {
    match device.state {
        DeviceState::Revoked | DeviceState::Wiping => Ok(true),
        // Nothing is left to be handed in.
        DeviceState::Wiped => Ok(false),
        DeviceState::Active => {
            let version = hub.control.user_version(place.id(), device.user_id).await?;
            Ok(version.disabled_at.is_some())
        }
    }
}

async fn keep(
    hub: &Hub,
    connection: &mut Connection,
    place: &TenantPlace,
    device: &Device,
    ops: Vec<Vec<u8>>,
    address: IpAddr,
    now: DateTime<Utc>,
) -> Result<EscrowReply, EscrowError> {
    let (user, address) = (device.user_id, Some(address.to_string()));
    let actor = Actor { user: Some(user), device: Some(device.id), address };
    let grants = Grants { user_id: user, ..Grants::default() };
    let sender = Sender {
        user,
        device: device.id,
        grants: &grants,
        actor: &actor,
        leases: &Leases::AccessEnded,
        answered_to: 0,
    };
    let received = push::read(ops)?;
    let entry = Entry::new(actor.clone(), "sync.escrow", Outcome::Done).about("device", device.id);
    let pushed = match push(connection, sender, received, now).await {
        Err(PushError::Forked { op_seq }) => {
            let frozen = fork::freeze(&hub.control, connection, sender, op_seq, now).await;
            frozen.map_err(PushError::from)?;
            return Err(PushError::Forked { op_seq }.into());
        }
        pushed => pushed?,
    };
    let mut tx = store::begin(connection).await?;
    let told = json!({ "operations": pushed.reply.receipts.len(), "new": pushed.judged });
    audit::append(&mut tx, vec![entry.with(&told)?], now).await?;
    store::commit(tx).await?;
    let (asked, head) = (std::time::Instant::now(), commit::head(connection).await?);
    let epoch = u64::try_from(place.tenant.epoch).unwrap_or_default();
    hub.news.wrote(place.id(), epoch, head, asked);
    hub.meter.count(place.id(), Measure::Ops, pushed.judged);
    Ok(EscrowReply { receipts: pushed.reply.receipts })
}
