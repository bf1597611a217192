//! Where backups lie: a folder for each tenant, in it one for each backup, named by its time. Nothing there can be
//! read, or told from damage, without the hub's secret key.

use chrono::{DateTime, Utc};
use object_store::local::LocalFileSystem;
use object_store::path::{Path, PathPart};
use object_store::{GetResult, ObjectStore, ObjectStoreExt as _, WriteMultipart};
use uuid::Uuid;

use super::BackupError;
use crate::hub::Hub;

const MANIFEST: &str = "manifest";
const CONTENT: &str = "content";

/// The backups of one tenant.
pub struct Place {
    store: Box<dyn ObjectStore>,
    folder: Path,
}

impl Place {
    /// # Errors
    /// `NotConfigured`, or the folder is gone.
    pub fn of(hub: &Hub, tenant: Uuid) -> Result<Self, BackupError> {
        let config = hub.config.backup.as_ref().ok_or(BackupError::NotConfigured)?;
        Self::at(&config.folder, tenant)
    }

    pub(super) fn at(folder: &std::path::Path, tenant: Uuid) -> Result<Self, BackupError> {
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Box::new(store), folder: Path::from(tenant.to_string()) })
    }

    /// The name of a backup that is taken now: its time, to the millisecond.
    pub fn name_for(now: DateTime<Utc>) -> String {
        now.format("%Y%m%dT%H%M%S%3fZ").to_string()
    }

    /// The names of all backups, the newest last.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub async fn names(&self) -> Result<Vec<String>, BackupError> {
        let folders = self.store.list_with_delimiter(Some(&self.folder)).await?.common_prefixes;
        let mut names = Vec::new();
        for folder in folders {
            let whole = self.store.head(&folder.clone().join(MANIFEST)).await;
            match (whole, folder.filename()) {
                (Ok(_), Some(name)) => names.push(name.to_owned()),
                // Half a backup, or what somebody else put there.
                (Err(object_store::Error::NotFound { .. }), _) | (Ok(_), None) => {}
                (Err(error), _) => return Err(error.into()),
            }
        }
        names.sort();
        Ok(names)
    }

    fn path(&self, name: &str, object: &str) -> Path {
        self.folder.clone().join(PathPart::from(name)).join(object)
    }

    /// The sealed manifest of a backup; nothing if there is no such backup.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub async fn manifest(&self, name: &str) -> Result<Option<Vec<u8>>, BackupError> {
        match self.store.get(&self.path(name, MANIFEST)).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// # Errors
    /// The folder cannot be written.
    pub async fn put_manifest(&self, name: &str, sealed: Vec<u8>) -> Result<(), BackupError> {
        self.store.put(&self.path(name, MANIFEST), sealed.into()).await?;
        Ok(())
    }

    /// Begins to write the content of a backup. It is there once it is finished, and only then.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub async fn put_content(&self, name: &str) -> Result<WriteMultipart, BackupError> {
        let upload = self.store.put_multipart(&self.path(name, CONTENT)).await?;
        Ok(WriteMultipart::new(upload))
    }

    /// # Errors
    /// `DoesNotOpen` where the content is gone; or the folder cannot be read.
    pub async fn content(&self, name: &str) -> Result<GetResult, BackupError> {
        match self.store.get(&self.path(name, CONTENT)).await {
            Err(object_store::Error::NotFound { .. }) => {
                Err(BackupError::DoesNotOpen(name.to_owned()))
            }
            found => Ok(found?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_time_and_safe_for_a_folder() {
        let name = |micros| Place::name_for(DateTime::from_timestamp_micros(micros).unwrap());
        assert_eq!(name(1_700_000_000_123_456), "20231114T221320123Z");
        assert!(name(1_700_000_000_123_456) < name(1_700_000_000_124_000));
        assert!(name(0).bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
