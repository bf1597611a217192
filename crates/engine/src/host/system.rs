//! The host of real programs: the machine's clock and the operating system's generator. Decides
//! nothing and keeps nothing.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
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
        let now = SystemTime::now();
        since_epoch(now)
    }

    /// `TZ` where it names a zone, else the system's; UTC where neither says one.
    fn zone(&self) -> Tz {
        let named = std::env::var("TZ").ok().and_then(|name| name.parse().ok());
        let system = || iana_time_zone::get_timezone().ok()?.parse().ok();
        named.or_else(system).unwrap_or(Tz::UTC)
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

/// In whole microseconds: what both databases keep. A clock that was set before 1970 is read as 1970.
fn since_epoch(now: SystemTime) -> DateTime<Utc> {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_or_beyond_all_years_is_read_and_does_not_end_the_program() {
        let before = UNIX_EPOCH - Duration::from_secs(86_400);
        assert_eq!(since_epoch(before), DateTime::UNIX_EPOCH);
        let later = UNIX_EPOCH + Duration::from_micros(1_500_000);
        assert_eq!(since_epoch(later).timestamp_micros(), 1_500_000);
        let far = UNIX_EPOCH + Duration::from_secs(1 << 60);
        assert_eq!(since_epoch(far), DateTime::<Utc>::MAX_UTC);
    }
}
