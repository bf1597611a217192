//! The leases under which a device's ops were made, as this hub remembers them. No clock but the hub's own is looked at,
//! and what a device says of its lease is its serial.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::permissions::Grants;
use sync_protocol::judge::{Under, Why};
use sync_protocol::op::Op;
use uuid::Uuid;

use super::push::received::Received;
use crate::store::control::lease::PastLease;
use crate::store::{Control, StoreError};

/// What is known of the leases of the ops of one push.
#[derive(Debug)]
pub enum Leases {
    /// The device is the hub's own and needs none.
    Unneeded,
    /// Its author or the device itself has no access any more.
    AccessEnded,
    Known(HashMap<u64, Lease>),
}

#[derive(Debug)]
pub enum Lease {
    Holds,
    /// It holds, and was given for these rights.
    Gave(Box<Grants>),
    Forgotten,
    Ended(Why),
}

impl Leases {
    /// The leases of the ops that a device sends, as they stand now; `policy_version` is that of its person's rights.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn of(
        control: &Control,
        device: Uuid,
        ops: &[Received],
        policy_version: i64,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let serials = ops.iter().filter_map(|op| Some(op.op.as_ref()?.lease_serial));
        let mut serials: Vec<i64> = serials.filter_map(|it| i64::try_from(it).ok()).collect();
        serials.sort_unstable();
        serials.dedup();
        if serials.is_empty() {
            return Ok(Self::Known(HashMap::new()));
        }
        let mut known = HashMap::new();
        for past in control.leases(device, &serials, policy_version).await? {
            let serial = u64::try_from(past.serial).unwrap_or_default();
            known.insert(serial, Lease::of(past, policy_version, now)?);
        }
        Ok(Self::Known(known))
    }

    /// What the judge is told of the lease of an op.
    pub fn under(&self, op: &Op) -> Under<'_> {
        let known = match self {
            Self::Unneeded => return Under::Now,
            Self::AccessEnded => return Under::Ended(Why::AccessEnded),
            Self::Known(known) => known,
        };
        match known.get(&op.lease_serial) {
            None => Under::Ended(Why::LeaseUnknown),
            Some(Lease::Holds) => Under::Now,
            Some(Lease::Gave(grants)) => Under::Earlier(grants),
            Some(Lease::Forgotten) => Under::Forgotten,
            Some(Lease::Ended(why)) => Under::Ended(*why),
        }
    }
}

impl Lease {
    fn of(past: PastLease, policy_version: i64, now: DateTime<Utc>) -> Result<Self, StoreError> {
        if past.revoked_at.is_some() {
            return Ok(Self::Ended(Why::LeaseRevoked));
        }
        if past.expires_at <= now {
            return Ok(Self::Ended(Why::LeaseOver));
        }
        if past.policy_version == policy_version {
            return Ok(Self::Holds);
        }
        let Some(grants) = past.grants else { return Ok(Self::Forgotten) };
        let grants = serde_json::from_str(&grants);
        Ok(Self::Gave(grants.map_err(|error| StoreError::Damaged(error.to_string()))?))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn past(policy_version: i64, left: i64) -> PastLease {
        let expires_at = now() + TimeDelta::seconds(left);
        PastLease { serial: 7, policy_version, expires_at, revoked_at: None, grants: None }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn lease(past: PastLease) -> Lease {
        Lease::of(past, 3, now()).unwrap()
    }

    #[test]
    fn a_lease_ends_by_the_hubs_clock_or_by_being_taken_back_and_not_by_being_renewed() {
        assert!(matches!(lease(past(3, 1)), Lease::Holds));
        assert!(matches!(lease(past(3, 0)), Lease::Ended(Why::LeaseOver)));
        let revoked = PastLease { revoked_at: Some(now()), ..past(3, 60) };
        assert!(matches!(lease(revoked), Lease::Ended(Why::LeaseRevoked)));
        assert!(matches!(lease(past(2, 60)), Lease::Forgotten));
        let noted = serde_json::to_string(&Grants { policy_version: 2, ..Grants::default() });
        let noted = PastLease { grants: noted.ok(), ..past(2, 60) };
        assert!(matches!(lease(noted), Lease::Gave(grants) if grants.policy_version == 2));
    }
}
