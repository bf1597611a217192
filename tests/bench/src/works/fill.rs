//! Work A: the first fill of a new device by the whole engine, over HTTP, into its encrypted store.

use std::time::Instant;

use crate::desk::Desk;
use crate::figure::{Figures, Goal, best, least, rate};
use crate::limits::sqlite;
use crate::office::Office;
use crate::{Outcome, customer, say};

const TIMES: usize = 3;
/// The goals are written for so many rows; bytes and processor time grow with the rows.
const GOAL_ROWS: f64 = 100_000.0;

/// # Errors
/// Where a fill is not whole.
pub async fn fill(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    let (rows, currency) = (office.rows, office.currency);
    say("L1, L1e: the same rows into SQLite");
    let limits = move || {
        Ok::<_, crate::Fault>((
            sqlite::plain(rows, currency, TIMES)?,
            sqlite::own(rows, currency, TIMES)?,
        ))
    };
    let (l1, l1e) = tokio::task::spawn_blocking(limits).await??;
    figures.add("L1", "plain SQLite inserts", (best(&l1), "rows/s"), None, Goal::None).of(&l1);
    let limit = Some(("L1", best(&l1)));
    let what = "the client's table: encrypted, indexes, full text";
    figures.add("L1e", what, (best(&l1e), "rows/s"), limit, Goal::None).of(&l1e);
    say("A: first fill");
    let (mut listable, mut complete, mut cost, mut hub) = (vec![], vec![], vec![], vec![]);
    let mut first = None;
    for _ in 0..=TIMES {
        let mut desk = Desk::of(&office.hub.url(), &office.tenant.admin).await?;
        let before = office.cost();
        let start = Instant::now();
        let (_, round) = desk.round_until_changed().await?;
        let page = desk.first_page().await?;
        let found = desk.get(&customer::customer(rows - 1, 0).code).await?;
        let listed = rate(rows, start.elapsed());
        let spent = office.cost().since(before);
        let ended = rate(rows, round.ended().await? - start);
        if page.total != rows || found.id != customer::id(rows - 1) {
            return Err(format!("{} of {rows} customers are listed", page.total).into());
        }
        let words = format!("{rows_less_one} gmbh", rows_less_one = rows - 1);
        if !desk.search(&words).await?.iter().any(|hit| hit.id == found.id) {
            return Err(format!("\"{words}\" is not found after the round").into());
        }
        // The hub keeps what it sent to the first of them.
        if first.is_none() {
            first = Some((listed, spent));
            continue;
        }
        listable.push(listed);
        complete.push(ended);
        cost.push(spent.total());
        hub.push(spent.hub);
    }
    let what = "first fill: rows listed, one found by code";
    let l1 = Some(("L1", best(&l1)));
    figures.add("A", what, (best(&listable), "rows/s"), l1, Goal::Share(0.5))
        .of(&listable)
        .peers("Anki 0.92 of L1 (one compressed file, no rights, no encryption); REST pages 0.13; Zero 0.09; PouchDB 0.04");
    let l1e = Some(("L1e", best(&l1e)));
    let what = "first fill: search complete";
    figures.add("A", what, (best(&complete), "rows/s"), l1e, Goal::Share(1.0)).of(&complete);
    let share = f64::from(rows) / GOAL_ROWS;
    let mut device = office.device().await?;
    let bytes = device.snapshot().await?;
    let megabytes = bytes as f64 / 1e6;
    let what = "first fill: bytes on the wire";
    figures.add("A", what, (megabytes, "MB"), None, Goal::Most(8.0 * share));
    let what = "first fill: processor time of hub and Postgres";
    figures.add("A", what, (least(&cost), "s"), None, Goal::Most(0.25 * share)).of(&cost);
    let what = "of it the hub's";
    figures.add("A", what, (least(&hub), "s"), None, Goal::None).of(&hub);
    if let Some((listed, spent)) = first {
        let what = "the first device after a change of many rows: rows listed, one found by code";
        figures.add("A", what, (listed, "rows/s"), l1, Goal::None);
        let what = "the first device: processor time of hub and Postgres";
        figures.add("A", what, (spent.total(), "s"), None, Goal::None);
    }
    Ok(())
}
