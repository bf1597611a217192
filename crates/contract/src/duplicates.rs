//! Records that are probably the same, and why.

use domain::record::Problem;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::RecordView;

/// A field that speaks for two records being one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DuplicateReason {
    pub field: String,
    /// The values are alike and not equal.
    pub similar: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DuplicateGroup {
    pub records: Vec<RecordView>,
    pub reasons: Vec<DuplicateReason>,
    /// Out of 100.
    pub score: u32,
}

/// A page of the groups, the strongest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DuplicatePage {
    pub groups: Vec<DuplicateGroup>,
    /// Of all pages.
    pub total: u32,
    /// How many records were looked at.
    pub compared: u32,
}

/// A record that is probably what somebody is about to enter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SimilarRecord {
    pub id: Uuid,
    pub title: String,
    pub reasons: Vec<DuplicateReason>,
    pub score: u32,
}

/// What is said before two records become one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BeforeMerge {
    /// What has to be settled first: none, where they can be merged now.
    pub obstacles: Vec<Problem>,
    /// What comes of it that a person would not expect, as that payments wait.
    pub cautions: Vec<Problem>,
}
