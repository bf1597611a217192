//! Two hubs on one control database, with and without a Redis between them.

mod database;
mod memory;
mod news;
mod throttle;

use testkit::Redis;

use crate::support::{Person, TestHub};
use crate::sync::desk::Desk;
use crate::sync::office::SLUG;

/// Two hubs, and the administrator of a tenant on them.
struct Pair {
    first: TestHub,
    second: TestHub,
    admin: Person,
}

impl Pair {
    /// They know nothing of each other.
    async fn open() -> Pair {
        Self::with(&[]).await
    }

    async fn around(redis: &Redis) -> Pair {
        Self::with(&[("DAYBOOK_REDIS_URL", &redis.url())]).await
    }

    async fn with(settings: &[(&'static str, &str)]) -> Pair {
        let first = TestHub::with(settings).await;
        let second = first.beside(settings).await;
        let admin = first.tenant(SLUG).await;
        Pair { first, second, admin }
    }
}

/// The same person, who has got through to this hub.
fn at(hub: &TestHub, person: &Person) -> Person {
    Person { router: hub.router.clone(), ..person.clone() }
}

/// From now on the desk gets through to this hub.
fn turns_to(desk: &mut Desk, hub: &TestHub) {
    desk.device.person.router = hub.router.clone();
}
