//! Keeps the index current. A change only notes that a record is due, with the words the index still
//! holds; the index is brought up to date in steps, at once for a saved record and in the background
//! after a sync. The index holds no text of its own: it forgets exactly the words it was given, at once
//! and on every page (FTS5's secure-delete), which is why they are noted.

use domain::record::Record;
use rusqlite::{Connection, OptionalExtension, params};

use super::query::doc_range;
use super::text::Words;
use crate::error::Result;
use crate::layout::{self, Db, Layout, Numbers};
use crate::records::row;

/// What a person changes is found at once; a backlog from a sync is left to the background.
pub(crate) const AT_ONCE: usize = 4;

/// More due records than this share of all (one in …): indexing everything anew is cheaper, for
/// taking words out costs some hundred times what adding them does.
const ANEW_SHARE: i64 = 50;
/// Fewer due records than this are always taken one by one.
const ANEW_LEAST: i64 = 2_000;

/// Empties the index; every record is to be indexed again.
pub(crate) fn start_again(connection: &Connection, numbers: &Numbers) -> Result<()> {
    connection.execute_batch(
        "INSERT INTO search (search) VALUES ('delete-all');
         INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
         DELETE FROM search_due;",
    )?;
    let mut write = connection.prepare_cached(
        "INSERT OR REPLACE INTO search_progress (entity, done_to) VALUES (?1, 0)",
    )?;
    for layout in layout::all() {
        write.execute([numbers.of(layout)])?;
    }
    Ok(())
}

/// Notes that a row was changed from `before` to `after`.
pub(crate) fn changed(
    db: Db,
    layout: &Layout,
    nr: i64,
    before: Option<&Record>,
    after: Option<&Record>,
) -> Result<()> {
    if nr > done_to(db, layout)? {
        return Ok(());
    }
    let words = |record: Option<&Record>| record.and_then(|record| Words::of(layout, record));
    let (held, wanted) = (words(before), words(after));
    if held == wanted {
        return Ok(());
    }
    // What was noted first is what the index holds.
    let mut note = db.connection.prepare_cached(
        "INSERT INTO search_due (doc, title, rest) VALUES (?1, ?2, ?3) ON CONFLICT (doc) DO NOTHING",
    )?;
    let doc = doc_range(db.numbers.of(layout)).0 + nr;
    match held {
        Some(held) => note.execute(params![doc, held.title, held.rest])?,
        None => note.execute(params![doc, None::<&str>, None::<&str>])?,
    };
    Ok(())
}

/// Takes up to about `rows` records into the index; answers whether more are left.
pub(crate) fn catch_up(db: Db, rows: usize) -> Result<bool> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    if rows >= ANEW_LEAST && too_many_due(db)? {
        start_again(db.connection, db.numbers)?;
    }
    let mut left = rows - take_due(db, rows)?;
    for layout in layout::all() {
        if left <= 0 {
            break;
        }
        left -= take_new(db, layout, left)?;
    }
    Ok(left <= 0)
}

/// Whether every record is in the index as it stands.
pub(crate) fn is_current(db: Db) -> Result<bool> {
    let due = db.connection.prepare_cached("SELECT 1 FROM search_due")?.exists(())?;
    let mut behind = false;
    for layout in layout::all() {
        behind |= last_nr(db, layout)? > done_to(db, layout)?;
    }
    Ok(!due && !behind)
}

fn too_many_due(db: Db) -> Result<bool> {
    let count = |sql: &str| -> Result<i64> {
        Ok(db.connection.prepare_cached(sql)?.query_row((), |row| row.get(0))?)
    };
    let due = count("SELECT count(*) FROM search_due")?;
    let all = count("SELECT coalesce(sum(done_to), 0) FROM search_progress")?;
    Ok(due > ANEW_LEAST && due > all / ANEW_SHARE)
}

fn done_to(db: Db, layout: &Layout) -> Result<i64> {
    let mut query =
        db.connection.prepare_cached("SELECT done_to FROM search_progress WHERE entity = ?1")?;
    let done = query.query_row([db.numbers.of(layout)], |row| row.get(0)).optional()?;
    Ok(done.unwrap_or_default())
}

fn last_nr(db: Db, layout: &Layout) -> Result<i64> {
    let sql = format!("SELECT coalesce(max(nr), 0) FROM {}", layout.entity.name);
    Ok(db.connection.prepare_cached(&sql)?.query_row((), |row| row.get(0))?)
}

/// A due record: its place in the index, and the words the index holds of it.
type Due = (i64, Option<Words>);

/// Takes due records out of the index and puts them in as they stand.
fn take_due(db: Db, limit: i64) -> Result<i64> {
    let due = next_due(db, limit)?;
    for (doc, held) in &due {
        if let Some(held) = held {
            db.connection
                .prepare_cached(
                    "INSERT INTO search (search, rowid, title, rest) VALUES ('delete', ?1, ?2, ?3)",
                )?
                .execute(params![doc, held.title, held.rest])?;
        }
        let Some(layout) = db.numbers.layout(doc >> super::query::NR_BITS) else { continue };
        let nr = doc - doc_range(db.numbers.of(layout)).0;
        if let Some(record) = row::load_numbered(db, layout, nr)? {
            add(db, layout, *doc, &record)?;
        }
    }
    if let Some((last, _)) = due.last() {
        db.connection.prepare_cached("DELETE FROM search_due WHERE doc <= ?1")?.execute([last])?;
    }
    Ok(i64::try_from(due.len()).unwrap_or(i64::MAX))
}

fn next_due(db: Db, limit: i64) -> Result<Vec<Due>> {
    let mut query = db
        .connection
        .prepare_cached("SELECT doc, title, rest FROM search_due ORDER BY doc LIMIT ?1")?;
    let due = query.query_map([limit], |row| {
        let words = |title, rest| Words { title, rest };
        let title: Option<String> = row.get(1)?;
        Ok((row.get(0)?, title.zip(row.get(2)?).map(|(title, rest)| words(title, rest))))
    })?;
    Ok(due.collect::<rusqlite::Result<_>>()?)
}

/// Takes in rows that were never indexed, in the order of their numbers.
fn take_new(db: Db, layout: &'static Layout, limit: i64) -> Result<i64> {
    let from = done_to(db, layout)?;
    let rows = row::load_after(db, layout, from, limit)?;
    let Some((last, _)) = rows.last() else { return Ok(0) };
    let (last, first_doc) = (*last, doc_range(db.numbers.of(layout)).0);
    for (nr, record) in &rows {
        add(db, layout, first_doc + nr, record)?;
    }
    db.connection
        .prepare_cached("UPDATE search_progress SET done_to = ?2 WHERE entity = ?1")?
        .execute([db.numbers.of(layout), last])?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

fn add(db: Db, layout: &Layout, doc: i64, record: &Record) -> Result<()> {
    let Some(words) = Words::of(layout, record) else { return Ok(()) };
    db.connection
        .prepare_cached("INSERT INTO search (rowid, title, rest) VALUES (?1, ?2, ?3)")?
        .execute(params![doc, words.title, words.rest])?;
    Ok(())
}
