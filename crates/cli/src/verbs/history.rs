//! `history`: who changed what of a record. The sync server tells it; without a connection there is only what was
//! entered here, and that is said.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Command, Failure, HistoryEntry, HistoryPage, HistoryState, Reply};
use engine::Engine;

use super::unexpected;
use crate::arguments::History;
use crate::output::{self, Output};

/// What was sent at once reaches the sync server within this.
const APART: TimeDelta = TimeDelta::minutes(1);

pub async fn print(engine: &Engine, words: History, output: Output) -> Result<(), Failure> {
    let limit =
        words.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let mut history = page(engine, &words, None).await?;
    while history.entries.len() < limit
        && let Some(cursor) = history.next.take()
    {
        let older = page(engine, &words, Some(cursor)).await?;
        history.entries.extend(older.entries);
        history.titles.extend(older.titles);
        history.next = older.next;
    }
    history.entries.truncate(limit);
    // Of no use outside this run.
    history.next = None;
    if !history.complete {
        output.say(
            "daybook: the sync server does not answer; this is only what was entered at this device",
        );
    }
    output.answer(&history, || match history.entries.as_slice() {
        [] => "Nothing is known of it.".to_owned(),
        entries => entries.iter().map(|entry| told(entry, &history)).collect::<Vec<_>>().join("\n"),
    })
}

async fn page(
    engine: &Engine,
    words: &History,
    cursor: Option<String>,
) -> Result<HistoryPage, Failure> {
    let (entity, id) = (words.entity.clone(), words.record.clone());
    match engine.call(Command::History { entity, id, cursor }).await? {
        Reply::History(page) => Ok(page),
        _ => Err(unexpected()),
    }
}

/// When it was done by its device's clock and when the sync server received it; once where that is one moment.
fn times(entry: &HistoryEntry) -> String {
    let text = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%SZ").to_string();
    match (entry.occurred_at, entry.received_at) {
        (Some(occurred), Some(received)) if (received - occurred).abs() >= APART => {
            format!(
                "{} (occurred, by its device's clock; received {})",
                text(occurred),
                text(received)
            )
        }
        (_, Some(received)) => text(received),
        (Some(occurred), None) => text(occurred),
        (None, None) => "at an unknown time".to_owned(),
    }
}

/// One act on a few lines: when, what and by whom, and each field as it stood and as it was written.
fn told(entry: &HistoryEntry, history: &HistoryPage) -> String {
    let mut first = format!("{} {}", times(entry), entry.action);
    for (word, name) in
        [(" by ", &entry.user), (" for ", &entry.written_by), (" at ", &entry.device)]
    {
        if let Some(name) = name {
            first.push_str(word);
            first.push_str(name);
        }
    }
    if entry.state == HistoryState::Pending {
        first.push_str(", waiting to be sent");
    }
    let mut lines = vec![first];
    lines.extend(entry.changes.iter().map(|change| {
        let text = |cell| match output::shown(cell, &history.titles) {
            text if text.is_empty() => "nothing".to_owned(),
            text => text,
        };
        format!("  {}: {} -> {}", change.field, text(&change.before), text(&change.after))
    }));
    lines.join("\n")
}
