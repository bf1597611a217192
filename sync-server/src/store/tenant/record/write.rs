//! Writing records: new ones inserted, changed ones updated, their child rows with them. Ten thousand cost a
//! handful of statements: each column of all rows travels as one array.

use std::collections::BTreeSet;

use domain::record::{
    ChildRow, Column, ColumnKind, ColumnOrigin, EntityDef, Record, Value, Values, columns,
    fold_code, folded_fields,
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::column::{Cells, array_type, element};
use super::entry;
use crate::store::{Connection, StoreError};

/// What tells the rows of a table apart. The ids of child rows are chosen by who makes them, and only those of
/// one record differ.
const RECORD_KEY: &[&str] = &["id"];
const CHILD_KEY: &[&str] = &["parent_id", "id"];

/// A record as the store holds it (`None` if it is new) and as it is to be.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    pub before: Option<&'a Record>,
    pub after: &'a Record,
}

/// Writes records of one entity, each at most once. Those that have a `before` must be locked.
///
/// # Errors
/// See [`StoreError`]; a constraint of the table is one.
pub async fn write(
    connection: &mut Connection,
    entity: &'static EntityDef,
    written: &[Written<'_>],
) -> Result<(), StoreError> {
    let columns = columns(entity);
    let changed: Vec<&Written> = written.iter().filter(|write| write.before.is_some()).collect();
    let new: Vec<&Record> =
        written.iter().filter(|write| write.before.is_none()).map(|write| write.after).collect();
    if !changed.is_empty() {
        let wanted = changed_columns(&columns, &changed);
        // A unique value may go from one record to another: it is given up before it is taken.
        let (first, then): (Vec<&Written>, Vec<&Written>) =
            changed.iter().partition(|write| gives_up(write));
        for records in [first, then].iter().filter(|records| !records.is_empty()) {
            let records: Vec<&Record> = records.iter().map(|write| write.after).collect();
            let cells = |column: &Column| record_cells(column, &records);
            update(connection, entity.name, RECORD_KEY, &wanted, cells).await?;
        }
    }
    if !new.is_empty() {
        let all: Vec<&Column> = columns.iter().collect();
        insert(connection, entity.name, &all, |column| record_cells(column, &new)).await?;
    }
    for child in entity.children {
        write_children(connection, child, written).await?;
    }
    entry::write(connection, entity, written).await
}

/// Whether the record holds a unique value no longer.
fn gives_up(write: &Written) -> bool {
    let Some(before) = write.before else { return false };
    let gone = |name: &str| !before.get(name).is_null() && write.after.get(name).is_null();
    folded_fields(before.entity()).any(|field| gone(field.name))
}

/// The id, what every change writes, and each field that at least one of the records changes: the other
/// records write what they have.
fn changed_columns<'a>(columns: &'a [Column], changed: &[&Written]) -> Vec<&'a Column> {
    let mut differs: Vec<bool> = Vec::new();
    for write in changed {
        let after = write.after.values.positions();
        differs.resize(after.len(), false);
        let before = write.before.map(|record| record.values.positions()).unwrap_or_default();
        for (at, differs) in differs.iter_mut().enumerate() {
            *differs = *differs || before.get(at) != after.get(at);
        }
    }
    let wanted = |column: &&Column| match column.origin {
        ColumnOrigin::Head => !matches!(column.name.as_str(), "created_at" | "created_by"),
        ColumnOrigin::Field(field) | ColumnOrigin::Folded(field) => changed
            .first()
            .and_then(|write| write.after.entity().position(field.name))
            .and_then(|at| differs.get(at).copied())
            .unwrap_or(true),
    };
    columns.iter().filter(wanted).collect()
}

fn record_cells<'a>(column: &Column, records: &[&'a Record]) -> Cells<'a> {
    let heads = || records.iter().map(|record| &record.head);
    let field = |name: &str| field_values(name, records.iter().map(|record| &record.values));
    match column.origin {
        ColumnOrigin::Field(declared) => Cells::of(column.kind, field(declared.name)),
        ColumnOrigin::Folded(declared) => folded_cells(field(declared.name)),
        ColumnOrigin::Head => match column.name.as_str() {
            "id" => Cells::Ids(heads().map(|head| Some(head.id)).collect()),
            "version" => Cells::Ints(heads().map(|head| Some(head.version)).collect()),
            "created_at" => Cells::Instants(heads().map(|head| Some(head.created_at)).collect()),
            "created_by" => Cells::Ids(heads().map(|head| Some(head.created_by)).collect()),
            "updated_at" => Cells::Instants(heads().map(|head| Some(head.updated_at)).collect()),
            "updated_by" => Cells::Ids(heads().map(|head| Some(head.updated_by)).collect()),
            // The last column of a head: `retired_at`.
            _ => Cells::Instants(heads().map(|head| head.retired_at).collect()),
        },
    }
}

fn child_cells<'a>(column: &Column, rows: &[(Uuid, &'a ChildRow)]) -> Cells<'a> {
    let field = |name: &str| field_values(name, rows.iter().map(|(_, row)| &row.values));
    match column.origin {
        ColumnOrigin::Field(declared) => Cells::of(column.kind, field(declared.name)),
        ColumnOrigin::Folded(declared) => folded_cells(field(declared.name)),
        ColumnOrigin::Head if column.name == "id" => {
            Cells::Ids(rows.iter().map(|(_, row)| Some(row.id)).collect())
        }
        ColumnOrigin::Head => Cells::Ids(rows.iter().map(|(parent, _)| Some(*parent)).collect()),
    }
}

