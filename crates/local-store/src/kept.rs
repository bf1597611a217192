//! Small values by name: the lease, the profile and the store's own notes (`store.…`).

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;

/// Names that begin so belong to this crate; they are not carried into a new file.
pub(crate) const OWN: &str = "store.";

/// Content has left the tables that is still readable in the search index or the log.
pub(crate) const SCRUB_DUE: &str = "store.scrub_due";

pub(crate) fn get(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let mut query = connection.prepare_cached("SELECT value FROM kept WHERE name = ?1")?;
    Ok(query.query_row([name], |row| row.get(0)).optional()?)
}

/// Keeps a value under its name; `None` forgets it.
pub(crate) fn set(connection: &Connection, name: &str, value: Option<&[u8]>) -> Result<()> {
    match value {
        Some(value) => connection
            .prepare_cached("INSERT OR REPLACE INTO kept (name, value) VALUES (?1, ?2)")?
            .execute((name, value))?,
        None => connection.prepare_cached("DELETE FROM kept WHERE name = ?1")?.execute([name])?,
    };
    Ok(())
}
