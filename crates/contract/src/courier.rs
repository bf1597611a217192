//! Files that somebody carries between this device and the sync server, where there is no network between the two.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::RoundReport;

/// A file that was written for the sync server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CourierFile {
    pub path: String,
    /// The files of this device are counted.
    pub number: u32,
    /// Changes in it: all that have no answer.
    pub changes: u32,
    #[ts(type = "number")]
    pub bytes: u64,
}

/// A file of the sync server that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CourierRead {
    /// Its files for this device are counted.
    pub number: u32,
    pub came_of_it: CourierOutcome,
    /// What it did here; nothing where it was not taken.
    pub round: RoundReport,
}

/// What came of reading a file of the sync server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CourierOutcome {
    /// All of it was taken.
    Taken,
    /// Its answers were taken. What is new in it was written for other rights than this device has by now.
    Answers,
    /// It says nothing that this device has not heard already. Nothing was done.
    Older,
    /// It leads on from a place that this device reaches with the file of this number, which has not been read. Nothing
    /// was done.
    Waits { missing: u32 },
}

/// What was written and read, for the sync page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CourierStanding {
    /// Whether this device can write such files; one that was signed in by an older Daybook signs in anew first.
    pub possible: bool,
    pub written: Option<CourierWritten>,
    pub read: Option<CourierTaken>,
}

/// The last file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CourierWritten {
    pub number: u32,
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    pub changes: u32,
    /// How many of them have no answer yet.
    pub waiting: u32,
}

/// The newest file of the sync server that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CourierTaken {
    pub number: u32,
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    /// When the sync server wrote it.
    #[ts(type = "string")]
    pub written_at: DateTime<Utc>,
}
