//! What came of the last rounds, for the sync page: kept in the copy, so that it is there after a new start.
//! It holds no value of a record.

use std::sync::Arc;

use contract::{Failure, FailureCode, RoundEntry};
use local_store::View;

use super::Report;
use crate::commands::fault;
use crate::session::{Session, kept};

/// So many entries are kept.
const ENTRIES_MAX: usize = 100;

/// The last rounds, newest first.
///
/// # Errors
/// Where the copy cannot be read.
pub fn rounds(view: &View) -> Result<Vec<RoundEntry>, Failure> {
    let kept = view.kept(kept::ROUNDS).map_err(fault)?;
    // What another version wrote and this one cannot read is as good as none.
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

/// Enters what came of a round that has just ended. Where that cannot be written the round stands all the same.
pub async fn enter(session: &Arc<Session>, report: &Report, failure: Option<&Failure>) {
    let now = session.host().now();
    let entry = RoundEntry {
        first: now,
        last: now,
        times: 1,
        pushed: report.pushed,
        pulled: report.pulled,
        line: report.line,
        stopped: report.stopped,
        failure: failure.cloned(),
    };
    let here = Arc::clone(session);
    if let Err(failure) = crate::blocking(move || keep(&here, entry)).await {
        tracing::warn!(%failure, "what came of a round could not be noted");
    }
}

fn keep(session: &Session, entry: RoundEntry) -> Result<(), Failure> {
    let before = session.store.read(|view| Ok(rounds(view))).map_err(fault)??;
    let failed = |error: serde_json::Error| Failure::new(FailureCode::Internal, error.to_string());
    let bytes = serde_json::to_vec(&entered(before, entry)).map_err(failed)?;
    session.store.keep(&[(kept::ROUNDS, Some(&bytes))]).map_err(fault)
}

/// Puts a round before the others, or counts it with the newest where there is the same to say of both.
fn entered(mut rounds: Vec<RoundEntry>, entry: RoundEntry) -> Vec<RoundEntry> {
    match rounds.first_mut() {
        Some(newest) if is_same(newest, &entry) => {
            newest.last = entry.last;
            newest.times = newest.times.saturating_add(1);
            newest.line.sent += entry.line.sent;
            newest.line.received += entry.line.received;
        }
        _ => rounds.insert(0, entry),
    }
    rounds.truncate(ENTRIES_MAX);
    rounds
}

/// Nothing came or went in either, and both ended alike.
fn is_same(one: &RoundEntry, other: &RoundEntry) -> bool {
    let is_quiet =
        |entry: &RoundEntry| entry.pushed == 0 && entry.pulled == 0 && entry.stopped.is_none();
    is_quiet(one) && is_quiet(other) && one.failure == other.failure
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use contract::{Line, Stopped};

    use super::*;

    fn round(second: i64, pushed: u32, failure: Option<&str>) -> RoundEntry {
        let at: DateTime<Utc> = DateTime::from_timestamp(second, 0).unwrap();
        let failure = failure.map(|words| Failure::new(FailureCode::Unreachable, words));
        let (line, stopped) = (Line { sent: 600, received: 400 }, None);
        RoundEntry { first: at, last: at, times: 1, pushed, pulled: 0, line, stopped, failure }
    }

    #[test]
    fn quiet_rounds_and_repeated_misses_stand_as_one_and_work_stands_for_itself() {
        let day = [
            round(1, 0, None),
            round(2, 0, None),
            round(3, 2, None),
            round(4, 2, None),
            round(5, 0, Some("away")),
            round(6, 0, Some("away")),
            round(7, 0, Some("too old")),
        ];
        let rounds = day.into_iter().fold(Vec::new(), entered);
        let told = rounds.iter().map(|entry| (entry.last.timestamp(), entry.times));
        assert_eq!(told.collect::<Vec<_>>(), [(7, 1), (6, 2), (4, 1), (3, 1), (2, 2)]);
        assert_eq!(rounds.last().map(|entry| entry.first.timestamp()), Some(1));
    }

    #[test]
    fn what_went_over_the_line_is_added_up_and_a_round_that_stopped_stands_for_itself() {
        let stopped =
            Stopped { limit: 100_000, to_send: 0, kept: 20, to_receive: Some(9), goes_on: None };
        let part = RoundEntry { stopped: Some(stopped), ..round(3, 0, None) };
        let day = [round(1, 0, None), round(2, 0, None), part.clone(), part];
        let rounds = day.into_iter().fold(Vec::new(), entered);
        assert_eq!(rounds.iter().map(|entry| entry.times).collect::<Vec<_>>(), [1, 1, 2]);
        assert_eq!(rounds[2].line, Line { sent: 1200, received: 800 });
        // What an earlier version wrote says nothing of it.
        let mut older = serde_json::to_value(&rounds[2]).unwrap();
        older.as_object_mut().unwrap().retain(|name, _| !["line", "stopped"].contains(&&**name));
        let read: RoundEntry = serde_json::from_value(older).unwrap();
        assert_eq!((read.line, read.stopped), (Line::default(), None));
    }

    #[test]
    fn the_oldest_are_let_go() {
        let rounds = (0..150).map(|second| round(second, 1, None)).fold(Vec::new(), entered);
        assert_eq!(rounds.len(), ENTRIES_MAX);
        assert_eq!(rounds[0].first.timestamp(), 149);
    }
}
