//! The hub's store in memory, around the real judge and the real projection. It is simulated, and held
//! to the Postgres hub by replaying the same traces through both.

mod chain;
mod courier;
mod frames;
mod life;
mod numbers;
mod pull;
mod push;
mod review;
mod sight;
mod view;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::attention::ATTENTION;
use domain::masters::OWN_FIELD;
use domain::permissions::{Grants, RowFacts};
use domain::record::{EntityDef, OwnField, OwnFields, Record, Values, row_facts};
use sync_protocol::digest::FieldDigests;
use sync_protocol::judge::Moment;
use sync_protocol::message::{Bucket, Hello, HelloReply, Position, RebuildReason, Standing};
use sync_protocol::op::{ChainEnd, Hash, Op};
use sync_protocol::receipt::Receipt;
use sync_protocol::redaction::{left_of, meant};
use sync_protocol::view::View;
use sync_protocol::wire;
use uuid::Uuid;

use crate::plant::Defect;

use numbers::Numbers;
pub use numbers::code_of;
pub use push::{Begun, PushRefused};
use sight::{Seen, Sight};

/// A record with its place in the order.
#[derive(Clone)]
struct Kept {
    record: Record,
    position: Position,
    bucket: Bucket,
    /// The buckets that it stood in before, each with the place at which it left.
    left: Vec<(Position, Bucket)>,
}

#[derive(Clone)]
struct KeptOp {
    device: Uuid,
    user: Uuid,
    op: Op,
    /// Of its bytes.
    hash: Hash,
    receipt: Vec<u8>,
    /// What became of an op that waited; its receipt stands.
    later: Option<Receipt>,
    waits: bool,
    /// It came after ops that its device had made later, into a gap that a restore had left.
    late: bool,
    /// A person decides about it.
    held: Option<review::HeldWork>,
    /// How often it was carried out.
    effects: u32,
}

/// An op with all that became of it, for whoever checks the hub.
pub struct Judged<'h> {
    pub device: Uuid,
    pub user: Uuid,
    pub op: &'h Op,
    /// What stands: the first answer, or what became of it when it had waited.
    pub receipt: Option<Receipt>,
    pub effects: u32,
    /// It was judged after ops that were made later.
    pub waited: bool,
}

/// One step of one record. Nothing changes but by such a step.
#[derive(Clone)]
pub struct Change {
    /// Absent for what was there from the beginning and for what the hub did by itself.
    pub op: Option<Uuid>,
    pub at: DateTime<Utc>,
    pub before: Option<Record>,
    pub after: Record,
}

