//! The messages of one round: hello, push, pull and the frames of a pull or snapshot.

use chrono::{DateTime, Utc};
use domain::permissions::SignedLease;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::digest::Digest;
use crate::op::{ChainEnd, Hash};
use crate::row::{Schema, WireRow};

/// A place in the hub's order. 0 is before everything; gaps mean nothing.
pub type Position = u64;

/// What a device can do beyond what every device of this version of the protocol can. The hub sends nothing that takes
/// more than the device has named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// It keeps fields that it does not know: a hub that has more of them may send it rows.
    KeepsUnknown,
    /// One of a newer device, which means nothing to this hub.
    #[serde(other)]
    Other,
}

/// The number of a bucket: the rows whose ownership columns hold the same. Who may see one row of an entity in
/// it may see all of them, so that rows are counted, dropped and fetched anew by entity and bucket.
pub type Bucket = u32;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub protocol_version: u16,
    pub capabilities: Vec<Capability>,
    /// The version of the device's declarations.
    pub schema_version: u16,
    /// Their hash (`Schema` of every synced entity): between two releases a version is still being made.
    pub schema: Hash,
    pub epoch: u64,
    pub policy_version: i64,
    pub lease_serial: u64,
    /// How far in the order the device holds what its person may see; `None` before the first fill.
    pub cursor: Option<Position>,
    /// The end of the device's own chain, so that a hub that lost ops is noticed.
    pub chain: ChainEnd,
    /// The device's clock, for the offset shown to people.
    pub clock: DateTime<Utc>,
}

/// How the hub stands to this device now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    Ok,
    /// The client is too old to pull; it may push.
    Drain,
    /// Start from a fresh snapshot; the outbox is carried over.
    Rebuild {
        reason: RebuildReason,
    },
    /// Nothing now: migrating, or busy. Ask again after `until`.
    Wait {
        reason: String,
        until: DateTime<Utc>,
    },
    /// The tenant is suspended or the user disabled. Local work stays.
    Refused {
        reason: String,
    },
    /// Two copies of this device are in use, or it was set back: it is not served until its person has said which is
    /// the original. Local work stays.
    Frozen,
    /// Destroy the local copy; it was ordered by an admin.
    Wipe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebuildReason {
    /// The hub lives another life of the database.
    Epoch,
    /// The cursor lies beyond the hub's order, or below what it still keeps.
    Cursor,
    /// The declarations differ.
    Schema,
    /// The rights changed so that what is held must be fetched anew.
    Rights,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloReply {
    #[serde(flatten)]
    pub standing: Standing,
    pub epoch: u64,
    /// The rights under which the hub answers from now on.
    pub policy_version: i64,
    pub server_time: DateTime<Utc>,
    /// The newest place in the order; a cursor that is equal needs no pull.
    pub head: Position,
    /// The end of this device's chain as the hub holds it.
    pub chain: ChainEnd,
    /// A new lease, only when rights changed or half of its life is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<SignedLease>,
    /// The most bytes that an attached file may have here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_max: Option<u64>,
    /// Up to this place in the order of this epoch everything lies in a verified backup: a device need not keep what
    /// was answered until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backed_up: Option<Position>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    pub epoch: u64,
    /// Canonical bytes of ops, in the order of the chain, without gaps.
    pub ops: Vec<ByteBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    /// The stored bytes of each op's receipt, in the order of the push.
    pub receipts: Vec<(Uuid, ByteBuf)>,
    /// The place in the order that includes all of their effects.
    pub position: Position,
    pub chain: ChainEnd,
}

/// Work of a device that is not served any more, or of somebody who is shut out: it is kept for others to decide about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escrow {
    /// The tenant's slug.
    pub tenant: String,
    pub device_id: Uuid,
    /// As in [`Push::ops`].
    pub ops: Vec<ByteBuf>,
    /// The device key's signature over [`escrow_proof`](crate::auth::escrow_proof), 128 hexadecimal digits.
    pub proof: String,
}

/// What was kept, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscrowReply {
    /// As in [`PushReply::receipts`].
    pub receipts: Vec<(Uuid, ByteBuf)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    pub epoch: u64,
    /// The version of the rights under which the copy was fetched: the answer leads from what they showed to
    /// what is shown now.
    pub policy_version: i64,
    /// The changes after this place are asked for.
    pub cursor: Position,
    /// Entities whose sums did not match: the checkpoint says them bucket by bucket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<String>,
    /// What is to be sent whole, whatever the cursor says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anew: Vec<(String, Bucket)>,
    /// The hub answers only from a state at or beyond this place: one's own edits never vanish.
    pub at_least: Position,
    /// Goes on after a `Page` frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<ByteBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRequest {
    pub epoch: u64,
    pub policy_version: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<ByteBuf>,
}

/// A request that the hub holds until there is news, or for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listen {
    pub epoch: u64,
    /// News is what lies beyond this place.
    pub after: Position,
}

/// The newest place in the order; beyond `after` there is something to pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    pub head: Position,
}

/// What a device's file was freed of: at this place in the order, nothing is left in it of what these rights do not
/// show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    pub epoch: u64,
    pub policy_version: i64,
    pub position: Position,
}

/// The same, signed once the log was emptied behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgeReceipt {
    #[serde(flatten)]
    pub purge: Purge,
    /// The device key's signature over [`Purge::proof`], 128 hexadecimal digits.
    pub proof: String,
}

/// One part of a pull or of a snapshot, in the order of application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// The layout of the rows that follow; `index` is what `Put` and `Leave` call it.
    Schema { index: u16, schema: Schema },
    /// A row and the bucket that it stands in now, wherever it stood before.
    Put { entity: u16, bucket: Bucket, row: WireRow },
    /// The row is not visible any more.
    Leave { entity: u16, id: Uuid },
    /// Every row of the entity goes that stands in this bucket, or in any.
    Drop {
        entity: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bucket: Option<Bucket>,
    },
    /// These fields (`customer.credit_limit`) may no longer be held.
    Redact { fields: Vec<String> },
    /// More follows: ask again with this token, now or in a later round. What came so far can be stored, not shown.
    Page {
        token: ByteBuf,
        /// About so many rows follow, where the hub has counted them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<u64>,
    },
    /// The state is whole: a checkpoint that existed on the hub.
    Checkpoint {
        cursor: Position,
        /// The version of the rights that this state was made for.
        policy_version: i64,
        digests: Vec<EntityDigest>,
        /// The sums of what was doubted, bucket by bucket; a bucket that is not named holds nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<PartDigest>,
        server_time: DateTime<Utc>,
    },
    /// The snapshot is complete; pull from here to reach a checkpoint.
    SnapshotEnd { cursor: Position, policy_version: i64 },
}

/// What a device's copy of one entity must sum up to in one bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartDigest {
    pub entity: String,
    pub bucket: Bucket,
    pub rows: u64,
    pub digest: Digest,
}

/// What a device's copy of one entity must sum up to, over all buckets that its person sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityDigest {
    pub entity: String,
    pub rows: u64,
    pub digest: Digest,
}
