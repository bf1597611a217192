//! Verifying a backup by restoring it: nothing less shows that it can be.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use super::beside::{Beside, Opened};
use super::check::{Finding, check};
use super::{BackupError, list};
use crate::hub::Hub;
use crate::ids;
use crate::tenant::manage::find;

/// What was found.
#[derive(Debug, Serialize)]
pub struct Verified {
    pub name: String,
    pub taken_at: DateTime<Utc>,
    pub rows: u64,
    pub findings: Vec<Finding>,
}

/// Restores a backup beside, checks it and removes it again. Without findings it is a verified one from then on.
///
/// # Errors
/// See [`BackupError`].
pub async fn verify(hub: &Hub, slug: &str, name: Option<&str>) -> Result<Verified, BackupError> {
    let lock = hub.control.lock_slug(slug).await?;
    let verified = verify_alone(hub, slug, name).await;
    lock.release().await?;
    verified
}

async fn verify_alone(hub: &Hub, slug: &str, name: Option<&str>) -> Result<Verified, BackupError> {
    let tenant = find(hub, slug).await?;
    let opened = Opened::find(hub, &tenant, slug, name).await?;
    let findings = match Beside::make(hub, &tenant, &opened).await {
        Ok(beside) => {
            let found = async { check(&mut beside.owner().await?, &opened.manifest).await }.await;
            beside.remove(hub).await;
            found?
        }
        Err(BackupError::NotSound { findings, .. }) => findings,
        Err(error) => return Err(error),
    };
    let now = hub.clock.now();
    if findings.is_empty() {
        let known = list::known(&opened.name, &opened.manifest, Some(now));
        hub.control.note_backup(tenant.id, &known).await?;
    }
    let detail = json!({ "backup": opened.name, "findings": findings });
    let (id, action) = (ids::row_id(now), "tenant.verify_backup");
    hub.control.note_platform_action(id, Some(tenant.id), action, detail, now).await?;
    let (name, manifest) = (opened.name, opened.manifest);
    Ok(Verified { name, taken_at: manifest.taken_at, rows: manifest.rows(), findings })
}
