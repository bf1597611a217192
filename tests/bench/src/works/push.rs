//! Work B: pending edits are pushed, each judged, with its verdict, its audit entry and its place in the
//! feed. Before it the customers themselves are laid, by the same road.

use std::time::Instant;

use system_tests::by_hand::all_applied;

use super::edits;
use crate::desk::Desk;
use crate::figure::{Figures, Goal, best, rate};
use crate::limits::postgres;
use crate::office::Office;
use crate::{Outcome, customer, say};

/// Ops of one push, as the engine cuts them.
pub const PAGE: usize = 500;
/// Ops of one push while the customers are laid.
const LAY_PAGE: u32 = 2_000;
const EDITS: u32 = 10_000;
const TIMES: u32 = 3;
/// Edits that a whole device saves and sends; each save is a durable transaction of its own.
const SAVED: u32 = 1_000;

/// Lays the customers. Tells how fast creations are taken; there is no limit for them.
///
/// # Errors
/// Where a creation is refused.
pub async fn lay(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    let mut device = office.device().await?;
    let start = Instant::now();
    for first in (0..office.rows).step_by(LAY_PAGE as usize) {
        let numbers = first..office.rows.min(first + LAY_PAGE);
        let count = numbers.len();
        let intents = numbers
            .map(|number| customer::creation(number, office.currency, device.user))
            .collect::<Outcome<Vec<_>>>()?;
        let push = device.push(intents)?;
        all_applied(&device.sent(&push).await?, count)?;
    }
    let rate = rate(office.rows, start.elapsed());
    figures.add("B", "creations pushed, each judged", (rate, "/s"), None, Goal::None);
    office.settle();
    Ok(())
}

/// # Errors
/// Where an edit is not applied.
pub async fn push(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    let count = EDITS.min(office.rows);
    let numbers = office.spread(count, 1);
    say("L4: edits as one Postgres batch");
    let limits = postgres::batch(office, &numbers, TIMES + 2).await?;
    let limit = best(&limits);
    figures
        .add("L4", format!("{count} edits as one batch"), (limit, "/s"), None, Goal::None)
        .of(&limits);
    say("B: push of pending edits");
    let mut device = office.device().await?;
    let mut rates = Vec::new();
    for _ in 0..TIMES {
        let pages = numbers
            .chunks(PAGE)
            .map(|page| Ok((edits(office, &mut device, page)?, page.len())))
            .collect::<Outcome<Vec<_>>>()?;
        let before = traces(office);
        let mut replies = Vec::new();
        let start = Instant::now();
        for (push, ops) in &pages {
            replies.push((device.sent(push).await?, *ops));
        }
        rates.push(rate(count, start.elapsed()));
        for (reply, ops) in &replies {
            all_applied(reply, *ops)?;
        }
        every_edit_is_traced(&before, &traces(office), count)?;
        office.settle();
    }
    let what = format!("{count} edits pushed in pages of {PAGE}, each judged");
    let limit = Some(("L4", limit));
    figures
        .add("B", what, (best(&rates), "/s"), limit, Goal::Share(0.65))
        .of(&rates)
        .peers("Anki 0.65 of L4 (no rules)");
    whole_device(office, figures, limit).await
}

/// What the hub has written: ops with their verdicts, audit entries.
fn traces(office: &Office) -> [u32; 2] {
    ["sync_op", "audit_entry"].map(|table| {
        let count = format!("SELECT count(*) FROM {table}");
        office.hub.sql(&office.database, &count).parse().unwrap_or_default()
    })
}

fn every_edit_is_traced(before: &[u32; 2], after: &[u32; 2], count: u32) -> Outcome<()> {
    match before.iter().zip(after).all(|(before, after)| before + count <= *after) {
        true => Ok(()),
        false => {
            Err(format!("{count} edits left verdicts and audit {before:?} → {after:?}").into())
        }
    }
}

/// The same by a whole device: its saves, then one round that sends them and stores the answers.
async fn whole_device(
    office: &mut Office,
    figures: &mut Figures,
    limit: Option<(&str, f64)>,
) -> Outcome<()> {
    let count = SAVED.min(office.rows / 2);
    let desk = Desk::filled(&office.hub.url(), &office.tenant.admin).await?;
    for number in office.spread(count, 2) {
        let edits = office.edited(number)?;
        desk.save_phone(customer::id(number), &customer::phone(number, edits + 1)).await?;
    }
    let start = Instant::now();
    let report = desk.engine.round().await?;
    let rate = rate(count, start.elapsed());
    if report.pushed != count || report.attention != 0 {
        return Err(format!("{} of {count} edits were answered", report.pushed).into());
    }
    let what = format!("{count} edits of a whole desk: sent, answered, pulled back, indexed");
    figures.add("B", what, (rate, "/s"), limit, Goal::None);
    Ok(())
}
