//! Records, lists and search hits as a screen gets them.

use std::collections::BTreeMap;

use domain::record::{Cell, Problem};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::Failure;

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
    pub created_at: String,
    /// Users; a record that is asked for by itself names them among the titles.
    pub created_by: Uuid,
    pub updated_at: String,
    pub updated_by: Uuid,
}

/// How a field is to stand to a filter's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Equal, by the field's own measure; a list that has the word.
    #[default]
    Is,
    IsNot,
    /// Texts.
    Contains,
    Starts,
    /// The value or more: later, further in the alphabet.
    From,
    /// The value or less.
    To,
    /// Without a value; the filter's own is not read.
    Empty,
    Filled,
}

/// What must hold of a field. Of several filters of one field by `is` one is enough; all others must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Filter {
    pub field: String,
    /// The text of the field's kind; a reference by id, key or code.
    #[serde(default)]
    pub value: String,
    #[serde(default)]
    pub relation: Relation,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListRequest {
    pub entity: String,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Words, folded, as prefixes.
    #[serde(default)]
    pub search: Option<String>,
    /// Names of fields, the most important first, with commas between; a leading `-` turns an order round.
    /// The key by default.
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

/// What the amounts and quantities of a list add up to. Prices, rates and per cents are not added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Totals {
    /// By field, in the order asked; fields that have no sum are absent.
    #[ts(type = "Record<string, Sum[]>")]
    pub sums: BTreeMap<String, Vec<Sum>>,
}

/// A sum of values that are counted in one currency or unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sum {
    /// The key of that currency or unit (`EUR`); null where the records name none, or none that may be seen.
    pub measure: Option<String>,
    /// A decimal as text.
    pub sum: String,
}

/// Records that something is to be done with at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "by", content = "with", rename_all = "snake_case")]
pub enum Chosen {
    Ids(Vec<Uuid>),
    /// All that a list has; its page and order mean nothing here.
    All(ListRequest),
}

/// What is done with each of the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "act", content = "with", rename_all = "snake_case")]
pub enum BulkAct {
    /// The values of fields, each as in a `Save` without `from`.
    Set(Vec<FieldValue>),
    Retire,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldValue {
    pub field: String,
    #[ts(type = "Cell")]
    pub value: Cell,
}

/// What came, or would come, of it. What a rule or a right refuses of one record does not stop the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BulkReport {
    /// Records that are, or would be, changed.
    pub changed: u32,
    /// Records that are as asked already.
    pub same: u32,
    pub refused: Vec<RefusedRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RefusedRecord {
    pub id: Uuid,
    pub title: String,
    pub key: String,
    pub failure: Failure,
}

/// How many records of one kind refer to some, as far as this person may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsedBy {
    pub entity: String,
    #[ts(type = "number")]
    pub count: u64,
}

/// A list as a person keeps it under a name: what it is narrowed to, its order and its columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedView {
    pub name: String,
    #[serde(default)]
    pub search: String,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// As in a list.
    pub sort: Option<String>,
    #[serde(default)]
    pub retired: bool,
    /// The columns that are shown, in their order.
    #[serde(default)]
    pub columns: Vec<ViewColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ViewColumn {
    pub field: String,
    /// Pixels; absent where the column takes its share of the room.
    pub width: Option<u32>,
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
