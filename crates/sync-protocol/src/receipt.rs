//! The hub's first and final answer to an op. It names no place in the order, so that a repeat is
//! answered byte for byte from what was stored.

use domain::record::Problem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How an op was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Receipt {
    /// Done as it was meant.
    Applied { version: i64 },
    /// Done beside changes the author had not seen; none of them touched the same field or group.
    Merged { version: i64 },
    /// Done in part; what could not be done stands in Attention.
    Conflict { version: i64, attention: Uuid, fields: Vec<String> },
    /// Not done; what was entered stands in Attention.
    Rejected {
        code: RejectCode,
        problems: Vec<Problem>,
        /// `None` only where the op could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attention: Option<Uuid>,
    },
    /// Not judged yet: it needs an op that was not done.
    Waiting { needs: Uuid, attention: Uuid },
    /// Neither done nor refused: a person decides. `role` is the key of a role that does, empty where nobody has one;
    /// `attention` is the author's item, in which the decision arrives.
    Review { role: String, attention: Uuid },
}

impl Receipt {
    /// Whether the op had any effect on its record.
    pub fn has_effect(&self) -> bool {
        matches!(self, Self::Applied { .. } | Self::Merged { .. } | Self::Conflict { .. })
    }

    pub fn attention(&self) -> Option<Uuid> {
        match self {
            Self::Applied { .. } | Self::Merged { .. } => None,
            Self::Conflict { attention, .. }
            | Self::Waiting { attention, .. }
            | Self::Review { attention, .. } => Some(*attention),
            Self::Rejected { attention, .. } => *attention,
        }
    }
}

/// Why an op was refused. Stable for programs; `problems` say it to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// The author may not do this to this row or field (or the row does not exist for them).
    NotPermitted,
    /// A rule of the declaration; `problems` name each field.
    Invalid,
    /// The record to change does not exist.
    NotFound,
    /// A record with this id exists already and is not what this op would have made.
    IdTaken,
    /// This op id was used before with another intent.
    OpIdReused,
    /// This hub does not know the intent's kind or version.
    UnknownKind,
}

impl RejectCode {
    /// The code as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotPermitted => "not_permitted",
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::IdTaken => "id_taken",
            Self::OpIdReused => "op_id_reused",
            Self::UnknownKind => "unknown_kind",
        }
    }
}
