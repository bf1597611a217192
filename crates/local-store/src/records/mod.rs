//! Records in the file: one by its id or key, lists, what references are called, lookups for rules. The
//! rows themselves are read and written in `row`; nothing here writes.

pub(crate) mod cells;
mod condition;
mod each;
pub mod list;
pub mod lookup;
pub(crate) mod overlay;
pub(crate) mod own;
mod referring;
pub(crate) mod row;
mod subjects;
pub mod totals;

use domain::record::{EntityDef, Record, fold_code, folded_name};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use crate::error::Result;
use crate::layout::{Layout, layout};
use crate::view::View;

/// How a record stands to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// As the hub has it.
    Clean,
    /// With work on top that no checkpoint has brought yet.
    Pending,
    /// An item of Attention is open about it.
    Attention,
}

/// A record as it is shown.
#[derive(Clone, Debug)]
pub struct Held {
    pub record: Record,
    pub state: RowState,
}

/// What a record is called where another refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    pub id: Uuid,
    /// The name, else the key.
    pub title: String,
    /// The field by which people open it, to tell equal names apart; empty where there is none.
    pub key: String,
    pub retired: bool,
}

impl View<'_> {
    /// The record with its child rows, retired or not; `None` where it is not held.
    ///
    /// # Errors
    /// `UnknownEntity`, or a damaged file.
    pub fn get(&self, entity: &EntityDef, id: Uuid) -> Result<Option<Held>> {
        let stored = row::load(self.db, layout(entity.name)?, id)?;
        stored.map(|stored| Ok(Held { state: self.state(id)?, record: stored.record })).transpose()
    }

    /// The ids of the records whose key or code is this text (by `fold_code`), those in use first. The key of a
    /// record that was merged is that of what it became. More than one where a key is unique only within a company.
    ///
    /// # Errors
    /// `UnknownEntity`, or a damaged file.
    pub fn by_key(&self, entity: &EntityDef, text: &str) -> Result<Vec<Uuid>> {
        let layout = layout(entity.name)?;
        let mut ids: Vec<Uuid> = Vec::new();
        for column in key_columns(layout) {
            let table = layout.entity.name;
            let sql = format!(
                "SELECT id FROM {table} WHERE {column} = ?1 ORDER BY retired_at IS NOT NULL, nr LIMIT 20"
            );
            let mut query = self.db.connection.prepare_cached(&sql)?;
            let rows = query.query_map([fold_code(text)], |row| row.get(0))?;
            for id in rows {
                let id = self.became(layout, Uuid::from_bytes(id?))?;
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        Ok(ids)
    }

    /// What a record became by merges; itself where there were none. What was merged is never what another
    /// becomes, so that this ends.
    fn became(&self, layout: &Layout, id: Uuid) -> Result<Uuid> {
        if layout.entity.position("merged_into").is_none() {
            return Ok(id);
        }
        let sql = format!("SELECT merged_into FROM {} WHERE id = ?1", layout.entity.name);
        let mut query = self.db.connection.prepare_cached(&sql)?;
        let mut at = id;
        loop {
            let next = query.query_row([at.as_bytes()], |row| row.get::<_, Option<[u8; 16]>>(0));
            match next.optional()?.flatten() {
                Some(next) => at = Uuid::from_bytes(next),
                None => return Ok(at),
            }
        }
    }

    /// What the held ones of these records are called, in the order asked.
    ///
    /// # Errors
    /// `UnknownEntity`, or a damaged file.
    pub fn titles(&self, entity: &EntityDef, ids: &[Uuid]) -> Result<Vec<Title>> {
        let layout = layout(entity.name)?;
        let (name, key) = title_columns(layout.entity);
        let table = layout.entity.name;
        let sql = format!(
            "SELECT coalesce({name}, {key}, ''), coalesce({key}, ''), retired_at IS NOT NULL \
             FROM {table} WHERE id = ?1"
        );
        let mut query = self.db.connection.prepare_cached(&sql)?;
        let mut titles = Vec::new();
        for id in ids {
            let title = query.query_row([id.as_bytes()], |row| {
                Ok(Title { id: *id, title: row.get(0)?, key: row.get(1)?, retired: row.get(2)? })
            });
            titles.extend(title.optional()?);
        }
        Ok(titles)
    }

    pub(crate) fn state(&self, id: Uuid) -> Result<RowState> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attention WHERE row_id = ?1 AND retired_at IS NULL), \
             EXISTS (SELECT 1 FROM outbox WHERE row_id = ?1 OR other_id = ?1)",
        )?;
        let found =
            query.query_row(params![id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(match found {
            (true, _) => RowState::Attention,
            (false, true) => RowState::Pending,
            (false, false) => RowState::Clean,
        })
    }
}

/// The folded columns of an entity's key and code.
pub(crate) fn key_columns(layout: &Layout) -> Vec<String> {
    let folded = domain::record::folded_fields(layout.entity);
    let is_key = |name: &str| name == layout.entity.key || name == "code";
    let mut columns: Vec<_> = folded
        .filter(|field| is_key(field.name))
        .map(|field| (field.name, folded_name(field)))
        .collect();
    columns.sort_by_key(|(name, _)| *name != layout.entity.key);
    columns.into_iter().map(|(_, column)| column).collect()
}

/// The columns that say what a record is called: its name (where it has one) and its key.
pub(crate) fn title_columns(entity: &EntityDef) -> (&'static str, &'static str) {
    let field = |name: &str| entity.field(name).map(|field| field.name);
    (field("name").unwrap_or("NULL"), field(entity.key).unwrap_or("NULL"))
}
