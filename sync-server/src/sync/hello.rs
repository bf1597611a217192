//! How the hub stands to a device: whether it may go on with what it holds, must fetch anew, wait, stop, or
//! destroy it. Leases are signed elsewhere.

use std::cmp::Ordering;
use std::sync::atomic;

use chrono::{DateTime, TimeDelta, Utc};
use domain::versions::{self, Versions};
use sync_protocol::PROTOCOL_VERSION;
use sync_protocol::message::{Capability, Hello, Position, RebuildReason, Standing};
use sync_protocol::op::{ChainEnd, Hash};
use sync_protocol::row::schema_hash;
use sync_protocol::view::View;
use sync_protocol::wire::WireError;

use super::redact::redact;
use super::review;
use super::sight::Sight;
use super::{Sender, fork};
use crate::auth::rights;
use crate::store::tenant::settings;
use crate::store::tenant::sync::floor::{Reach, reach};
use crate::store::tenant::sync::{device, view};
use crate::store::{Connection, StoreError};

/// What the device last said of itself is written at most so often.
const NOTE_AFTER: TimeDelta = TimeDelta::seconds(60);
/// How long a device waits for a hub that is being changed.
const MIGRATING: TimeDelta = TimeDelta::seconds(30);
/// How long until every hub has heard of another version of the rights.
const WORKING_OUT: TimeDelta = TimeDelta::seconds(2);
/// How long a device waits for a hub that is older than itself.
const OLDER_HUB: TimeDelta = TimeDelta::hours(1);

/// Why a device was not greeted.
#[derive(Debug, thiserror::Error)]
pub enum HelloError {
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The answer to a hello, but for the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    pub standing: Standing,
    pub head: Position,
    pub chain: ChainEnd,
}

/// What a device is told that is not served, whatever it asks for; nothing where it is.
pub fn turned_away(standing: rights::Standing, now: DateTime<Utc>) -> Option<Standing> {
    let refused = |reason: &str| Some(Standing::Refused { reason: reason.to_owned() });
    match standing {
        rights::Standing::Good => None,
        rights::Standing::TenantMigrating => Some(Standing::Wait {
            reason: "the sync server is being updated".to_owned(),
            until: now + MIGRATING,
        }),
        rights::Standing::TenantSuspended => {
            refused("the account of your organisation is suspended; its administrator knows why")
        }
        rights::Standing::SessionEnded => {
            refused("your access was ended; sign in again, or ask an administrator")
        }
        rights::Standing::DeviceRevoked => refused("this device was revoked; ask an administrator"),
        rights::Standing::DeviceFrozen => Some(Standing::Frozen),
        rights::Standing::DeviceWiping => Some(Standing::Wipe),
    }
}

/// Greets a device in good standing.
///
/// # Errors
/// See [`HelloError`].
pub async fn greet(
    connection: &mut Connection,
    sender: Sender<'_>,
    sight: &Sight,
    epoch: u64,
    hello: &Hello,
    now: DateTime<Utc>,
) -> Result<Greeting, HelloError> {
    let reach = reach(connection).await?;
    let known = device::find(connection, sender.device).await?;
    let held = keep_view(connection, sight, hello.policy_version, now).await?;
    let due = known.as_ref().is_none_or(|known| now - known.seen_at >= NOTE_AFTER);
    if due {
        device::note_seen(connection, sender.device, sender.user, hello.cursor, now).await?;
    }
    let chain = known.map_or_else(ChainEnd::default, |known| known.chain);
    if fork::strays(connection, sender.device, hello.chain, chain).await? {
        return Ok(Greeting { standing: Standing::Frozen, head: reach.head, chain });
    }
    let standing = standing(hello, epoch, reach, &held, now)?;
    Ok(Greeting { standing, head: reach.head, chain })
}

fn standing(
    hello: &Hello,
    epoch: u64,
    reach: Reach,
    held: &Held,
    now: DateTime<Utc>,
) -> Result<Standing, WireError> {
    match understanding(hello, schema_hash()?, versions::declared()) {
        Understanding::Whole => {}
        Understanding::OneWay => return Ok(Standing::Drain),
        Understanding::NotYet => {
            let reason = "the sync server is older than this Daybook; it has to be updated. What is done here is \
                          kept until then";
            let reason = reason.to_owned();
            return Ok(Standing::Wait { reason, until: now + OLDER_HUB });
        }
    }
    let rebuild = |reason| Ok(Standing::Rebuild { reason });
    // A device that was never filled says 0.
    if hello.epoch != 0 && hello.epoch != epoch {
        return rebuild(RebuildReason::Epoch);
    }
    let followed = reach.floor..=reach.head;
    if hello.cursor.is_some_and(|cursor| !followed.contains(&cursor)) {
        return rebuild(RebuildReason::Cursor);
    }
    match held {
        Held::Unknown if hello.cursor.is_some() => rebuild(RebuildReason::Rights),
        Held::Outdated => {
            let reason = "what everybody may see is being worked out anew".to_owned();
            Ok(Standing::Wait { reason, until: now + WORKING_OUT })
        }
        _ => Ok(Standing::Ok),
    }
}

/// How far a device and this hub understand each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Understanding {
    /// The device may send and receive.
    Whole,
    /// The hub reads what the device wrote, and the device would not read what the hub has.
    OneWay,
    /// The device is the newer one. It sends nothing: what this hub cannot read it could only refuse.
    NotYet,
}