/// What the rows of one entity in one bucket add up to.
#[derive(Clone, Default)]
struct Sum {
    rows: u64,
    fields: FieldDigests,
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
#[derive(Clone, Default)]
pub struct MemoryHub {
    epoch: u64,
    position: Position,
    kept: BTreeMap<(&'static str, Uuid), Kept>,
    ops: BTreeMap<Uuid, KeptOp>,
    /// The ops that mend an op.
    mends: BTreeMap<Uuid, Vec<Uuid>>,
    chains: BTreeMap<Uuid, ChainEnd>,
    /// How far a chain had been answered before this hub was restored, where that is farther than it goes here.
    lost_to: BTreeMap<Uuid, u64>,
    numbers: Numbers,
    couriers: BTreeMap<Uuid, courier::Courier>,
    /// What each lease gave, by whose it is and its serial.
    leases: BTreeMap<(Uuid, i64), Arc<Grants>>,
    /// Up to this place everything lies in a verified backup.
    backed_up: Option<Position>,
    sums: BTreeMap<(&'static str, Bucket), Sum>,
    /// The numbers of the buckets, by the ownership columns that their rows have.
    buckets: BTreeMap<RowFacts, Bucket>,
    /// What each person saw under each version of their rights, and how far the order was when they were first told.
    views: BTreeMap<(Uuid, i64), (View, Position)>,
    /// What happened up to this place is forgotten.
    floor: Position,
    sights: BTreeMap<(Uuid, i64), Arc<Sight>>,
    own_fields: OwnFields,
    /// The layouts of this hub's version.
    pub schema: Hash,
    pub denials: Vec<Denial>,
    pub history: Vec<Change>,
    /// Planted.
    pub defect: Option<Defect>,
    /// The rights of everybody who works here.
    pub staff: Vec<Grants>,
    /// The role of each of them.
    pub roles: BTreeMap<Uuid, String>,
}

impl MemoryHub {
    pub fn new(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }

    /// Puts a record there as it would be after a push, without an op: the world's first data.
    pub fn lay_down(&mut self, mut record: Record) {
        record.head.version = 1;
        self.position += 1;
        let at = record.head.created_at;
        self.keep(record, self.position, (None, at));
    }

    /// Every op that was received.
    pub fn ops(&self) -> impl Iterator<Item = Judged<'_>> {
        self.ops.values().map(|kept| Judged {
            device: kept.device,
            user: kept.user,
            op: &kept.op,
            receipt: kept.later.clone().or_else(|| wire::decode(&kept.receipt).ok()),
            effects: kept.effects,
            waited: kept.later.is_some() || kept.late,
        })
    }

    /// Whether there ever was a time at which the person could not read the field.
    pub fn was_hidden(&self, user: Uuid, entity: &str, field: &str) -> bool {
        let sights = self.sights.range((user, i64::MIN)..=(user, i64::MAX));
        sights.into_iter().any(|(_, sight)| {
            sight.find(entity).is_none_or(|seen| seen.projection.hides(entity, field))
        })
    }

    fn is(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// The record as it stands, retired ones included.
    pub fn standing(&self, entity: &'static EntityDef, id: Uuid) -> Option<&Record> {
        self.kept.get(&(entity.name, id)).map(|kept| &kept.record)
    }

    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.kept.values().map(|kept| &kept.record)
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn hello(
        &mut self,
        device: Uuid,
        grants: &Grants,
        hello: &Hello,
        moment: &mut Moment,
    ) -> HelloReply {
        let now = moment.now;
        self.note_lease(grants);
        self.bring_reviews(grants, moment);
        let version = (grants.user_id, grants.policy_version);
        if let Entry::Vacant(first) = self.views.entry(version) {
            first.insert((View::of(grants), self.position));
            self.redact(grants, now);
        }
        let standing = match () {
            () if self.strays(device, hello.chain) => Standing::Frozen,
            () if hello.schema != self.schema => Standing::Drain,
            () if hello.epoch != self.epoch => Standing::Rebuild { reason: RebuildReason::Epoch },
            () if hello.cursor.is_some_and(|it| it < self.floor || it > self.position) => {
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
            chain: self.chain(device),
            lease: None,
            attachment_max: None,
            backed_up: self.backed_up,
        }
    }

    /// Takes out of the person's items of Attention what they may not see any more.
    fn redact(&mut self, grants: &Grants, now: DateTime<Utc>) {
        let sight = self.sight(grants);
        let own = self.of_entity(ATTENTION.name).map(|kept| &kept.record);
        let own = own.filter(|item| item.get("owner_id").id() == Some(grants.user_id));
        let less = own.filter_map(|item| {
            let seen = item.get("entity").text().and_then(|entity| sight.find(entity));
            let shown = |(seen, id): (&Seen, Uuid)| match self.standing(seen.entity, id) {
                Some(record) => seen.shows(record),
                // Only what waits for a review is about a record that was never made.
                None => meant(item).is_some_and(|record| seen.shows(&record)),
            };
            let visible = seen.zip(item.get("row_id").id()).is_some_and(shown);
            left_of(item, seen.map(|seen| (seen.entity, &seen.projection)), visible)
        });
        let less: Vec<Record> = less.collect();
        for mut item in less {
            item.head.version += 1;
            item.head.updated_at = now;
            self.position += 1;
            self.keep(item, self.position, (None, now));
        }
    }

    fn of_entity(&self, entity: &'static str) -> impl Iterator<Item = &Kept> {
        let ids = (entity, Uuid::nil())..=(entity, Uuid::max());
        self.kept.range(ids).map(|(_, kept)| kept)
    }

    /// What the person sees under this version of their rights.
    fn sight(&mut self, grants: &Grants) -> Arc<Sight> {
        let version = (grants.user_id, grants.policy_version);
        let sight = self.sights.entry(version).or_insert_with(|| Arc::new(Sight::of(grants)));
        Arc::clone(sight)
    }

    fn keep(&mut self, record: Record, position: Position, by: (Option<Uuid>, DateTime<Utc>)) {
        let entity = record.entity().name;
        let key = (entity, record.id());
        if entity == OWN_FIELD.name
            && let Some(field) = OwnField::of(&record)
        {
            self.own_fields.put(field);
        }
        let next = Bucket::try_from(self.buckets.len() + 1).unwrap_or(Bucket::MAX);
        let bucket = *self.buckets.entry(row_facts(&record)).or_insert(next);
        let mut left = Vec::new();
        let before = self.kept.remove(&key).map(|before| {
            let sum = self.sums.entry((entity, before.bucket)).or_default();
            sum.rows -= 1;
            sum.fields.subtract(&FieldDigests::of(&before.record));
            left = before.left;
            if before.bucket != bucket && !self.is(Defect::LeaveForgotten) {
                left.push((position, before.bucket));
            }
            before.record
        });
        let (op, at) = by;
        self.history.push(Change { op, at, before, after: record.clone() });
        let record = match record.is_retired() && self.is(Defect::RetiredDropped) {
            true => Record::from_parts(record.head, Values::empty(record.values.entity()), vec![]),
            false => record,
        };
        let sum = self.sums.entry((entity, bucket)).or_default();
        sum.rows += 1;
        sum.fields.add(&FieldDigests::of(&record));
        self.kept.insert(key, Kept { record, position, bucket, left });
    }
}
