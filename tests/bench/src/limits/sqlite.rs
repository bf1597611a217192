//! L1 and L1e: the rows into SQLite by one prepared statement in one durable transaction; plain, and into
//! the client's own table with its indexes and its full-text index, encrypted. L7: one row in a transaction of
//! its own.

use std::path::Path;
use std::time::Instant;

use domain::record::{fold_code, fold_entry, fold_search};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::Outcome;
use crate::customer::{Customer, customer};
use crate::figure::{millis, rate};

/// L1, in rows a second; one value for each repetition.
///
/// # Errors
/// Where SQLite fails.
pub fn plain(rows: u32, currency: Uuid, times: usize) -> Outcome<Vec<f64>> {
    let customers: Vec<Customer> = (0..rows).map(|number| customer(number, 0)).collect();
    repeat(times, |path| {
        let mut connection = Connection::open(path)?;
        prepare(&connection)?;
        connection.execute_batch(
            "CREATE TABLE customer (id BLOB PRIMARY KEY, code TEXT, name TEXT, email TEXT, \
             phone TEXT, city TEXT, tax_id TEXT, credit_limit INTEGER, currency BLOB, terms TEXT, \
             active INTEGER, updated_at INTEGER)",
        )?;
        let start = Instant::now();
        let change = connection.transaction()?;
        {
            let mut insert = change.prepare(
                "INSERT INTO customer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11)",
            )?;
            for row in &customers {
                insert.execute(params![
                    row.id.as_bytes(),
                    row.code,
                    row.name,
                    row.email,
                    row.phone,
                    row.city,
                    row.tax_id,
                    row.credit_limit,
                    currency.as_bytes(),
                    row.terms,
                    row.updated_at,
                ])?;
            }
        }
        change.commit()?;
        Ok(rate(rows, start.elapsed()))
    })
}

/// What a row is searched by, folded as the client folds it.
struct Words {
    title: String,
    rest: String,
    code: String,
}

fn words(row: &Customer) -> Words {
    let joined = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let code = fold_search(&row.code);
    let rest = [&row.tax_id, &row.email, &row.phone, row.city].map(fold_search);
    Words {
        title: format!("{code} {} {}", joined(&code), fold_search(&row.name)),
        rest: rest.join(" "),
        code: fold_code(&row.code),
    }
}

/// L1e, in rows a second; one value for each repetition.
///
/// # Errors
/// Where SQLite fails.
pub fn own(rows: u32, currency: Uuid, times: usize) -> Outcome<Vec<f64>> {
    let customers: Vec<(Customer, Words)> = (0..rows)
        .map(|number| customer(number, 0))
        .map(|row| {
            let words = words(&row);
            (row, words)
        })
        .collect();
    repeat(times, |path| {
        let mut connection = Connection::open(path)?;
        let key: String = std::iter::repeat_n("a7", 32).collect();
        connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\""))?;
        prepare(&connection)?;
        register(&connection)?;
        connection.execute_batch(include_str!("../../../../migrations/local/0001_records.sql"))?;
        connection.execute_batch(include_str!("../../../../migrations/local/0002_sync.sql"))?;
        connection
            .execute_batch(include_str!("../../../../migrations/local/0004_unique_entries.sql"))?;
        connection.execute_batch("INSERT INTO search (search, rank) VALUES ('automerge', 0)")?;
        let start = Instant::now();
        let change = connection.transaction()?;
        {
            let mut insert = change.prepare(
                "INSERT INTO customer (id, version, created_at, created_by, updated_at, updated_by, \
                 code, name, active, tax_id, customer_group, email, phone, city, currency, \
                 credit_limit, code_folded) \
                 VALUES (?1, 1, ?2, ?3, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?3, ?11, ?12)",
            )?;
            let mut index =
                change.prepare("INSERT INTO search (rowid, title, rest) VALUES (?1, ?2, ?3)")?;
            for (row, words) in &customers {
                insert.execute(params![
                    row.id.as_bytes(),
                    row.updated_at,
                    currency.as_bytes(),
                    row.code,
                    row.name,
                    row.tax_id,
                    row.terms,
                    row.email,
                    row.phone,
                    row.city,
                    row.credit_limit * 100,
                    words.code,
                ])?;
                index.execute(params![change.last_insert_rowid(), words.title, words.rest])?;
            }
        }
        change.commit()?;
        Ok(rate(rows, start.elapsed()))
    })
}

/// L7: one row changed in a durable transaction of its own, in milliseconds; one value for each.
///
/// # Errors
/// Where SQLite fails.
pub fn single_commits(times: u32) -> Outcome<Vec<f64>> {
    let folder = tempfile::Builder::new().prefix("daybook-bench-").tempdir_in("/var/tmp")?;
    let connection = Connection::open(folder.path().join("limit.db"))?;
    prepare(&connection)?;
    connection.execute_batch("CREATE TABLE customer (nr INTEGER PRIMARY KEY, phone TEXT)")?;
    for number in 0..times {
        connection.execute(
            "INSERT INTO customer VALUES (?1, ?2)",
            params![number, crate::customer::phone(number, 0)],
        )?;
    }
    let mut taken = Vec::new();
    for number in 0..times {
        let phone = crate::customer::phone(number, 1);
        let start = Instant::now();
        connection
            .prepare_cached("UPDATE customer SET phone = ?2 WHERE nr = ?1")?
            .execute(params![number, phone])?;
        taken.push(millis(start.elapsed()));
    }
    Ok(taken)
}

/// As the client's own connection: a log, durable commits, a page cache of 64 MiB.
fn prepare(connection: &Connection) -> Outcome<()> {
    connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
    Ok(connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY",
    )?)
}

fn register(connection: &Connection) -> Outcome<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    let add = |name: &str, fold: fn(&str) -> String| {
        connection.create_scalar_function(name, 1, flags, move |context| {
            Ok(context.get::<Option<String>>(0)?.map(|text| fold(&text)))
        })
    };
    add("fold_search", fold_search)?;
    add("fold_code", fold_code)?;
    connection.create_scalar_function("fold_entry", 2, flags, |context| {
        Ok(fold_entry(context.get_raw(0).as_str()?, context.get_raw(1).as_str()?))
    })?;
    Ok(())
}

fn repeat(times: usize, once: impl Fn(&Path) -> Outcome<f64>) -> Outcome<Vec<f64>> {
    (0..times)
        .map(|_| {
            let folder =
                tempfile::Builder::new().prefix("daybook-bench-").tempdir_in("/var/tmp")?;
            once(&folder.path().join("limit.db"))
        })
        .collect()
}
