//! The words for a plan of the sync, and for a round that ended at the plan's limit.

use std::time::Duration;

use chrono::SecondsFormat;
use contract::{Often, Stopped, SyncPlan};

/// When the profile syncs by itself, where that was ever said.
pub fn words(plan: &SyncPlan) -> Option<String> {
    if *plan == SyncPlan::default() {
        return None;
    }
    let mut said = vec![match plan.often {
        Often::Live => "at once".to_owned(),
        Often::OnDemand => "when asked to".to_owned(),
        Often::Every { seconds } => {
            format!("every {}", humantime::format_duration(Duration::from_secs(seconds.into())))
        }
    }];
    said.extend(plan.quiet.as_ref().map(|it| format!("not from {} to {}", it.from, it.until)));
    said.extend(plan.limit.map(|limit| format!("at most {} a round", size(limit))));
    said.extend(plan.proxy.as_ref().map(|proxy| format!("by the proxy {proxy}")));
    Some(format!("plan: syncs {}", said.join(", ")))
}

/// Bytes in the largest unit of which they are a whole number, in powers of 1000.
fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    let whole = units.iter().find(|(_, unit)| bytes >= *unit && bytes.is_multiple_of(*unit));
    whole.map_or(format!("{bytes} bytes"), |(name, unit)| format!("{} {name}", bytes / unit))
}

/// A round that ended at its limit: what is left of it, and when it goes on.
pub fn stopped(stopped: &Stopped) -> String {
    let mut left = vec![format!("stopped at its limit of {}", size(stopped.limit))];
    if stopped.to_send > 0 {
        left.push(format!("{} changes still to send", stopped.to_send));
    }
    if stopped.kept > 0 {
        left.push(format!("{} records came and are kept", stopped.kept));
    }
    match stopped.to_receive {
        Some(0) => {}
        Some(rows) => left.push(format!("about {rows} records still to come")),
        None => left.push("what there is to receive is still to come".to_owned()),
    }
    let on = match stopped.goes_on {
        Some(at) => format!("goes on at {}", at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        None => "the next sync goes on".to_owned(),
    };
    format!("{}; {on}", left.join(", "))
}

#[cfg(test)]
mod tests {
    use contract::QuietHours;

    use super::*;

    #[test]
    fn a_plan_is_said_where_it_is_one_of_its_own() {
        assert_eq!(words(&SyncPlan::default()), None);
        let quiet = QuietHours { from: "20:00".to_owned(), until: "06:00".to_owned() };
        let own = SyncPlan {
            often: Often::Every { seconds: 4 * 3600 },
            quiet: Some(quiet),
            limit: Some(2_500_000),
            proxy: None,
        };
        let said = "plan: syncs every 4h, not from 20:00 to 06:00, at most 2500 kB a round";
        assert_eq!(words(&own).as_deref(), Some(said));
    }
}
