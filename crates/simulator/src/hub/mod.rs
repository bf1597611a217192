//! The hub's store in memory, around the real judge and the real projection. It is simulated, and held
//! to the Postgres hub by replaying the same traces through both.

mod pull;
mod push;
mod view;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::masters::OWN_FIELD;
use domain::permissions::{Grants, RowFacts};
use domain::record::{EntityDef, OwnField, OwnFields, Record, row_facts};
use sync_protocol::digest::FieldDigests;
use sync_protocol::message::{Bucket, Hello, HelloReply, Position, RebuildReason, Standing};
use sync_protocol::op::{ChainEnd, Hash, Op};
use sync_protocol::receipt::Receipt;
use sync_protocol::view::View;
use uuid::Uuid;

pub use push::PushRefused;

/// A record with its place in the order.
struct Kept {
    record: Record,
    position: Position,
    bucket: Bucket,
}

struct KeptOp {
    device: Uuid,
    user: Uuid,
    op: Op,
    intent: Hash,
    receipt: Vec<u8>,
    /// What became of an op that waited; its receipt stands.
    later: Option<Receipt>,
    waits: bool,
}

/// An attempt that was refused for want of rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    pub user: Uuid,
    pub entity: String,
    pub id: Uuid,
    pub code: &'static str,
}

/// One tenant's hub.
#[derive(Default)]
pub struct MemoryHub {
    epoch: u64,
    position: Position,
    records: BTreeMap<(&'static str, Uuid), Kept>,
    ops: BTreeMap<Uuid, KeptOp>,
    /// The ops that mend an op.
    mends: BTreeMap<Uuid, Vec<Uuid>>,
    chains: BTreeMap<Uuid, ChainEnd>,
    digests: BTreeMap<&'static str, FieldDigests>,
    /// The numbers of the buckets, by the ownership columns that their rows have.
    buckets: BTreeMap<RowFacts, Bucket>,
    /// What each person saw under each version of their rights.
    views: BTreeMap<(Uuid, i64), View>,
    own_fields: OwnFields,
    pub denials: Vec<Denial>,
    /// The rights of everybody who works here.
    pub staff: Vec<Grants>,
}

impl MemoryHub {
    pub fn new(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }

    /// Puts a record there as it would be after a push, without an op: the world's first data.
    pub fn lay_down(&mut self, mut record: Record) {
        record.head.version = 1;
        self.position += 1;
        self.keep(record, self.position);
    }

    /// The record as it stands, retired ones included.
    pub fn standing(&self, entity: &'static EntityDef, id: Uuid) -> Option<&Record> {
        self.records.get(&(entity.name, id)).map(|kept| &kept.record)
    }

    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values().map(|kept| &kept.record)
    }

    /// Whether the op has a receipt here.
    pub fn has_receipt(&self, op_id: Uuid) -> bool {
        self.ops.contains_key(&op_id)
    }

    pub fn hello(
        &mut self,
        device: Uuid,
        grants: &Grants,
        hello: &Hello,
        now: DateTime<Utc>,
    ) -> HelloReply {
        let version = (grants.user_id, grants.policy_version);
        self.views.insert(version, View::of(grants));
        let standing = match () {
            () if hello.epoch != self.epoch => Standing::Rebuild { reason: RebuildReason::Epoch },
            () if hello.cursor.is_some_and(|cursor| cursor > self.position) => {
                Standing::Rebuild { reason: RebuildReason::Cursor }
            }
            () if hello.cursor.is_some()
                && !self.views.contains_key(&(grants.user_id, hello.policy_version)) =>
            {
                Standing::Rebuild { reason: RebuildReason::Rights }
            }
            () => Standing::Ok,
        };
        HelloReply {
            standing,
            epoch: self.epoch,
            policy_version: grants.policy_version,
            server_time: now,
            head: self.position,
            chain: self.chains.get(&device).copied().unwrap_or_default(),
            lease: None,
            attachment_max: None,
            backed_up: None,
        }
    }

    fn keep(&mut self, record: Record, position: Position) {
        let entity = record.entity().name;
        let key = (entity, record.id());
        let sums = self.digests.entry(entity).or_default();
        if let Some(before) = self.records.get(&key) {
            sums.subtract(&FieldDigests::of(&before.record));
        }
        sums.add(&FieldDigests::of(&record));
        if entity == OWN_FIELD.name
            && let Some(field) = OwnField::of(&record)
        {
            self.own_fields.put(field);
        }
        let next = Bucket::try_from(self.buckets.len() + 1).unwrap_or(Bucket::MAX);
        let bucket = *self.buckets.entry(row_facts(&record)).or_insert(next);
        self.records.insert(key, Kept { record, position, bucket });
    }
}
