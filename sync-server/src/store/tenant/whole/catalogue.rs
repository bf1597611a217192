//! What a tenant's database consists of, by its own account.

use serde::{Deserialize, Serialize};

use crate::store::{Connection, StoreError};

/// A table, and how its rows are told apart.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Table {
    pub name: String,
    /// Those that hold what was written; what Postgres works out by itself is left out.
    pub columns: Vec<String>,
    /// SQL that puts the rows into one order on every machine.
    pub ordering: String,
}

/// Where a sequence stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Sequence {
    pub name: String,
    pub last_value: i64,
    /// Whether that value was given out.
    pub is_called: bool,
}

/// A migration that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Applied {
    pub version: i64,
    #[serde(with = "hex::serde")]
    pub checksum: Vec<u8>,
}

/// Every table, by name.
///
/// # Errors
/// See [`StoreError`].
pub async fn tables(connection: &mut Connection) -> Result<Vec<Table>, StoreError> {
    // By the bytes of a text, not by the collation of a machine. A table without a primary key is put in order by
    // all that it holds.
    Ok(sqlx::query_as(
        "SELECT c.relname::text AS name,
                ARRAY(SELECT a.attname::text FROM pg_attribute a
                      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                      ORDER BY a.attnum) AS columns,
                coalesce((SELECT string_agg(quote_ident(a.attname)
                                            || CASE WHEN a.attcollation <> 0 THEN ' COLLATE \"C\"' ELSE '' END,
                                            ', ' ORDER BY k.nth)
                          FROM pg_index i
                          CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, nth)
                          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                          WHERE i.indrelid = c.oid AND i.indisprimary),
                         '(' || quote_ident(c.relname) || '.*)::text COLLATE \"C\"') AS ordering
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = current_schema() AND c.relkind = 'r'
         ORDER BY c.relname::text COLLATE \"C\"",
    )
    .fetch_all(connection)
    .await?)
}

/// Where every sequence stands now, by name. Sequences belong to no transaction: read after the rows, none of them
/// can be behind a value that a row holds.
///
/// # Errors
/// See [`StoreError`].
pub async fn sequences(connection: &mut Connection) -> Result<Vec<Sequence>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT sequencename::text AS name, coalesce(last_value, start_value) AS last_value,
                last_value IS NOT NULL AS is_called
         FROM pg_sequences WHERE schemaname = current_schema() ORDER BY sequencename::text COLLATE \"C\"",
    )
    .fetch_all(connection)
    .await?)
}

/// The migrations that this database has been through, in order.
///
/// # Errors
/// See [`StoreError`].
pub async fn applied(connection: &mut Connection) -> Result<Vec<Applied>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version",
    )
    .fetch_all(connection)
    .await?)
}
