//! The host of real programs: the machine's clock and the operating system's generator. Decides
//! nothing and keeps nothing.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use contract::Event;
use uuid::Uuid;

use super::Host;

/// The machine, and who listens to events.
pub struct SystemHost {
    started: Instant,
    listener: Box<dyn Fn(Event) + Send + Sync>,
}

impl SystemHost {
    /// A host whose events go to `listener`.
    pub fn new(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self { started: Instant::now(), listener: Box::new(listener) }
    }
}

impl Host for SystemHost {
    fn now(&self) -> DateTime<Utc> {
        #[allow(clippy::disallowed_methods, reason = "this is the edge that reads the clock")]
        let now = Utc::now();
        // In whole microseconds: what both databases keep.
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    fn running(&self) -> Duration {
        self.started.elapsed()
    }

    fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        let mut random = [0; 10];
        self.random(&mut random);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// A machine whose generator fails cannot make a key; there is nothing safe left to do, so the
    /// program ends.
    fn random(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the operating system gives no randomness");
            std::process::abort();
        }
    }

    fn notify(&self, event: Event) {
        (self.listener)(event);
    }
}
