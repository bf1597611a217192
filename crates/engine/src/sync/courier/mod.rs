//! Rounds by files, where there is no network: writing one for the courier, and taking one that the hub wrote. What
//! the files hold and what one is to this device the protocol says; what is taken goes through the round of the
//! network.

mod carried;
mod read;
mod write;

use chrono::{DateTime, Utc};
use contract::{CourierStanding, CourierTaken, CourierWritten, Failure};
use local_store::View;
use serde::{Deserialize, Serialize};
use sync_protocol::courier::Taken;
use sync_protocol::wire;

pub(super) use carried::Carried;
pub use read::read;
pub use write::write;

use crate::commands::fault;
use crate::session::{Session, kept};

/// What the copy keeps of such files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Files {
    /// How many were written; the last, where one was.
    written: u64,
    last: Option<Written>,
    /// The newest of the hub that was taken, and when.
    taken: Taken,
    newest: Option<Received>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    at: DateTime<Utc>,
    changes: u64,
    /// The last op of the chain in it.
    op_seq: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Received {
    at: DateTime<Utc>,
    written_at: DateTime<Utc>,
}

impl Files {
    fn of(view: &View) -> Result<Self, Failure> {
        let bytes = view.kept(kept::COURIER).map_err(fault)?;
        // What an older Daybook kept and this one cannot read is counted anew. The hub takes the work in such files and
        // answers from the word of the one that it counts as the newest, until its next file tells that number.
        Ok(bytes.and_then(|bytes| wire::decode(&bytes).ok()).unwrap_or_default())
    }

    /// The hub has heard of a file of this number: where fewer were counted, the machine was set back, and what the last
    /// one held is not known here. Whether anything is otherwise now.
    fn caught_up(&mut self, answers: u64) -> bool {
        let is_behind = self.written < answers;
        if is_behind {
            (self.written, self.last) = (answers, None);
        }
        is_behind
    }

    /// Whether the hub, which answers this file, has all that is in the chain up to here.
    fn hold(&self, answers: u64, op_seq: u64) -> bool {
        answers == self.written && self.last.as_ref().is_some_and(|last| last.op_seq == op_seq)
    }

    fn keep(&self, session: &Session) -> Result<(), Failure> {
        let bytes = wire::encode(self).map_err(|error| fault(error.into()))?;
        session.store.keep(&[(kept::COURIER, Some(&bytes))]).map_err(fault)
    }
}

/// What was written and taken.
///
/// # Errors
/// Where the copy cannot be read.
pub fn standing(view: &View) -> Result<CourierStanding, Failure> {
    let files = Files::of(view)?;
    let first = view.first_unanswered().map_err(fault)?;
    let written = files.last.map(|last| {
        let answered = first.map_or(last.op_seq, |first| first.saturating_sub(1));
        let waiting = last.op_seq.saturating_sub(answered).min(last.changes);
        CourierWritten {
            number: count(files.written),
            at: last.at,
            changes: count(last.changes),
            waiting: count(waiting),
        }
    });
    let read = files.newest.map(|newest| CourierTaken {
        number: count(files.taken.number),
        at: newest.at,
        written_at: newest.written_at,
    });
    let possible = view.kept(kept::COURIER_KEY).map_err(fault)?.is_some();
    Ok(CourierStanding { possible, written, read })
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
