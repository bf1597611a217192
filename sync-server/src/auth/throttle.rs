//! The brakes on guessing: so many wrong passwords for an account, so many from an address, in a quarter of an
//! hour. Counted in the control database, so that several hubs count together. Forwarding headers are not
//! looked at: the address is the one the connection came from.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::store::control::failed_sign_in::Bucket;
use crate::store::{Control, StoreError};

/// Failures are counted over this time.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// One thing that guesses have in common.
#[derive(Debug, Clone, Copy)]
pub struct Brake {
    bucket: Bucket,
    key: [u8; 32],
    most: i64,
}

impl Brake {
    /// Guesses at one account, whether or not there is one: 10.
    pub fn account(tenant: &str, email_folded: &str) -> Self {
        let key = key(&["account", tenant, email_folded]);
        Self { bucket: Bucket::Account, key, most: 10 }
    }

    /// Guesses from one address: 30. Of IPv6 the network counts (RFC 4291: the first 64 bits), as anyone has
    /// the rest for the choosing.
    pub fn address(address: IpAddr) -> Self {
        let text = match address.to_canonical() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("{:x?}", &v6.segments()[..4]),
        };
        Self { bucket: Bucket::Address, key: key(&["address", &text]), most: 30 }
    }

    /// Guesses made on one enrolled device of the account, which are counted apart: an attack from elsewhere
    /// does not shut its owner out. 10.
    pub fn device(device: Uuid) -> Self {
        Self { bucket: Bucket::Device, key: key(&["device", &device.to_string()]), most: 10 }
    }

    /// Work that is handed in for one device with a signature that is not its own: 10.
    pub fn escrow(device: Uuid) -> Self {
        Self { bucket: Bucket::Device, key: key(&["escrow", &device.to_string()]), most: 10 }
    }

    /// Mails for one account that ask for a new password: 3.
    pub fn reset(tenant: &str, email_folded: &str) -> Self {
        Self { bucket: Bucket::Reset, key: key(&["reset", tenant, email_folded]), most: 3 }
    }
}

/// Too many failures; the time until the next attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub TimeDelta);

/// An attempt that was counted before its outcome was known, so that many at once cannot slip through.
#[must_use]
pub struct Attempt {
    brakes: Vec<Brake>,
    at: DateTime<Utc>,
}

/// Counts an attempt against each brake.
///
/// # Errors
/// See [`StoreError`]. The inner error tells how long to wait; the attempt is then not counted.
pub async fn attempt(
    control: &Control,
    brakes: Vec<Brake>,
    now: DateTime<Utc>,
) -> Result<Result<Attempt, Wait>, StoreError> {
    let attempt = Attempt { brakes, at: now };
    let mut wait = None;
    for brake in &attempt.brakes {
        control.note_failure(brake.bucket, &brake.key, now).await?;
        let failures =
            control.failures(brake.bucket, &brake.key, now - WINDOW, brake.most + 1).await?;
        if i64::try_from(failures.len()).unwrap_or(i64::MAX) > brake.most {
            // The oldest of the newest must leave the window before another attempt fits.
            let oldest = failures.last().copied().unwrap_or(now);
            wait = wait.max(Some(oldest + WINDOW - now));
        }
    }
    match wait {
        None => Ok(Ok(attempt)),
        Some(wait) => {
            attempt.forgive(control).await?;
            Ok(Err(Wait(wait)))
        }
    }
}

impl Attempt {
    /// Takes the attempt back: it was no wrong guess.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forgive(self, control: &Control) -> Result<(), StoreError> {
        for brake in &self.brakes {
            control.forgive_failure(brake.bucket, &brake.key, self.at).await?;
        }
        Ok(())
    }
}

fn key(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_an_ipv6_network_share_a_brake_and_spellings_of_an_address_too() {
        let key = |text: &str| Brake::address(text.parse().unwrap()).key;
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("192.0.2.7"), key("::ffff:192.0.2.7"));
        assert_ne!(key("192.0.2.7"), key("192.0.2.8"));
    }
}
