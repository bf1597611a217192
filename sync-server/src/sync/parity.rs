//! The digests of a checkpoint: what a device's copy must sum up to. Kept sums are used where the person sees a
//! whole scope; else the visible rows are summed. Keeping the kept sums short and true is done here as well.

use std::collections::BTreeSet;

use domain::permissions::{RowFilter, Scope};
use domain::record::{EntityDef, Record};
use sync_protocol::digest::{Digest, FieldDigests, of_record};
use sync_protocol::message::ScopeDigest;

use super::sight::{Seen, Sight, rows_of_scope};
use crate::store::tenant::record;
use crate::store::tenant::sync::commit;
use crate::store::tenant::sync::digest::{self, Stored, Sum};
use crate::store::{self, Connection, StoreError};

/// Rows read at a time.
const PAGE: i64 = 5_000;
/// So many stored differences of one sum are folded.
const FOLD_AT: usize = 64;

/// Sums that need care once the reading is over.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Care {
    doubtful: Vec<(Scope, &'static str)>,
    long: Vec<(Scope, &'static str)>,
}

/// The digests of everything that the person sees, as this transaction sees it. Where they see only some rows
/// of a scope, which costs a reading of them, only of the entities in `changed` (of all, without it).
///
/// # Errors
/// See [`StoreError`].
pub async fn digests(
    connection: &mut Connection,
    sight: &Sight,
    changed: Option<&BTreeSet<String>>,
) -> Result<(Vec<ScopeDigest>, Care), StoreError> {
    let (mut digests, mut care) = (Vec::new(), Care::default());
    for scope in sight.scopes() {
        let seen: Vec<&Seen> = sight.entities().iter().filter(|seen| seen.scope == scope).collect();
        let whole: Vec<&str> =
            seen.iter().filter(|seen| seen.whole).map(|seen| seen.entity.name).collect();
        let mut kept = digest::read(connection, &scope.to_string(), &whole).await?.into_iter();
        for seen in seen {
            let entity = seen.entity.name;
            let (rows, digest) = match seen.whole.then(|| kept.next()).flatten() {
                Some((_, Stored::Known(sum), parts)) => {
                    if parts > FOLD_AT {
                        care.long.push((scope, entity));
                    }
                    let rows = u64::try_from(sum.rows).unwrap_or_default();
                    (rows, sum.fields.seen_through(entity, &seen.projection))
                }
                Some((_, Stored::Doubtful, _)) => {
                    care.doubtful.push((scope, entity));
                    visible(connection, sight, seen).await?
                }
                None if changed.is_none_or(|changed| changed.contains(entity)) => {
                    visible(connection, sight, seen).await?
                }
                None => continue,
            };
            digests.push(ScopeDigest { scope, entity: entity.to_owned(), rows, digest });
        }
    }
    Ok((digests, care))
}

/// Sums up what the person may hold of an entity.
async fn visible(
    connection: &mut Connection,
    sight: &Sight,
    seen: &Seen,
) -> Result<(u64, Digest), StoreError> {
    let (mut rows, mut digest) = (0, Digest::default());
    each_row(connection, seen.entity, &seen.rows, |record| {
        if sight.shows(record, seen.scope) {
            rows += 1;
            digest = digest.plus(of_record(record, &seen.projection));
        }
    })
    .await?;
    Ok((rows, digest))
}

async fn each_row(
    connection: &mut Connection,
    entity: &'static EntityDef,
    rows: &RowFilter,
    mut visit: impl FnMut(&Record),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = record::page(connection, entity, rows, after, PAGE).await?;
        page.iter().for_each(&mut visit);
        match page.last() {
            Some(last) => after = Some(last.id()),
            None => return Ok(()),
        }
    }
}

/// Takes doubtful sums anew and folds long ones. Where another does the same at this moment, it is left to
/// them.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_care(connection: &mut Connection, care: Care) -> Result<(), StoreError> {
    for (scope, entity) in care.doubtful {
        match sum_anew(connection, scope, entity).await {
            Ok(()) | Err(StoreError::Contention(_)) => {}
            Err(error) => return Err(error),
        }
    }
    for (scope, entity) in care.long {
        let mut tx = store::begin(connection).await?;
        digest::fold(&mut tx, &scope.to_string(), entity).await?;
        store::commit(tx).await?;
    }
    Ok(())
}

async fn sum_anew(
    connection: &mut Connection,
    scope: Scope,
    entity: &str,
) -> Result<(), StoreError> {
    let Some(declared) = domain::synced::find(entity) else { return Ok(()) };
    let mut tx = commit::begin_steady(connection).await?;
    let mut sum = Sum::default();
    each_row(&mut tx, declared, &rows_of_scope(scope), |record| {
        sum.rows += 1;
        sum.fields.add(&FieldDigests::of(record));
    })
    .await?;
    digest::replace(&mut tx, &scope.to_string(), entity, &sum).await?;
    store::commit(tx).await
}
