//! The loop of a program that stays, by the plan of its person. Live: a round at once after work here, when the hub
//! has news and when it is back. At intervals, or on demand: then, and not in between. When a round fails, soon again
//! and then less and less often, never all devices at one moment.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Failure, FailureCode, Often, RoundReport, SyncPlan};
use tokio::time::Instant;

use super::live;
use super::plan::Plan;
use crate::Engine;
use crate::host::Host;

/// Between two rounds while the hub answers, holds a request and has no news.
const CALM: Duration = Duration::from_secs(60);
/// The first wait after a miss, and the longest.
const SOON: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);
/// Between the beginnings of two rounds. What is saved while a round is under way goes out together with the
/// next one, so that there are never more rounds than the hub answers; this keeps a program that saves in a loop
/// from sending each record alone where the hub is near.
const APART: Duration = Duration::from_millis(20);

/// How long it sleeps at most before it looks at the clock again, which may be set, or have run while the machine
/// slept.
const LOOK: Duration = Duration::from_secs(30);
/// The rounds of those whose quiet hours end together begin over so long a time.
const SPREAD: Duration = Duration::from_secs(300);
/// After misses the longest wait is this part of the interval, where that is longer than [`LONGEST`].
const PART: u32 = 16;

/// Keeps the copy in sync until `told`, which hears of each round, breaks off, or the future is dropped: by this plan,
/// or by the profile's as it stands.
pub async fn keep_in_sync(
    engine: &Engine,
    plan: Option<SyncPlan>,
    told: impl FnMut(&Result<RoundReport, Failure>) -> ControlFlow<()>,
) {
    tokio::select! {
        () = rounds(engine, plan, told) => {}
        never = files(engine) => match never {},
    }
}

/// Sends and fetches attached files after each round that came through. No round waits for them.
async fn files(engine: &Engine) -> Infallible {
    loop {
        engine.round_came_through().await;
        if let Err(failure) = engine.transfer().await {
            tracing::warn!(%failure, "attached files wait for the next round");
        }
    }
}

async fn rounds(
    engine: &Engine,
    given: Option<SyncPlan>,
    mut told: impl FnMut(&Result<RoundReport, Failure>) -> ControlFlow<()>,
) {
    let mut misses: u32 = 0;
    loop {
        let kept = given.clone().unwrap_or_else(|| engine.plan());
        let plan = Plan::kept(&kept);
        tokio::select! {
            () = may_begin(engine, &plan) => {}
            () = engine.plan_is_not(&kept), if given.is_none() => continue,
        }
        engine.tell_next(None);
        let next = Instant::now() + APART;
        let mut outcome = tokio::select! {
            outcome = engine.round() => outcome,
            never = live::beats(engine), if plan.is_live() => match never {},
        };
        let signed_in = !matches!(&outcome, Err(f) if f.code == FailureCode::NotSignedIn);
        let pause = match &outcome {
            Ok(_) => {
                misses = 0;
                jittered(engine.host(), plan.every().unwrap_or(CALM))
            }
            // Nobody is signed in: a sign-in wakes the loop.
            Err(_) if !signed_in => LONGEST,
            Err(_) => {
                misses += 1;
                match plan.is_live() && !engine.is_online() {
                    // It is watched for, and a round follows once it is back.
                    true => LONGEST,
                    false => jittered(engine.host(), wait(misses, plan.every())),
                }
            }
        };
        let stopped = outcome.as_mut().ok().and_then(|report| report.stopped.as_mut());
        let listens = plan.is_live() && stopped.is_none();
        let due = signed_in.then(|| due(engine.host(), &plan, pause, stopped.is_some())).flatten();
        if let Some(stopped) = stopped {
            stopped.goes_on = due;
        }
        engine.tell_next(due);
        if told(&outcome).is_break() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = woken(engine, listens || !signed_in) => tokio::time::sleep_until(next).await,
            () = live::watch(engine, misses), if listens && signed_in => {}
            () = quiet_begins(engine.host(), &plan), if plan.is_live() => {}
            () = engine.plan_is_not(&kept), if given.is_none() => {}
        }
    }
}

