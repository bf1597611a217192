//! The hub's side of the stories: rows at places in the order, and the frames that bring them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::permissions::Scope;
use domain::record::Record;
use local_store::{Applied, Intake, Side, Store, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::digest::{self, Digest};
use sync_protocol::message::{Cursors, Frame, ScopeDigest};
use sync_protocol::projection::Projection;
use sync_protocol::row::{Schema, WireRow};
use uuid::Uuid;

type Key = (&'static str, Uuid);

#[derive(Default)]
pub struct Hub {
    pub rows: BTreeMap<Key, (Scope2, Record)>,
    pub position: u64,
    changed: Vec<Frame>,
}

/// A scope with a default.
#[derive(Clone, Copy)]
pub struct Scope2(pub Scope);

impl Hub {
    /// A row is written on the hub.
    pub fn put(&mut self, mut record: Record) -> Record {
        let known = self.rows.get(&(record.entity().name, record.id()));
        record.head.version = known.map_or(0, |(_, known)| known.head.version) + 1;
        self.put_in(Scope::Tenant, record)
    }

    pub fn put_in(&mut self, scope: Scope, mut record: Record) -> Record {
        self.position += 1;
        record.head.version = record.head.version.max(1);
        let row = WireRow::of(&record, &Projection::default());
        self.changed.push(Frame::Put { entity: index(&record), scope, row });
        let key = (record.entity().name, record.id());
        self.rows.insert(key, (Scope2(scope), record.clone()));
        record
    }

    pub fn leave(&mut self, record: &Record) {
        self.position += 1;
        let key = (record.entity().name, record.id());
        let Some((scope, _)) = self.rows.remove(&key) else { return };
        self.changed.push(Frame::Leave { entity: index(record), scope: scope.0, id: record.id() });
    }

    pub fn drop_scope(&mut self, scope: Scope) {
        self.position += 1;
        self.rows.retain(|_, (known, _)| known.0 != scope);
        self.changed.push(Frame::DropScope { scope });
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

    fn scopes(&self) -> Vec<Scope> {
        let mut scopes: Vec<Scope> = self.rows.values().map(|(scope, _)| scope.0).collect();
        scopes.push(Scope::Tenant);
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }

    pub fn cursors(&self) -> Cursors {
        self.scopes().into_iter().map(|scope| (scope, self.position)).collect()
    }

    pub fn digests(&self) -> Vec<ScopeDigest> {
        let mut sums: BTreeMap<(Scope, &str), (u64, Digest)> = BTreeMap::new();
        for ((entity, _), (scope, record)) in &self.rows {
            let sum = sums.entry((scope.0, entity)).or_default();
            *sum = (sum.0 + 1, sum.1.plus(digest::of_record(record, &Projection::default())));
        }
        sums.into_iter()
            .map(|((scope, entity), (rows, digest))| ScopeDigest {
                scope,
                entity: entity.to_owned(),
                rows,
                digest,
            })
            .collect()
    }

    pub fn checkpoint(&self) -> Frame {
        Frame::Checkpoint {
            cursors: self.cursors(),
            digests: self.digests(),
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
        let mut intake = store.begin_pull(None).unwrap();
        for frame in self.take_changes() {
            store.take(&mut intake, frame).unwrap();
        }
        match store.take(&mut intake, self.checkpoint()).unwrap() {
            Taken::Checkpoint(applied) => applied,
            other => panic!("{other:?}"),
        }
    }

    /// The pages of a snapshot, each a whole answer; the last one ends it.
    pub fn snapshot(&mut self, page_rows: usize) -> Vec<Vec<Frame>> {
        self.changed.clear();
        let rows: Vec<&(Scope2, Record)> = self.rows.values().collect();
        let pages = rows.chunks(page_rows).enumerate().map(|(number, rows)| {
            let mut frames = schemas();
            frames.extend(rows.iter().map(|(scope, record)| Frame::Put {
                entity: index(record),
                scope: scope.0,
                row: WireRow::of(record, &Projection::default()),
            }));
            frames.push(Frame::Page { token: ByteBuf::from(vec![u8::try_from(number).unwrap()]) });
            frames
        });
        let mut pages: Vec<_> = pages.collect();
        pages.push(vec![Frame::SnapshotEnd { cursors: self.cursors() }]);
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
    let name = record.entity().name;
    let place = domain::synced::all().position(|entity| entity.name == name).unwrap();
    u16::try_from(place).unwrap()
}
