//! The disk of a simulated device: a SQLite VFS in memory that can stop at any write, forget what was
//! not synced, tear the last write, or be full. The real local store runs on it, encrypted as always.

mod content;

use std::collections::BTreeMap;
use std::ffi::CString;
use std::io;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use local_store::Files;
use sqlite_plugin::flags::{AccessFlags, LockLevel, OpenOpts, ShmLockMode};
use sqlite_plugin::vars;
use sqlite_plugin::vfs::{RegisterOpts, Vfs, VfsHandle, VfsResult, register_static};

use content::{Content, REGION_BYTES};

/// What happens to writes that were not synced when the device stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The process dies: the system still writes everything it was given.
    Kill,
    /// The power goes: only synced data is sure; of the rest, the first `kept` writes reach the disk
    /// and the next one is torn in half.
    PowerCut { kept: usize },
}

/// A disk, named as a VFS. Cloning gives another handle to the same disk.
#[derive(Clone)]
pub struct Disk {
    name: Arc<str>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Arc<Mutex<Content>>>,
    /// What a file holds from its beginning that is made under one of these names.
    prepared: Prepared,
    /// Writes and syncs since the disk was made.
    operations: u64,
    /// The operation at which the device stops.
    stop_at: Option<u64>,
    stopped: bool,
    full: bool,
}

/// Contents by the names of their files.
type Prepared = Arc<BTreeMap<String, Vec<u8>>>;

/// The files of a disk as they are at one moment, to be laid on another.
#[derive(Clone, Default)]
pub struct Image {
    files: BTreeMap<String, Vec<u8>>,
    prepared: Prepared,
}

impl Image {
    /// The same without this file; wherever it is laid, a file that is made under this name begins with the content
    /// that it has here.
    pub fn preparing(mut self, path: &Path) -> Self {
        let name = name_of(path);
        let content = self.files.remove(&name).unwrap_or_default();
        self.prepared = Arc::new(BTreeMap::from([(name, content)]));
        self
    }
}

impl Disk {
    /// Makes an empty disk and registers it with SQLite under `name`, for the life of the process.
    ///
    /// # Panics
    /// Where SQLite refuses the registration: the simulation cannot go on.
    pub fn register(name: &str) -> Self {
        let disk = Self { name: name.into(), state: Arc::default() };
        let c_name = CString::new(name).unwrap_or_default();
        let registered =
            register_static(c_name, disk.clone(), RegisterOpts { make_default: false });
        assert!(registered.is_ok(), "SQLite refused the simulated disk {name}");
        disk
    }

    /// The name of the VFS.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A disk is reused for the next device once that one is gone.
    pub fn wipe(&self) {
        *self.state() = State::default();
    }

    /// The files as they are now.
    pub fn image(&self) -> Image {
        let state = self.state();
        let files = state.files.iter();
        let files = files.map(|(name, file)| (name.clone(), lock(file).bytes().to_vec()));
        Image { files: files.collect(), prepared: Arc::clone(&state.prepared) }
    }

    /// Begins anew with these files.
    pub fn lay(&self, image: &Image) {
        let files = image.files.iter();
        let files = files.map(|(name, bytes)| (name.clone(), file_of(bytes))).collect();
        let prepared = Arc::clone(&image.prepared);
        *self.state() = State { files, prepared, ..State::default() };
    }

    /// Lets the device stop at its `operations`-th write or sync from now on.
    pub fn stop_after(&self, operations: u64) {
        let mut state = self.state();
        state.stop_at = Some(state.operations + operations);
    }

    pub fn has_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Refuses every write for want of room.
    pub fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    /// What a restart finds after the device stopped.
    pub fn restart(&self, stop: Stop) {
        let mut state = self.state();
        state.stopped = false;
        state.stop_at = None;
        for file in state.files.values() {
            lock(file).stop(stop);
        }
    }

    /// Whether `needle` stands anywhere on the disk.
    pub fn contains(&self, needle: &[u8]) -> bool {
        let state = self.state();
        state
            .files
            .values()
            .any(|file| lock(file).bytes().windows(needle.len()).any(|window| window == needle))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Counts an operation and says whether it may be done.
    fn operate(&self, grows: bool) -> VfsResult<()> {
        let mut state = self.state();
        state.operations += 1;
        if state.stop_at.is_some_and(|at| state.operations >= at) {
            state.stopped = true;
        }
        match (state.stopped, state.full && grows) {
            (true, _) => Err(vars::SQLITE_IOERR_WRITE),
            (false, true) => Err(vars::SQLITE_FULL),
            (false, false) => Ok(()),
        }
    }
}

/// Whole files are replaced and removed in one step that outlasts a power cut, as on a journalling file
/// system; the device may still stop before any of them.
impl Files for Disk {
    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.state().files.contains_key(&name_of(path)))
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.operate(false).map_err(|_| stopped())?;
        let mut state = self.state();
        let moved = state.files.remove(&name_of(from)).ok_or(io::ErrorKind::NotFound)?;
        state.files.insert(name_of(to), moved);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.operate(false).map_err(|_| stopped())?;
        self.state().files.remove(&name_of(path));
        Ok(())
    }

    fn sync_folder(&self, _path: &Path) -> io::Result<()> {
        self.operate(false).map_err(|_| stopped())
    }
}

