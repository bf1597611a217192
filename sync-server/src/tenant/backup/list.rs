//! The backups there are of a tenant, as they lie in the folder.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::BackupError;
use super::manifest::{Manifest, Seal};
use super::place::Place;
use crate::hub::Hub;
use crate::store::control::backup::KnownBackup;
use crate::store::tenant::sync::commit;
use crate::tenant::manage::find;

/// A backup as it is listed.
#[derive(Debug, Serialize)]
pub struct BackupView {
    pub name: String,
    /// Whether its manifest opens. What follows is only known then.
    pub opens: bool,
    pub taken_at: Option<DateTime<Utc>>,
    pub epoch: Option<i64>,
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
    /// When it was restored beside and found to be whole.
    pub verified_at: Option<DateTime<Utc>>,
}

/// The backups of a tenant, the oldest first.
///
/// # Errors
/// See [`BackupError`].
pub async fn list(hub: &Hub, slug: &str) -> Result<Vec<BackupView>, BackupError> {
    let tenant = find(hub, slug).await?;
    let place = Place::of(hub, tenant.id)?;
    let known = hub.control.backups(tenant.id).await?;
    let mut views = Vec::new();
    for name in place.names().await? {
        let sealed = place.manifest(&name).await?.unwrap_or_default();
        let manifest = Seal::open(&hub.keys, tenant.id, &name, &sealed).ok();
        let manifest = manifest.map(|(_, manifest)| manifest);
        let known = known.iter().find(|known| known.name == name);
        views.push(BackupView {
            opens: manifest.is_some(),
            taken_at: manifest.as_ref().map(|manifest| manifest.taken_at),
            epoch: manifest.as_ref().map(|manifest| manifest.epoch),
            rows: manifest.as_ref().map(Manifest::rows),
            bytes: manifest.as_ref().map(|manifest| manifest.bytes),
            verified_at: known.and_then(|known| known.verified_at),
            name,
        });
    }
    Ok(views)
}

/// What the control database knows of a backup.
pub(super) fn known(
    name: &str,
    manifest: &Manifest,
    verified_at: Option<DateTime<Utc>>,
) -> KnownBackup {
    KnownBackup {
        name: name.to_owned(),
        epoch: manifest.epoch,
        position: commit::stored(manifest.position),
        taken_at: manifest.taken_at,
        verified_at,
    }
}
