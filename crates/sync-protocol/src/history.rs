//! What became of one record, as the hub tells it in JSON: who changed what and when, newest first. Holds nothing
//! that its reader may not see.

use chrono::{DateTime, Utc};
use domain::record::Cell;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `GET /api/v1/<entity>/{id}/history`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = history))]
pub struct History {
    pub entries: Vec<Entry>,
    /// The cursor of the entries before these; absent at the end.
    pub next: Option<String>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = history_entry))]
pub struct Entry {
    /// When the hub received it, by its own clock.
    pub received_at: DateTime<Utc>,
    /// When it was done, as the device's clock had it: a claim that nothing is decided by. Absent for what was not
    /// done at a device.
    pub occurred_at: Option<DateTime<Utc>>,
    /// Absent for what nobody typed.
    pub user: Option<Named>,
    /// Whose work it is, where `user` applied the work of somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_by: Option<Named>,
    /// Absent for what was not done at a device.
    pub device: Option<Named>,
    /// `create`, `update`, `retire`.
    pub action: String,
    /// The operation that did it.
    pub op_id: Option<Uuid>,
    /// The fields that the reader sees; empty where only others changed.
    pub changes: Vec<Change>,
}

/// A person or a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = history_party))]
pub struct Named {
    pub id: Uuid,
    /// Absent for one that is not known any more.
    pub name: Option<String>,
}

/// One field: what stood there and what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = history_change))]
pub struct Change {
    /// The path: `email`, `customer_contact[<id>].phone`, `retired_at`.
    pub field: String,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub before: Cell,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub after: Cell,
}
