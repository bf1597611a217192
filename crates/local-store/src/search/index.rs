//! Keeps the index current. A change only notes that a record is due; the index is brought up to date in
//! steps, at once for a saved record and in the background after a sync. Words that were taken out stay
//! in older parts of the index, unreachable, until [`merge`] has written these anew.

use domain::masters::OWN_FIELD;
use domain::record::{OwnField, Record};
use rusqlite::{Connection, OptionalExtension, params};

use super::query::{NR_BITS, doc_range};
use super::read::{self, Found};
use super::text::same_words;
use crate::error::Result;
use crate::layout::{self, Db, Layout, Numbers};

/// What a person changes is found at once; a backlog from a sync is left to the background.
pub(crate) const AT_ONCE: usize = 4;

/// More due records than this share of all (one in …): indexing everything anew is cheaper.
const ANEW_SHARE: i64 = 10;
/// Fewer due records than this are always taken one by one.
const ANEW_LEAST: i64 = 2_000;

/// Records that are indexed between two looks at whether a save waits: some three milliseconds.
const LOOK_ROWS: i64 = 256;

/// Pages that one step of merging writes: a few milliseconds.
const MERGE_PAGES: i64 = 64;

/// Empties the index; every record is to be indexed again.
pub(crate) fn start_again(connection: &Connection, numbers: &Numbers) -> Result<()> {
    // Left to itself FTS5 merges its parts inside whichever save comes next.
    connection.execute_batch(
        "INSERT INTO search (search) VALUES ('delete-all'); \
         INSERT INTO search (search, rank) VALUES ('automerge', 0); \
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
    if std::ptr::eq(layout.entity, &OWN_FIELD) {
        own_field_changed(db, before, after)?;
    }
    let same = match (before, after) {
        (Some(before), Some(after)) => same_words(before, after),
        _ => false,
    };
    // What was never indexed will be, as it stands then.
    if same || nr > done_to(db, layout)? {
        return Ok(());
    }
    db.connection
        .prepare_cached("INSERT OR IGNORE INTO search_due (doc) VALUES (?1)")?
        .execute([doc_range(db.numbers.of(layout)).0 + nr])?;
    Ok(())
}

/// Another declaration may mean other words: the records that hold own fields are due.
fn own_field_changed(db: Db, before: Option<&Record>, after: Option<&Record>) -> Result<()> {
    let [before, after] = [before, after].map(|record| record.and_then(OwnField::of));
    let words = |own: &Option<OwnField>| {
        own.as_ref().filter(|own| own.searched && !own.retired).map(|own| own.kind.clone())
    };
    if words(&before) == words(&after) {
        return Ok(());
    }
    for entity in [before, after].iter().flatten().map(|own| own.entity.as_str()) {
        let layout = layout::layout(entity)?;
        if let Some(map) = layout.entity.own_map() {
            changed_where(db, layout, &format!("{} IS NOT NULL", map.name))?;
        }
    }
    Ok(())
}

/// Notes that all rows of an entity that `condition` holds for are due.
pub(crate) fn changed_where(db: Db, layout: &Layout, condition: &str) -> Result<()> {
    let entity = db.numbers.of(layout);
    let sql = format!(
        "INSERT OR IGNORE INTO search_due (doc) SELECT ?1 + nr FROM {} \
         WHERE nr <= ?2 AND {condition}",
        layout.entity.name
    );
    db.connection.execute(&sql, params![doc_range(entity).0, done_to(db, layout)?])?;
    Ok(())
}

/// Takes up to about `rows` records into the index, fewer where `somebody_waits`; answers whether more may be left.
pub(crate) fn catch_up(db: Db, rows: usize, somebody_waits: &dyn Fn() -> bool) -> Result<bool> {
    if rows > AT_ONCE && too_many_due(db)? {
        start_again(db.connection, db.numbers)?;
    }
    let mut left = i64::try_from(rows).unwrap_or(i64::MAX);
    let mut steps = std::iter::once(None).chain(layout::all().iter().map(Some)).peekable();
    while let Some(step) = steps.peek() {
        if left <= 0 {
            return Ok(true);
        }
        let wanted = left.min(LOOK_ROWS);
        let taken = match step {
            None => take_due(db, wanted)?,
            Some(layout) => take_new(db, layout, wanted)?,
        };
        left -= taken;
        if taken < wanted {
            steps.next();
        } else if somebody_waits() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Merges some parts of the index where there are many; words that were taken out are then gone from
/// these. `all` begins a pass over every part. Answers whether there is more to do.
pub(crate) fn merge(db: Db, all: bool) -> Result<bool> {
    let pages = if all { -MERGE_PAGES } else { MERGE_PAGES };
    let before = db.connection.total_changes();
    db.connection
        .prepare_cached("INSERT INTO search (search, rank) VALUES ('merge', ?1)")?
        .execute([pages])?;
    // FTS5's own sign that nothing was left to merge.
    Ok(db.connection.total_changes() - before >= 2)
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

/// Takes due records out of the index and puts them in as they stand.
fn take_due(db: Db, limit: i64) -> Result<i64> {
    let mut query =
        db.connection.prepare_cached("SELECT doc FROM search_due ORDER BY doc LIMIT ?1")?;
    let due = query.query_map([limit], |row| row.get(0))?;
    let due = due.collect::<rusqlite::Result<Vec<i64>>>()?;
    for doc in &due {
        db.connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([doc])?;
        let Some(layout) = db.numbers.layout(doc >> NR_BITS) else { continue };
        let nr = doc - doc_range(db.numbers.of(layout)).0;
        if let Some(found) = read::one(db, layout, nr)? {
            add(db, *doc, &found)?;
        }
    }
    if let Some(last) = due.last() {
        db.connection.prepare_cached("DELETE FROM search_due WHERE doc <= ?1")?.execute([last])?;
    }
    Ok(i64::try_from(due.len()).unwrap_or(i64::MAX))
}

/// Takes in rows that were never indexed, in the order of their numbers.
fn take_new(db: Db, layout: &'static Layout, limit: i64) -> Result<i64> {
    let first_doc = doc_range(db.numbers.of(layout)).0;
    let mut last = None;
    let rows = read::after(db, layout, done_to(db, layout)?, limit, |nr, found| {
        last = Some(nr);
        add(db, first_doc + nr, &found)
    })?;
    if let Some(last) = last {
        db.connection
            .prepare_cached("UPDATE search_progress SET done_to = ?2 WHERE entity = ?1")?
            .execute([db.numbers.of(layout), last])?;
    }
    Ok(rows)
}

fn add(db: Db, doc: i64, found: &Found) -> Result<()> {
    let Found::Words(words) = found else { return Ok(()) };
    db.connection
        .prepare_cached("INSERT INTO search (rowid, title, rest) VALUES (?1, ?2, ?3)")?
        .execute(params![doc, words.title, words.rest])?;
    Ok(())
}
