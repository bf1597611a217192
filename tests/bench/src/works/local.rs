//! Work H: what a person does on a desk without any network: finding, opening a list, saving, and saving while
//! others' rows arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::edit;
use crate::desk::Desk;
use crate::figure::{Figures, Goal, median, millis, percentile};
use crate::limits::sqlite;
use crate::office::Office;
use crate::{Outcome, customer, say};

const LOOKS: u32 = 200;
const SAVES: u32 = 300;
/// Rows that arrive while a person saves.
const ARRIVING: u32 = 20_000;
/// What people type, letter by letter.
const TYPED: [&str; 4] = ["weber metal", "fontana", "bäckerei 77", "kunde-12.example"];

/// # Errors
/// Where something is not found or not saved.
pub async fn local(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    say("H: a person at a desk");
    let desk = Desk::filled(&office.hub.url(), &office.tenant.admin).await?;
    find(office, &desk, figures).await?;
    open_list(office, &desk, figures).await?;
    save(office, &desk, figures).await?;
    save_while_rows_arrive(office, desk, figures).await
}

async fn find(office: &Office, desk: &Desk, figures: &mut Figures) -> Outcome<()> {
    let mut times = Vec::new();
    for text in TYPED {
        for (end, _) in text.char_indices().skip(1) {
            let typed = text.get(..end).unwrap_or(text);
            let start = Instant::now();
            desk.search(typed).await?;
            times.push(millis(start.elapsed()));
        }
    }
    for number in office.spread(LOOKS.min(office.rows), 3) {
        let start = Instant::now();
        let hits = desk.search(&format!("gmbh {number}")).await?;
        times.push(millis(start.elapsed()));
        if !hits.iter().any(|hit| hit.id == customer::id(number)) {
            return Err(format!("customer {number} is not found").into());
        }
    }
    let among = office.rows;
    let what = format!("search among {among}, as it is typed: p50");
    figures.add("H", what, (median(&times), "ms"), None, Goal::Most(10.0)).of(&times);
    let what = format!("search among {among}, as it is typed: p99");
    figures.add("H", what, (percentile(&times, 0.99), "ms"), None, Goal::None);
    let mut times = Vec::new();
    for text in ["metalbbau", "fontnaa", "softwrae"] {
        let start = Instant::now();
        let hits = desk.search(text).await?;
        times.push(millis(start.elapsed()));
        if hits.is_empty() {
            return Err(format!("\"{text}\" finds nothing").into());
        }
    }
    let what = format!("search among {among}, with a letter wrong");
    figures.add("H", what, (median(&times), "ms"), None, Goal::Most(10.0)).of(&times);
    Ok(())
}

async fn open_list(office: &Office, desk: &Desk, figures: &mut Figures) -> Outcome<()> {
    let last = office.rows.saturating_sub(50);
    let pages = [
        ("first rows of a list, with the exact number of all", None, 0, 50.0),
        ("the same in the order of names", Some("name"), 0, 50.0),
        ("the same in the order of credit limits", Some("-credit_limit"), 0, 50.0),
        ("the end of the list", None, last, 100.0),
    ];
    for (what, sort, offset, goal) in pages {
        let mut times = Vec::new();
        for _ in 0..7 {
            let start = Instant::now();
            let page = desk.page(sort, offset).await?;
            times.push(millis(start.elapsed()));
            if page.total != office.rows || page.records.is_empty() {
                return Err(format!("{} of {} are listed", page.total, office.rows).into());
            }
        }
        figures.add("H", what, (median(&times), "ms"), None, Goal::Most(goal)).of(&times);
    }
    Ok(())
}

async fn save(office: &mut Office, desk: &Desk, figures: &mut Figures) -> Outcome<()> {
    let limits = tokio::task::spawn_blocking(|| sqlite::single_commits(SAVES)).await??;
    let limit = median(&limits);
    let what = "plain SQLite: one row changed, durable";
    figures.add("L7", what, (limit, "ms"), None, Goal::None).of(&limits);
    let mut times = Vec::new();
    for number in office.spread(SAVES.min(office.rows / 2), 4) {
        let phone = customer::phone(number, office.edited(number)? + 1);
        let start = Instant::now();
        desk.save_phone(customer::id(number), &phone).await?;
        times.push(millis(start.elapsed()));
    }
    let what = "a record saved, with its op, durable: p50";
    figures.add("H", what, (median(&times), "ms"), None, Goal::Most(5.0)).of(&times);
    let what = "a record saved: p99";
    figures.add("H", what, (percentile(&times, 0.99), "ms"), None, Goal::None);
    let what = "the same against plain SQLite";
    figures.add("H", what, (median(&times), "ms"), Some(("L7", limit)), Goal::None);
    // What was saved is sent, so that it is not on top of what arrives.
    desk.engine.round().await?;
    Ok(())
}

async fn save_while_rows_arrive(
    office: &mut Office,
    desk: Desk,
    figures: &mut Figures,
) -> Outcome<()> {
    let count = ARRIVING.min(office.rows / 2);
    let mut writer = office.device().await?;
    let numbers = office.spread(count, 5);
    edit(office, &mut writer, &numbers).await?;
    let engine = desk.engine.clone();
    let arrived = Arc::new(AtomicBool::new(false));
    let flag = arrived.clone();
    let round = tokio::spawn(async move {
        let done = engine.round().await;
        flag.store(true, Ordering::Relaxed);
        done
    });
    let mut times = Vec::new();
    for number in office.spread(office.rows / 2, 6) {
        if arrived.load(Ordering::Relaxed) {
            break;
        }
        let phone = customer::phone(number, office.edited(number)? + 1);
        let start = Instant::now();
        desk.save_phone(customer::id(number), &phone).await?;
        times.push(millis(start.elapsed()));
    }
    round.await??;
    let what = format!("a record saved while {count} changed rows arrive: p50");
    figures.add("H", what, (median(&times), "ms"), None, Goal::None).of(&times);
    let what = format!("a record saved while {count} changed rows arrive: p99");
    figures.add("H", what, (percentile(&times, 0.99), "ms"), None, Goal::Most(10.0));
    Ok(())
}
