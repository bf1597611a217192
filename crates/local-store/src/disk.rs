//! Where the files are: SQLite's own file system (a VFS, by name) and the few things that are done to
//! whole files outside SQLite. The simulator puts its faulty disk in here.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is done to whole files.
pub trait Files: Send + Sync {
    /// # Errors
    /// Where the folder cannot be asked.
    fn exists(&self, path: &Path) -> io::Result<bool>;

    /// Puts `from` in the place of `to` in one step: whoever looks finds the old or the new file.
    ///
    /// # Errors
    /// Where it cannot be done; both files are then as they were.
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file; an absent file is removed already.
    ///
    /// # Errors
    /// Where the file stays.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes creations, removals and replacements in the folder of `path` outlast a power cut.
    ///
    /// # Errors
    /// Where the disk refuses.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// The files of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFiles;

impl Files for DiskFiles {
    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // Windows has no such call and needs none: its moves are written through.
        if cfg!(unix) {
            std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(())
    }
}

/// The disk a store lives on.
#[derive(Clone)]
pub struct Disk {
    /// The name of a VFS registered with SQLite; `None` is the system's own.
    pub vfs: Option<String>,
    pub files: Arc<dyn Files>,
}

impl Default for Disk {
    fn default() -> Self {
        Self { vfs: None, files: Arc::new(DiskFiles) }
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Disk").field("vfs", &self.vfs).finish_non_exhaustive()
    }
}

impl Disk {
    /// Removes a database and the files SQLite keeps beside it, the database last: what is left after a
    /// crash is still recognised.
    pub(crate) fn remove_database(&self, path: &Path) -> io::Result<()> {
        for suffix in ["-journal", "-wal", "-shm", ""] {
            self.files.remove(&beside(path, suffix))?;
        }
        self.files.sync_folder(path)
    }
}

/// The path with a suffix to its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
