//! The lease: the rights of one person on one device, signed by the hub, that hold while the device
//! is offline. Says what stands at a given time; what time it is, `lease_clock` says, and where a
//! lease and the hub's keys are kept is the caller's business.

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::action::Action;
use super::check::check;
use super::decision::{Decision, Reason};
use super::grants::Grants;
use super::hub_key::{PinnedKey, key_id};
use super::row::RowFacts;
use crate::record::EntityDef;

/// Set before the signed bytes, so that a signature over a lease is a signature over nothing else.
const CONTEXT: &[u8] = b"daybook lease v1\0";

/// What a person may do on a device, and until when. Times are the hub's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub tenant_id: Uuid,
    pub device_id: Uuid,
    /// Rises with every lease of the device; each operation names the one it was made under.
    pub serial: i64,
    /// The rights themselves, with the person, the scopes and the policy version.
    pub grants: Grants,
    pub issued_at: DateTime<Utc>,
    /// From here on the device only reads.
    pub expires_at: DateTime<Utc>,
    /// From here on the device is locked until it reaches the hub.
    pub locks_at: DateTime<Utc>,
    /// The hub's clock when it signed.
    pub server_time: DateTime<Utc>,
}

/// How long leases hold, as a tenant sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTerm {
    full: TimeDelta,
    grace: TimeDelta,
}

/// A term a tenant may not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeaseTermError {
    #[error("rights offline hold for at least 1 hour and at most 45 days; choose a time between")]
    Full,
    #[error("the time of reading only, after the rights ran out, is at most 45 days")]
    Grace,
}

impl LeaseTerm {
    /// 1 hour to 45 days of full rights, then up to 45 days of reading only.
    pub fn new(full: TimeDelta, grace: TimeDelta) -> Result<LeaseTerm, LeaseTermError> {
        if full < TimeDelta::hours(1) || full > TimeDelta::days(45) {
            return Err(LeaseTermError::Full);
        }
        if grace < TimeDelta::zero() || grace > TimeDelta::days(45) {
            return Err(LeaseTermError::Grace);
        }
        Ok(LeaseTerm { full, grace })
    }
}

impl Default for LeaseTerm {
    /// 14 days, then 7 days of reading.
    fn default() -> Self {
        LeaseTerm { full: TimeDelta::days(14), grace: TimeDelta::days(7) }
    }
}

/// For whom a lease is: a lease of another device, person or tenant is worth nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseHolder {
    pub tenant_id: Uuid,
    pub user_id: Uuid,
    pub device_id: Uuid,
}

/// What a lease gives at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Full,
    ReadOnly,
    Locked,
}

impl Lease {
    /// The lease of these rights for a device, from `now` on (the hub's clock).
    pub fn issue(
        tenant_id: Uuid,
        device_id: Uuid,
        serial: i64,
        grants: Grants,
        term: LeaseTerm,
        now: DateTime<Utc>,
    ) -> Lease {
        let after = |start: DateTime<Utc>, time| {
            start.checked_add_signed(time).unwrap_or(DateTime::<Utc>::MAX_UTC)
        };
        let expires_at = after(now, term.full);
        Lease {
            tenant_id,
            device_id,
            serial,
            grants,
            issued_at: now,
            expires_at,
            locks_at: after(expires_at, term.grace),
            server_time: now,
        }
    }

    pub fn holder(&self) -> LeaseHolder {
        LeaseHolder {
            tenant_id: self.tenant_id,
            user_id: self.grants.user_id,
            device_id: self.device_id,
        }
    }

