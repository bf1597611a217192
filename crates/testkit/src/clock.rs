//! A clock that moves only when it is told to.

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};

/// Starts on 2026-03-02 at 08:00 UTC, a Monday.
#[derive(Debug)]
pub struct FixedClock(Cell<DateTime<Utc>>);

/// Microseconds of the start since 1970.
const START: i64 = 1_772_438_400_000_000;

impl Default for FixedClock {
    fn default() -> Self {
        Self(Cell::new(DateTime::from_timestamp_micros(START).unwrap_or_default()))
    }
}

impl FixedClock {
    pub fn now(&self) -> DateTime<Utc> {
        self.0.get()
    }

    /// Moves on, and answers the new time.
    pub fn pass(&self, time: TimeDelta) -> DateTime<Utc> {
        self.0.set(self.0.get() + time);
        self.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_until_time_passes() {
        let clock = FixedClock::default();
        assert_eq!(clock.now().to_rfc3339(), "2026-03-02T08:00:00+00:00");
        assert_eq!(clock.now(), clock.now());
        assert_eq!(clock.pass(TimeDelta::hours(1)).to_rfc3339(), "2026-03-02T09:00:00+00:00");
    }
}
