//! The rows of a table as Postgres writes them (`COPY`, binary), in the order of the table's key.

use futures_util::{Stream, StreamExt as _};
use sqlx::AssertSqlSafe;

use super::catalogue::Table;
use crate::store::postgres::quoted;
use crate::store::{Connection, StoreError};

/// How many rows a table has.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(connection: &mut Connection, table: &Table) -> Result<u64, StoreError> {
    let statement = format!("SELECT count(*) FROM {}", quoted(&table.name));
    let rows: i64 = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(connection).await?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

/// The content of a table, in pieces. The same rows are the same bytes in every database.
///
/// # Errors
/// See [`StoreError`]; also of the pieces.
pub async fn rows<'c>(
    connection: &'c mut Connection,
    table: &Table,
) -> Result<
    impl Stream<Item = Result<impl AsRef<[u8]> + Send, StoreError>> + Send + Unpin + 'c,
    StoreError,
> {
    let columns: Vec<String> = table.columns.iter().map(|name| quoted(name)).collect();
    let (columns, name) = (columns.join(", "), quoted(&table.name));
    let select = format!("SELECT {columns} FROM {name} ORDER BY {}", table.ordering);
    let copied =
        connection.copy_out_raw(&format!("COPY ({select}) TO STDOUT (FORMAT binary)")).await?;
    Ok(copied.map(|piece| piece.map_err(StoreError::from)))
}
