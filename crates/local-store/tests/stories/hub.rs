//! The hub's side of the stories: rows at places in the order, and the frames that bring them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::record::{EntityDef, Record};
use local_store::{Applied, Intake, Side, Store, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::digest::{self, Digest};
use sync_protocol::message::{Bucket, EntityDigest, Frame, PartDigest};
use sync_protocol::projection::Projection;
use sync_protocol::row::{Schema, WireRow};
use uuid::Uuid;

type Key = (&'static str, Uuid);

#[derive(Default)]
pub struct Hub {
    pub rows: BTreeMap<Key, (Bucket, Record)>,
    pub position: u64,
    changed: Vec<Frame>,
}

/// Where rows stand that are of nobody in particular, and those of the person.
pub const COMMON: Bucket = 1;
pub const OWN: Bucket = 2;

impl Hub {
    /// A row is written on the hub.
    pub fn put(&mut self, mut record: Record) -> Record {
        let known = self.rows.get(&(record.entity().name, record.id()));
        record.head.version = known.map_or(0, |(_, known)| known.head.version) + 1;
        self.put_in(COMMON, record)
    }

    pub fn put_in(&mut self, bucket: Bucket, mut record: Record) -> Record {
        self.position += 1;
        record.head.version = record.head.version.max(1);
        let row = WireRow::of(&record, &Projection::default());
        self.changed.push(Frame::Put { entity: index(&record), bucket, row });
        let key = (record.entity().name, record.id());
        self.rows.insert(key, (bucket, record.clone()));
        record
    }

    pub fn leave(&mut self, record: &Record) {
        self.position += 1;
        let key = (record.entity().name, record.id());
        if self.rows.remove(&key).is_some() {
            self.changed.push(Frame::Leave { entity: index(record), id: record.id() });
        }
    }

    /// The reader loses a bucket of an entity, or the entity.
    pub fn drop_rows(&mut self, entity: &'static EntityDef, bucket: Option<Bucket>) {
        self.position += 1;
        let stays = |known: Bucket| bucket.is_some_and(|bucket| bucket != known);
        self.rows.retain(|(name, _), (known, _)| *name != entity.name || stays(*known));
        self.changed.push(Frame::Drop { entity: number(entity), bucket });
    }

    /// What is held of an entity in a bucket is sent anew.
    pub fn send_anew(&mut self, entity: &'static EntityDef, bucket: Bucket) {
        let of = |(name, _): &Key, known: Bucket| *name == entity.name && known == bucket;
        self.changed.push(Frame::Drop { entity: number(entity), bucket: Some(bucket) });
        for (_, (bucket, record)) in self.rows.iter().filter(|(key, (known, _))| of(key, *known)) {
            let row = WireRow::of(record, &Projection::default());
            self.changed.push(Frame::Put { entity: index(record), bucket: *bucket, row });
        }
    }

    /// The reader loses the right to a field.
    pub fn redact(&mut self, field: &str) {
        self.position += 1;
        let (entity, name) = field.split_once('.').unwrap();
        for (_, record) in self.rows.values_mut().filter(|(_, row)| row.entity().name == entity) {
            let place = record.entity().place(name).unwrap();
            record.values.put(&place, domain::record::Value::Null);
        }
        self.changed.push(Frame::Redact { fields: vec![field.to_owned()] });
    }

    pub fn digests(&self) -> Vec<EntityDigest> {
        // One that lost its last row is told as well.
        let none = domain::synced::all().map(|entity| (entity.name, Default::default()));
        let mut sums: BTreeMap<&str, (u64, Digest)> = none.collect();
        for ((entity, _), (_, record)) in &self.rows {
            let sum = sums.entry(entity).or_default();
            *sum = (sum.0 + 1, sum.1.plus(digest::of_record(record, &Projection::default())));
        }
        let one = |(entity, (rows, digest)): (&str, (u64, Digest))| EntityDigest {
            entity: entity.to_owned(),
            rows,
            digest,
        };
        sums.into_iter().map(one).collect()
    }

    /// The same bucket by bucket.
    pub fn parts(&self) -> Vec<PartDigest> {
        let mut sums: BTreeMap<(&str, Bucket), (u64, Digest)> = BTreeMap::new();
        for ((entity, _), (bucket, record)) in &self.rows {
            let sum = sums.entry((entity, *bucket)).or_default();
            *sum = (sum.0 + 1, sum.1.plus(digest::of_record(record, &Projection::default())));
        }
        let one = |((entity, bucket), (rows, digest)): ((&str, Bucket), (u64, Digest))| {
            PartDigest { entity: entity.to_owned(), bucket, rows, digest }
        };
        sums.into_iter().map(one).collect()
    }

    pub fn checkpoint(&self) -> Frame {
        self.checkpoint_with(Vec::new())
    }

    pub fn checkpoint_with(&self, parts: Vec<PartDigest>) -> Frame {
        Frame::Checkpoint {
            cursor: self.position,
            policy_version: 1,
            digests: self.digests(),
            parts,
            server_time: DateTime::<Utc>::default(),
        }
    }

    /// Everything since the last pull, without its end.
    pub fn take_changes(&mut self) -> Vec<Frame> {
        let mut frames = schemas();
        frames.append(&mut self.changed);
        frames
    }

    /// A pull of everything since the last one.
    pub fn pull_into(&mut self, store: &Store) -> Applied {
        self.pull_to(store, self.checkpoint())
    }

    /// The same, to a checkpoint that says the sums bucket by bucket.
    pub fn pull_doubted(&mut self, store: &Store) -> Applied {
        self.pull_to(store, self.checkpoint_with(self.parts()))
    }

    fn pull_to(&mut self, store: &Store, checkpoint: Frame) -> Applied {
        let mut intake = store.begin_pull(None).unwrap();
        for frame in self.take_changes() {
            store.take(&mut intake, frame).unwrap();
        }
        match store.take(&mut intake, checkpoint).unwrap() {
            Taken::Checkpoint(applied) => applied,
            other => panic!("{other:?}"),
        }
    }

    /// The pages of a snapshot, each a whole answer; the last one ends it.
    pub fn snapshot(&mut self, page_rows: usize) -> Vec<Vec<Frame>> {
        self.changed.clear();
        let rows: Vec<&(Bucket, Record)> = self.rows.values().collect();
        let pages = rows.chunks(page_rows).enumerate().map(|(number, rows)| {
            let mut frames = schemas();
            frames.extend(rows.iter().map(|(bucket, record)| Frame::Put {
                entity: index(record),
                bucket: *bucket,
                row: WireRow::of(record, &Projection::default()),
            }));
            frames.push(Frame::Page {
                token: ByteBuf::from(vec![u8::try_from(number).unwrap()]),
                left: None,
            });
            frames
        });
        let mut pages: Vec<_> = pages.collect();
        pages.push(vec![Frame::SnapshotEnd { cursor: self.position, policy_version: 1 }]);
        pages
    }

    /// The pull that makes a side file whole.
    pub fn complete(&mut self, side: &mut Side) -> Applied {
        let mut intake = side.begin(None).unwrap();
        for frame in self.take_changes() {
            side.take(&mut intake, frame).unwrap();
        }
        match side.take(&mut intake, self.checkpoint()).unwrap() {
            Taken::Checkpoint(applied) => applied,
            other => panic!("{other:?}"),
        }
    }

    /// A whole fill: snapshot, pull and exchange.
    pub fn fill(&mut self, store: &Store) {
        let mut side = store.begin_fill(1).unwrap();
        for page in self.snapshot(1_000) {
            take_page(&mut side, page);
        }
        assert_eq!(self.complete(&mut side).mismatches, []);
        store.swap_in(side).unwrap();
        while store.index_more(10_000).unwrap() {}
    }
}

/// Takes one answer of a snapshot.
pub fn take_page(side: &mut Side, page: Vec<Frame>) -> Taken {
    let mut intake: Intake = side.begin(None).unwrap();
    let mut last = Taken::More;
    for frame in page {
        last = side.take(&mut intake, frame).unwrap();
    }
    last
}

pub fn schemas() -> Vec<Frame> {
    let entities = domain::synced::all().enumerate();
    entities
        .map(|(index, entity)| Frame::Schema {
            index: u16::try_from(index).unwrap(),
            schema: Schema::of(entity),
        })
        .collect()
}

fn index(record: &Record) -> u16 {
    number(record.entity())
}

fn number(entity: &EntityDef) -> u16 {
    let place = domain::synced::all().position(|known| known.name == entity.name).unwrap();
    u16::try_from(place).unwrap()
}
