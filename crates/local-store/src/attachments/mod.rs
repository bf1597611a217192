//! What the file knows of attached files: which records name them, the salts of the keys under which they lie
//! beside it, and whether they were sent. Their content is the engine's.

mod collect;
mod standing;

use domain::record::{Attachment, EntityDef, Kind};
use domain::synced;
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::layout::Db;
use crate::store::Store;
use crate::view::View;

pub(crate) use collect::collect;
pub use standing::Standing;
pub(crate) use standing::{carry, take_off};

/// A file beside the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedFile {
    /// SHA-256 of the content, in hexadecimal.
    pub hash: String,
    /// What it is called.
    pub file: Uuid,
    /// Of its key.
    pub salt: [u8; 32],
    pub size: u64,
    /// Whether all of it is here.
    pub whole: bool,
}

/// A file as one record names it.
#[derive(Clone, Debug)]
pub struct NamedFile {
    /// The master; a row's file is its record's.
    pub entity: &'static EntityDef,
    pub row_id: Uuid,
    pub file: Attachment,
}

/// A file that work of this device attaches, for [`Store::write_attaching`].
#[derive(Clone, Debug)]
pub struct NewFile {
    pub entity: &'static EntityDef,
    pub row_id: Uuid,
    pub file: SealedFile,
}

impl View<'_> {
    /// The file beside the database that has this content; it may not be whole yet.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn sealed_file(&self, hash: &str) -> Result<Option<SealedFile>> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT hash, file, salt, size, whole FROM attachment_file WHERE hash = ?1",
        )?;
        Ok(query.query_row([hash], sealed_file).optional()?)
    }

    /// All of them.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn sealed_files(&self) -> Result<Vec<SealedFile>> {
        let mut query = self
            .db
            .connection
            .prepare_cached("SELECT hash, file, salt, size, whole FROM attachment_file")?;
        let files = query.query_map((), sealed_file)?;
        Ok(files.collect::<rusqlite::Result<_>>()?)
    }

    /// Every file that a record held here names, as people see it now.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn named_files(&self) -> Result<Vec<NamedFile>> {
        named_files(self.db)
    }
}

impl Store {
    /// Notes a file that is on its way here, or replaces what was noted of it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep_sealed_file(&self, file: &SealedFile) -> Result<()> {
        self.transact(|db| put(db, file))
    }

    /// Notes that all of a file is here; answers false where it was let go meanwhile, as nothing names it any
    /// more.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn sealed_file_arrived(&self, file: &SealedFile) -> Result<bool> {
        self.transact(|db| {
            let marked = db.connection.execute(
                "UPDATE attachment_file SET whole = 1 WHERE hash = ?1 AND file = ?2",
                params![file.hash, file.file.as_bytes()],
            )?;
            Ok(marked == 1)
        })
    }
}

/// Notes files that work of this device attaches.
pub(crate) fn attach(db: Db, files: &[NewFile]) -> Result<()> {
    for NewFile { entity, row_id, file } in files {
        put(db, file)?;
        let attached = Standing { attached_here: true, hub_epoch: None, missing: false };
        standing::put(db, entity, *row_id, &file.hash, attached)?;
    }
    Ok(())
}

fn put(db: Db, file: &SealedFile) -> Result<()> {
    db.connection
        .prepare_cached(
            "INSERT OR REPLACE INTO attachment_file (hash, file, salt, size, whole)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            file.hash,
            file.file.as_bytes(),
            file.salt,
            i64::try_from(file.size).unwrap_or(i64::MAX),
            file.whole
        ])?;
    Ok(())
}

fn sealed_file(row: &Row) -> rusqlite::Result<SealedFile> {
    Ok(SealedFile {
        hash: row.get(0)?,
        file: Uuid::from_bytes(row.get(1)?),
        salt: row.get(2)?,
        size: u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
        whole: row.get(4)?,
    })
}

fn named_files(db: Db) -> Result<Vec<NamedFile>> {
    let mut named = Vec::new();
    for entity in synced::all() {
        let rows = entity.children.iter().map(|child| (*child, "parent_id"));
        for (table, key) in std::iter::once((entity, "id")).chain(rows) {
            for field in table.all_fields().filter(|field| field.kind == Kind::Attachments) {
                let (table, field) = (table.name, field.name);
                // An index of its own has just these rows.
                let sql = format!("SELECT {key}, {field} FROM {table} WHERE {field} IS NOT NULL");
                let mut query = db.connection.prepare_cached(&sql)?;
                let mut rows = query.query(())?;
                while let Some(row) = rows.next()? {
                    let row_id = Uuid::from_bytes(row.get(0)?);
                    let list = row.get_ref(1)?.as_str().unwrap_or_default();
                    let list: Vec<String> = serde_json::from_str(list).map_err(|_| {
                        StoreError::Damaged(format!("{table}.{field} is no list of files"))
                    })?;
                    let files = list.iter().filter_map(|text| text.parse().ok());
                    named.extend(files.map(|file| NamedFile { entity, row_id, file }));
                }
            }
        }
    }
    Ok(named)
}
