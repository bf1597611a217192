//! Records, lists and search hits as a screen gets them.

use std::collections::BTreeMap;

use domain::record::{Cell, Problem};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Whether what is shown is what the sync server holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    Clean,
    Pending,
    Attention,
}

/// `sync: {state}` of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordSync {
    pub state: SyncState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChildView {
    pub id: Uuid,
    #[ts(type = "Record<string, Cell>")]
    pub fields: BTreeMap<String, Cell>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordView {
    pub id: Uuid,
    #[ts(type = "number")]
    pub version: i64,
    /// Every field this person may read; absent values are null.
    #[ts(type = "Record<string, Cell>")]
    pub fields: BTreeMap<String, Cell>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(type = "Record<string, ChildView[]>")]
    pub children: BTreeMap<String, Vec<ChildView>>,
    pub sync: RecordSync,
    /// What people call it.
    pub title: String,
    pub retired: bool,
    /// What people call the records it refers to, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(type = "Record<string, string>")]
    pub titles: BTreeMap<Uuid, String>,
    pub updated_at: String,
}

/// A field equals a value (the text of its kind), or contains it where `contains` is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Filter {
    pub field: String,
    pub value: String,
    #[serde(default)]
    pub contains: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListRequest {
    pub entity: String,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Words, folded, as prefixes.
    #[serde(default)]
    pub search: Option<String>,
    /// A field's name; a leading `-` turns the order round. The key by default.
    #[serde(default)]
    pub sort: Option<String>,
    /// Rows to leave out before the page, for a grid that jumps.
    #[serde(default)]
    pub offset: u32,
    /// At most this many records; 1000 at most.
    pub limit: u32,
    /// Deleted records as well.
    #[serde(default)]
    pub retired: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListPage {
    pub records: Vec<RecordView>,
    /// How many there are in all, exactly.
    pub total: u32,
}

/// A record that was written here, with rules the sync server will look at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Saved {
    pub record: RecordView,
    /// What is odd but allowed (a duplicate tax id of a customer).
    #[serde(default)]
    pub warnings: Vec<Problem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchHit {
    pub entity: String,
    pub id: Uuid,
    pub title: String,
    /// Its key, to tell equal names apart.
    pub key: String,
}
