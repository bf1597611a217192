//! An entity as a screen needs it: labels, fields in order, and what this person may do.

use domain::record::Cell;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabelView {
    pub en: String,
    pub de: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChoiceView {
    pub value: String,
    pub label: LabelView,
}

/// How a field is typed and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum KindView {
    Text {
        max: u32,
    },
    LongText,
    Code,
    Bool,
    /// Bounds fit a JavaScript number.
    Int {
        min: i32,
        max: i32,
    },
    /// A decimal as text, with at most `scale` places.
    Decimal {
        scale: u32,
    },
    Date,
    Instant,
    Reference {
        entity: String,
    },
    Choice {
        choices: Vec<ChoiceView>,
    },
    /// A text with a standard behind it: `country`, `iban`, `email` …
    Standard {
        name: String,
    },
    Tags,
    Attachments,
    Map,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldView {
    pub name: String,
    pub label: LabelView,
    pub kind: KindView,
    pub required: bool,
    /// Read by few; the form marks it.
    pub sensitive: bool,
    pub writable: bool,
    /// A merge may write it: the record that stays takes it from the one that goes.
    pub merges: bool,
    pub listed: bool,
    pub search: bool,
    pub section: LabelView,
    /// What the field of a new record or row begins with; null for nothing.
    #[ts(type = "Cell")]
    pub default: Cell,
}

/// Rows that hold from a day on, one after the other, by the names of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VersionsView {
    pub from: String,
    /// Absent where a row holds until the next one begins.
    pub to: Option<String>,
    /// What a row is a version of: the fields whose values two versions share.
    pub of: Vec<String>,
}

/// One entity. Fields a person may not read are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EntityView {
    pub name: String,
    pub label: LabelView,
    pub plural: LabelView,
    pub area: LabelView,
    /// The field by which people open a record.
    pub key: String,
    /// What a new record's key begins with where it is left empty and a series gives it on this device.
    pub numbered_as: Option<String>,
    pub tree: Option<String>,
    /// Of a child whose rows are versions.
    pub versions: Option<VersionsView>,
    pub fields: Vec<FieldView>,
    pub children: Vec<EntityView>,
    /// Whether this person's rights show them only some of the records: their own, or those of the places they
    /// work in.
    pub partly_seen: bool,
    pub may_create: bool,
    pub may_edit: bool,
    pub may_retire: bool,
    pub may_merge: bool,
    pub may_import: bool,
    pub may_export: bool,
}
