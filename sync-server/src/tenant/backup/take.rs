//! Taking a backup: everything as one transaction sees it, while people go on working.

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::BackupError;
use super::manifest::{Manifest, Seal, TableSum};
use super::place::Place;
use super::stream::{FRAME, Writer};
use crate::audit::{self, Actor, Entry, Outcome, seal::seal};
use crate::hub::Hub;
use crate::ids;
use crate::store::control::backup::KnownBackup;
use crate::store::control::tenant::{Tenant, TenantState};
use crate::store::tenant::sync::commit;
use crate::store::tenant::whole::catalogue::{self, Table};
use crate::store::tenant::whole::unload;
use crate::store::tenant::{audit_chain, settings};
use crate::store::{self, Connection};
use crate::tenant::manage::{ManageError, find};

/// A backup that was taken.
#[derive(Debug, Serialize)]
pub struct Taken {
    pub name: String,
    pub taken_at: DateTime<Utc>,
    pub epoch: i64,
    pub position: u64,
    pub rows: u64,
    /// Bytes of it in the folder.
    pub bytes: u64,
}

/// Takes a backup of a tenant.
///
/// # Errors
/// See [`BackupError`]. What was written until then counts for nothing.
pub async fn take(hub: &Hub, slug: &str) -> Result<Taken, BackupError> {
    // One at a time with whatever else makes or changes this tenant's database. The lock goes with its connection.
    let lock = hub.control.lock_slug(slug).await?;
    let taken = take_alone(hub, slug).await;
    lock.release().await?;
    taken
}

async fn take_alone(hub: &Hub, slug: &str) -> Result<Taken, BackupError> {
    let tenant = find(hub, slug).await?;
    let state = tenant.state;
    if !matches!(state, TenantState::Active | TenantState::Suspended) {
        let (slug, needed) = (slug.to_owned(), "active or suspended");
        return Err(ManageError::State { slug, state, needed }.into());
    }
    let place = Place::of(hub, tenant.id)?;
    let taken_at = hub.clock.now();
    let name = Place::name_for(taken_at);
    let admin = hub.directory.admin(tenant.cluster_id).await?;
    let mut owner = admin.connect_as_owner(&tenant.database_name).await?;
    if let Some(end) = seal(&mut owner).await? {
        hub.control.anchor_audit(tenant.id, tenant.epoch, &end, taken_at).await?;
    }
    let keys = Seal::new(&hub.keys, tenant.id);
    let mut writer = Writer::begin(&place, &name, &keys.keys.content).await?;
    let manifest = match unload(&mut owner, &tenant, taken_at, &mut writer).await {
        Ok(manifest) => manifest,
        Err(error) => {
            writer.abort().await;
            return Err(error);
        }
    };
    let manifest = Manifest { bytes: writer.finish().await?, ..manifest };
    place.put_manifest(&name, keys.close(&name, &manifest)?).await?;
    let taken = Taken {
        name,
        taken_at,
        epoch: manifest.epoch,
        position: manifest.position,
        rows: manifest.rows(),
        bytes: manifest.bytes,
    };
    note(hub, &tenant, &mut owner, &taken).await?;
    Ok(taken)
}

async fn unload(
    owner: &mut Connection,
    tenant: &Tenant,
    taken_at: DateTime<Utc>,
    writer: &mut Writer,
) -> Result<Manifest, BackupError> {
    let mut view = commit::begin_view(owner).await?;
    let position = commit::head(&mut view).await?;
    let policy_version = settings::read(&mut view).await?.policy_version;
    let migrations = catalogue::applied(&mut view).await?;
    let audit_end = audit_chain::end(&mut view).await?.map(Into::into);
    let mut tables = Vec::new();
    for table in catalogue::tables(&mut view).await? {
        tables.push(unload_table(&mut view, table, writer).await?);
    }
    let sequences = catalogue::sequences(&mut view).await?;
    store::roll_back(view).await?;
    Ok(Manifest {
        taken_at,
        epoch: tenant.epoch,
        position,
        policy_version,
        migrations,
        tables,
        sequences,
        audit_end,
        bytes: 0,
    })
}

async fn unload_table(
    view: &mut Connection,
    table: Table,
    writer: &mut Writer,
) -> Result<TableSum, BackupError> {
    let rows = unload::count(view, &table).await?;
    let mut sum = Sha256::new();
    let mut frame = Vec::with_capacity(FRAME);
    let mut pieces = unload::rows(view, &table).await?;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        let mut piece = piece.as_ref();
        sum.update(piece);
        while !piece.is_empty() {
            let (now, later) = piece.split_at(piece.len().min(FRAME - frame.len()));
            frame.extend_from_slice(now);
            piece = later;
            if frame.len() == FRAME {
                writer.frame(&frame).await?;
                frame.clear();
            }
        }
    }
    if !frame.is_empty() {
        writer.frame(&frame).await?;
    }
    writer.frame(&[]).await?;
    let sha256 = sum.finalize().into();
    Ok(TableSum { name: table.name, columns: table.columns, rows, sha256 })
}

/// Tells the control database, the tenant's audit and the platform's.
async fn note(
    hub: &Hub,
    tenant: &Tenant,
    owner: &mut Connection,
    taken: &Taken,
) -> Result<(), BackupError> {
    let Taken { name, taken_at, epoch, position, .. } = taken;
    let known = KnownBackup {
        name: name.clone(),
        epoch: *epoch,
        position: commit::stored(*position),
        taken_at: *taken_at,
        verified_at: None,
    };
    hub.control.note_backup(tenant.id, &known).await?;
    let now = hub.clock.now();
    let detail = json!({ "backup": name, "rows": taken.rows, "by": "platform operator" });
    let entry = Entry::new(Actor::default(), "tenant.backup", Outcome::Done).with(&detail)?;
    let mut tx = store::begin(owner).await?;
    audit::append(&mut tx, vec![entry], now).await?;
    store::commit(tx).await?;
    hub.directory.pools().stir(tenant.id);
    let id = ids::row_id(now);
    Ok(hub.control.note_platform_action(id, Some(tenant.id), "tenant.backup", detail, now).await?)
}
