//! What time it is for a lease on a machine whose clock may be wrong, standing or turned by hand.
//! Reads no clock: the readings are arguments.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The highest time seen plus elapsed running time, set anew at each contact with the hub. The
/// device stores it as often as it asks it.
///
/// Time comes from two places. While the program runs, a steady clock counts; nobody turns that. For
/// the time in between there is only the machine's clock, and it is believed as far as it has moved
/// since the contact and never beyond what it shows. A clock that was at 2099 before the contact
/// therefore adds what really passed, one at 1970 adds nothing, and one that was wrong at the contact
/// and set right afterwards does not jump the lease decades ahead. Turning the clock back never gives
/// time back; turning it far ahead ends the lease until the next contact, whatever it shows then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseClock {
    highest: DateTime<Utc>,
    contact: Contact,
}

/// The last contact by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Contact {
    hub: DateTime<Utc>,
    machine: DateTime<Utc>,
}

impl LeaseClock {
    /// The clock right after a contact: the hub said `hub` while the machine showed `machine`.
    pub fn at_contact(hub: DateTime<Utc>, machine: DateTime<Utc>) -> LeaseClock {
        LeaseClock { highest: hub, contact: Contact { hub, machine } }
    }

    /// Moves on and tells the time. `machine` is what the machine's clock shows; `ran` is how long
    /// the program has run since the last call by a clock that cannot be set, zero at the first call
    /// after a start.
    pub fn advance(&mut self, machine: DateTime<Utc>, ran: Duration) -> DateTime<Utc> {
        let counted = chrono::TimeDelta::from_std(ran)
            .ok()
            .and_then(|ran| self.highest.checked_add_signed(ran))
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let moved = machine.signed_duration_since(self.contact.machine);
        // Out of range only when the clock moved by hundreds of thousands of years: then it says
        // nothing worth believing.
        let shown = self.contact.hub.checked_add_signed(moved).unwrap_or(machine).min(machine);
        self.highest = self.highest.max(counted).max(shown);
        self.highest
    }

    /// The time at the last call of [`advance`](Self::advance), or of the contact.
    pub fn now(&self) -> DateTime<Utc> {
        self.highest
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};
    use proptest::prelude::*;

    use super::*;

    fn at(year: i32, month: u32, day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, 12, 0, 0).unwrap()
    }

    const STARTED: Duration = Duration::ZERO;

    #[test]
    fn a_right_clock_counts_the_days_the_program_was_closed() {
        let mut clock = LeaseClock::at_contact(at(2026, 3, 1), at(2026, 3, 1));
        assert_eq!(clock.advance(at(2026, 3, 9), STARTED), at(2026, 3, 9));
    }

    #[test]
    fn a_clock_at_1970_adds_only_the_time_the_program_runs() {
        let mut clock = LeaseClock::at_contact(at(2026, 3, 1), at(2026, 3, 1));
        assert_eq!(clock.advance(at(1970, 1, 1), STARTED), at(2026, 3, 1));
        let hour = Duration::from_secs(3_600);
        assert_eq!(clock.advance(at(1970, 1, 1), hour), at(2026, 3, 1) + TimeDelta::hours(1));
        // The battery was changed and the clock set right: the lease goes on as if nothing had been.
        assert_eq!(clock.advance(at(2026, 3, 2), STARTED), at(2026, 3, 2));
    }

    #[test]
    fn a_clock_turned_to_2099_ends_the_time_and_turning_it_back_does_not_help() {
        let mut clock = LeaseClock::at_contact(at(2026, 3, 1), at(2026, 3, 1));
        assert_eq!(clock.advance(at(2099, 1, 1), STARTED), at(2099, 1, 1));
        assert_eq!(clock.advance(at(2026, 3, 2), STARTED), at(2099, 1, 1));
    }

    #[test]
    fn contact_resets_it_even_while_the_clock_still_shows_2099() {
        let mut clock = LeaseClock::at_contact(at(2026, 3, 2), at(2099, 1, 1));
        assert_eq!(clock.now(), at(2026, 3, 2));
        assert_eq!(clock.advance(at(2099, 1, 4), STARTED), at(2026, 3, 5));
        // Set right: it shows less than the hub said plus nothing, and takes nothing back.
        assert_eq!(clock.advance(at(2026, 3, 6), STARTED), at(2026, 3, 5));
    }

    #[test]
    fn a_clock_that_was_at_1970_at_the_contact_and_is_set_right_does_not_jump() {
        let mut clock = LeaseClock::at_contact(at(2026, 3, 2), at(1970, 1, 1));
        assert_eq!(clock.advance(at(2026, 3, 4), STARTED), at(2026, 3, 4));
    }

    #[test]
    fn a_standing_clock_does_not_stop_the_running_program() {
        let standing = at(2026, 3, 1);
        let mut clock = LeaseClock::at_contact(standing, standing);
        for _ in 0..15 * 24 {
            clock.advance(standing, Duration::from_secs(3_600));
        }
        assert_eq!(clock.now(), at(2026, 3, 16));
    }

    #[test]
    fn running_time_and_the_machine_are_not_counted_twice() {
        let mut clock = LeaseClock::at_contact(at(2026, 3, 1), at(2026, 3, 1));
        clock.advance(at(2026, 3, 2), Duration::from_secs(86_400));
        assert_eq!(clock.now(), at(2026, 3, 2));
    }

    fn instant() -> impl Strategy<Value = DateTime<Utc>> {
        let (first, last) =
            (DateTime::<Utc>::MIN_UTC.timestamp(), DateTime::<Utc>::MAX_UTC.timestamp());
        prop_oneof![(0..4_102_444_800_i64), (first..=last), Just(first), Just(last),]
            .prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
    }

    proptest! {
        #[test]
        fn time_never_goes_back_and_never_slower_than_the_program_ran(
            hub in instant(),
            machine in instant(),
            readings in prop::collection::vec((instant(), 0..u64::MAX), 1..20),
        ) {
            let mut clock = LeaseClock::at_contact(hub, machine);
            for (machine, ran) in readings {
                let before = clock.now();
                let ran = Duration::from_secs(ran);
                let after = clock.advance(machine, ran);
                let least = TimeDelta::from_std(ran).ok().and_then(|ran| before.checked_add_signed(ran));
                prop_assert!(after >= least.unwrap_or(DateTime::<Utc>::MAX_UTC));
                prop_assert_eq!(LeaseClock::at_contact(hub, machine).now(), hub);
            }
        }
    }
}
