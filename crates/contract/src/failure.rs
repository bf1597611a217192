//! The short list of ways a command fails. Every refusal says what to do; no fault shows its inside.

use domain::record::Problem;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// For programs; the exit code of the command line follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The request itself is not understood.
    Usage,
    NotSignedIn,
    /// Rights ran out: reading works, writing waits for contact.
    LeaseExpired,
    NotPermitted,
    /// No such record, or none that this person may see.
    NotFound,
    /// A rule refused the input; `problems` name each field.
    Refused,
    /// The sync server does not answer; local work is kept.
    Unreachable,
    /// The sync server answers and refuses (suspended, disabled, wrong password).
    ServerRefused,
    /// Two copies of this installation are in use, or its machine was set back; neither is served until its person
    /// says which is the original. Local work is kept.
    TwoCopies,
    /// Another copy of this installation was said to be the original; this one goes on as one of its own.
    IsCopy,
    /// Something waits for a decision.
    NeedsAttention,
    /// The local file cannot be opened; it was not touched.
    CannotOpen,
    /// No keyring, and no explicit choice of another place for secrets; nothing was touched.
    NoKeyring,
    /// Another program uses this profile.
    ProfileInUse,
    /// A fault of ours; the log has it under the same words.
    Internal,
}

impl FailureCode {
    /// The exit code of `daybook`.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::NotSignedIn | Self::LeaseExpired => 3,
            Self::NotPermitted => 4,
            Self::Refused
            | Self::NotFound
            | Self::ServerRefused
            | Self::TwoCopies
            | Self::IsCopy => 5,
            Self::Unreachable => 6,
            Self::NeedsAttention => 7,
            Self::CannotOpen | Self::NoKeyring | Self::ProfileInUse => 8,
            Self::Internal => 1,
        }
    }
}

/// A command that was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub code: FailureCode,
    /// What happened and what to do, for people.
    pub message: String,
    #[serde(default)]
    pub problems: Vec<Problem>,
}

impl Failure {
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), problems: Vec::new() }
    }
}
