//! Filling a database that has a tenant's tables and nothing of worth in them. While rows come in, no trigger fires
//! and no reference is looked up: everything stands as it was written, and is checked when it is whole.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgCopyIn;

use super::catalogue::{Sequence, Table};
use crate::store::postgres::quoted;
use crate::store::{Connection, StoreError};

/// References that were taken off, to be put back.
pub struct References(Vec<Reference>);

#[derive(sqlx::FromRow)]
struct Reference {
    table_name: String,
    name: String,
    definition: String,
}

/// Empties every table and makes it ready to be filled. The connection must be the owner's, in a transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn make_ready(
    connection: &mut Connection,
    tables: &[Table],
) -> Result<References, StoreError> {
    let references: Vec<Reference> = sqlx::query_as(
        "SELECT r.relname::text AS table_name, c.conname::text AS name, pg_get_constraintdef(c.oid) AS definition
         FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
         JOIN pg_namespace n ON n.oid = c.connamespace
         WHERE c.contype = 'f' AND n.nspname = current_schema() ORDER BY r.relname, c.conname",
    )
    .fetch_all(&mut *connection)
    .await?;
    for reference in &references {
        let (table, name) = (quoted(&reference.table_name), quoted(&reference.name));
        run(connection, format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await?;
    }
    for table in tables {
        let table = quoted(&table.name);
        run(connection, format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await?;
        run(connection, format!("TRUNCATE {table}")).await?;
    }
    Ok(References(references))
}

/// The rows of one table on their way in.
pub struct Intake<'c>(PgCopyIn<&'c mut Connection>);

impl<'c> Intake<'c> {
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin(connection: &'c mut Connection, table: &Table) -> Result<Self, StoreError> {
        let columns: Vec<String> = table.columns.iter().map(|name| quoted(name)).collect();
        let (columns, name) = (columns.join(", "), quoted(&table.name));
        let statement = format!("COPY {name} ({columns}) FROM STDIN (FORMAT binary)");
        Ok(Self(connection.copy_in_raw(&statement).await?))
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn take(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        self.0.send(piece).await?;
        Ok(())
    }

    /// The number of rows that came in.
    ///
    /// # Errors
    /// See [`StoreError`]; what Postgres cannot read is one.
    pub async fn finish(self) -> Result<u64, StoreError> {
        Ok(self.0.finish().await?)
    }
}

/// Ends the filling: sequences go on where they stood, every reference is put back and looked up, and triggers fire
/// again. Answers the first foreign key that does not hold, if there is one; the transaction is over then.
///
/// # Errors
/// See [`StoreError`].
pub async fn settle(
    connection: &mut Connection,
    tables: &[Table],
    sequences: &[Sequence],
    References(references): References,
) -> Result<Option<String>, StoreError> {
    for sequence in sequences {
        sqlx::query("SELECT setval($1::regclass, $2, $3)")
            .bind(quoted(&sequence.name))
            .bind(sequence.last_value)
            .bind(sequence.is_called)
            .execute(&mut *connection)
            .await?;
    }
    for Reference { table_name, name, definition } in references {
        let (table, quoted) = (quoted(&table_name), quoted(&name));
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT {quoted} {definition}");
        match run(connection, add).await {
            Err(refused) if refused.refuses_data() => return Ok(Some(name)),
            added => added?,
        }
    }
    for table in tables {
        run(connection, format!("ALTER TABLE {} ENABLE TRIGGER USER", quoted(&table.name))).await?;
    }
    Ok(None)
}

/// Tells the planner what came in.
///
/// # Errors
/// See [`StoreError`].
pub async fn analyse(connection: &mut Connection) -> Result<(), StoreError> {
    run(connection, "ANALYZE".to_owned()).await
}

async fn run(connection: &mut Connection, statement: String) -> Result<(), StoreError> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}