fn file_of(bytes: &[u8]) -> Arc<Mutex<Content>> {
    Arc::new(Mutex::new(Content::of(bytes.to_vec())))
}

fn name_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn stopped() -> io::Error {
    io::Error::other("the simulated device has stopped")
}

/// A poisoned lock only means that another thread of the simulation failed; its data is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open file.
pub struct OpenFile {
    name: Option<String>,
    content: Arc<Mutex<Content>>,
    delete_on_close: bool,
}

impl VfsHandle for OpenFile {
    fn readonly(&self) -> bool {
        false
    }

    fn in_memory(&self) -> bool {
        false
    }
}

impl Vfs for Disk {
    type Handle = OpenFile;

    fn open(&self, path: Option<&str>, opts: OpenOpts) -> VfsResult<OpenFile> {
        let mut state = self.state();
        if state.stopped {
            return Err(vars::SQLITE_IOERR);
        }
        let delete_on_close = opts.delete_on_close();
        let Some(path) = path else {
            return Ok(OpenFile { name: None, content: Arc::default(), delete_on_close });
        };
        let known = state.files.contains_key(path);
        let mode = opts.mode();
        if (known && mode.must_create()) || (!known && mode.is_readonly()) {
            return Err(vars::SQLITE_CANTOPEN);
        }
        if !known {
            let content = state.prepared.get(path).map(|bytes| file_of(bytes)).unwrap_or_default();
            state.files.insert(path.to_owned(), content);
        }
        let content = Arc::clone(&state.files[path]); // it was there, or was put there
        Ok(OpenFile { name: Some(path.to_owned()), content, delete_on_close })
    }

    fn delete(&self, path: &str) -> VfsResult<()> {
        self.operate(false)?;
        match self.state().files.remove(path) {
            Some(_) => Ok(()),
            None => Err(vars::SQLITE_IOERR_DELETE_NOENT),
        }
    }

    fn access(&self, path: &str, _flags: AccessFlags) -> VfsResult<bool> {
        Ok(self.state().files.contains_key(path))
    }

    fn file_size(&self, file: &mut OpenFile) -> VfsResult<usize> {
        Ok(lock(&file.content).bytes().len())
    }

    fn truncate(&self, file: &mut OpenFile, size: usize) -> VfsResult<()> {
        self.operate(false)?;
        lock(&file.content).truncate(size);
        Ok(())
    }

    fn write(&self, file: &mut OpenFile, offset: usize, bytes: &[u8]) -> VfsResult<usize> {
        self.operate(true)?;
        lock(&file.content).write(offset, bytes);
        Ok(bytes.len())
    }

    fn read(&self, file: &mut OpenFile, offset: usize, buffer: &mut [u8]) -> VfsResult<usize> {
        let content = lock(&file.content);
        let Some(rest) = content.bytes().get(offset..) else { return Ok(0) };
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]); // `length` is within both
        Ok(length)
    }

    // One simulated device is one process with one thread: locks always succeed.
    fn lock(&self, _file: &mut OpenFile, _level: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn unlock(&self, _file: &mut OpenFile, _level: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn check_reserved_lock(&self, _file: &mut OpenFile) -> VfsResult<bool> {
        Ok(false)
    }

    fn sync(&self, file: &mut OpenFile) -> VfsResult<()> {
        self.operate(false)?;
        lock(&file.content).sync();
        Ok(())
    }

    /// Only what an ordinary disk promises: a write changes no byte beside it. Nothing is atomic, and
    /// nothing is kept in order but by a sync.
    fn device_characteristics(&self, _file: &mut OpenFile) -> VfsResult<i32> {
        Ok(vars::SQLITE_IOCAP_POWERSAFE_OVERWRITE)
    }

    fn close(&self, file: OpenFile) -> VfsResult<()> {
        if let Some(name) = file.name.filter(|_| file.delete_on_close) {
            self.state().files.remove(&name);
        }
        Ok(())
    }

    fn shm_map(
        &self,
        file: &mut OpenFile,
        region: usize,
        size: usize,
        extend: bool,
    ) -> VfsResult<Option<NonNull<u8>>> {
        if size != REGION_BYTES {
            return Err(vars::SQLITE_IOERR_SHMMAP);
        }
        let mut content = lock(&file.content);
        if content.regions.len() <= region && !extend {
            return Ok(None);
        }
        while content.regions.len() <= region {
            content.regions.push(Box::new([0; REGION_BYTES]));
        }
        // Boxed: the address stays where it is while the list grows.
        Ok(content.regions.get_mut(region).and_then(|bytes| NonNull::new(bytes.as_mut_ptr())))
    }

    fn shm_lock(
        &self,
        _file: &mut OpenFile,
        _offset: u32,
        _count: u32,
        _mode: ShmLockMode,
    ) -> VfsResult<()> {
        Ok(())
    }

    fn shm_unmap(&self, file: &mut OpenFile, delete: bool) -> VfsResult<()> {
        if delete {
            lock(&file.content).regions.clear();
        }
        Ok(())
    }
}