    /// What the lease gives at `now`, which is the time of a [`LeaseClock`](super::LeaseClock) and
    /// not of the machine.
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        if now < self.expires_at {
            Standing::Full
        } else if now < self.locks_at {
            Standing::ReadOnly
        } else {
            Standing::Locked
        }
    }

    /// Whether the hub should sign anew although the rights are the same: half of the time is over.
    pub fn due_for_renewal(&self, now: DateTime<Utc>) -> bool {
        let half = (self.expires_at - self.issued_at) / 2;
        now.signed_duration_since(self.issued_at) >= half
    }

    /// [`check`] under this lease at `now`. After expiry only viewing is left (an export leaves an
    /// audit entry and so is no mere reading), after the grace nothing.
    pub fn check(
        &self,
        now: DateTime<Utc>,
        action: Action,
        entity: &EntityDef,
        row: Option<&RowFacts>,
        fields: &[&str],
    ) -> Decision {
        match (self.standing(now), action) {
            (Standing::Locked, _) => Decision::Refuse(Reason::LeaseLocked),
            (Standing::Full, _) | (Standing::ReadOnly, Action::View) => {
                check(&self.grants, action, entity, row, fields)
            }
            (Standing::ReadOnly, _) => Decision::Refuse(Reason::LeaseExpired),
        }
    }

    /// The lease with the hub's signature, as it travels and as the device keeps it.
    pub fn sign(&self, key: &SigningKey) -> SignedLease {
        // A vector takes every byte, and no type in a lease refuses to be written.
        let bytes = cbor4ii::serde::to_vec(Vec::new(), self).expect("a lease is written to memory");
        let signature = key.sign(&message(&bytes)).to_bytes();
        SignedLease { bytes, signature, key_id: key_id(&key.verifying_key()) }
    }
}

fn message(bytes: &[u8]) -> Vec<u8> {
    [CONTEXT, bytes].concat()
}

/// A lease as signed: the bytes are kept as they came, because the signature is over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedLease {
    /// A [`Lease`] in CBOR.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub signature: [u8; 64],
    /// The key it was signed with, see [`PinnedKey::id`].
    pub key_id: String,
}

/// Why a lease is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    #[error(
        "the rights were signed with the key {0}, which this device does not know; connect to the sync server"
    )]
    UnknownKey(String),
    #[error(
        "the signature of the rights on this device is wrong; connect to the sync server to get them anew"
    )]
    WrongSignature,
    #[error(
        "the rights on this device cannot be read ({0}); update Daybook or connect to the sync server"
    )]
    Unreadable(String),
    #[error(
        "the rights on this device were given to another person, device or tenant; sign in again"
    )]
    OfAnother,
}

