//! One record in its tables: read it, put it, take it out. The search index is told of each change here
//! and nowhere else.

use domain::record::{ChildRow, EntityDef, Head, Record, Value, Values, fold_code};
use rusqlite::{CachedStatement, OptionalExtension, Row};
use uuid::Uuid;

use super::cells::{from_sql, instant, to_sql};
use crate::error::{Result, StoreError};
use crate::layout::{CHILD_HEAD, ChildLayout, Db, HEAD, Layout};
use crate::search;

/// A record as it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// The row's number in this file.
    pub nr: i64,
    pub record: Record,
}

/// The record with its child rows.
pub(crate) fn load(db: Db, layout: &'static Layout, id: Uuid) -> Result<Option<Stored>> {
    let mut query = db.connection.prepare_cached(&layout.select_by_id)?;
    let row =
        query.query_row([id.as_bytes()], |row| Ok(read_row(layout.entity, row))).optional()?;
    let Some((nr, head, values)) = row.transpose()? else { return Ok(None) };
    let children = load_children(db, layout, id)?;
    Ok(Some(Stored { nr, record: Record::from_parts(head, values, children) }))
}

/// The record of a row number, without its child rows.
pub(crate) fn load_listed(db: Db, layout: &'static Layout, nr: i64) -> Result<Option<Record>> {
    let mut query = db.connection.prepare_cached(&layout.select_by_nr)?;
    let row = query.query_row([nr], |row| Ok(read_row(layout.entity, row))).optional()?;
    let Some((_, head, values)) = row.transpose()? else { return Ok(None) };
    Ok(Some(Record::from_parts(head, values, Vec::new())))
}

fn read_row(entity: &'static EntityDef, row: &Row) -> Result<(i64, Head, Values)> {
    let damaged =
        || StoreError::Damaged(format!("a row of {} has an impossible time", entity.name));
    let time = |at| -> Result<_> { instant(row.get(at)?).ok_or_else(damaged) };
    let id = |at| -> Result<Uuid> { Ok(Uuid::from_bytes(row.get(at)?)) };
    let retired_at = row.get::<_, Option<i64>>(7)?;
    let head = Head {
        id: id(1)?,
        version: row.get(2)?,
        created_at: time(3)?,
        created_by: id(4)?,
        updated_at: time(5)?,
        updated_by: id(6)?,
        retired_at: retired_at.map(|micros| instant(micros).ok_or_else(damaged)).transpose()?,
    };
    Ok((row.get(0)?, head, read_values(entity, row, 1 + HEAD)?))
}

fn read_values(entity: &'static EntityDef, row: &Row, first: usize) -> Result<Values> {
    let fields = entity.all_fields().enumerate();
    let values = fields
        .map(|(index, field)| from_sql(entity, field, row.get_ref(first + index)?))
        .collect::<Result<Vec<_>>>()?;
    // As many values as the entity has fields.
    Ok(Values::from_positions(entity, values).unwrap_or_else(|| Values::empty(entity)))
}

fn load_children(db: Db, layout: &Layout, id: Uuid) -> Result<Vec<ChildRow>> {
    let mut children = Vec::new();
    for child in &layout.children {
        let mut query = db.connection.prepare_cached(&child.select)?;
        let mut rows = query.query([id.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let values = read_values(child.entity, row, 1)?;
            children.push(ChildRow { id: Uuid::from_bytes(row.get(0)?), values });
        }
    }
    Ok(children)
}

/// Brings the row from `before` (what the file holds) to `after`.
pub(crate) fn put(
    db: Db,
    layout: &'static Layout,
    before: Option<&Stored>,
    after: Option<&Record>,
) -> Result<()> {
    match (before, after) {
        (None, None) => {}
        (None, Some(after)) => {
            let nr = insert(db, layout, after)?;
            search::index::changed(db, layout, nr, None, Some(after))?;
        }
        (Some(before), Some(after)) => {
            update(db, layout, &before.record, after)?;
            search::index::changed(db, layout, before.nr, Some(&before.record), Some(after))?;
        }
        (Some(before), None) => {
            db.connection.prepare_cached(&layout.delete)?.execute([before.nr])?;
            for child in &layout.children {
                let mut delete = db.connection.prepare_cached(&child.delete_all)?;
                delete.execute([before.record.id().as_bytes()])?;
            }
            search::index::changed(db, layout, before.nr, Some(&before.record), None)?;
        }
    }
    Ok(())
}

/// Inserts a record that the file does not hold, and answers its number. The search index is not told.
fn insert(db: Db, layout: &'static Layout, record: &Record) -> Result<i64> {
    Inserter::new(db, layout)?.insert(record)
}

/// Inserts many records of one entity that the file does not hold. The search index is not told: rows it
/// was never told of are indexed as they stand.
pub(crate) struct Inserter<'c> {
    db: Db<'c>,
    layout: &'static Layout,
    statement: CachedStatement<'c>,
}

impl<'c> Inserter<'c> {
    pub fn new(db: Db<'c>, layout: &'static Layout) -> Result<Self> {
        Ok(Self { db, layout, statement: db.connection.prepare_cached(&layout.insert)? })
    }

    pub fn insert(&mut self, record: &Record) -> Result<i64> {
        bind_row(&mut self.statement, self.layout, record)?;
        self.statement.raw_execute()?;
        let nr = self.db.connection.last_insert_rowid();
        for child in record.children() {
            put_child(self.db, child_layout(self.layout, child)?, record.id(), child)?;
        }
        Ok(nr)
    }
}

