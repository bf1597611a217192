//! Brings a file to this version's layout: numbered steps, each in its own transaction, that only ever
//! add. Also numbers new entities and rebuilds what depends on how text is folded.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use domain::record::{Unique, fold_code, fold_entry, fold_search, folded_fields, folded_name};
use domain::synced;
use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::error::{Result, StoreError};
use crate::kept;
use crate::layout::Numbers;
use crate::search;
use crate::unknown;

/// Every step, in order; step 1 is the first. Released steps are never edited.
const STEPS: &[&str] = &[
    include_str!("../../../migrations/local/0001_records.sql"),
    include_str!("../../../migrations/local/0002_sync.sql"),
    include_str!("../../../migrations/local/0003_attachments.sql"),
    include_str!("../../../migrations/local/0004_unique_entries.sql"),
    include_str!("../../../migrations/local/0005_offered_again.sql"),
    include_str!("../../../migrations/local/0006_numbers.sql"),
    include_str!("../../../migrations/local/0008_unknown.sql"),
];

const FOLDING: &str = "store.folding";

/// Migrates, and answers how entities are numbered in this file.
///
/// # Errors
/// `Newer` and `OtherLayout` where the file is not of this line of versions; it stays as it was.
pub(crate) fn migrate(connection: &mut Connection) -> Result<Numbers> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_step (step INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT",
    )?;
    let done = done_steps(connection)?;
    if done.len() > STEPS.len() {
        return Err(StoreError::Newer { found: number(done.len()), known: number(STEPS.len()) });
    }
    for (index, text) in STEPS.iter().enumerate() {
        let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        match done.get(index) {
            Some(known) if *known == hash => {}
            Some(_) => return Err(StoreError::OtherLayout { step: number(index + 1) }),
            None => {
                let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                step.execute_batch(text)?;
                step.execute(
                    "INSERT INTO schema_step (step, hash) VALUES (?1, ?2)",
                    params![number(index + 1), hash],
                )?;
                step.commit()?;
            }
        }
    }
    number_entities(connection)?;
    let numbers = Numbers::read(connection)?;
    refold(connection, &numbers)?;
    unknown::settle(connection, &numbers)?;
    Ok(numbers)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn done_steps(connection: &Connection) -> Result<Vec<[u8; 32]>> {
    let mut steps = connection.prepare("SELECT hash FROM schema_step ORDER BY step")?;
    let hashes = steps.query_map((), |row| row.get(0))?;
    Ok(hashes.collect::<rusqlite::Result<_>>()?)
}

fn number_entities(connection: &mut Connection) -> Result<()> {
    let unknown = {
        let mut query = connection.prepare("SELECT name FROM entity")?;
        let names = query.query_map((), |row| row.get(0))?;
        let known = names.collect::<rusqlite::Result<BTreeSet<String>>>()?;
        synced::all().filter(|entity| !known.contains(entity.name)).collect::<Vec<_>>()
    };
    if unknown.is_empty() {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for entity in unknown {
        change.execute("INSERT INTO entity (name) VALUES (?1)", [entity.name])?;
    }
    Ok(change.commit()?)
}

/// Writes folded columns, their indexes and the search index anew where this build folds or searches
/// otherwise than the one that wrote the file.
fn refold(connection: &mut Connection, numbers: &Numbers) -> Result<()> {
    let ours = FOLDING_HERE.as_slice();
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let theirs = kept::get(&change, FOLDING)?;
    if theirs.as_deref() == Some(ours) {
        return Ok(());
    }
    if theirs.is_some() {
        for entity in synced::all() {
            for field in folded_fields(entity) {
                let (table, folded) = (entity.name, folded_name(field));
                let name = field.name;
                change
                    .execute_batch(&format!("UPDATE {table} SET {folded} = fold_code({name})"))?;
            }
        }
        change.execute_batch("REINDEX; DELETE FROM unique_entry")?;
        for entity in synced::all() {
            for field in entity.all_fields().filter(|field| field.unique == Unique::Entries) {
                // Its triggers enter what it holds.
                let (table, name) = (entity.name, field.name);
                change.execute_batch(&format!(
                    "UPDATE {table} SET {name} = {name} WHERE {name} IS NOT NULL"
                ))?;
            }
        }
    }
    search::index::start_again(&change, numbers)?;
    kept::set(&change, FOLDING, Some(ours))?;
    Ok(change.commit()?)
}

/// Names the folding of this build: what it makes of every letter of the scripts in use, and which
/// fields are searched. Asked at every start: all letters are folded as one text, and once in a process.
static FOLDING_HERE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let letters: String = ('\u{a0}'..='\u{2fff}').flat_map(|letter| [letter, '|']).collect();
    let mut hash = Sha256::new();
    hash.update(fold_search(&letters));
    hash.update([0]);
    hash.update(fold_code(&letters));
    hash.update(fold_entry("Aa", &format!("Aa {letters}")));
    for entity in synced::tables() {
        for field in entity.all_fields().filter(|field| field.search) {
            hash.update(format!("\n{}.{} {:?}", entity.name, field.name, field.kind));
        }
    }
    hash.finalize().to_vec()
});

