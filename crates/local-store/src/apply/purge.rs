//! Rows that the person may not see any more leave the file with everything that repeats their content: child
//! rows, images, acknowledged ops, forms that were not saved. Unanswered work stays, for the hub has still to judge it.

use std::collections::BTreeSet;

use rusqlite::{params, params_from_iter};
use sync_protocol::message::Bucket;
use uuid::Uuid;

use super::checkpoint::Work;
use super::{RowKey, is_member};
use crate::error::Result;
use crate::kept;
use crate::layout::{self, Layout};
use crate::records::{overlay, row};
use crate::search;
use crate::unknown;

/// From here on rows are taken out table by table.
const MANY: usize = 2_000;

/// Takes out every row of an entity that stands in the bucket, or in any.
pub(super) fn drop_rows(work: &mut Work, entity: i64, bucket: Option<Bucket>) -> Result<()> {
    let db = work.db;
    let which = "WHERE entity = ?1 AND (?2 IS NULL OR bucket = ?2)";
    let mut query = db.connection.prepare(&format!("SELECT row_id FROM member {which}"))?;
    let rows = query.query_map(params![entity, bucket], |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
    for id in rows {
        work.left.insert((entity, id?));
    }
    db.connection.execute(&format!("DELETE FROM member {which}"), params![entity, bucket])?;
    work.sums.forget(db, entity, bucket)
}

/// Purges the rows that have left; answers how many.
pub(super) fn purge(work: &mut Work) -> Result<u64> {
    let mut gone: Vec<RowKey> = Vec::new();
    for row in std::mem::take(&mut work.left) {
        if !is_member(work.db, row)? {
            gone.push(row);
        }
    }
    let (worked_on, clean) = apart(work, &gone)?;
    for (entity, id) in worked_on {
        unknown::forget(work.db, entity, id)?;
        overlay::set_base(work.db, work.layout(entity)?, id, None)?;
        work.rebase.insert((entity, id));
    }
    if clean.len() < MANY {
        for (entity, id) in &clean {
            let layout = work.layout(*entity)?;
            let before = row::load(work.db, layout, *id)?;
            row::put(work.db, layout, before.as_ref(), None)?;
            unknown::forget(work.db, *entity, *id)?;
        }
    } else {
        purge_many(work, &clean)?;
    }
    let mut acked = work.db.connection.prepare_cached(
        "DELETE FROM acked_op WHERE (row_id = ?1 OR other_id = ?1) AND entity = ?2",
    )?;
    for (entity, id) in &gone {
        acked.execute(params![id.as_bytes(), entity])?;
    }
    if !gone.is_empty() {
        let ids: BTreeSet<Uuid> = gone.iter().map(|(_, id)| *id).collect();
        kept::forget_drafts(work.db.connection, |id| ids.contains(&id))?;
    }
    work.touched.extend(&gone);
    Ok(u64::try_from(gone.len()).unwrap_or(u64::MAX))
}

/// Rows with pending work on top, and rows without.
fn apart(work: &Work, rows: &[RowKey]) -> Result<(Vec<RowKey>, Vec<RowKey>)> {
    let mut query = work.db.connection.prepare("SELECT entity, row_id FROM base_row")?;
    let with_work = query.query_map((), |row| Ok((row.get(0)?, Uuid::from_bytes(row.get(1)?))))?;
    let with_work = with_work.collect::<rusqlite::Result<BTreeSet<RowKey>>>()?;
    Ok(rows.iter().partition(|row| with_work.contains(row)))
}

fn purge_many(work: &Work, rows: &[RowKey]) -> Result<()> {
    let connection = work.db.connection;
    connection.execute_batch(
        "CREATE TEMP TABLE gone (entity INTEGER, row_id BLOB, PRIMARY KEY (entity, row_id)) WITHOUT ROWID",
    )?;
    let mut insert =
        connection.prepare("INSERT INTO temp.gone (entity, row_id) VALUES (?1, ?2)")?;
    for (entity, id) in rows {
        insert.execute(params![entity, id.as_bytes()])?;
    }
    drop(insert);
    for layout in layout::all() {
        delete_gone(work, layout)?;
    }
    connection.execute(
        "DELETE FROM unknown WHERE (entity, row_id) IN (SELECT entity, row_id FROM temp.gone)",
        (),
    )?;
    Ok(connection.execute_batch("DROP TABLE temp.gone")?)
}

fn delete_gone(work: &Work, layout: &Layout) -> Result<()> {
    let (connection, entity) = (work.db.connection, work.db.numbers.of(layout));
    let count = |sql: &str, params: &[i64]| -> Result<i64> {
        Ok(connection.query_row(sql, params_from_iter(params), |row| row.get(0))?)
    };
    let gone = count("SELECT count(*) FROM temp.gone WHERE entity = ?1", &[entity])?;
    if gone == 0 {
        return Ok(());
    }
    let ids = format!("(SELECT row_id FROM temp.gone WHERE entity = {entity})");
    search::index::changed_where(work.db, layout, &format!("id IN {ids}"))?;
    // A table of which nothing stays is emptied as a whole.
    let all = count(&format!("SELECT count(*) FROM {}", layout.entity.name), &[])? == gone;
    let children = layout.children.iter().map(|child| (child.entity.name, "parent_id"));
    for (table, column) in std::iter::once((layout.entity.name, "id")).chain(children) {
        let which = if all { String::new() } else { format!(" WHERE {column} IN {ids}") };
        connection.execute(&format!("DELETE FROM {table}{which}"), ())?;
    }
    Ok(())
}