/// Writes the columns that differ: an index is touched only where its own columns are.
fn update(db: Db, layout: &'static Layout, before: &Record, after: &Record) -> Result<()> {
    let columns = different(layout, before, after);
    if !columns.is_empty() {
        let mut update = db.connection.prepare_cached(&layout.update(&columns))?;
        bind_head(&mut update, after, |column| columns.contains(&column))?;
        for (at, (field, value)) in after.values.iter().enumerate() {
            if columns.contains(&(HEAD + at)) {
                let value = to_sql(after.entity(), field, value)?;
                update.raw_bind_parameter(HEAD + at + 1, value)?;
            }
        }
        bind_folded(&mut update, layout, after, |column| columns.contains(&column))?;
        update.raw_execute()?;
    }
    for child in before.children() {
        let entity = child.values.entity().name;
        if after.child(entity, child.id).is_none() {
            let mut delete = db.connection.prepare_cached(&child_layout(layout, child)?.delete)?;
            delete.execute([after.id().as_bytes(), child.id.as_bytes()])?;
        }
    }
    for child in after.children() {
        if before.child(child.values.entity().name, child.id) != Some(child) {
            put_child(db, child_layout(layout, child)?, after.id(), child)?;
        }
    }
    Ok(())
}

fn child_layout<'l>(layout: &'l Layout, child: &ChildRow) -> Result<&'l ChildLayout> {
    let name = child.values.entity().name;
    layout.child(name).ok_or_else(|| StoreError::UnknownEntity(name.to_owned()))
}

fn put_child(db: Db, layout: &ChildLayout, parent: Uuid, child: &ChildRow) -> Result<()> {
    let mut put = db.connection.prepare_cached(&layout.put)?;
    put.clear_bindings();
    put.raw_bind_parameter(1, child.id.as_bytes())?;
    put.raw_bind_parameter(2, parent.as_bytes())?;
    bind_values(&mut put, &child.values, CHILD_HEAD + 1)?;
    put.raw_execute()?;
    Ok(())
}

/// The places of the columns in which two states of a record differ, in their order.
fn different(layout: &Layout, before: &Record, after: &Record) -> Vec<usize> {
    let (old, new) = (&before.head, &after.head);
    let head = [
        old.id != new.id,
        old.version != new.version,
        old.created_at != new.created_at,
        old.created_by != new.created_by,
        old.updated_at != new.updated_at,
        old.updated_by != new.updated_by,
        old.retired_at != new.retired_at,
    ];
    let (old, new) = (before.values.positions(), after.values.positions());
    let fields = old.iter().zip(new).map(|(old, new)| old != new);
    let folded = layout.folded.iter().map(|position| old.get(*position) != new.get(*position));
    let columns = head.into_iter().chain(fields).chain(folded).enumerate();
    columns.filter(|(_, differs)| *differs).map(|(column, _)| column).collect()
}

fn bind_row(statement: &mut CachedStatement, layout: &Layout, record: &Record) -> Result<()> {
    // What is not bound is NULL.
    statement.clear_bindings();
    bind_head(statement, record, |_| true)?;
    bind_values(statement, &record.values, HEAD + 1)?;
    bind_folded(statement, layout, record, |_| true)
}

/// Binds the id, and of the other columns of the head those that are asked for.
fn bind_head(
    statement: &mut CachedStatement,
    record: &Record,
    wanted: impl Fn(usize) -> bool,
) -> Result<()> {
    let head = &record.head;
    statement.raw_bind_parameter(1, head.id.as_bytes())?;
    if wanted(1) {
        statement.raw_bind_parameter(2, head.version)?;
    }
    if wanted(2) {
        statement.raw_bind_parameter(3, head.created_at.timestamp_micros())?;
    }
    if wanted(3) {
        statement.raw_bind_parameter(4, head.created_by.as_bytes())?;
    }
    if wanted(4) {
        statement.raw_bind_parameter(5, head.updated_at.timestamp_micros())?;
    }
    if wanted(5) {
        statement.raw_bind_parameter(6, head.updated_by.as_bytes())?;
    }
    if wanted(6) {
        statement.raw_bind_parameter(7, head.retired_at.map(|at| at.timestamp_micros()))?;
    }
    Ok(())
}

fn bind_folded(
    statement: &mut CachedStatement,
    layout: &Layout,
    record: &Record,
    wanted: impl Fn(usize) -> bool,
) -> Result<()> {
    let first = HEAD + layout.entity.field_count();
    let values = record.values.positions();
    for (index, position) in layout.folded.iter().enumerate().filter(|(at, _)| wanted(first + at)) {
        let folded = match values.get(*position) {
            Some(Value::Text(text)) => Some(fold_code(text)),
            _ => None,
        };
        statement.raw_bind_parameter(first + index + 1, folded)?;
    }
    Ok(())
}

fn bind_values(statement: &mut CachedStatement, values: &Values, first: usize) -> Result<()> {
    for (index, (field, value)) in values.iter().enumerate().filter(|(_, (_, v))| !v.is_null()) {
        statement.raw_bind_parameter(first + index, to_sql(values.entity(), field, value)?)?;
    }
    Ok(())
}
