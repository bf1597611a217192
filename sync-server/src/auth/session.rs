//! Staying signed in: access tokens are issued and checked, refresh tokens are exchanged, sessions end. Who may
//! start one is `sign_in`'s to say.

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};
use sync_protocol::auth::{RefreshReply, RefreshRequest, refresh_proof};
use uuid::Uuid;

use super::access_token::{Claims, LIFE};
use super::rights::Standing;
use crate::hub::Hub;
use crate::ids;
use crate::store::StoreError;
use crate::store::control::refresh::{Exchange, Family, FamilyEnd, TokenHash};
use crate::store::pool::PoolError;

/// A device that does not come for this long must sign in again. Longer than any lease.
const FAMILY_LIFE: TimeDelta = TimeDelta::days(90);

/// Why a session does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Unknown, used, run out, or not this device's: which, is nobody's business.
    #[error("not signed in")]
    NotSignedIn,
    /// It is the device it says it is, but it is not served now.
    #[error("not served now")]
    NotServed(Standing),
    /// Another copy of the device was said to be the original.
    #[error("another copy of this device is the original")]
    IsCopy,
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// An access token for these claims.
///
/// # Errors
/// The token cannot be written; with its fields that does not happen.
pub fn access_token(hub: &Hub, claims: Claims, now: DateTime<Utc>) -> Result<String, StoreError> {
    claims.sign(hub.keys.access(), now).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Seconds that a new access token is good for.
pub fn access_seconds() -> u32 {
    u32::try_from(LIFE.num_seconds()).unwrap_or(0)
}

/// The claims of an access token, if it is good. A signature is checked once and then remembered.
pub fn claims_of(hub: &Hub, token: &str) -> Option<Claims> {
    let now = hub.clock.now();
    let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    if let Some(known) = hub.checked_tokens.get(&hash) {
        return known.holds_at(now).then_some(known);
    }
    let claims = Claims::verify(token, &hub.keys.access_public(), now)?;
    hub.checked_tokens.insert(hash, claims);
    Some(claims)
}

/// Starts a refresh family for a device and returns its first token.
///
/// # Errors
/// See [`StoreError`].
pub async fn start(
    hub: &Hub,
    tenant: Uuid,
    user: Uuid,
    device: Uuid,
    session_version: i64,
    now: DateTime<Utc>,
) -> Result<String, StoreError> {
    let token = ids::secret_text();
    let family = Family {
        id: ids::row_id(now),
        tenant_id: tenant,
        user_id: user,
        device_id: device,
        session_version,
        expires_at: now + FAMILY_LIFE,
        ended_at: None,
    };
    hub.control.start_family(&family, &hash(&token), now).await?;
    Ok(token)
}

/// Exchanges a refresh token for the next one and a new access token.
///
/// # Errors
/// See [`SessionError`]. A token that is not signed for by its device, or that was used before, ends its family.
pub async fn refresh(hub: &Hub, request: &RefreshRequest) -> Result<RefreshReply, SessionError> {
    let now = hub.clock.now();
    let old = hash(&request.refresh_token);
    let family = hub.control.family_of_token(&old).await?.ok_or(SessionError::NotSignedIn)?;
    let device = hub.control.device(family.tenant_id, family.device_id).await?;
    let device = device.ok_or(SessionError::NotSignedIn)?;
    if !is_signed_by(&device.signing_key, &refresh_proof(&request.refresh_token), &request.proof) {
        // Somebody has the token and not the key.
        hub.control.end_family(family.id, FamilyEnd::Reuse, now).await?;
        tracing::warn!(tenant = %family.tenant_id, device = %device.id, "a refresh token came without its device's key");
        return Err(SessionError::NotSignedIn);
    }
    if !device.is_known_by(&request.marks) {
        return Err(SessionError::IsCopy);
    }
    let claims =
        Claims::new(family.tenant_id, family.user_id, Some(device.id), family.session_version, now);
    // The device has proved itself: it is told why it is not served, also when its family was ended with it.
    let rights = hub.rights.of(&claims).await?.ok_or(SessionError::NotSignedIn)?;
    match rights.standing(&claims) {
        Standing::Good => {}
        Standing::SessionEnded => return Err(SessionError::NotSignedIn),
        standing => return Err(SessionError::NotServed(standing)),
    }
    let token = ids::secret_text();
    match hub.control.exchange_token(&old, &hash(&token), now + FAMILY_LIFE, now).await? {
        Exchange::Done => {}
        Exchange::Gone => return Err(SessionError::NotSignedIn),
        Exchange::Reused => {
            tracing::warn!(tenant = %family.tenant_id, device = %device.id, "a refresh token was used again; its family is ended");
            return Err(SessionError::NotSignedIn);
        }
    }
    hub.control.note_device_seen(device.id, None, None, now).await?;
    Ok(RefreshReply {
        access_token: access_token(hub, claims, now)?,
        access_expires_in: access_seconds(),
        refresh_token: token,
    })
}

/// Ends the session that these claims belong to. On a device its refresh family ends, and every access token with
/// it; a token without a device runs out by itself within ten minutes.
///
/// # Errors
/// See [`StoreError`].
pub async fn log_out(hub: &Hub, claims: &Claims) -> Result<(), StoreError> {
    let now = hub.clock.now();
    match claims.device {
        Some(device) => hub.control.end_families_of_device(device, now).await,
        None => Ok(()),
    }
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Whether a signature in hexadecimal is this key's over this message.
pub fn is_signed_by(key: &[u8], message: &[u8], signature: &str) -> bool {
    let mut bytes = [0; 64];
    if hex::decode_to_slice(signature, &mut bytes).is_err() {
        return false;
    }
    let key = <&[u8; 32]>::try_from(key).ok().and_then(|key| VerifyingKey::from_bytes(key).ok());
    key.is_some_and(|key| key.verify_strict(message, &Signature::from_bytes(&bytes)).is_ok())
}