fn understanding(hello: &Hello, ours: Hash, versions: &Versions) -> Understanding {
    let protocol = hello.protocol_version.cmp(&PROTOCOL_VERSION);
    match protocol.then(hello.schema_version.cmp(&versions.current)) {
        _ if protocol.is_lt() => Understanding::OneWay,
        Ordering::Greater => Understanding::NotYet,
        // Two builds between two releases: neither is known to be the older one.
        Ordering::Equal if hello.schema != ours => Understanding::OneWay,
        Ordering::Equal => Understanding::Whole,
        Ordering::Less => {
            let keeps = hello.capabilities.contains(&Capability::KeepsUnknown);
            match keeps && hello.schema_version >= versions.readable {
                true => Understanding::Whole,
                false => Understanding::OneWay,
            }
        }
    }
}

/// What a copy was made for, held against what the person sees now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    Same,
    /// It was made for this, and can be led to what is seen now.
    Earlier(View),
    /// Nobody knows any more what it was made for.
    Unknown,
    /// This program reads the same rights otherwise than the one that noted them: they get another version.
    Outdated,
}

/// What a copy that was made under an earlier version of the policy was made for. Notes what the person sees
/// now, so that it can be asked later; at the first contact under a version, their Attention loses what they may not
/// see any more.
///
/// # Errors
/// See [`HelloError`].
pub async fn keep_view(
    connection: &mut Connection,
    sight: &Sight,
    held: i64,
    now: DateTime<Utc>,
) -> Result<Held, HelloError> {
    let (user, version) = (sight.grants().user_id, sight.grants().policy_version);
    let shown = View::of(sight.grants());
    if !sight.noted.load(atomic::Ordering::Acquire) {
        match view::find(connection, user, version).await? {
            Some(noted) if View::read(&noted).as_ref() == Some(&shown) => {}
            Some(_) => {
                settings::raise_policy_version(connection).await?;
                return Ok(Held::Outdated);
            }
            None => {
                redact(connection, sight, now).await?;
                review::bring(connection, sight.grants(), now).await?;
                view::note(connection, user, version, &shown.write()?).await?;
            }
        }
        sight.noted.store(true, atomic::Ordering::Release);
    }
    if held == version {
        return Ok(Held::Same);
    }
    let before = view::find(connection, user, held).await?.as_deref().and_then(View::read);
    Ok(match before {
        Some(before) if before == shown => Held::Same,
        Some(before) => Held::Earlier(before),
        None => Held::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(epoch: u64, cursor: Position) -> Hello {
        Hello {
            protocol_version: PROTOCOL_VERSION,
            capabilities: Vec::new(),
            schema_version: versions::declared().current,
            schema: schema_hash().unwrap(),
            epoch,
            policy_version: 1,
            lease_serial: 1,
            cursor: Some(cursor),
            chain: ChainEnd::default(),
            clock: DateTime::<Utc>::MIN_UTC,
        }
    }

    fn answer(hello: &Hello, held: Held) -> Standing {
        let reach = Reach { floor: 40, head: 100 };
        standing(hello, 3, reach, &held, DateTime::<Utc>::MIN_UTC).unwrap()
    }

    #[test]
    fn a_device_goes_on_only_from_where_this_hub_has_been() {
        let rebuild = |reason| Standing::Rebuild { reason };
        assert_eq!(answer(&hello(3, 100), Held::Same), Standing::Ok);
        assert_eq!(answer(&hello(2, 100), Held::Same), rebuild(RebuildReason::Epoch));
        assert_eq!(answer(&hello(3, 101), Held::Same), rebuild(RebuildReason::Cursor));
        assert_eq!(answer(&hello(3, 40), Held::Same), Standing::Ok);
        assert_eq!(answer(&hello(3, 39), Held::Same), rebuild(RebuildReason::Cursor));
        assert_eq!(answer(&hello(3, 100), Held::Unknown), rebuild(RebuildReason::Rights));
        let fresh = Hello { cursor: None, ..hello(0, 0) };
        assert_eq!(answer(&fresh, Held::Unknown), Standing::Ok);
    }

    #[test]
    fn an_older_client_sends_and_does_not_receive_and_a_newer_one_waits() {
        let between = Hello { schema: Hash([7; 32]), ..hello(3, 100) };
        assert_eq!(answer(&between, Held::Same), Standing::Drain);
        let older = Hello { protocol_version: PROTOCOL_VERSION - 1, ..hello(3, 100) };
        assert_eq!(answer(&older, Held::Same), Standing::Drain);
        let newer = Hello { protocol_version: PROTOCOL_VERSION + 1, ..hello(3, 100) };
        assert!(matches!(answer(&newer, Held::Same), Standing::Wait { .. }));
        let newer = Hello { schema_version: versions::declared().current + 1, ..hello(3, 100) };
        assert!(matches!(answer(&newer, Held::Same), Standing::Wait { .. }));
    }

    #[test]
    fn an_older_client_receives_where_it_holds_what_the_hub_sends() {
        let hub = Versions { current: 7, readable: 5, steps: &[] };
        let of = |schema_version, capabilities: &[Capability]| {
            let (schema, capabilities) = (Hash([7; 32]), capabilities.to_vec());
            let hello = Hello { schema_version, schema, capabilities, ..hello(3, 100) };
            understanding(&hello, schema_hash().unwrap(), &hub)
        };
        let keeps = [Capability::KeepsUnknown];
        assert_eq!(of(4, &keeps), Understanding::OneWay);
        assert_eq!(of(5, &keeps), Understanding::Whole);
        assert_eq!(of(6, &keeps), Understanding::Whole);
        assert_eq!(of(6, &[]), Understanding::OneWay);
        assert_eq!(of(6, &[Capability::Other]), Understanding::OneWay);
        assert_eq!(of(7, &keeps), Understanding::OneWay, "a version that is still being made");
        assert_eq!(of(8, &keeps), Understanding::NotYet);
    }
}
