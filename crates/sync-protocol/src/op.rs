//! The operation: one thing a person did, as an intent that is judged again on the hub.
//! Its canonical bytes are written once, on the device, and never rewritten.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::record::RecordChanges;
use domain::versions;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::upcast::upcast;
use crate::wire::{self, WireError};

/// SHA-256 of canonical bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hash(#[serde(with = "serde_bytes")] pub [u8; 32]);

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What an intent does to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Create,
    Update,
    /// Deleting a master.
    Retire,
    /// Making one record of two: the intent's own stays, its [`Loser`] goes.
    Merge,
    /// Deciding an Attention item; the changes name a choice for each of its fields.
    Resolve,
    /// Bringing a proposal for fields under approval into effect; the changes name its row, with a witness of
    /// every value.
    Approve,
    /// Refusing one, or taking one's own back; the row may be given a reason.
    Refuse,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Retire => "retire",
            Self::Merge => "merge",
            Self::Resolve => "resolve",
            Self::Approve => "approve",
            Self::Refuse => "refuse",
        })
    }
}

/// What a person wanted, independent of when and how it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Machine name of the entity.
    pub entity: String,
    pub verb: Verb,
    /// The version of the declarations in whose words it is said; older ones are brought up to date where they are
    /// read (see `upcast`).
    pub kind_version: u16,
    pub id: Uuid,
    /// The record's version that the person saw; 0 for a new record or one the hub has not judged yet.
    pub base_version: i64,
    /// For an update: what changes, with unchanged fields of the same merge group as witnesses
    /// (`from` equal to `to`). For a retirement and a merge: every field the person saw, as witnesses; those that
    /// a merge takes from the loser are its changes.
    pub changes: RecordChanges,
    /// For a merge: the record that goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loser: Option<Box<Loser>>,
}

/// The record that a merge takes away, as the person saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loser {
    pub id: Uuid,
    pub base_version: i64,
    /// Everything it held, as witnesses.
    pub seen: RecordChanges,
}

impl Intent {
    /// `customer.update`: the kind as logs and people name it.
    pub fn kind(&self) -> String {
        format!("{}.{}", self.entity, self.verb)
    }

    /// The records that it changes on the device that made it.
    pub fn touches(&self) -> impl Iterator<Item = Uuid> {
        std::iter::once(self.id).chain(self.loser.iter().map(|loser| loser.id))
    }

    /// Identifies the intent for repeats: the same op id must always carry the same intent.
    ///
    /// # Errors
    /// Only if the intent cannot be encoded, which its types rule out.
    pub fn hash(&self) -> Result<Hash, WireError> {
        Ok(Hash(Sha256::digest(wire::encode(self)?).into()))
    }
}

/// An intent in its place in one device's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    pub op_id: Uuid,
    /// 1, 2, 3 … on each device, without gaps.
    pub op_seq: u64,
    /// [`SealedOp::hash`] of the op before; zeroes for the first.
    pub prev_hash: Hash,
    /// The lease under which the work was done.
    pub lease_serial: u64,
    /// The device's own clock: shown to people, never used for a decision.
    pub occurred_at: DateTime<Utc>,
    /// Ops of this device without which this one makes no sense (the creation of what it refers to).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Uuid>,
    /// The refused op that this one mends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Uuid>,
    pub intent: Intent,
}

impl Op {
    /// The op in the words of this program, whichever wrote it.
    #[must_use]
    pub fn today(self) -> Self {
        Self { intent: upcast(self.intent, versions::declared()), ..self }
    }

    /// Whether a newer program wrote it, in words that this one does not have.
    pub fn is_newer(&self) -> bool {
        self.intent.kind_version > versions::declared().current
    }
}

/// An op with its canonical bytes: what the outbox holds and what crosses the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedOp {
    op: Op,
    bytes: Vec<u8>,
}

impl SealedOp {
    /// Writes the canonical bytes.
    ///
    /// # Errors
    /// Only if the op cannot be encoded, which its types rule out.
    pub fn seal(op: Op) -> Result<Self, WireError> {
        let bytes = wire::encode(&op)?;
        Ok(Self { op, bytes })
    }

    /// Reads canonical bytes. They are kept as they came, so that the chain stays whole even where this version would
    /// encode them otherwise; what they say is told in the words of this version.
    ///
    /// # Errors
    /// Where the bytes are no op.
    pub fn open(bytes: Vec<u8>) -> Result<Self, WireError> {
        let op: Op = wire::decode(&bytes)?;
        Ok(Self { op: op.today(), bytes })
    }

    pub fn op(&self) -> &Op {
        &self.op
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The chain's hash up to and including this op; the bytes contain the hash before.
    pub fn hash(&self) -> Hash {
        Hash(Sha256::digest(&self.bytes).into())
    }
}

/// The end of a device's chain: the sequence and hash of its last op.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEnd {
    pub op_seq: u64,
    pub hash: Hash,
}

impl ChainEnd {
    /// The end after `op`.
    pub fn after(op: &SealedOp) -> Self {
        Self { op_seq: op.op().op_seq, hash: op.hash() }
    }
}
