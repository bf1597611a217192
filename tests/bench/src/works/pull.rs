//! Work C, one device: pulling what changed among many, and nothing.

use std::time::Instant;

use system_tests::by_hand::Device;

use super::edit;
use crate::desk::Desk;
use crate::figure::{Figures, Goal, median, millis, percentile};
use crate::office::Office;
use crate::{Outcome, say};

const CHANGED: u32 = 1_000;
const TIMES: u32 = 7;
const EMPTY: u32 = 2_000;
const WARM: u32 = 200;

/// # Errors
/// Where a pull fails.
pub async fn pull(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    say("C: pull of what changed");
    let mut writer = office.device().await?;
    let mut reader = office.device().await?;
    reader.snapshot().await?;
    reader.catch_up().await?;
    let mut desk = Desk::filled(&office.hub.url(), &office.tenant.admin).await?;
    let count = CHANGED.min(office.rows / 2);
    let (mut answered, mut durable, mut whole) = (vec![], vec![], vec![]);
    for time in 0..TIMES {
        let numbers = office.spread(count, time);
        edit(office, &mut writer, &numbers).await?;
        let request = reader.pull(None)?;
        let start = Instant::now();
        reader.ask(&request).await?;
        answered.push(millis(start.elapsed()));
        reader.catch_up().await?;
        let start = Instant::now();
        let (changed, round) = desk.round_until_changed().await?;
        durable.push(millis(changed - start));
        whole.push(millis(round.ended().await? - start));
    }
    let rows = office.rows;
    let what = format!("pull of {count} changed among {rows}: answered whole");
    figures
        .add("C", what, (median(&answered), "ms"), None, Goal::Most(12.0))
        .of(&answered)
        .peers("REST 14.5 ms; Anki 33 ms");
    let what = format!("pull of {count} changed among {rows}: durable on the desk, hello included");
    figures.add("C", what, (median(&durable), "ms"), None, Goal::Most(12.0)).of(&durable);
    let what = "the same, search complete";
    figures.add("C", what, (median(&whole), "ms"), None, Goal::None).of(&whole);
    say("C: nothing to pull");
    // A device asks by its hello; only where something is new does it pull.
    let hello = reader.hello()?;
    let (p50, cost) = empty(office, &mut reader, &hello).await?;
    let what = "nothing new (a round's hello): p50";
    figures.add("C", what, (p50, "ms"), None, Goal::Most(0.15)).peers("Anki 0.23 ms");
    let what = "nothing new (a round's hello): hub's processor time";
    figures.add("C", what, (cost, "ms"), None, Goal::Most(0.03)).peers("Anki 0.08 ms");
    let pull = reader.pull(None)?;
    let (p50, _) = empty(office, &mut reader, &pull).await?;
    let what = "empty pull with digests of the whole copy: p50";
    figures.add("C", what, (p50, "ms"), None, Goal::None);
    Ok(())
}

/// Asks the same again and again over one connection; the p50 of an answer and the hub's processor time for
/// it, in milliseconds.
async fn empty(office: &Office, device: &mut Device, request: &[u8]) -> Outcome<(f64, f64)> {
    for _ in 0..WARM {
        device.ask(request).await?;
    }
    let before = office.cost();
    let mut times = Vec::new();
    for _ in 0..EMPTY {
        let start = Instant::now();
        device.ask(request).await?;
        times.push(millis(start.elapsed()));
    }
    let cost = office.cost().since(before).hub * 1e3 / f64::from(EMPTY);
    Ok((percentile(&times, 0.5), cost))
}
