//! What became of one record, as a screen gets it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::record::Cell;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HistoryState {
    /// The sync server has it.
    Recorded,
    /// Entered here and not answered yet.
    Pending,
}

/// One field: what stood there and what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryChange {
    /// The path: `email`, `customer_contact[<id>].phone`, `retired_at`.
    pub field: String,
    #[ts(type = "Cell")]
    pub before: Cell,
    #[ts(type = "Cell")]
    pub after: Cell,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryEntry {
    /// When it was done, as the device's clock had it; absent for what was done at none.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<DateTime<Utc>>,
    /// When the sync server received it, by its own clock; absent while it has not.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
    /// Absent for what nobody typed.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// What people call who did it; absent for what nobody typed.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What people call whose work it is, where `user` applied the work of somebody else.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_by: Option<String>,
    /// At which device; absent for what was not done at one.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// `create`, `update`, `retire`.
    pub action: String,
    pub state: HistoryState,
    /// The fields that the reader sees; empty where only others changed.
    pub changes: Vec<HistoryChange>,
}

/// The changes of a record, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryPage {
    pub entries: Vec<HistoryEntry>,
    /// Where it goes on with what was before; absent at the end.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether the sync server told it. Otherwise it is only what was entered at this device; the rest needs a
    /// connection.
    pub complete: bool,
    /// What people call the records that the values refer to, by id.
    #[ts(type = "Record<string, string>")]
    pub titles: BTreeMap<Uuid, String>,
}
