//! What a restore leaves as it is now: who the people are, what they may do, and their links. It is read from the
//! database that goes and written into the one that comes, row by row, as JSON: the columns are the tables' own.

use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::store::postgres::quoted;
use crate::store::{Connection, StoreError};

const USERS: &str = "app_user";
/// In the order in which they refer to each other.
const TABLES: [&str; 4] = [USERS, "app_role", "user_role", "one_time_link"];

/// The people of a tenant as they stood when they were read.
pub struct People(Vec<(&'static str, Vec<Value>)>);

/// # Errors
/// See [`StoreError`].
pub async fn read(connection: &mut Connection) -> Result<People, StoreError> {
    let mut people = Vec::new();
    for table in TABLES {
        let statement = format!("SELECT to_jsonb(t) FROM {} AS t", quoted(table));
        let rows = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(&mut *connection).await?;
        people.push((table, rows));
    }
    Ok(People(people))
}

/// Writes people over those of another time. Whoever is in neither stays unknown; a user who was there at that time
/// and is not among these stays and is disabled, since records name them.
///
/// # Errors
/// See [`StoreError`].
pub async fn write(connection: &mut Connection, People(people): &People) -> Result<(), StoreError> {
    sqlx::raw_sql("DELETE FROM one_time_link; DELETE FROM user_role")
        .execute(&mut *connection)
        .await?;
    let users = people.iter().filter(|(table, _)| *table == USERS).flat_map(|(_, rows)| rows);
    sqlx::query(
        "UPDATE app_user SET state = 'disabled'
         WHERE state <> 'disabled' AND NOT id = ANY (
             SELECT id FROM jsonb_populate_recordset(NULL::app_user, $1))",
    )
    .bind(Value::Array(users.cloned().collect()))
    .execute(&mut *connection)
    .await?;
    for (table, rows) in people {
        let columns = columns_of(connection, table).await?;
        let key = key_of(connection, table).await?;
        let list = |names: &[String], before: &str| {
            let each = names.iter().map(|name| format!("{before}{}", quoted(name)));
            each.collect::<Vec<_>>().join(", ")
        };
        let sets = columns.iter().filter(|name| !key.contains(name));
        let sets = sets.map(|name| format!("{0} = excluded.{0}", quoted(name)));
        let sets: Vec<String> = sets.collect();
        let statement = format!(
            "INSERT INTO {table} ({columns}) SELECT {from} FROM jsonb_populate_recordset(NULL::{table}, $1) AS t
             ON CONFLICT ({key}) DO UPDATE SET {sets}",
            table = quoted(table),
            columns = list(&columns, ""),
            from = list(&columns, "t."),
            key = list(&key, ""),
            sets = sets.join(", "),
        );
        sqlx::query(AssertSqlSafe(statement))
            .bind(Value::Array(rows.clone()))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Uses up what waits to be used once: whether it was used since nobody knows.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget_links(connection: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM one_time_link WHERE used_at IS NULL").execute(connection).await?;
    Ok(())
}

async fn columns_of(connection: &mut Connection, table: &str) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT attname::text FROM pg_attribute
         WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
    )
    .bind(quoted(table))
    .fetch_all(connection)
    .await?)
}

async fn key_of(connection: &mut Connection, table: &str) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
         WHERE i.indrelid = $1::regclass AND i.indisprimary AND a.attnum = ANY (i.indkey::smallint[])",
    )
    .bind(quoted(table))
    .fetch_all(connection)
    .await?)
}
