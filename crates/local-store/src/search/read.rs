//! Reads the words of records from their rows, without the fields that are not searched.

use domain::record::{OwnFields, Value};
use rusqlite::Row;

use super::is_title;
use super::text::Words;
use crate::error::Result;
use crate::layout::{Db, Layout};
use crate::records::cells::from_sql;
use crate::records::own;

/// A row as the index sees it.
pub(crate) enum Found {
    Words(Words),
    /// Not to be found.
    Nothing,
}

/// What is true of a row that is not to be found by the index.
const RETIRED: &str = "retired_at IS NOT NULL";

/// The words of one row; `None` where it is gone.
pub(crate) fn one(db: Db, layout: &'static Layout, nr: i64) -> Result<Option<Found>> {
    let sql = statement(layout, RETIRED, "nr = ?1 LIMIT ?2");
    let mut found = None;
    each(db, layout, &sql, [nr, 1], |_, words| {
        found = Some(words);
        Ok(())
    })?;
    Ok(found)
}

/// Hands over up to `limit` rows whose numbers lie beyond `nr`, in their order; answers how many.
pub(crate) fn after(
    db: Db,
    layout: &'static Layout,
    nr: i64,
    limit: i64,
    take: impl FnMut(i64, Found) -> Result<()>,
) -> Result<i64> {
    let sql = statement(layout, RETIRED, "nr > ?1 ORDER BY nr LIMIT ?2");
    each(db, layout, &sql, [nr, limit], take)
}

/// The numbers of the retired rows, which no index knows, with the words that are asked for.
pub(crate) fn retired(
    db: Db,
    layout: &'static Layout,
    asked: impl Fn(&Words) -> bool,
) -> Result<Vec<i64>> {
    let sql = statement(layout, "FALSE", &format!("{RETIRED} AND nr > ?1 LIMIT ?2"));
    let mut numbers = Vec::new();
    each(db, layout, &sql, [0, i64::MAX], |nr, found| {
        if matches!(&found, Found::Words(words) if asked(words)) {
            numbers.push(nr);
        }
        Ok(())
    })?;
    Ok(numbers)
}

fn statement(layout: &Layout, left_out: &str, condition: &str) -> String {
    let table = layout.entity.name;
    let fields: Vec<&str> = layout.searched().map(|field| field.name).collect();
    let map = layout.entity.own_map().map_or("NULL", |map| map.name);
    let fields = [&[map][..], &fields].concat().join(", ");
    format!("SELECT nr, id, {left_out}, {fields} FROM {table} WHERE {condition}")
}

fn each(
    db: Db,
    layout: &'static Layout,
    sql: &str,
    params: [i64; 2],
    mut take: impl FnMut(i64, Found) -> Result<()>,
) -> Result<i64> {
    // Asked for every entity at every save, and mostly there is no row: what only a row needs is read with the first.
    let mut known: Option<(Children, OwnFields)> = None;
    let mut query = db.connection.prepare_cached(sql)?;
    let mut rows = query.query(params)?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        if row.get(2)? {
            take(row.get(0)?, Found::Nothing)?;
            continue;
        }
        let (children, own_fields) = match &mut known {
            Some(known) => known,
            none => none.insert((Children::of(db, layout)?, own::declared(db)?)),
        };
        let mut words = Words::default();
        for (index, field) in layout.searched().enumerate() {
            let value = from_sql(layout.entity, field, row.get_ref(4 + index)?)?;
            words.add(field, is_title(layout, field), &value);
        }
        let mut searched =
            own_fields.in_use(layout.entity.name).filter(|own| own.searched).peekable();
        if let Some(map) = layout.entity.own_map().filter(|_| searched.peek().is_some())
            && let Value::Map(kept) = from_sql(layout.entity, map, row.get_ref(3)?)?
        {
            for own in searched {
                kept.get(&own.name).into_iter().for_each(|text| words.add_own(own, text));
            }
        }
        children.add(db, row, &mut words)?;
        take(row.get(0)?, Found::Words(words))?;
    }
    Ok(count)
}

/// The child tables that have rows at all, with the statements that read their words.
struct Children(Vec<(&'static domain::record::EntityDef, String)>);

impl Children {
    fn of(db: Db, layout: &'static Layout) -> Result<Self> {
        let mut held = Vec::new();
        for child in &layout.children {
            let table = child.entity.name;
            let fields: Vec<&str> =
                child.entity.all_fields().filter(|field| field.search).map(|f| f.name).collect();
            let any = format!("SELECT 1 FROM {table}");
            if !fields.is_empty() && db.connection.prepare_cached(&any)?.exists(())? {
                let fields = fields.join(", ");
                let sql = format!("SELECT {fields} FROM {table} WHERE parent_id = ?1 ORDER BY id");
                held.push((child.entity, sql));
            }
        }
        Ok(Self(held))
    }

    fn add(&self, db: Db, parent: &Row, words: &mut Words) -> Result<()> {
        for (entity, sql) in &self.0 {
            let mut query = db.connection.prepare_cached(sql)?;
            let mut rows = query.query([parent.get_ref(1)?.as_blob().unwrap_or_default()])?;
            while let Some(row) = rows.next()? {
                let searched = entity.all_fields().filter(|field| field.search);
                for (index, field) in searched.enumerate() {
                    words.add(field, false, &from_sql(entity, field, row.get_ref(index)?)?);
                }
            }
        }
        Ok(())
    }
}
