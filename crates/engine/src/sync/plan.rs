//! When a device syncs by itself: the plan as a person typed it, held against its rules, and what it says of an
//! instant. It reads no clock and sleeps nowhere.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use contract::{Failure, FailureCode, Often, Problem, QuietHours, SyncPlan};

use crate::http::proxy_address;

/// The least and the longest time between two rounds.
const EVERY: std::ops::RangeInclusive<u32> = 1..=31 * 24 * 3600;
/// The least that a round may carry: its greeting with new rights has to fit.
const LEAST_LIMIT: u64 = 100_000;
/// Clocks are put forward by less than this many half hours.
const GAP: i64 = 48;

/// A plan that breaks no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub often: Often,
    quiet: Option<Quiet>,
}

/// Hours of the day in which nothing begins by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quiet {
    from: NaiveTime,
    until: NaiveTime,
}

impl Plan {
    /// # Errors
    /// `Refused`, with each field that breaks a rule.
    pub fn of(plan: &SyncPlan) -> Result<Self, Failure> {
        let mut problems = Vec::new();
        if let Often::Every { seconds } = plan.often
            && !EVERY.contains(&seconds)
        {
            let message = "an interval lasts from 1 second to 31 days; write another";
            problems.push(Problem::new("often", "interval", message));
        }
        if plan.limit.is_some_and(|limit| limit < LEAST_LIMIT) {
            let message = "a round needs 100 kB at least; write a larger limit, or none";
            problems.push(Problem::new("limit", "least_limit", message));
        }
        if let Some(proxy) = &plan.proxy
            && let Err(error) = proxy_address(proxy)
        {
            problems.push(Problem::new("proxy", "not_a_proxy", error.to_string()));
        }
        let quiet = plan.quiet.as_ref().map(|hours| Quiet::of(hours, &mut problems));
        match problems.is_empty() {
            true => Ok(Self { often: plan.often, quiet: quiet.flatten() }),
            false => {
                let words: Vec<String> = problems.iter().map(|each| each.message.clone()).collect();
                Err(Failure { code: FailureCode::Refused, message: words.join("; "), problems })
            }
        }
    }

    /// The same of a plan that is kept: one that somebody wrote by hand and that breaks a rule is none.
    pub fn kept(plan: &SyncPlan) -> Self {
        Self::of(plan).unwrap_or_else(|failure| {
            tracing::warn!(%failure, "the plan of the sync is not followed");
            Self { often: Often::Live, quiet: None }
        })
    }

    pub fn is_live(&self) -> bool {
        self.often == Often::Live
    }

    /// The time between two rounds that begin by themselves, where that is what the plan says.
    pub fn every(&self) -> Option<Duration> {
        match self.often {
            Often::Every { seconds } => Some(Duration::from_secs(seconds.into())),
            Often::Live | Often::OnDemand => None,
        }
    }

    /// When the quiet hours are over in which this instant lies.
    pub fn quiet_until(&self, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let Quiet { from, until } = self.quiet?;
        let local = now.with_timezone(&zone).naive_local();
        let time = local.time();
        let inside = match from < until {
            true => from <= time && time < until,
            false => from <= time || time < until,
        };
        if !inside {
            return None;
        }
        let day = local.date();
        let day = if time < until { day } else { day.checked_add_days(Days::new(1))? };
        Some(next(day.and_time(until), zone, now))
    }

    /// When a round that is due at this instant may begin.
    pub fn allowed(&self, due: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        self.quiet_until(due, zone).unwrap_or(due)
    }
}

impl Quiet {
    fn of(hours: &QuietHours, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut read = |field: &str, text: &str| {
            let time = NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
            if time.is_none() {
                let message = format!("\"{text}\" is no time of day; write it like 20:00");
                problems.push(Problem::new(field, "not_a_time", message));
            }
            time
        };
        let (from, until) = (read("quiet.from", &hours.from), read("quiet.until", &hours.until));
        let (from, until) = (from?, until?);
        if from == until {
            let message = "these quiet hours are the whole day; to sync only when you ask for it, choose that";
            problems.push(Problem::new("quiet.until", "whole_day", message));
            return None;
        }
        Some(Self { from, until })
    }
}

