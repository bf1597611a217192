//! The lock of a profile: a second program that comes is told so, and the lock goes with its owner
//! however the owner ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::{ProfileError, files};

#[derive(Debug)]
pub(super) struct Lock(
    #[expect(dead_code, reason = "the lock is held as long as the file is open")] File,
);

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self, ProfileError> {
        // The file stays when the lock is gone.
        let path = folder.join(files::LOCK);
        let fault = |source| ProfileError::Folder { path: path.display().to_string(), source };
        let file = files::private(OpenOptions::new().truncate(false), &path).map_err(fault)?;
        files::make_private(&path).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => {
                Err(ProfileError::InUse { folder: folder.display().to_string() })
            }
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }
}
