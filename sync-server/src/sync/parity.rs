//! The digests of a checkpoint: what a device's copy must sum up to, from the sums that are kept for each entity and
//! bucket. Keeping the kept sums short and true is done here as well.

use std::collections::{BTreeMap, BTreeSet};

use domain::permissions::{RowFacts, RowFilter};
use domain::record::{EntityDef, Record, row_facts};
use sync_protocol::digest::{Digest, FieldDigests};
use sync_protocol::message::{Bucket, EntityDigest, PartDigest};

use super::sight::{Seen, Sight};
use crate::store::tenant::record;
use crate::store::tenant::sync::digest::{self, Stored, Sum};
use crate::store::tenant::sync::{bucket, commit};
use crate::store::{self, Connection, StoreError};

/// Rows read at a time.
const PAGE: i64 = 5_000;
/// So many stored differences of one sum are folded.
const FOLD_AT: usize = 64;

/// Sums that need care once the reading is over.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Care {
    doubtful: BTreeSet<String>,
    long: BTreeSet<String>,
}

/// What a device asks to be told.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The entities of which something changed; without it all are told.
    pub changed: Option<&'a BTreeSet<String>>,
    /// Those that are told bucket by bucket as well.
    pub doubtful: &'a [String],
}

/// The digests of what the person sees, as this transaction sees it: of everything where they see all rows of an
/// entity, else of what was asked for.
///
/// # Errors
/// See [`StoreError`].
pub async fn digests(
    connection: &mut Connection,
    sight: &Sight,
    asked: Asked<'_>,
) -> Result<(Vec<EntityDigest>, Vec<PartDigest>, Care), StoreError> {
    let (mut digests, mut parts, mut care) = (Vec::new(), Vec::new(), Care::default());
    // Entities whose rows are seen by the same rule are asked for together.
    let mut groups: BTreeMap<(&RowFilter, bool), Vec<&Seen>> = BTreeMap::new();
    for seen in sight.entities() {
        let name = seen.entity.name;
        let one_by_one = asked.doubtful.iter().any(|doubtful| doubtful == name);
        let told = asked.changed.is_none_or(|changed| changed.contains(name));
        if told || one_by_one || seen.is_whole() {
            groups.entry((&seen.rows, one_by_one)).or_default().push(seen);
        }
    }
    for ((rows, one_by_one), group) in groups {
        let names: Vec<&str> = group.iter().map(|seen| seen.entity.name).collect();
        let mut sums = digest::read(connection, &names, rows, one_by_one).await?;
        care.note(&sums);
        for doubtful in care.doubtful_among(&names) {
            sums.retain(|(entity, _), _| *entity != doubtful);
            sums.extend(counted(connection, &doubtful, rows).await?);
        }
        for seen in group {
            let name = seen.entity.name;
            let of = |part: Bucket| (name.to_owned(), part);
            let (mut count, mut total) = (0, Digest::default());
            for ((_, bucket), stored) in sums.range(of(0)..=of(Bucket::MAX)) {
                let rows = u64::try_from(stored.sum.rows).unwrap_or_default();
                let digest = stored.sum.fields.seen_through(name, &seen.projection);
                (count, total) = (count + rows, total.plus(digest));
                if one_by_one && rows > 0 {
                    parts.push(PartDigest {
                        entity: name.to_owned(),
                        bucket: *bucket,
                        rows,
                        digest,
                    });
                }
            }
            digests.push(EntityDigest { entity: name.to_owned(), rows: count, digest: total });
        }
    }
    Ok((digests, parts, care))
}

/// How many rows the person sees, from the kept sums; `None` while one of them is in doubt.
///
/// # Errors
/// See [`StoreError`].
pub async fn rows(connection: &mut Connection, sight: &Sight) -> Result<Option<u64>, StoreError> {
    let mut groups: BTreeMap<&RowFilter, Vec<&str>> = BTreeMap::new();
    for seen in sight.entities() {
        groups.entry(&seen.rows).or_default().push(seen.entity.name);
    }
    let mut rows = 0;
    for (filter, names) in groups {
        let sums = digest::read(connection, &names, filter, false).await?;
        if sums.values().any(|stored| stored.doubtful) {
            return Ok(None);
        }
        let counts = sums.values().map(|stored| u64::try_from(stored.sum.rows).unwrap_or_default());
        rows += counts.sum::<u64>();
    }
    Ok(Some(rows))
}

