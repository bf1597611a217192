//! Hellos that were answered a moment ago, so that a device which only asks whether there is news costs no
//! database: while its own words, its rights, its lease and the order are the same, so is the answer.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::sync::Cache;
use sync_protocol::message::{Hello, HelloReply, Position};
use uuid::Uuid;

/// Devices remembered at one time.
const DEVICES: usize = 50_000;
/// After this time a hello is answered from the databases whatever is remembered: a device is seen, and one whose
/// copy is in use elsewhere is noticed.
const LONGEST: TimeDelta = TimeDelta::seconds(60);

pub struct Greetings(Cache<Uuid, Arc<Greeted>>);

struct Greeted {
    /// With its clock at the beginning of time: that alone moves.
    hello: Hello,
    reply: HelloReply,
    /// When half of the lease will be over.
    lease_due: DateTime<Utc>,
    at: DateTime<Utc>,
}

impl Default for Greetings {
    fn default() -> Self {
        Self(Cache::new(DEVICES))
    }
}

impl Greetings {
    /// The answer to this hello, if it is the one that was given, `head` is still the newest place in the order,
    /// and the rights have this version.
    pub fn recall(
        &self,
        device: Uuid,
        hello: &Hello,
        head: Position,
        policy_version: i64,
        now: DateTime<Utc>,
    ) -> Option<HelloReply> {
        let known = self.0.get(&device)?;
        let same = (known.at..known.at + LONGEST).contains(&now)
            && now < known.lease_due
            && known.reply.head == head
            && known.reply.policy_version == policy_version
            && known.hello == timeless(hello);
        same.then(|| HelloReply { server_time: now, ..known.reply.clone() })
    }

    /// Keeps an answer that asks nothing of the device, if the hub holds all of its chain: whatever it pushes next, at
    /// this hub or at another, changes what it says. Otherwise it may have pushed elsewhere and say the same.
    pub fn remember(
        &self,
        device: Uuid,
        hello: &Hello,
        reply: &HelloReply,
        lease_due: DateTime<Utc>,
    ) {
        if hello.chain != reply.chain {
            self.forget(device);
            return;
        }
        let (hello, reply, at) = (timeless(hello), reply.clone(), reply.server_time);
        self.0.insert(device, Arc::new(Greeted { hello, reply, lease_due, at }));
    }

    /// The device has done something.
    pub fn forget(&self, device: Uuid) {
        self.0.remove(&device);
    }
}

fn timeless(hello: &Hello) -> Hello {
    Hello { clock: DateTime::UNIX_EPOCH, ..hello.clone() }
}

#[cfg(test)]
mod tests {
    use sync_protocol::message::Standing;
    use sync_protocol::op::{ChainEnd, Hash};

    use super::*;

    fn hello() -> Hello {
        Hello {
            protocol_version: 1,
            capabilities: Vec::new(),
            schema_version: 1,
            schema: Hash::default(),
            epoch: 1,
            policy_version: 4,
            lease_serial: 2,
            cursor: Some(9),
            chain: ChainEnd::default(),
            clock: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_same_hello_gets_the_same_answer_until_anything_moves() {
        let (greetings, device) = (Greetings::default(), Uuid::from_u128(1));
        let noon = DateTime::UNIX_EPOCH + TimeDelta::hours(12);
        let reply = HelloReply {
            standing: Standing::Ok,
            epoch: 1,
            policy_version: 4,
            server_time: noon,
            head: 9,
            chain: ChainEnd::default(),
            lease: None,
            attachment_max: None,
            backed_up: None,
        };
        greetings.remember(device, &hello(), &reply, noon + TimeDelta::seconds(30));
        let recall =
            |hello: &Hello, head, policy, now| greetings.recall(device, hello, head, policy, now);
        let soon = noon + TimeDelta::seconds(31);
        assert_eq!(recall(&hello(), 9, 4, soon), None, "a lease is due");
        greetings.remember(device, &hello(), &reply, noon + TimeDelta::hours(1));
        let later = noon + TimeDelta::seconds(59);
        let again = Hello { clock: later, ..hello() };
        assert_eq!(
            recall(&again, 9, 4, later),
            Some(HelloReply { server_time: later, ..reply.clone() })
        );
        assert_eq!(recall(&again, 9, 4, noon + LONGEST), None, "it was too long ago");
        assert_eq!(recall(&again, 10, 4, later), None, "there is news");
        assert_eq!(recall(&again, 9, 5, later), None, "the rights are others");
        let other = Hello { cursor: Some(8), ..hello() };
        assert_eq!(recall(&other, 9, 4, later), None);
        greetings.forget(device);
        assert_eq!(recall(&again, 9, 4, later), None);
        let unsent = Hello { chain: ChainEnd { op_seq: 1, hash: Hash([3; 32]) }, ..hello() };
        greetings.remember(device, &unsent, &reply, noon + TimeDelta::hours(1));
        assert_eq!(recall(&unsent, 9, 4, later), None, "it may be pushed at another hub");
    }
}
