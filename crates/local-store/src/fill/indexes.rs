//! The indexes of a side file, which are built once its snapshot is complete.

use rusqlite::Connection;

use crate::error::Result;

/// Takes every index but those by id out until the snapshot is complete: building one over all rows is
/// several times cheaper than keeping it through them.
pub(super) fn defer_indexes(connection: &Connection) -> Result<()> {
    let mut query = connection.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
         AND name NOT LIKE '%\\_by\\_id' ESCAPE '\\'",
    )?;
    let indexes = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let indexes = indexes.collect::<rusqlite::Result<Vec<(String, String)>>>()?;
    for (name, sql) in indexes {
        connection
            .execute("INSERT INTO deferred_index (name, sql) VALUES (?1, ?2)", (&name, &sql))?;
        connection.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    Ok(())
}

/// Builds them over all rows.
pub(super) fn build_indexes(connection: &Connection) -> Result<()> {
    let mut query = connection.prepare("SELECT sql FROM deferred_index ORDER BY name")?;
    let statements = query.query_map((), |row| row.get::<_, String>(0))?;
    for sql in statements.collect::<rusqlite::Result<Vec<_>>>()? {
        connection.execute_batch(&sql)?;
    }
    connection.execute("DELETE FROM deferred_index", ())?;
    Ok(())
}
