//! A round that goes by files: a device and a hub that never meet on a network say in files what they would have
//! said over it, and somebody carries them. Here is what the files hold, how they are sealed, and what a device makes
//! of one; where they lie and who carries them is elsewhere.
//!
//! A file of a device holds its hello and all of its work that has no answer. A file of the hub holds its answer to
//! that hello, the answers to all work of the device that had none, and what leads the device from where it said that
//! it stands to one state of the hub. So any file can be lost, come twice or come late: the next one holds it too.

mod label;
mod parts;
mod seal;
mod weigh;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::message::{Hello, HelloReply, Position, PurgeReceipt};
use crate::wire::WireError;

pub use label::{ENVELOPE, Envelope, Heading, Label, Writer};
pub use parts::{PartReader, head};
pub use seal::{FileKey, Sealer, Unsealed};
pub use weigh::{News, Taken, Verdict, weigh};

/// Most bytes of one part of a file as it is packed.
pub const PART_MAX: usize = 64 << 20;
/// Most bytes of an opening, packed and unpacked.
pub const OPENING_MAX: usize = 1 << 20;

/// What a part of a file is; all but the openings are bodies of the network, packed as there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// [`DeviceOpening`] or [`HubOpening`]: the first part of each file.
    Opening,
    /// A `Push`.
    Ops,
    /// A `PushReply`.
    Receipts,
    /// Frames of a snapshot, up to a page or to its end.
    Snapshot,
    /// Frames of a pull, up to a page or to its checkpoint.
    Pull,
}

impl Part {
    const ALL: [Self; 5] = [Self::Opening, Self::Ops, Self::Receipts, Self::Snapshot, Self::Pull];

    const fn sign(self) -> u8 {
        match self {
            Self::Opening => 1,
            Self::Ops => 2,
            Self::Receipts => 3,
            Self::Snapshot => 4,
            Self::Pull => 5,
        }
    }

    fn of(sign: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.sign() == sign)
    }
}

/// How a device begins its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceOpening {
    pub hello: Hello,
    /// Up to this op of its chain it has the hub's answers; what follows is in the file.
    pub answered: u64,
    /// What the hub may not have been told yet of content that had to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purged: Option<PurgeReceipt>,
    /// By which the hub knows it from copies of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Uuid>,
}

/// How the hub begins its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubOpening {
    pub base: Base,
    pub reply: HelloReply,
}

/// From where a file of the hub leads on: what the device last said, in one of its files, that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    pub epoch: u64,
    pub policy_version: i64,
    pub cursor: Option<Position>,
    /// The op of its chain up to which it had answers.
    pub answered: u64,
    /// The file of the hub that it had taken last; 0 for none.
    pub answer: u64,
}

impl Base {
    /// What a device says of itself in a file of which the label says that it had taken this answer.
    pub fn said(opening: &DeviceOpening, answer: u64) -> Self {
        let Hello { epoch, policy_version, cursor, .. } = opening.hello;
        Self { epoch, policy_version, cursor, answered: opening.answered, answer }
    }
}

/// Why a file is not read or not written. It says nothing of what is in the file.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    #[error("this is no file for the courier; choose a file that Daybook or its sync server wrote")]
    NotOurs,
    #[error("the file was written by a newer Daybook (version {0} of such files); update this one")]
    Newer(u16),
    #[error(
        "the file is damaged, broke off, or was changed under way; copy it once more, or have it written anew"
    )]
    Damaged,
    #[error("a part of the file is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
