//! Forms that were begun and not saved, kept so that nothing typed is lost. What is in them is the form's own.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// One form as it was left: by a power cut, by a crash, or because it is still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormDraft {
    /// The draft itself: several new records of an entity may be begun at a time.
    pub id: Uuid,
    /// By the machine's clock.
    pub kept_at: String,
    /// What the form holds, in the form's own words (JSON).
    pub content: String,
}