/// Completes when a round may begin by itself. A sign-in has asked for the first copy, whatever the plan says.
async fn may_begin(engine: &Engine, plan: &Plan) {
    if engine.session().is_err() || engine.wants_first_fill().await {
        return;
    }
    if plan.often == Often::OnDemand {
        return woken(engine, false).await;
    }
    let host = engine.host();
    let mut was_quiet = false;
    while let Some(end) = plan.quiet_until(host.now(), host.zone()) {
        was_quiet = true;
        engine.tell_next(Some(end));
        let left = (end - host.now()).to_std().unwrap_or_default();
        tokio::select! {
            () = tokio::time::sleep(left.min(LOOK)) => {}
            () = woken(engine, false) => return,
        }
    }
    if was_quiet {
        tokio::time::sleep(part(host, SPREAD)).await;
    }
}

/// Completes when something was done here: anything, or only what wants a first copy.
async fn woken(engine: &Engine, by_anything: bool) {
    loop {
        engine.work_waits().await;
        if by_anything || engine.wants_first_fill().await {
            return;
        }
    }
}

/// Completes when the quiet hours have begun.
async fn quiet_begins(host: &dyn Host, plan: &Plan) {
    while plan.quiet_until(host.now(), host.zone()).is_none() {
        tokio::time::sleep(LOOK).await;
    }
}

/// When a person can count on the next round, where it is not by what happens.
fn due(host: &dyn Host, plan: &Plan, pause: Duration, stopped: bool) -> Option<DateTime<Utc>> {
    if plan.often == Often::OnDemand || (plan.is_live() && !stopped) {
        return None;
    }
    let at = host.now().checked_add_signed(TimeDelta::from_std(pause).ok()?)?;
    Some(plan.allowed(at, host.zone()))
}

/// After the first miss 2 s, then twice as long each time, up to a minute; where rounds are far apart, up to a part of
/// the time between.
fn wait(misses: u32, every: Option<Duration>) -> Duration {
    let longest = every.map_or(LONGEST, |every| LONGEST.max(every / PART));
    SOON.saturating_mul(1_u32.checked_shl(misses.saturating_sub(1)).unwrap_or(u32::MAX))
        .min(longest)
}

/// Between four and six fifths of the time: devices that lost the hub together do not come back together.
pub(super) fn jittered(host: &dyn Host, time: Duration) -> Duration {
    let mut byte = [0];
    host.random(&mut byte);
    time.mul_f32(0.8 + 0.4 * f32::from(byte[0]) / 255.0)
}

/// Any part of the time.
fn part(host: &dyn Host, time: Duration) -> Duration {
    let mut bytes = [0; 2];
    host.random(&mut bytes);
    time.mul_f32(f32::from(u16::from_be_bytes(bytes)) / f32::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::SystemHost;

    #[test]
    fn a_hub_that_is_away_is_asked_less_and_less_often() {
        let waits: Vec<u64> = (1..=7).map(|misses| wait(misses, None).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(wait(u32::MAX, None), LONGEST);
        let hours = Duration::from_secs(4 * 3600);
        assert_eq!(wait(u32::MAX, Some(hours)), Duration::from_secs(15 * 60));
        assert_eq!(wait(u32::MAX, Some(Duration::from_secs(10))), LONGEST);
    }

    #[test]
    fn the_jitter_stays_around_the_time() {
        let host = SystemHost::new(|_| {});
        for _ in 0..100 {
            let time = jittered(&host, Duration::from_secs(10));
            assert!((Duration::from_secs(8)..=Duration::from_secs(12)).contains(&time));
        }
    }

    #[test]
    fn a_thousand_branches_whose_night_ends_together_do_not_come_together() {
        let host = SystemHost::new(|_| {});
        let mut minutes = [0; 6];
        for _ in 0..1_000 {
            let at = part(&host, SPREAD);
            assert!(at <= SPREAD);
            minutes[usize::try_from(at.as_secs() / 60).unwrap()] += 1;
        }
        assert!(minutes.iter().all(|branches| *branches < 400), "{minutes:?}");
    }
}
