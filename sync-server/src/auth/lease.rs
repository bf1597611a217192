//! Leases: the rights a device may use while it is offline, signed by the hub. What a lease says and how it is
//! checked is `domain::permissions`'s; here it is issued, noted, and renewed when it is due.

use chrono::{DateTime, TimeDelta, Utc};
use domain::permissions::{Grants, HubKeyError, Lease, LeaseTerm, PinnedKey, SignedLease};
use uuid::Uuid;

use crate::keys::Keys;
use crate::store::control::lease::IssuedLease;
use crate::store::control::tenant::Tenant;
use crate::store::{Control, StoreError};

/// The succession of the key: rises when the hub's secret is replaced by one whose key the old one signed.
const GENERATION: u32 = 1;

/// The public key that leases are checked with.
///
/// # Errors
/// The derived key is a weak one, which happens to nobody.
pub fn pinned_key(keys: &Keys) -> Result<PinnedKey, HubKeyError> {
    PinnedKey::new(GENERATION, keys.lease().verifying_key().to_bytes())
}

/// Signs a lease of these rights for a device; `courier` is for how many seconds they hold full where that was set for
/// the device's courier.
///
/// # Errors
/// See [`StoreError`].
pub async fn issue(
    control: &Control,
    keys: &Keys,
    tenant: &Tenant,
    device: Uuid,
    grants: &Grants,
    courier: Option<i32>,
    now: DateTime<Utc>,
) -> Result<SignedLease, StoreError> {
    let seconds = |seconds: i32| TimeDelta::seconds(i64::from(seconds));
    let (full, grace) =
        (seconds(courier.unwrap_or(tenant.lease_seconds)), seconds(tenant.grace_seconds));
    let term =
        LeaseTerm::new(full, grace).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let version = grants.policy_version;
    control.note_lease_rights(tenant.id, grants).await?;
    let serial = control.next_lease_serial(device, version, now, now + full).await?;
    Ok(Lease::issue(tenant.id, device, serial, grants.clone(), term, now).sign(keys.lease()))
}

/// Until when a device that holds this lease needs no new one: until half of its time is over. `None` where it needs
/// one now, also because it is not the newest, the rights have changed since, or another time was set for its courier.
pub fn good_until(
    newest: Option<IssuedLease>,
    held: i64,
    policy_version: i64,
    courier: Option<i32>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let held = newest.filter(|it| it.serial == held && it.policy_version == policy_version)?;
    let term = held.expires_at - held.issued_at;
    if courier.is_some_and(|seconds| term != TimeDelta::seconds(i64::from(seconds))) {
        return None;
    }
    let half = held.issued_at + (held.expires_at - held.issued_at) / 2;
    (now < half).then_some(half)
}
