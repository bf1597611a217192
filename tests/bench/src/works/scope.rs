//! What follows a person's rights: a fill of the tenth that is somebody's own (A), losing everything that one saw (G), a
//! branch that has nothing to say (J), and a new tenant (M).

use std::time::Instant;

use super::edit;
use crate::desk::Desk;
use crate::figure::{Figures, Goal, best, median, millis, percentile, rate};
use crate::office::Office;
use crate::{Outcome, say};

const TIMES: usize = 3;
/// The goal of G is written for so many rows.
const GOAL_ROWS: f64 = 100_000.0;
/// Rounds of a device that has nothing to say.
const IDLE: u32 = 50;

/// # Errors
/// Where a device does not get or lose what it should.
pub async fn scope(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    say("A: the tenth of the rows that is one person's own, with masks");
    let sales = office.hub.user(&office.tenant, "sales", "sales");
    let tenth = office.rows / 10;
    let sql = format!(
        "UPDATE customer SET owner_id = (SELECT id FROM person WHERE name = 'sales') WHERE id IN \
         (SELECT id FROM customer ORDER BY code LIMIT {tenth})"
    );
    office.hub.sql(&office.database, &sql);
    office.settle();
    let url = office.hub.url();
    let (mut own, mut whole) = (vec![], vec![]);
    for time in 0..=TIMES {
        let (listed, rows) = filled(&Desk::of(&url, &sales).await?).await?;
        if rows != tenth {
            return Err(format!("{rows} customers are the person's own, not {tenth}").into());
        }
        let (all, _) = filled(&Desk::of(&url, &office.tenant.admin).await?).await?;
        // The first fill of each is made for it; what is kept then serves the others.
        if time > 0 {
            own.push(listed);
            whole.push(all);
        }
    }
    let limit = Some(("whole", best(&whole)));
    let what = format!("first fill of {tenth} of {} rows, masked", office.rows);
    figures.add("A", what, (best(&own), "rows/s"), limit, Goal::Share(0.8)).of(&own);

    say("G: losing a scope");
    let manager = office.hub.user(&office.tenant, "manager", "manager");
    let goal = 3_000.0 * f64::from(office.rows) / GOAL_ROWS;
    let mut lost = Vec::new();
    for _ in 0..TIMES {
        give(office, &manager.email, "manager");
        let desk = Desk::filled(&url, &manager).await?;
        give(office, &manager.email, "technician");
        let start = Instant::now();
        desk.engine.round().await?;
        lost.push(millis(start.elapsed()));
        let left = desk.first_page().await.map(|page| page.total).unwrap_or_default();
        if left > 0 {
            return Err(format!("{left} customers are still held").into());
        }
    }
    let what = format!("losing a scope of {} rows: purged and signed for", office.rows);
    figures.add("G", what, (median(&lost), "ms"), None, Goal::Most(goal)).of(&lost);

    say("J: a branch that has nothing to say");
    let desk = Desk::filled(&url, &office.tenant.admin).await?;
    let mut writer = office.device().await?;
    let numbers = office.spread(10, 7);
    edit(office, &mut writer, &numbers).await?;
    desk.engine.round().await?;
    let (mut times, mut bytes) = (vec![], vec![]);
    for _ in 0..IDLE {
        let start = Instant::now();
        let line = desk.engine.round().await?.line;
        times.push(millis(start.elapsed()));
        bytes.push(line.sent.max(line.received) as f64);
    }
    let what = "an idle round: bytes one way, the larger";
    figures.add("J", what, (percentile(&bytes, 0.5), "B"), None, Goal::Most(1_000.0));
    figures.add("J", "an idle round: p50", (percentile(&times, 0.5), "ms"), None, Goal::None);

    say("M: a new tenant");
    let mut made = Vec::new();
    for number in 0..TIMES {
        let (slug, email) = (format!("new-{number}"), format!("admin@new-{number}.example"));
        let start = Instant::now();
        office.hub.ask(&[
            "tenant",
            "create",
            &slug,
            "--name",
            &slug,
            "--admin-email",
            &email,
            "--json",
        ]);
        made.push(millis(start.elapsed()));
    }
    let what = "a new tenant, by the operator's command";
    figures.add("M", what, (median(&made), "ms"), None, Goal::Most(2_000.0)).of(&made);
    Ok(())
}

/// Rows a second until they can be listed, and how many there are.
async fn filled(desk: &Desk) -> Outcome<(f64, u32)> {
    let start = Instant::now();
    desk.engine.round().await?;
    let total = desk.first_page().await?.total;
    Ok((rate(total, start.elapsed()), total))
}

fn give(office: &Office, email: &str, role: &str) {
    office.hub.ask(&["role", "set", &office.tenant.slug, email, role, "--json"]);
}