/// When a clock in this zone shows it next, which it may do twice; where clocks are put forward over it, once they are.
fn next(local: NaiveDateTime, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let shown = (0..GAP).find_map(|half_hours| {
        let later = local.checked_add_signed(TimeDelta::try_minutes(30 * half_hours)?)?;
        let shown = zone.from_local_datetime(&later);
        [shown.earliest(), shown.latest()].into_iter().flatten().find(|shown| *shown > now)
    });
    shown.map_or(now + TimeDelta::hours(1), |shown| shown.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono_tz::{Europe::Berlin, Pacific::Apia};

    use super::*;

    fn plan(from: &str, until: &str) -> Plan {
        let quiet = Some(QuietHours { from: from.to_owned(), until: until.to_owned() });
        Plan::of(&SyncPlan { quiet, ..SyncPlan::default() }).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_night_is_quiet_by_the_clock_of_the_branch() {
        let night = plan("20:00", "06:00");
        let ends = |now| night.quiet_until(at(now), Berlin);
        assert_eq!(ends("2026-11-21T18:59:59Z"), None);
        assert_eq!(ends("2026-11-21T19:00:00Z"), Some(at("2026-11-22T05:00:00Z")));
        assert_eq!(ends("2026-11-22T04:59:59Z"), Some(at("2026-11-22T05:00:00Z")));
        assert_eq!(ends("2026-11-22T05:00:00Z"), None);
        let noon = plan("12:00", "13:00");
        let now = at("2026-06-01T10:30:00Z");
        assert_eq!(noon.quiet_until(now, Berlin), Some(at("2026-06-01T11:00:00Z")));
        assert_eq!(noon.allowed(now, Berlin), at("2026-06-01T11:00:00Z"));
        assert_eq!(noon.allowed(now, Tz::UTC), now);
    }

    #[test]
    fn quiet_hours_end_also_where_clocks_are_changed() {
        // 02:30 is not shown on the one day, and twice on the other.
        let spring = plan("22:00", "02:30").quiet_until(at("2026-03-29T00:00:00Z"), Berlin);
        assert_eq!(spring, Some(at("2026-03-29T01:00:00Z")));
        let autumn = plan("22:00", "02:30").quiet_until(at("2026-10-24T22:00:00Z"), Berlin);
        assert_eq!(autumn, Some(at("2026-10-25T00:30:00Z")));
        let again = plan("22:00", "02:30").quiet_until(at("2026-10-25T01:15:00Z"), Berlin);
        assert_eq!(again, Some(at("2026-10-25T01:30:00Z")));
        // Samoa left the 30th of December 2011 out.
        let skipped = plan("22:00", "06:00").quiet_until(at("2011-12-30T09:00:00Z"), Apia);
        assert!(skipped.is_some_and(|end| end > at("2011-12-30T09:00:00Z")), "{skipped:?}");
    }

    #[test]
    fn what_breaks_a_rule_is_refused_by_field() {
        let quiet = |from: &str, until: &str| {
            Some(QuietHours { from: from.to_owned(), until: until.to_owned() })
        };
        let base = SyncPlan::default();
        for (plan, field) in [
            (SyncPlan { often: Often::Every { seconds: 0 }, ..base.clone() }, "often"),
            (SyncPlan { often: Often::Every { seconds: u32::MAX }, ..base.clone() }, "often"),
            (SyncPlan { limit: Some(99_999), ..base.clone() }, "limit"),
            (SyncPlan { quiet: quiet("25:00", "06:00"), ..base.clone() }, "quiet.from"),
            (SyncPlan { quiet: quiet("20:00", "six"), ..base.clone() }, "quiet.until"),
            (SyncPlan { quiet: quiet("20:00", "20:00"), ..base.clone() }, "quiet.until"),
            (SyncPlan { proxy: Some("ftp://proxy".to_owned()), ..base.clone() }, "proxy"),
            (SyncPlan { proxy: Some("http://me:secret@proxy:3128".to_owned()), ..base }, "proxy"),
        ] {
            let refused = Plan::of(&plan).unwrap_err();
            assert_eq!(
                (refused.code, refused.problems.len()),
                (FailureCode::Refused, 1),
                "{plan:?}"
            );
            assert_eq!(refused.problems[0].field, field, "{refused}");
            assert!(!refused.to_string().contains("secret"), "{refused}");
        }
    }
}
