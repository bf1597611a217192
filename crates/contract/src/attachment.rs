//! Attached files as a screen gets them. Their content never passes here, but for what a person pastes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Where the content of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// On this device, and on the sync server as far as is known.
    Here,
    /// On this device alone: it is sent with the next sync.
    WaitingToSend,
    /// On the sync server: it is fetched with the next sync.
    OnServer,
    /// Neither here nor on the sync server: whoever attached it has yet to send it.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachmentView {
    /// The field that names it.
    pub field: String,
    /// SHA-256 of the content, in hexadecimal: what it is known by.
    pub hash: String,
    pub name: String,
    pub media_type: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    pub state: AttachmentState,
}

/// Which record, and which field of it: `attachments` where absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachTo {
    pub entity: String,
    pub id: Uuid,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub field: Option<String>,
}

/// What is attached.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum AttachSource {
    /// A file on this machine; it is called as it is called there, unless `name` says otherwise.
    File {
        path: String,
        #[serde(default)]
        #[ts(optional = nullable)]
        name: Option<String>,
    },
    /// What was pasted or chosen, in base 64.
    Content { name: String, content: String },
}

// What a file holds must not reach a log.
impl std::fmt::Debug for AttachSource {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::File { path, .. } => f.debug_struct("File").field("path", path).finish(),
            Self::Content { name, .. } => {
                f.debug_struct("Content").field("name", name).finish_non_exhaustive()
            }
        }
    }
}

/// Where the content of a file was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachmentCopy {
    pub path: String,
}