#[cfg(test)]
mod tests {
    use super::*;
    use domain::record::{ColumnKind, ColumnOrigin, TableColumn, columns, drift};
    use std::error::Error;

    /// How a device's file spells a column; written apart from the generator, so that each checks the
    /// other.
    fn wanted() -> Vec<TableColumn> {
        let mut wanted = Vec::new();
        for entity in synced::tables() {
            let mut column = |name: &str, type_name: &str, nullable| {
                wanted.push(TableColumn {
                    table: entity.name.to_owned(),
                    name: name.to_owned(),
                    type_name: type_name.to_owned(),
                    nullable,
                });
            };
            if entity.is_master() {
                column("nr", "INTEGER", true);
            }
            for each in columns(entity) {
                let type_name = match each.kind {
                    ColumnKind::Id => "BLOB",
                    ColumnKind::Text | ColumnKind::Date | ColumnKind::List | ColumnKind::Map => {
                        "TEXT"
                    }
                    _ => "INTEGER",
                };
                let head = matches!(each.origin, ColumnOrigin::Head);
                column(&each.name, type_name, !(head && each.required));
            }
        }
        wanted
    }

    fn found(connection: &Connection) -> rusqlite::Result<Vec<TableColumn>> {
        let mut tables = connection.prepare(
            "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema AS m, pragma_table_info(m.name) AS c \
             WHERE m.type = 'table'",
        )?;
        let rows = tables.query_map((), |row| {
            Ok(TableColumn {
                table: row.get(0)?,
                name: row.get(1)?,
                type_name: row.get(2)?,
                nullable: !row.get::<_, bool>(3)?,
            })
        })?;
        rows.collect()
    }

    fn migrated() -> std::result::Result<Connection, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let place = crate::connection::Place {
            path: folder.path().join("drift.db"),
            key: crate::Key::new([7; 32]),
            disk: crate::Disk::default(),
        };
        let mut connection = crate::connection::connect(&place, crate::connection::Purpose::Write)?;
        migrate(&mut connection)?;
        Ok(connection)
    }

    #[test]
    fn the_migrated_file_has_the_columns_that_are_declared() {
        let connection = migrated().unwrap();
        assert_eq!(drift(&wanted(), &found(&connection).unwrap()), Vec::<String>::new());
    }

    #[test]
    fn drift_in_a_file_is_named() {
        let connection = migrated().unwrap();
        connection
            .execute_batch(
                "ALTER TABLE customer DROP COLUMN territory; ALTER TABLE unit ADD COLUMN hue TEXT;
                 ALTER TABLE supplier DROP COLUMN city; ALTER TABLE supplier ADD COLUMN city BLOB",
            )
            .unwrap();
        assert_eq!(
            drift(&wanted(), &found(&connection).unwrap()),
            [
                "customer.territory is declared and does not exist",
                "supplier.city is BLOB and should be TEXT",
                "unit.hue exists and is not declared"
            ]
        );
    }

    #[test]
    fn a_second_run_changes_nothing_and_another_layout_is_refused() {
        let mut connection = migrated().unwrap();
        let before = connection.total_changes();
        migrate(&mut connection).unwrap();
        assert_eq!(connection.total_changes(), before);
        connection
            .execute("UPDATE schema_step SET hash = zeroblob(32) WHERE step = 2", ())
            .unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::OtherLayout { step: 2 })));
        connection
            .execute("INSERT INTO schema_step (step, hash) VALUES (99, zeroblob(32))", ())
            .unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::Newer { .. })));
    }

    #[test]
    fn another_folding_writes_the_folded_columns_anew() {
        let mut connection = migrated().unwrap();
        connection
            .execute_batch(
                "INSERT INTO unit (id, version, created_at, created_by, updated_at, updated_by, code, name, code_folded)
                 VALUES (zeroblob(16), 1, 0, zeroblob(16), 0, zeroblob(16), 'KG', 'Kilo', 'stale');
                 UPDATE kept SET value = x'00' WHERE name = 'store.folding'",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let folded: String =
            connection.query_row("SELECT code_folded FROM unit", (), |row| row.get(0)).unwrap();
        assert_eq!(folded, "kg");
    }
}
