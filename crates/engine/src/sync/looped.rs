//! The loop of a program that stays: a round at once after work here, when the hub has news and when it is
//! back, and every so often otherwise; when a round fails, soon again and then less and less often, never all
//! devices at one moment.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::Duration;

use contract::{Failure, FailureCode, RoundReport};
use tokio::time::Instant;

use super::live;
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

/// Keeps the copy in sync until `told`, which hears of each round, breaks off, or the future is dropped.
/// With `every` there is a round at that interval and after work here, and nothing is asked in between.
pub async fn keep_in_sync(
    engine: &Engine,
    every: Option<Duration>,
    told: impl FnMut(&Result<RoundReport, Failure>) -> ControlFlow<()>,
) {
    tokio::select! {
        () = rounds(engine, every, told) => {}
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
    every: Option<Duration>,
    mut told: impl FnMut(&Result<RoundReport, Failure>) -> ControlFlow<()>,
) {
    let mut misses: u32 = 0;
    loop {
        let next = Instant::now() + APART;
        let outcome = tokio::select! {
            outcome = engine.round() => outcome,
            never = live::beats(engine), if every.is_none() => match never {},
        };
        let pause = match &outcome {
            Ok(_) => {
                misses = 0;
                jittered(engine.host(), every.unwrap_or(CALM))
            }
            // Nobody is signed in: a sign-in wakes the loop.
            Err(failure) if failure.code == FailureCode::NotSignedIn => LONGEST,
            Err(_) => {
                misses += 1;
                match every.is_none() && !engine.is_online() {
                    // It is watched for, and a round follows once it is back.
                    true => LONGEST,
                    false => jittered(engine.host(), wait(misses)),
                }
            }
        };
        if told(&outcome).is_break() {
            return;
        }
        let signed_in = !matches!(&outcome, Err(f) if f.code == FailureCode::NotSignedIn);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = engine.work_waits() => tokio::time::sleep_until(next).await,
            () = live::watch(engine, misses), if every.is_none() && signed_in => {}
        }
    }
}

/// After the first miss 2 s, then twice as long each time, up to a minute.
fn wait(misses: u32) -> Duration {
    SOON.saturating_mul(1_u32.checked_shl(misses.saturating_sub(1)).unwrap_or(u32::MAX))
        .min(LONGEST)
}

/// Between four and six fifths of the time: devices that lost the hub together do not come back together.
pub(super) fn jittered(host: &dyn Host, time: Duration) -> Duration {
    let mut byte = [0];
    host.random(&mut byte);
    time.mul_f32(0.8 + 0.4 * f32::from(byte[0]) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::SystemHost;

    #[test]
    fn a_hub_that_is_away_is_asked_less_and_less_often() {
        let waits: Vec<u64> = (1..=7).map(|misses| wait(misses).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(wait(u32::MAX), LONGEST);
    }

    #[test]
    fn the_jitter_stays_around_the_time() {
        let host = SystemHost::new(|_| {});
        for _ in 0..100 {
            let time = jittered(&host, Duration::from_secs(10));
            assert!((Duration::from_secs(8)..=Duration::from_secs(12)).contains(&time));
        }
    }
}
