//! The profile's own file: which device this is, of whom, at which sync server. It can be read when
//! the keys are gone, so that a person learns what a copy that cannot be opened held. No secret.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use contract::SyncPlan;
use domain::permissions::LeaseHolder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::files::{self, CA, DOCUMENT as NAME, PLAN, UNSENT};
use super::{Profile, ProfileError};

/// Where this profile's keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretsPlace {
    Keyring,
    File,
}

/// What `profile.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Names the keys in the keyring.
    pub profile_id: Uuid,
    pub secrets: SecretsPlace,
    /// Absent until the first sign-in worked.
    pub account: Option<Account>,
    /// The person was shown the recovery code.
    #[serde(default = "shown")]
    pub recovery_shown: bool,
    /// Drawn each time that the person says that of all copies of this profile it is the original.
    #[serde(default)]
    pub marks: Vec<Uuid>,
}

/// A document that does not say was written when the code was taken for shown.
fn shown() -> bool {
    true
}

/// Whose device this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub server: String,
    pub tenant: String,
    pub tenant_id: Uuid,
    pub tenant_name: String,
    pub user_id: Uuid,
    pub user_name: String,
    pub email: String,
    pub device_id: Uuid,
    pub device_name: String,
}

impl Account {
    /// For whom a lease of this device must be.
    pub fn holder(&self) -> LeaseHolder {
        LeaseHolder { tenant_id: self.tenant_id, user_id: self.user_id, device_id: self.device_id }
    }
}

/// What stood in the copy when it was last written: said where it cannot be opened any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    pub pending: u64,
    pub attention: u64,
    pub last_contact: Option<DateTime<Utc>>,
    /// When the oldest of what waits was done.
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
}

impl Profile {
    /// `None` in a fresh profile.
    ///
    /// # Errors
    /// Where the file is there and cannot be read.
    pub fn document(&self) -> Result<Option<Document>, ProfileError> {
        read(&self.folder().join(NAME))
    }

    /// # Errors
    /// Where the file cannot be written.
    pub fn keep(&self, document: &Document) -> Result<(), ProfileError> {
        self.replace(NAME, &json(document)?)
    }

    /// When this device syncs by itself, and over what line. One that cannot be read is as good as none: the way to
    /// the hub must not depend on it.
    pub fn plan(&self) -> SyncPlan {
        match read(&self.folder().join(PLAN)) {
            Ok(plan) => plan.unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, "the plan of the sync cannot be read");
                SyncPlan::default()
            }
        }
    }

    /// # Errors
    /// Where the file cannot be written.
    pub fn keep_plan(&self, plan: &SyncPlan) -> Result<(), ProfileError> {
        self.replace(PLAN, &json(plan)?)
    }

    pub fn unsent(&self) -> Option<Unsent> {
        read(&self.folder().join(UNSENT)).ok().flatten()
    }

    /// Not forced to the disk: it is written after every edit and only ever shown.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn note_unsent(&self, unsent: Unsent) -> Result<(), ProfileError> {
        self.swap(UNSENT, &json(&unsent)?, |_| Ok(()))
    }

    /// Reads one small file of the profile; `None` where there is none.
    ///
    /// # Errors
    /// Where it is there and cannot be read.
    pub fn small_file(&self, name: &str) -> Result<Option<Vec<u8>>, ProfileError> {
        bytes(&self.folder().join(name))
    }

    /// Writes one small file of the profile, so that after a crash either the old or the new one is
    /// there, whole, readable by its owner alone.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), ProfileError> {
        self.swap(name, bytes, File::sync_all)?;
        // On other systems a folder cannot be opened as a file; the rename itself is kept there.
        #[cfg(unix)]
        File::open(self.folder())
            .and_then(|folder| folder.sync_all())
            .map_err(|source| fault(self.folder(), source))?;
        Ok(())
    }

    fn swap(
        &self,
        name: &str,
        bytes: &[u8],
        settle: impl Fn(&File) -> std::io::Result<()>,
    ) -> Result<(), ProfileError> {
        let path = self.folder().join(name);
        let written = path.with_extension("new");
        files::private(OpenOptions::new().truncate(true), &written)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| settle(&file)))
            .and_then(|()| std::fs::rename(&written, &path))
            .map_err(|source| fault(&path, source))
    }

    /// Removes one small file; one that is not there is removed already.
    ///
    /// # Errors
    /// Where it stays.
    pub fn remove(&self, name: &str) -> Result<(), ProfileError> {
        let path = self.folder().join(name);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(fault(&path, source))
            }
            _ => Ok(()),
        }
    }

    /// Removes what the profile says of itself; the copy and the keys are removed by their owners.
    ///
    /// # Errors
    /// Where a file stays.
    pub fn forget(&self) -> Result<(), ProfileError> {
        self.remove(UNSENT)?;
        self.remove(PLAN)?;
        self.remove(CA)?;
        self.remove(NAME)
    }
}

fn bytes(path: &Path) -> Result<Option<Vec<u8>>, ProfileError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(fault(path, source)),
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ProfileError> {
    let Some(bytes) = bytes(path)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| ProfileError::Unreadable {
        path: path.display().to_string(),
        message: error.to_string(),
    })
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, ProfileError> {
    serde_json::to_vec_pretty(value).map_err(|error| ProfileError::Unreadable {
        path: NAME.to_owned(),
        message: error.to_string(),
    })
}

fn fault(path: &Path, source: std::io::Error) -> ProfileError {
    ProfileError::Folder { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_again_and_a_broken_one_is_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::own(folder.path()).unwrap();
        assert_eq!(profile.document().unwrap(), None);
        let document = Document {
            profile_id: Uuid::from_u128(7),
            secrets: SecretsPlace::Keyring,
            account: None,
            recovery_shown: false,
            marks: Vec::new(),
        };
        profile.keep(&document).unwrap();
        assert_eq!(profile.document().unwrap(), Some(document));
        std::fs::write(folder.path().join(NAME), b"{").unwrap();
        assert!(matches!(profile.document(), Err(ProfileError::Unreadable { .. })));
    }

    #[test]
    fn a_plan_stays_with_the_machine_when_a_copy_is_put_aside_and_a_broken_one_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::own(folder.path()).unwrap();
        assert_eq!(profile.plan(), SyncPlan::default());
        let plan = SyncPlan { limit: Some(2_000_000), ..SyncPlan::default() };
        profile.keep_plan(&plan).unwrap();
        assert!(!profile.is_used().unwrap());
        profile.set_aside("aside-1").unwrap();
        assert_eq!(profile.plan(), plan);
        std::fs::write(folder.path().join(PLAN), b"{").unwrap();
        assert_eq!(profile.plan(), SyncPlan::default());
        profile.keep_plan(&plan).unwrap();
        profile.forget().unwrap();
        assert_eq!(profile.plan(), SyncPlan::default());
    }

    #[cfg(unix)]
    #[test]
    fn small_files_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::own(folder.path()).unwrap();
        profile.replace("x.json", b"1").unwrap();
        let mode = folder.path().join("x.json").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
