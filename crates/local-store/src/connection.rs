//! One connection to an encrypted file: the key, its proof, and the settings everything relies on.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::record::{fold_code, fold_entry, fold_search};
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use zeroize::Zeroizing;

use crate::disk::Disk;
use crate::error::{Result, StoreError};
use crate::records::own;

/// The database key: 32 random bytes, kept in the keyring by whoever opens the store.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A raw key: no derivation, so that opening costs nothing.
    fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(96));
        text.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter() {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text.push_str("'\"");
        text
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A file, its key and its disk: all that is needed to connect.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub path: PathBuf,
    pub key: Key,
    pub disk: Disk,
}

impl Place {
    pub fn at(&self, path: PathBuf) -> Self {
        Self { path, ..self.clone() }
    }

    pub fn exists(&self) -> Result<bool> {
        self.disk.files.exists(&self.path).map_err(StoreError::Files)
    }
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The one connection that writes the live file.
    Write,
    Read,
    /// Alone on a side file: much is written at once, and a rollback journal holds only the few old
    /// pages that change, where a write-ahead log would hold everything twice.
    Fill,
}

/// Page cache of every connection. With SQLite's 2 MB each page that falls out is encrypted and
/// decrypted again: measured five times slower.
const CACHE_KIB: i64 = 64 * 1024;
/// Page cache of a transaction that changes rows all over the file: pages that are changed cannot leave
/// the cache for nothing, and once they fill it every other page is decrypted at each touch.
const LARGE_CACHE_KIB: i64 = 256 * 1024;
/// Longer than any transaction of ours; a second program is kept out by the profile's lock.
const BUSY: Duration = Duration::from_secs(20);
const STATEMENTS: usize = 512;

/// Connects with the key and proves it. A wrong key leaves file and log as they are.
///
/// # Errors
/// `CannotOpen` where the key does not fit.
pub(crate) fn connect(place: &Place, purpose: Purpose) -> Result<Connection> {
    let connection = open_file(place, purpose)?;
    // Until the key is proved, closing must not move the log into the file.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Plans do not depend on the values of one call: no statement is planned again.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.execute_batch(&place.key.pragma())?;
    // The first page alone tells the key; what cannot be read behind it is damaged.
    let proof = connection.query_row("PRAGMA schema_version", (), |_| Ok(()));
    if let Err(error) = proof {
        return Err(match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::CannotOpen,
            _ => error.into(),
        });
    }
    connection.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))?;
    register_functions(&connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // References are soft in this file; freed pages are overwritten; nothing is spilled to a plain file.
    set_cache(&connection, CACHE_KIB)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA secure_delete = ON; \
         PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;",
    )?;
    match purpose {
        // FULL: what a person saved is on the disk when the screen says so, also after a power cut.
        Purpose::Write => {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
            set(&connection, "PRAGMA journal_mode = WAL")?;
            connection.execute_batch("PRAGMA synchronous = FULL")?;
        }
        Purpose::Read => connection.execute_batch("PRAGMA query_only = ON")?,
        Purpose::Fill => {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
            set(&connection, "PRAGMA locking_mode = EXCLUSIVE")?;
            set(&connection, "PRAGMA journal_mode = TRUNCATE")?;
            connection.execute_batch("PRAGMA synchronous = FULL")?;
        }
    }
    Ok(connection)
}

/// Does work that touches much of the file, with a cache that holds it.
pub(crate) fn with_large_cache<T>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    set_cache(connection, LARGE_CACHE_KIB)?;
    let result = work();
    set_cache(connection, CACHE_KIB)?;
    result
}

fn set_cache(connection: &Connection, kib: i64) -> Result<()> {
    Ok(connection.execute_batch(&format!("PRAGMA cache_size = -{kib}"))?)
}

fn open_file(place: &Place, purpose: Purpose) -> Result<Connection> {
    let path: &Path = &place.path;
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= match purpose {
        Purpose::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Purpose::Write | Purpose::Fill => {
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
        }
    };
    // SQLite gives the files beside the database the rights of the database.
    #[cfg(unix)]
    if place.disk.vfs.is_none() && flags.contains(OpenFlags::SQLITE_OPEN_CREATE) {
        let mut options = std::fs::OpenOptions::new();
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let made = options.create(true).truncate(false).write(true).open(path);
        // What keeps it from being made, SQLite says in its own code.
        drop(made);
    }
    let connection = match &place.disk.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str()),
        None => Connection::open_with_flags(path, flags),
    };
    Ok(connection?)
}

/// Runs a pragma that answers with a row.
fn set(connection: &Connection, pragma: &str) -> Result<()> {
    Ok(connection.query_row(pragma, (), |_| Ok(()))?)
}

/// The folding that indexes of the file are built on.
fn register_functions(connection: &Connection) -> Result<()> {
    register_decimals(connection)?;
    register_entries(connection)?;
    register(connection, "fold_search", fold_search)?;
    register(connection, "fold_code", fold_code)
}

/// `own_decimal(text, scale)`: the scaled integer of a decimal among the tenant's own fields.
fn register_decimals(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("own_decimal", 2, flags, |context| {
        match context.get_raw(0) {
            ValueRef::Text(_) => {
                let text = context.get_raw(0).as_str()?;
                Ok(own::scaled_text(text, context.get(1)?))
            }
            _ => Ok(None),
        }
    })?;
    Ok(())
}

/// `fold_entry(key, text)`: an entry of a map as it is compared.
fn register_entries(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("fold_entry", 2, flags, |context| {
        Ok(fold_entry(context.get_raw(0).as_str()?, context.get_raw(1).as_str()?))
    })?;
    Ok(())
}

fn register(connection: &Connection, name: &str, fold: fn(&str) -> String) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function(name, 1, flags, move |context| match context.get_raw(0) {
        ValueRef::Text(_) => Ok(Some(fold(context.get_raw(0).as_str()?))),
        _ => Ok(None),
    })?;
    Ok(())
}