/// One field of many rows of one entity: its place is looked up once.
fn field_values<'a, R: Iterator<Item = &'a Values>>(
    name: &str,
    mut rows: R,
) -> impl Iterator<Item = &'a Value> + use<'a, R> {
    let first = rows.next();
    let at = first.and_then(|values| values.entity().position(name));
    let value = move |values: &'a Values| {
        at.and_then(|at| values.positions().get(at)).unwrap_or(&Value::Null)
    };
    first.into_iter().chain(rows).map(value)
}

fn folded_cells<'a>(values: impl Iterator<Item = &'a Value>) -> Cells<'a> {
    Cells::Folded(values.map(|value| value.text().map(fold_code)).collect())
}

async fn write_children(
    connection: &mut Connection,
    entity: &'static EntityDef,
    written: &[Written<'_>],
) -> Result<(), StoreError> {
    let (mut gone, mut gone_from): (Vec<Uuid>, Vec<Uuid>) = (Vec::new(), Vec::new());
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for write in written {
        let own = |row: &&ChildRow| row.values.entity().name == entity.name;
        for row in write.after.children().iter().filter(own) {
            let old = write.before.and_then(|before| before.child(entity.name, row.id));
            match old {
                None => new.push((write.after.id(), row)),
                Some(old) if old != row => changed.push((write.after.id(), row)),
                Some(_) => {}
            }
        }
        let old = write.before.map(Record::children).unwrap_or_default();
        let removed = |row: &&ChildRow| write.after.child(entity.name, row.id).is_none();
        for row in old.iter().filter(own).filter(removed) {
            gone.push(row.id);
            gone_from.push(write.after.id());
        }
    }
    let columns = columns(entity);
    let all: Vec<&Column> = columns.iter().collect();
    if !gone.is_empty() {
        let sql = format!(
            "DELETE FROM {} WHERE (parent_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))",
            entity.name
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(gone_from).bind(gone);
        query.execute(&mut *connection).await?;
    }
    if !changed.is_empty() {
        let cells = |column: &Column| child_cells(column, &changed);
        update(connection, entity.name, CHILD_KEY, &all, cells).await?;
    }
    if !new.is_empty() {
        insert(connection, entity.name, &all, |column| child_cells(column, &new)).await?;
    }
    Ok(())
}

async fn insert<'a>(
    connection: &mut Connection,
    table: &str,
    columns: &[&Column],
    cells: impl Fn(&Column) -> Cells<'a>,
) -> Result<(), StoreError> {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let given: Vec<String> = places(columns).map(|(place, kind)| element(kind, &place)).collect();
    let sql = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {}",
        names.join(", "),
        given.join(", "),
        source(columns)
    );
    execute(connection, sql, columns, cells).await
}

/// Writes the other columns of the rows that have these keys.
async fn update<'a>(
    connection: &mut Connection,
    table: &str,
    key: &[&str],
    columns: &[&Column],
    cells: impl Fn(&Column) -> Cells<'a>,
) -> Result<(), StoreError> {
    let is_key = |column: &Column| key.contains(&column.name.as_str());
    let (mut set, mut same) = (Vec::new(), Vec::new());
    for (column, (place, kind)) in columns.iter().zip(places(columns)) {
        match is_key(column) {
            true => same.push(format!("t.{} = {place}", column.name)),
            false => set.push(format!("{} = {}", column.name, element(kind, &place))),
        }
    }
    let sql = format!(
        "UPDATE {table} AS t SET {} FROM {} WHERE {}",
        set.join(", "),
        source(columns),
        same.join(" AND ")
    );
    execute(connection, sql, columns, cells).await
}

/// Each column's place in the arrays, with its kind.
fn places(columns: &[&Column]) -> impl Iterator<Item = (String, ColumnKind)> {
    columns.iter().enumerate().map(|(index, column)| (format!("d.c{}", index + 1), column.kind))
}

/// The arrays as a table `d`.
fn source(columns: &[&Column]) -> String {
    let numbers = || columns.iter().enumerate().map(|(index, column)| (index + 1, column.kind));
    let arrays: Vec<String> =
        numbers().map(|(number, kind)| format!("${number}::{}", array_type(kind))).collect();
    let names: Vec<String> = numbers().map(|(number, _)| format!("c{number}")).collect();
    format!("unnest({}) AS d ({})", arrays.join(", "), names.join(", "))
}

async fn execute<'a>(
    connection: &mut Connection,
    sql: String,
    columns: &[&Column],
    cells: impl Fn(&Column) -> Cells<'a>,
) -> Result<(), StoreError> {
    debug_assert_eq!(columns.len(), columns.iter().map(|c| &c.name).collect::<BTreeSet<_>>().len());
    let query = sqlx::query(AssertSqlSafe(sql));
    let query = columns.iter().fold(query, |query, column| cells(column).bind(query));
    query.execute(connection).await?;
    Ok(())
}
