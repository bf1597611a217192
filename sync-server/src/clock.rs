//! The hub's edge to time: the one place that reads the clock. Everything behind it takes an instant as an
//! argument. It holds no timers and no time-outs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Where instants come from. Clones share one clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds added to the machine's time. Zero except in tests that let hours pass.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// The instant now, in whole microseconds: what Postgres keeps.
    pub fn now(&self) -> DateTime<Utc> {
        #[allow(clippy::disallowed_methods, reason = "this is the edge that reads the clock")]
        let now = Utc::now();
        let now = now + TimeDelta::milliseconds(self.ahead.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Lets time pass for everyone who holds this clock.
    pub fn advance(&self, by: TimeDelta) {
        self.ahead.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}