impl SignedLease {
    /// The lease, if the pinned key signed it and it is this holder's. Asked before every use.
    pub fn verify(&self, pinned: &PinnedKey, holder: &LeaseHolder) -> Result<Lease, LeaseError> {
        if self.key_id != pinned.id() {
            return Err(LeaseError::UnknownKey(self.key_id.clone()));
        }
        pinned
            .key()
            .verify_strict(&message(&self.bytes), &Signature::from_bytes(&self.signature))
            .map_err(|_| LeaseError::WrongSignature)?;
        let lease: Lease = cbor4ii::serde::from_slice(&self.bytes)
            .map_err(|fault| LeaseError::Unreadable(fault.to_string()))?;
        if lease.holder() != *holder {
            return Err(LeaseError::OfAnother);
        }
        Ok(lease)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::super::hub_key::KeySuccession;
    use super::super::standard::StandardRole;
    use super::super::world::{ANNA, BEN, NORTH, row_of, standard};
    use super::*;
    use crate::masters::CUSTOMER;

    const TENANT: Uuid = Uuid::from_u128(1);
    const LAPTOP: Uuid = Uuid::from_u128(2);
    const HOLDER: LeaseHolder = LeaseHolder { tenant_id: TENANT, user_id: ANNA, device_id: LAPTOP };

    fn monday() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).unwrap()
    }

    fn lease() -> Lease {
        let grants = standard(StandardRole::Accountant);
        Lease::issue(TENANT, LAPTOP, 5, grants, LeaseTerm::default(), monday())
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn pinned(key: &SigningKey) -> PinnedKey {
        PinnedKey::new(1, key.verifying_key().to_bytes()).unwrap()
    }

    #[test]
    fn two_weeks_of_work_then_a_week_of_reading_then_nothing() {
        let lease = lease();
        let row = row_of(NORTH, BEN);
        let ask = |day: i64, action| {
            let now = monday() + TimeDelta::days(day);
            let answer = lease.check(now, action, &CUSTOMER, Some(&row), &["name"]);
            answer.into_result().map_err(|reason| reason.code())
        };
        assert_eq!(ask(13, Action::Edit), Ok(()));
        assert_eq!(ask(14, Action::Edit), Err("lease_expired"));
        assert_eq!(ask(14, Action::Export), Err("lease_expired"));
        assert_eq!(ask(14, Action::View), Ok(()));
        assert_eq!(ask(20, Action::View), Ok(()));
        assert_eq!(ask(21, Action::View), Err("lease_locked"));
        assert_eq!(ask(13, Action::Retire), Err("not_permitted"));
    }

    #[test]
    fn a_tenant_sets_between_an_hour_and_45_days() {
        let term = |full| LeaseTerm::new(full, TimeDelta::zero());
        assert!(term(TimeDelta::hours(1)).is_ok() && term(TimeDelta::days(45)).is_ok());
        assert_eq!(term(TimeDelta::minutes(59)), Err(LeaseTermError::Full));
        assert_eq!(term(TimeDelta::hours(45 * 24 + 1)), Err(LeaseTermError::Full));
        let grace = |grace| LeaseTerm::new(TimeDelta::days(1), grace);
        assert_eq!(grace(TimeDelta::hours(-1)), Err(LeaseTermError::Grace));
        assert_eq!(grace(TimeDelta::days(46)), Err(LeaseTermError::Grace));
    }

    #[test]
    fn a_lease_is_renewed_at_half_time() {
        assert!(!lease().due_for_renewal(monday() + TimeDelta::days(6)));
        assert!(lease().due_for_renewal(monday() + TimeDelta::days(7)));
    }

    #[test]
    fn a_device_believes_the_lease_its_hub_signed_for_it() {
        let signed = lease().sign(&key(1));
        assert_eq!(signed.verify(&pinned(&key(1)), &HOLDER), Ok(lease()));
        let file = cbor4ii::serde::to_vec(Vec::new(), &signed).unwrap();
        let kept: SignedLease = cbor4ii::serde::from_slice(&file).unwrap();
        assert_eq!(kept.verify(&pinned(&key(1)), &HOLDER), Ok(lease()));
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let signed = lease().sign(&key(1));
        for at in (0..signed.bytes.len()).step_by(97) {
            let mut changed = signed.clone();
            changed.bytes[at] ^= 1;
            let answer = changed.verify(&pinned(&key(1)), &HOLDER);
            assert_eq!(answer, Err(LeaseError::WrongSignature), "byte {at}");
        }
        let mut changed = signed;
        changed.signature[3] ^= 1;
        assert_eq!(changed.verify(&pinned(&key(1)), &HOLDER), Err(LeaseError::WrongSignature));
    }

    #[test]
    fn a_lease_of_another_hub_device_person_or_tenant_is_worth_nothing() {
        let forged = lease().sign(&key(9));
        let unknown = Err(LeaseError::UnknownKey(pinned(&key(9)).id()));
        assert_eq!(forged.verify(&pinned(&key(1)), &HOLDER), unknown);
        let renamed = SignedLease { key_id: pinned(&key(1)).id(), ..forged };
        assert_eq!(renamed.verify(&pinned(&key(1)), &HOLDER), Err(LeaseError::WrongSignature));

        let signed = lease().sign(&key(1));
        let others = [
            LeaseHolder { device_id: BEN, ..HOLDER },
            LeaseHolder { user_id: BEN, ..HOLDER },
            LeaseHolder { tenant_id: BEN, ..HOLDER },
        ];
        for other in others {
            assert_eq!(signed.verify(&pinned(&key(1)), &other), Err(LeaseError::OfAnother));
        }
    }

    #[test]
    fn after_the_hub_changed_its_key_only_the_new_one_counts() {
        let succession = KeySuccession::sign(&key(1), 2, &key(2).verifying_key());
        let new = pinned(&key(1)).after(&[succession]).unwrap();
        assert_eq!(lease().sign(&key(2)).verify(&new, &HOLDER), Ok(lease()));
        assert!(matches!(
            lease().sign(&key(1)).verify(&new, &HOLDER),
            Err(LeaseError::UnknownKey(_))
        ));
    }

    #[test]
    fn signed_bytes_that_are_no_lease_are_refused() {
        let bytes = b"\xa1".to_vec();
        let signature = key(1).sign(&message(&bytes)).to_bytes();
        let signed = SignedLease { bytes, signature, key_id: pinned(&key(1)).id() };
        let answer = signed.verify(&pinned(&key(1)), &HOLDER);
        assert!(matches!(answer, Err(LeaseError::Unreadable(_))));
    }
}
