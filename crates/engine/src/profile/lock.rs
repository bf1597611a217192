//! The lock of a profile: a second program that comes is told so, and the lock goes with its owner
//! however the owner ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::ProfileError;

/// The lock's file; it stays when the lock is gone.
pub(super) const NAME: &str = "lock";

#[derive(Debug)]
pub(super) struct Lock(
    #[expect(dead_code, reason = "the lock is held as long as the file is open")] File,
);

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self, ProfileError> {
        let path = folder.join(NAME);
        let fault = |source| ProfileError::Folder { path: path.display().to_string(), source };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => {
                Err(ProfileError::InUse { folder: folder.display().to_string() })
            }
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }
}
