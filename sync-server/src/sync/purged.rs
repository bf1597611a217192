//! What a device says of its file once content had to leave it: that nothing of it is left, not in rows, nor in the
//! index, the log or free pages. Signed, so that an administrator can show it.

use chrono::{DateTime, Utc};
use serde_json::json;
use sync_protocol::message::PurgeReceipt;
use uuid::Uuid;

use super::Sender;
use crate::audit::{self, Entry, Outcome};
use crate::auth::session::is_signed_by;
use crate::store::control::device::Device;
use crate::store::tenant::sync::device;
use crate::store::{self, Connection, StoreError};

/// Why it is not noted.
#[derive(Debug, thiserror::Error)]
pub enum PurgedError {
    #[error("it is not signed with the key of this device")]
    Unsigned,
    #[error("the audit entry cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Notes a device's receipt; the last one stands. Can be repeated.
///
/// # Errors
/// See [`PurgedError`].
pub async fn note(
    connection: &mut Connection,
    sender: Sender<'_>,
    device: &Device,
    tenant: Uuid,
    receipt: &PurgeReceipt,
    now: DateTime<Utc>,
) -> Result<(), PurgedError> {
    let message = receipt.purge.proof(tenant, device.id);
    if !is_signed_by(&device.signing_key, &message, &receipt.proof) {
        return Err(PurgedError::Unsigned);
    }
    let entry = Entry::new(sender.actor.clone(), "device.purged", Outcome::Done);
    let entry = entry.about("device", device.id).with(&json!(receipt))?;
    let mut tx = store::begin(connection).await?;
    if device::note_purge(&mut tx, device.id, sender.user, receipt, now).await? {
        audit::append(&mut tx, vec![entry], now).await?;
    }
    Ok(store::commit(tx).await?)
}
