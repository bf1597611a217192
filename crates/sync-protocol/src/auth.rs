//! Signing in and staying signed in, as JSON: requests, replies, and the bytes that a device signs to prove
//! that it is the device it says it is. Keys and signatures are lower-case hexadecimal text. Holds no
//! cryptography and decides nothing.

use domain::permissions::{PinnedKey, SignedLease};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::message::Purge;
use crate::op::ChainEnd;

/// `POST /api/v1/auth/login`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The tenant's slug.
    pub tenant: String,
    pub email: String,
    pub password: String,
    /// Present: this installation is enrolled, or recognised by its signing key, and stays signed in.
    /// Absent: an access token for ten minutes and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceClaim>,
}

/// What an installation says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceClaim {
    /// A name that its user recognises; 1 to 100 characters.
    pub name: String,
    /// Ed25519 public key, 64 hexadecimal digits. It is the device's identity.
    pub signing_key: String,
    /// X25519 public key, 64 hexadecimal digits.
    pub encryption_key: String,
    pub app_version: String,
    /// 32 hexadecimal digits drawn for this request.
    pub nonce: String,
    /// The signing key's signature over [`sign_in_proof`], 128 hexadecimal digits.
    pub proof: String,
    /// The marks that this installation ever drew: a copy that was made of it before lacks the newer ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Uuid>,
    /// Its person says that of all copies this is the original. It is known by the last of its marks from then on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_original: bool,
    /// Its person says that it is a copy of this device: it is enrolled as one of its own, with keys of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<Uuid>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginReply {
    pub access_token: String,
    /// Seconds.
    pub access_expires_in: u32,
    pub tenant_id: Uuid,
    pub tenant_name: String,
    pub user_id: Uuid,
    pub user_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<DeviceSession>,
}

/// What an enrolled device keeps in its keyring and its store.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceSession {
    pub device_id: Uuid,
    /// The life of the tenant's database that this session began in.
    pub epoch: u64,
    pub refresh_token: String,
    /// The rights for work without a connection.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub lease: SignedLease,
    /// The key that signed the lease. The device pins it.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub lease_key: PinnedKey,
    /// X25519 public key, 64 hexadecimal digits: what the device writes for the courier opens for this hub alone. A
    /// device without it cannot write such files until it signs in anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier_key: Option<String>,
    /// For the original among copies: the end of the chain as the hub holds it. It goes on behind that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub chain: Option<ChainEnd>,
}

/// `POST /api/v1/auth/refresh`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    pub refresh_token: String,
    /// The device key's signature over [`refresh_proof`], 128 hexadecimal digits.
    pub proof: String,
    /// As in [`DeviceClaim::marks`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Uuid>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshReply {
    pub access_token: String,
    /// Seconds.
    pub access_expires_in: u32,
    /// Takes the place of the token that was sent.
    pub refresh_token: String,
}

/// `POST /api/v1/auth/password/forgot`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ForgotRequest {
    pub tenant: String,
    pub email: String,
}

/// `POST /api/v1/auth/password/reset`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    pub tenant: String,
    /// From the link in the mail.
    pub token: String,
    /// The new password; 12 characters or more.
    pub password: String,
}

/// `POST /api/v1/auth/invitation/accept`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    pub tenant: String,
    /// From the link in the invitation.
    pub token: String,
    /// 12 characters or more.
    pub password: String,
    /// Replaces the name that the invitation was made out to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// An invitation that was accepted.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptReply {
    /// The address that was invited: with it and the new password the person signs in.
    pub email: String,
}

/// `POST /api/v1/auth/device/wiped`: an installation that was told to destroy its copy says that it is gone. Its
/// session is over by then; its signing key, the last that it destroys, speaks for it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WipedRequest {
    /// The tenant's slug.
    pub tenant: String,
    pub device_id: Uuid,
    /// The device key's signature over [`wiped_proof`], 128 hexadecimal digits.
    pub proof: String,
}

/// What a device signs when its user signs in. It names the account, so that a proof made for one account
/// is worth nothing for another.
pub fn sign_in_proof(tenant: &str, email: &str, nonce: &str) -> Vec<u8> {
    message("daybook sign-in 1", &[tenant.as_bytes(), email.as_bytes(), nonce.as_bytes()])
}

/// What a device signs to exchange a refresh token. A token is good for one exchange, and so is this proof.
pub fn refresh_proof(refresh_token: &str) -> Vec<u8> {
    message("daybook refresh 1", &[Sha256::digest(refresh_token.as_bytes()).as_slice()])
}

/// What a device signs once its copy is gone. Said twice it means no more than said once.
pub fn wiped_proof(tenant: &str, device_id: Uuid) -> Vec<u8> {
    message("daybook wiped 1", &[tenant.as_bytes(), device_id.as_bytes()])
}

/// What a device signs when it hands in work that it may not push any more. Said twice it means no more than said once.
pub fn escrow_proof(tenant: &str, device_id: Uuid, ops: &[ByteBuf]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = vec![tenant.as_bytes(), device_id.as_bytes()];
    parts.extend(ops.iter().map(|op| op.as_slice()));
    Sha256::digest(message("daybook escrow 1", &parts)).to_vec()
}

impl Purge {
    /// What a device signs when it says so.
    pub fn proof(&self, tenant_id: Uuid, device_id: Uuid) -> Vec<u8> {
        let Self { epoch, policy_version, position } = self;
        let [epoch, position] = [epoch, position].map(|number| number.to_be_bytes());
        let policy = policy_version.to_be_bytes();
        let (tenant, device) = (tenant_id.as_bytes(), device_id.as_bytes());
        message("daybook purged 1", &[tenant, device, &epoch, &policy, &position])
    }
}

/// The purpose, then each part behind its length: no two lists of parts give the same bytes.
fn message(purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_for_one_account_is_none_for_another() {
        let mine = sign_in_proof("acme", "a@b.example", "00");
        assert_ne!(mine, sign_in_proof("acme", "a@b.exampl", "e00"));
        assert_ne!(mine, sign_in_proof("acm", "ea@b.example", "00"));
        assert_ne!(refresh_proof("one"), refresh_proof("two"));
    }
}
