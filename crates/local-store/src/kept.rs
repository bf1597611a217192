//! Small values by name: the lease, the profile, forms that were not saved and the store's own notes
//! (`store.…`).

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

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

/// Names of drafts: `draft.RECORD.OWNER.DRAFT`.
const DRAFT: &str = "draft.";

pub(crate) fn drafts(connection: &Connection, record: Uuid, owner: &str) -> Result<Vec<Vec<u8>>> {
    let prefix = format!("{DRAFT}{record}.{owner}.");
    let sql = "SELECT value FROM kept WHERE name > ?1 AND substr(name, 1, length(?1)) = ?1";
    let mut query = connection.prepare_cached(sql)?;
    let values = query.query_map([&prefix], |row| row.get(0))?;
    Ok(values.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn set_draft(
    connection: &Connection,
    record: Uuid,
    owner: &str,
    draft: Uuid,
    content: Option<&[u8]>,
) -> Result<()> {
    set(connection, &format!("{DRAFT}{record}.{owner}.{draft}"), content)
}

/// Forgets the drafts of records that are gone; there are few drafts, and may be many records.
pub(crate) fn forget_drafts(connection: &Connection, is_gone: impl Fn(Uuid) -> bool) -> Result<()> {
    let sql = "SELECT name FROM kept WHERE name > ?1 AND substr(name, 1, length(?1)) = ?1";
    let mut query = connection.prepare_cached(sql)?;
    let names = query.query_map([DRAFT], |row| row.get::<_, String>(0))?;
    for name in names.collect::<rusqlite::Result<Vec<_>>>()? {
        let record = name.split('.').nth(1).and_then(|id| Uuid::try_parse(id).ok());
        if record.is_some_and(&is_gone) {
            set(connection, &name, None)?;
        }
    }
    Ok(())
}
