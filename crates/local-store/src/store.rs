//! The open store: one connection that writes, a few that read, and the only ways to reach them. Reads
//! see one whole state of the file; nothing outside this crate can write but through its verbs.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use domain::record::EntityDef;
use rusqlite::{Connection, TransactionBehavior};
use sync_protocol::message::Purge;
use uuid::Uuid;

use crate::connection::{Key, Place, Purpose, connect};
use crate::disk::{Disk, beside};
use crate::error::{Result, StoreError};
use crate::kept::{self, SCRUB_DUE};
use crate::layout::{Db, Numbers};
use crate::migrate::migrate;
use crate::search::index;
use crate::view::{self, View};

/// Which records a change has touched, for whoever shows them.
#[derive(Clone, Debug)]
pub enum Touched {
    /// Each record once; it may be gone.
    Records(Vec<(&'static EntityDef, Uuid)>),
    /// The whole file was exchanged.
    Everything,
}

/// The encrypted database of one device. Shared by reference between threads.
pub struct Store {
    pub(crate) place: Place,
    open: RwLock<Option<Open>>,
}

/// Readers stand before the writer: they close first, so that the writer closes the file's log.
pub(crate) struct Open {
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    /// How many wait for the writer whom work in the background lets go first.
    waiting: AtomicUsize,
    numbers: Numbers,
}

/// How long, and how often, work in the background stands back before it takes the writer again.
const STAND_BACK: Duration = Duration::from_micros(50);
const STAND_BACKS: usize = 500;

/// Reading connections that are kept for the next read.
const READERS_KEPT: usize = 2;

impl Store {
    /// Makes a new, empty store.
    ///
    /// # Errors
    /// `Exists` where a file is there already, whatever it holds.
    pub fn create(path: &Path, key: Key, disk: Disk) -> Result<Self> {
        let place = Place { path: path.to_owned(), key, disk };
        if place.exists()? {
            return Err(StoreError::Exists);
        }
        Self::at(place)
    }

    /// Opens the store at a path.
    ///
    /// # Errors
    /// `Absent` without a file; `CannotOpen` with a wrong key (nothing is touched then); `Newer` or
    /// `OtherLayout` where another build wrote it.
    pub fn open(path: &Path, key: Key, disk: Disk) -> Result<Self> {
        let place = Place { path: path.to_owned(), key, disk };
        if !place.exists()? {
            return Err(StoreError::Absent);
        }
        Self::at(place)
    }

    fn at(place: Place) -> Result<Self> {
        let open = Open::at(&place)?;
        Ok(Self { place, open: RwLock::new(Some(open)) })
    }

    /// Reads from one state of the file, however many questions are asked.
    ///
    /// # Errors
    /// Those of `read`, and `Closed`.
    pub fn read<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T>) -> Result<T> {
        let guard = self.guard();
        let open = guard.as_ref().ok_or(StoreError::Closed)?;
        let reader = lock(&open.readers).pop();
        let reader = match reader {
            Some(reader) => reader,
            None => connect(&self.place, Purpose::Read)?,
        };
        let result = reader.unchecked_transaction().map_err(StoreError::from).and_then(|state| {
            read(&View { db: Db { connection: &state, numbers: &open.numbers } })
        });
        let mut readers = lock(&open.readers);
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        result
    }

    /// One transaction of the writer; nothing of it is kept where `change` fails.
    pub(crate) fn transact<T>(&self, change: impl FnOnce(Db<'_>) -> Result<T>) -> Result<T> {
        let guard = self.guard();
        let open = guard.as_ref().ok_or(StoreError::Closed)?;
        let mut writer = open.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = change(Db { connection: &transaction, numbers: &open.numbers })?;
        transaction.commit()?;
        Ok(result)
    }

    /// The same for work in the background, which is told by its second argument whether somebody waits.
    /// It may end early with what it has done, or give way with `None`: then nothing of it is kept.
    pub(crate) fn transact_behind<T>(
        &self,
        change: impl FnOnce(Db<'_>, &dyn Fn() -> bool) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let guard = self.guard();
        let open = guard.as_ref().ok_or(StoreError::Closed)?;
        let somebody_waits = || open.waiting.load(Ordering::Relaxed) > 0;
        // A lock that is let go may be taken again before whoever waits for it has woken up.
        for _ in 0..STAND_BACKS {
            if !somebody_waits() {
                break;
            }
            std::thread::sleep(STAND_BACK);
        }
        let mut writer = lock(&open.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let db = Db { connection: &transaction, numbers: &open.numbers };
        let result = change(db, &somebody_waits)?;
        match result {
            Some(_) => transaction.commit()?,
            None => transaction.rollback()?,
        }
        Ok(result)
    }

    /// Keeps small values under their names (`None` forgets one), all or none.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep(&self, values: &[(&str, Option<&[u8]>)]) -> Result<()> {
        self.transact(|db| {
            values.iter().try_for_each(|(name, value)| kept::set(db.connection, name, *value))
        })
    }

    /// Keeps a form's content that was not saved: of a record (the nil id for a new one), by whom it is. It
    /// goes with its record when that leaves the file. `None` forgets it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep_draft(
        &self,
        record: Uuid,
        owner: &str,
        draft: Uuid,
        content: Option<&[u8]>,
    ) -> Result<()> {
        self.transact(|db| kept::set_draft(db.connection, record, owner, draft, content))
    }

    /// Brings the search index up to date by at most about `rows` records, or tidies it where it is, in a
    /// transaction of its own, which ends early where a save waits. Answers whether more is left. Called in
    /// the background after a sync or a fill.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn index_more(&self, rows: usize) -> Result<bool> {
        let more = self.transact_behind(|db, somebody_waits| {
            let left = index::catch_up(db, rows, somebody_waits)?;
            Ok(Some(left || index::merge(db, false)?))
        })?;
        Ok(more.unwrap_or(true))
    }

    /// Makes what was purged or emptied unreadable even with the key: the search index is merged without
    /// it, and the log, which still holds it, is emptied. Does nothing where nothing was. In steps, so
    /// that a save never waits long; a scrub that broke off is still due after a restart. Answers what the file is
    /// freed of by then, to be confirmed to the hub.
    ///
    /// # Errors
    /// `InUse` where a reader still needs the log; call again.
    pub fn scrub(&self) -> Result<Option<Purge>> {
        let Some(purge) = self.transact(|db| match kept::get(db.connection, SCRUB_DUE)? {
            None => Ok(None),
            Some(_) => view::purge(db).map(Some),
        })?
        else {
            return Ok(None);
        };
        while self.index_more(SCRUB_STEP)? {}
        let mut first = true;
        while self.transact(|db| index::merge(db, first))? {
            first = false;
        }
        self.empty_log()?;
        self.transact(|db| match view::purge(db)? == purge {
            true => kept::set(db.connection, SCRUB_DUE, None),
            // More came meanwhile: it is still due.
            false => Ok(()),
        })?;
        self.empty_log()?;
        Ok(Some(purge))
    }

    fn empty_log(&self) -> Result<()> {
        let guard = self.guard();
        let open = guard.as_ref().ok_or(StoreError::Closed)?;
        empty_log(&lock(&open.writer))
    }

    /// Closes the store for good and removes its files. The key is the caller's to destroy, last.
    ///
    /// # Errors
    /// Where a file stays; the store is closed all the same.
    pub fn destroy(self) -> Result<()> {
        let place = self.place.clone();
        drop(self);
        let removed = [place.fill_path(), place.path.clone()]
            .iter()
            .try_for_each(|path| place.disk.remove_database(path));
        removed.map_err(StoreError::Files)
    }

    fn guard(&self) -> RwLockReadGuard<'_, Option<Open>> {
        // A panic in another thread has rolled its transaction back; the connections are whole.
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody reads or writes, and keeps everybody out.
    pub(crate) fn alone(&self) -> RwLockWriteGuard<'_, Option<Open>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }
}

const SCRUB_STEP: usize = 5_000;

impl Open {
    pub fn at(place: &Place) -> Result<Self> {
        let mut writer = connect(place, Purpose::Write)?;
        let numbers = migrate(&mut writer)?;
        let (readers, writer) = (Mutex::new(Vec::new()), Mutex::new(writer));
        Ok(Self { readers, writer, waiting: AtomicUsize::new(0), numbers })
    }

    /// The writer for work that somebody waits for.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let writer = lock(&self.writer);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        writer
    }

    pub fn with_writer<T>(&self, read: impl FnOnce(Db<'_>) -> Result<T>) -> Result<T> {
        let writer = lock(&self.writer);
        read(Db { connection: &writer, numbers: &self.numbers })
    }

    /// Closes every connection, the log moved into the file.
    pub fn close(self) -> Result<()> {
        drop(self.readers);
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        empty_log(&writer)?;
        writer.close().map_err(|(_, error)| error.into())
    }
}

impl Place {
    /// Where the side file of a fill lies.
    pub fn fill_path(&self) -> PathBuf {
        beside(&self.path, "-fill")
    }
}

/// Moves the log into the file and empties it.
fn empty_log(writer: &Connection) -> Result<()> {
    let busy: bool = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0))?;
    if busy { Err(StoreError::InUse) } else { Ok(()) }
}

/// A panic while a lock was held has rolled its transaction back; what the lock guards is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
