//! The profile: the one folder that is this device, who owns it now, and what it says of itself
//! without a key. Holds no secret; business data is the store's.

mod document;
pub mod files;
mod lock;
mod place;

use std::path::{Path, PathBuf};

use contract::{Failure, FailureCode};

pub use document::{Account, Document, SecretsPlace, Unsent};
pub use place::Settings;

use lock::Lock;

/// The folder, owned by this program until it ends.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    _lock: Lock,
}

/// What keeps a profile from being used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error(
        "another program uses this profile ({folder}); close Daybook or stop the other command, or set \
         DAYBOOK_HOME to another folder"
    )]
    InUse { folder: String },
    #[error(
        "the profile folder {path} cannot be used: {source}; check that it exists and is yours"
    )]
    Folder { path: String, source: std::io::Error },
    #[error(
        "{path} does not say which profile this is ({message}); the local copy was not touched"
    )]
    Unreadable { path: String, message: String },
    #[error(
        "this machine has no folder for a person's data; set DAYBOOK_HOME to a folder of your own"
    )]
    NoPlace,
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        let code = match error {
            ProfileError::InUse { .. } => FailureCode::ProfileInUse,
            _ => FailureCode::CannotOpen,
        };
        Failure::new(code, error.to_string())
    }
}

impl Profile {
    /// Makes the folder where it is missing, readable by its owner alone, and takes the lock.
    ///
    /// # Errors
    /// `InUse` where another program owns it.
    pub fn own(folder: &Path) -> Result<Self, ProfileError> {
        place::make(folder)?;
        let profile = Self { folder: folder.to_owned(), _lock: Lock::take(folder)? };
        for path in profile.held()? {
            files::make_private(&path).map_err(|source| ProfileError::Folder {
                path: path.display().to_string(),
                source,
            })?;
        }
        Ok(profile)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the encrypted copy lies.
    pub fn database(&self) -> PathBuf {
        self.folder.join(files::DATABASE)
    }

    /// Where attached files lie, sealed; made when there are some.
    pub fn attachments(&self) -> PathBuf {
        self.folder.join(files::ATTACHMENTS)
    }

    /// Whether the copy is there. An empty file is none: a program that opens it would make it a new one.
    pub fn has_copy(&self) -> bool {
        self.database().metadata().is_ok_and(|file| file.len() > 0)
    }

    /// Whether anything of a profile is here, its document or what is left without one.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn is_used(&self) -> Result<bool, ProfileError> {
        Ok(!self.held()?.is_empty())
    }

    fn held(&self) -> Result<Vec<PathBuf>, ProfileError> {
        files::held(&self.folder).map_err(|source| ProfileError::Folder {
            path: self.folder.display().to_string(),
            source,
        })
    }

    /// Moves the profile's files into a folder of their own beside them, untouched, and answers where.
    ///
    /// # Errors
    /// Where a file cannot be moved.
    pub fn set_aside(&self, name: &str) -> Result<PathBuf, ProfileError> {
        let aside = self.folder.join(name);
        let fault = |source| ProfileError::Folder { path: aside.display().to_string(), source };
        std::fs::create_dir(&aside).map_err(fault)?;
        for path in self.held()? {
            let Some(name) = path.file_name() else { continue };
            std::fs::rename(&path, aside.join(name)).map_err(fault)?;
        }
        if self.attachments().is_dir() {
            std::fs::rename(self.attachments(), aside.join(files::ATTACHMENTS)).map_err(fault)?;
        }
        Ok(aside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_one_owner_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let first = Profile::own(&home).unwrap();
        let second = Profile::own(&home).unwrap_err();
        assert!(matches!(second, ProfileError::InUse { .. }));
        assert_eq!(Failure::from(second).code.exit_code(), 8);
        drop(first);
        Profile::own(&home).unwrap();
    }

    #[test]
    fn what_is_put_aside_keeps_every_byte_and_leaves_room() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::own(folder.path()).unwrap();
        std::fs::write(profile.database(), b"sealed").unwrap();
        std::fs::write(folder.path().join("passphrase"), b"the person's own").unwrap();
        let aside = profile.set_aside("aside-1").unwrap();
        assert!(!profile.database().exists());
        assert!(folder.path().join("passphrase").exists());
        assert_eq!(std::fs::read(aside.join("daybook.db")).unwrap(), b"sealed");
        assert!(matches!(Profile::own(folder.path()), Err(ProfileError::InUse { .. })));
    }
}
