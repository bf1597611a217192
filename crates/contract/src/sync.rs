//! Attention, the sync page and the result of a round.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sync_protocol::receipt::Receipt;
use ts_rs::TS;
use uuid::Uuid;

use crate::{Cell, CourierStanding, Failure, LabelView, Problem};

/// Values are JSON, in the form of the field's kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttentionField {
    #[ts(type = "Cell")]
    pub mine: serde_json::Value,
    /// What stands now in the record, as this device holds it; where it does not, what stood when the item came.
    #[ts(type = "Cell")]
    pub theirs: serde_json::Value,
    #[ts(type = "Cell")]
    pub base: serde_json::Value,
    /// Those of the three that are null because this person is not told them, not because they are empty: `theirs`,
    /// `base`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub untold: Vec<String>,
}

/// A proposal for fields under approval that an item is about, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttentionProposal {
    /// What was proposed, as far as this person may read it.
    #[ts(type = "Record<string, Cell>")]
    pub proposed: std::collections::BTreeMap<String, Cell>,
    /// `pending`, `approved`, `refused`, `withdrawn` or `replaced`.
    pub state: String,
    /// What people call who proposed and who decided it, where this device knows.
    pub proposed_by_name: Option<String>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<String>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttentionItem {
    pub id: Uuid,
    pub entity: String,
    pub row_id: Uuid,
    pub title: String,
    pub kind: String,
    /// By path: `email`, `customer_contact[<id>].phone`, `*` for the record itself.
    #[ts(type = "Record<string, AttentionField>")]
    pub fields: std::collections::BTreeMap<String, AttentionField>,
    /// Why, in English.
    pub message: String,
    /// The same reason by reason, each with its rule, for who says it in another language. Empty for an item that
    /// an older sync server made.
    pub reasons: Vec<Problem>,
    /// Who is on the other side, where that is sure: who wrote what stands, or decided; nobody rather than the
    /// wrong one.
    pub by_user: Option<Uuid>,
    /// What people call the other person, where this device knows.
    pub by_name: Option<String>,
    /// The version of the record that `theirs` is of; absent where the record is not held here. A decision says it
    /// again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, as = "Option<i32>")]
    pub record_version: Option<i64>,
    /// The proposal that somebody has decided about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub proposal: Option<AttentionProposal>,
    #[ts(type = "string")]
    pub since: DateTime<Utc>,
}

/// Whose value is kept for one path: `mine` or `theirs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Decision {
    pub path: String,
    pub keep: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReceiptView {
    pub op_id: Uuid,
    #[ts(type = "Record<string, unknown>")]
    pub receipt: Receipt,
}

/// What one round did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoundReport {
    pub pushed: u32,
    pub pulled: u32,
    /// What went over the line, as it was packed.
    pub line: Line,
    /// It ended at its limit, with more to do.
    pub stopped: Option<Stopped>,
    pub receipts: Vec<ReceiptView>,
    /// Open items of Attention after the round.
    pub attention: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxEntry {
    pub op_id: Uuid,
    /// `customer.update`
    pub kind: String,
    pub entity: String,
    pub row_id: Uuid,
    pub title: String,
    #[ts(type = "string")]
    pub occurred_at: DateTime<Utc>,
    /// The verdict, once there is one.
    #[ts(type = "Record<string, unknown> | null")]
    pub receipt: Option<Receipt>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncPage {
    /// Waiting to be sent or confirmed, oldest first.
    pub waiting: Vec<OutboxEntry>,
    /// The newest that were answered, newest first.
    pub sent: Vec<OutboxEntry>,
    /// What came of the last rounds, newest first.
    pub rounds: Vec<RoundEntry>,
    pub files: FilesStanding,
    pub courier: CourierStanding,
    pub server: String,
    pub device: String,
    #[ts(type = "number")]
    pub file_bytes: u64,
}

/// Numbers of one series that this device gives codes with, also while it is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NumbersLeft {
    /// The master whose codes they are, and what people call many of it.
    pub entity: String,
    pub plural: LabelView,
    /// What stands before the number.
    pub stem: String,
    #[ts(type = "number")]
    pub left: i64,
    /// The first and the last day on which they are given; every day without.
    pub from: Option<String>,
    pub to: Option<String>,
}

/// What came of a round; those one after the other of which the same is to be said stand as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoundEntry {
    #[ts(type = "string")]
    pub first: DateTime<Utc>,
    #[ts(type = "string")]
    pub last: DateTime<Utc>,
    pub times: u32,
    pub pushed: u32,
    pub pulled: u32,
    /// What went over the line in all of them.
    #[serde(default)]
    pub line: Line,
    /// It ended at its limit, with more to do, which is no failure.
    #[serde(default)]
    pub stopped: Option<Stopped>,
    /// Why it stopped before its end; absent where it came through.
    pub failure: Option<Failure>,
}

/// Bytes of messages as they went over the line, packed; without what the line itself adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Line {
    #[ts(type = "number")]
    pub sent: u64,
    #[ts(type = "number")]
    pub received: u64,
}

/// A round that ended at its limit of bytes: what came is kept, and the next one goes on behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Stopped {
    #[ts(type = "number")]
    pub limit: u64,
    /// Changes that are still to be sent.
    pub to_send: u32,
    /// Records that came and are shown once the rest of their state is here.
    pub kept: u32,
    /// About so many records are still to come, where the sync server told.
    pub to_receive: Option<u32>,
    /// When the next round begins by itself; absent where a person begins it.
    #[ts(type = "string | null")]
    pub goes_on: Option<DateTime<Utc>>,
}

/// When this device syncs by itself, and over what line. Kept in its profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncPlan {
    pub often: Often,
    /// In these hours no round begins by itself.
    pub quiet: Option<QuietHours>,
    /// A round ends at the next place where it can go on, once so many bytes went over the line, both ways together.
    #[ts(type = "number | null")]
    pub limit: Option<u64>,
    /// The address of a proxy; as the system has it where absent.
    pub proxy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum Often {
    /// At once when there is work here or news there.
    Live,
    /// When the person asks for it.
    OnDemand,
    /// About so often, and not in between.
    Every { seconds: u32 },
}

/// By the clock and in the time zone of the device; over midnight where `until` is before `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuietHours {
    /// `20:00`
    pub from: String,
    pub until: String,
}

impl Default for SyncPlan {
    fn default() -> Self {
        Self { often: Often::Live, quiet: None, limit: None, proxy: None }
    }
}

/// How the attached files stand that the records held here name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilesStanding {
    /// Whole on this device.
    pub here: u32,
    #[ts(type = "number")]
    pub here_bytes: u64,
    /// Only on the sync server, or nowhere yet.
    pub absent: u32,
    #[ts(type = "number")]
    pub absent_bytes: u64,
    /// Attached here and not on the sync server yet.
    pub to_send: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Verified {
    pub ok: bool,
    /// What is wrong, in words; empty where nothing is.
    pub findings: Vec<String>,
    /// Whether the sync server could be asked for its side.
    pub compared_with_server: bool,
}
