//! The sums that prove parity: each row's digest with its membership, their sum for each entity and bucket.
//! A change costs what it changes.

use std::collections::{BTreeMap, BTreeSet};

use domain::record::Record;
use rusqlite::{CachedStatement, OptionalExtension, params};
use sync_protocol::digest::{self, Digest};
use sync_protocol::message::{Bucket, EntityDigest, PartDigest};
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::Mismatch;
use crate::error::Result;
use crate::layout::{Db, layout};
use crate::view::{doubtful, set_doubtful};

/// What one entity in one bucket adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub rows: i64,
    pub digest: Digest,
}

impl Sum {
    fn plus(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, digest: self.digest.plus(other.digest) }
    }
}

/// One row as it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub bucket: Bucket,
    pub digest: Digest,
}

/// Sums by the entity's number and the bucket, read when first needed and written back together.
#[derive(Debug, Default)]
pub(crate) struct Sums(BTreeMap<(i64, Bucket), Sum>);

/// The digest of the hub's image: what the person may not see is not in it.
pub(crate) fn hub_digest(record: &Record) -> Digest {
    digest::of_record(record, &Projection::default())
}

impl Sums {
    fn of(&mut self, db: Db, entity: i64, bucket: Bucket) -> Result<&mut Sum> {
        if let std::collections::btree_map::Entry::Vacant(place) = self.0.entry((entity, bucket)) {
            let mut query = db.connection.prepare_cached(
                "SELECT rows, digest FROM digest_sum WHERE entity = ?1 AND bucket = ?2",
            )?;
            let sum = query.query_row(params![entity, bucket], |row| {
                Ok(Sum { rows: row.get(0)?, digest: Digest::from_bytes(row.get(1)?) })
            });
            place.insert(sum.optional()?.unwrap_or_default());
        }
        Ok(self.0.entry((entity, bucket)).or_default())
    }

    fn add(&mut self, db: Db, entity: i64, held: Held) -> Result<()> {
        let sum = self.of(db, entity, held.bucket)?;
        sum.rows += 1;
        sum.digest = sum.digest.plus(held.digest);
        Ok(())
    }

    fn subtract(&mut self, db: Db, entity: i64, held: Held) -> Result<()> {
        let sum = self.of(db, entity, held.bucket)?;
        sum.rows -= 1;
        sum.digest = sum.digest.minus(held.digest);
        Ok(())
    }

    /// Forgets what was summed for an entity: in one bucket, or in all.
    pub fn forget(&mut self, db: Db, entity: i64, bucket: Option<Bucket>) -> Result<()> {
        self.0.retain(|(held, of), _| *held != entity || bucket.is_some_and(|it| it != *of));
        db.connection.execute(
            "DELETE FROM digest_sum WHERE entity = ?1 AND (?2 IS NULL OR bucket = ?2)",
            params![entity, bucket],
        )?;
        Ok(())
    }

    /// Takes a row in, or moves it to another bucket, or changes its digest.
    pub fn enter(&mut self, db: Db, entity: i64, id: Uuid, new: Held) -> Result<()> {
        let Some(old) = held(db, entity, id)? else {
            return self.enter_new(db, entity, id, new);
        };
        if old == new {
            return Ok(());
        }
        db.connection
            .prepare_cached(
                "UPDATE member SET bucket = ?3, digest = ?4 WHERE entity = ?1 AND row_id = ?2",
            )?
            .execute(params![entity, id.as_bytes(), new.bucket, new.digest.to_bytes()])?;
        self.subtract(db, entity, old)?;
        self.add(db, entity, new)
    }

    /// Changes the digest of a row where it stands; one that is not held stays so.
    pub fn change(&mut self, db: Db, entity: i64, id: Uuid, digest: Digest) -> Result<()> {
        match held(db, entity, id)? {
            Some(old) => self.enter(db, entity, id, Held { digest, ..old }),
            None => Ok(()),
        }
    }

    /// Takes in a row that is not held yet.
    pub fn enter_new(&mut self, db: Db, entity: i64, id: Uuid, new: Held) -> Result<()> {
        Entrance::new(db, entity)?.enter(self, id, new)
    }

    /// Takes a row out; answers whether it was held.
    pub fn leave(&mut self, db: Db, entity: i64, id: Uuid) -> Result<bool> {
        let Some(old) = held(db, entity, id)? else { return Ok(false) };
        db.connection
            .prepare_cached("DELETE FROM member WHERE entity = ?1 AND row_id = ?2")?
            .execute(params![entity, id.as_bytes()])?;
        self.subtract(db, entity, old)?;
        Ok(true)
    }