impl Care {
    fn note(&mut self, sums: &digest::Sums) {
        for ((entity, _), stored) in sums {
            if stored.doubtful {
                self.doubtful.insert(entity.clone());
            } else if stored.parts > FOLD_AT {
                self.long.insert(entity.clone());
            }
        }
    }

    fn doubtful_among(&self, names: &[&str]) -> Vec<String> {
        self.doubtful.iter().filter(|entity| names.contains(&entity.as_str())).cloned().collect()
    }
}

/// The entities of which the kept sums are not those of the rows. A sum that is known to be doubtful is none.
///
/// # Errors
/// See [`StoreError`].
pub async fn wrong_sums(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let mut wrong = Vec::new();
    for entity in domain::synced::all() {
        let name = entity.name;
        let kept = digest::read(connection, &[name], &RowFilter::Everything, true).await?;
        let total = digest::read(connection, &[name], &RowFilter::Everything, false).await?;
        if kept.values().chain(total.values()).any(|stored| stored.doubtful) {
            continue;
        }
        let mut rest = counted(connection, name, &RowFilter::Everything).await?;
        let mut all = Sum::default();
        rest.values().for_each(|stored| all.add(&stored.sum));
        // What has no rows is kept or not.
        let same = kept.into_iter().all(|(place, stored)| {
            let counted = rest.remove(&place).map(|counted| counted.sum).unwrap_or_default();
            counted.rows == stored.sum.rows && (counted.rows == 0 || counted == stored.sum)
        });
        let total = total.into_values().next().unwrap_or_default().sum;
        let same = same && rest.is_empty() && total.rows == all.rows;
        if !same || (all.rows > 0 && total != all) {
            wrong.push(name.to_owned());
        }
    }
    Ok(wrong)
}

/// The sums of an entity over the rows that a filter lets through, counted row by row.
async fn counted(
    connection: &mut Connection,
    entity: &str,
    rows: &RowFilter,
) -> Result<digest::Sums, StoreError> {
    let Some(declared) = domain::synced::find(entity) else { return Ok(digest::Sums::new()) };
    let mut sums = sum_up(connection, declared, rows).await?;
    let known = bucket::all(connection).await?;
    let numbered = known.into_iter().filter_map(|(number, facts)| {
        let stored = Stored { sum: sums.remove(&facts)?, doubtful: false, parts: 1 };
        Some(((entity.to_owned(), number), stored))
    });
    Ok(numbered.collect())
}

async fn sum_up(
    connection: &mut Connection,
    entity: &'static EntityDef,
    rows: &RowFilter,
) -> Result<BTreeMap<RowFacts, Sum>, StoreError> {
    let mut sums: BTreeMap<RowFacts, Sum> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = record::page(connection, entity, rows, after, PAGE).await?;
        for record in &page {
            let sum = sums.entry(row_facts(record)).or_default();
            sum.rows += 1;
            sum.fields.add(&FieldDigests::of(record));
        }
        match page.last().map(Record::id) {
            Some(last) => after = Some(last),
            None => return Ok(sums),
        }
    }
}

/// Takes doubtful sums anew and folds long ones. Where another does the same at this moment, it is left to
/// them.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_care(connection: &mut Connection, care: Care) -> Result<(), StoreError> {
    for entity in care.doubtful {
        match sum_anew(connection, &entity).await {
            Ok(()) | Err(StoreError::Contention(_)) => {}
            Err(error) => return Err(error),
        }
    }
    for entity in care.long {
        let mut tx = store::begin(connection).await?;
        digest::fold(&mut tx, &entity).await?;
        store::commit(tx).await?;
    }
    Ok(())
}

async fn sum_anew(connection: &mut Connection, entity: &str) -> Result<(), StoreError> {
    let Some(declared) = domain::synced::find(entity) else { return Ok(()) };
    let mut tx = commit::begin_steady(connection).await?;
    let sums = sum_up(&mut tx, declared, &RowFilter::Everything).await?;
    digest::replace(&mut tx, entity, &sums).await?;
    store::commit(tx).await
}