    pub fn write(&self, db: Db) -> Result<()> {
        let mut write = db.connection.prepare_cached(
            "INSERT OR REPLACE INTO digest_sum (entity, bucket, rows, digest) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let mut forget = db
            .connection
            .prepare_cached("DELETE FROM digest_sum WHERE entity = ?1 AND bucket = ?2")?;
        for ((entity, bucket), sum) in &self.0 {
            match sum == &Sum::default() {
                true => forget.execute(params![entity, bucket])?,
                false => write.execute(params![entity, bucket, sum.rows, sum.digest.to_bytes()])?,
            };
        }
        Ok(())
    }
}

/// Takes in many rows of one entity that are not held yet.
pub(crate) struct Entrance<'c> {
    db: Db<'c>,
    entity: i64,
    statement: CachedStatement<'c>,
}

impl<'c> Entrance<'c> {
    pub fn new(db: Db<'c>, entity: i64) -> Result<Self> {
        let statement = db.connection.prepare_cached(
            "INSERT INTO member (entity, row_id, bucket, digest) VALUES (?1, ?2, ?3, ?4)",
        )?;
        Ok(Self { db, entity, statement })
    }

    pub fn enter(&mut self, sums: &mut Sums, id: Uuid, new: Held) -> Result<()> {
        let Held { bucket, digest } = new;
        self.statement.execute(params![self.entity, id.as_bytes(), bucket, digest.to_bytes()])?;
        sums.add(self.db, self.entity, new)
    }
}

/// Where the sums that are stored are not the hub's: bucket by bucket where it told them so. Notes it, so that it
/// is not forgotten until it is mended.
pub(crate) fn compare(db: Db, hub: &[EntityDigest], parts: &[PartDigest]) -> Result<Vec<Mismatch>> {
    let mut ours: BTreeMap<i64, BTreeMap<Bucket, Sum>> = BTreeMap::new();
    for ((entity, bucket), part) in held_sums(db)? {
        ours.entry(entity).or_default().insert(bucket, part);
    }
    let (mut mismatches, mut doubtful) = (Vec::new(), doubtful(db)?);
    for theirs in hub {
        // An entity that only a newer program has.
        let Ok(layout) = layout(&theirs.entity) else { continue };
        let ours = ours.remove(&db.numbers.of(layout)).unwrap_or_default();
        let hub = Sum { rows: stored_rows(theirs.rows), digest: theirs.digest };
        if ours.values().copied().fold(Sum::default(), Sum::plus) == hub {
            doubtful.remove(&theirs.entity);
            continue;
        }
        doubtful.insert(theirs.entity.clone());
        let entity = layout.entity.name;
        let told = parts.iter().filter(|part| part.entity == theirs.entity);
        let told: BTreeMap<Bucket, Sum> = told
            .map(|part| (part.bucket, Sum { rows: stored_rows(part.rows), digest: part.digest }))
            .collect();
        if told.is_empty() {
            let held = ours.values().copied().fold(Sum::default(), Sum::plus);
            mismatches.push(Mismatch::of(entity, None, held, hub));
            continue;
        }
        let buckets: BTreeSet<Bucket> = ours.keys().chain(told.keys()).copied().collect();
        for bucket in buckets {
            let sum = |sums: &BTreeMap<Bucket, Sum>| sums.get(&bucket).copied().unwrap_or_default();
            if sum(&ours) != sum(&told) {
                mismatches.push(Mismatch::of(entity, Some(bucket), sum(&ours), sum(&told)));
            }
        }
    }
    // Of what it was asked for and says nothing, the person sees nothing.
    let held = |name: &String| layout(name).is_ok_and(|it| ours.contains_key(&db.numbers.of(it)));
    doubtful.retain(|name| hub.iter().any(|theirs| theirs.entity == *name) || held(name));
    set_doubtful(db, &doubtful)?;
    Ok(mismatches)
}

fn stored_rows(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

impl Mismatch {
    fn of(entity: &'static str, bucket: Option<Bucket>, held: Sum, hub: Sum) -> Self {
        let rows = |sum: Sum| u64::try_from(sum.rows).unwrap_or_default();
        Self { entity, bucket, held_rows: rows(held), hub_rows: rows(hub) }
    }
}

fn held(db: Db, entity: i64, id: Uuid) -> Result<Option<Held>> {
    let mut query = db
        .connection
        .prepare_cached("SELECT bucket, digest FROM member WHERE entity = ?1 AND row_id = ?2")?;
    let held = query.query_row(params![entity, id.as_bytes()], |row| {
        Ok(Held { bucket: row.get(0)?, digest: Digest::from_bytes(row.get(1)?) })
    });
    Ok(held.optional()?)
}

/// All sums as they are stored, by the entity's number and the bucket.
pub(crate) fn held_sums(db: Db) -> Result<BTreeMap<(i64, Bucket), Sum>> {
    let mut query =
        db.connection.prepare_cached("SELECT entity, bucket, rows, digest FROM digest_sum")?;
    let rows = query.query_map((), |row| {
        let sum = Sum { rows: row.get(2)?, digest: Digest::from_bytes(row.get(3)?) };
        Ok(((row.get(0)?, row.get(1)?), sum))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
