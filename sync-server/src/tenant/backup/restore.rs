//! Restoring a tenant from a backup: beside, checked, then put in the place of the live database, which is kept aside.
//! What a backup must not bring back stays as it is now: in the control database devices, sessions, disabled users
//! and the height of the policy, and as far as the live database can be read who the people are and what they may do.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::beside::{Beside, Opened};
use super::check::check;
use super::{BackupError, list};
use crate::audit::{self, Actor, Entry, Outcome};
use crate::hub::Hub;
use crate::ids;
use crate::store::cluster::ClusterAdmin;
use crate::store::control::backup::Swap;
use crate::store::control::tenant::{Tenant, TenantState};
use crate::store::tenant::number::{self, Counter};
use crate::store::tenant::sync::{commit, device};
use crate::store::tenant::whole::people::{self, People};
use crate::store::tenant::{outbox, settings};
use crate::store::{self, Connection, StoreError, migrations};
use crate::tenant::manage::{ManageError, find};

/// What a tenant was restored to.
#[derive(Debug, Serialize)]
pub struct Restored {
    pub name: String,
    pub taken_at: DateTime<Utc>,
    pub epoch: i64,
    pub database: String,
    /// The database that was the live one.
    pub kept_aside: String,
    /// Whether people, their roles and their links stay as they were. If not, they are those of the backup, and what
    /// was taken from somebody since has to be taken again.
    pub people_kept: bool,
    /// Devices that have sent what the backup does not hold; nothing where nobody knows.
    pub devices_ahead: Option<usize>,
    pub policy_version: i64,
}

/// Restores a tenant from one of its backups. Can be repeated after an interruption.
///
/// # Errors
/// See [`BackupError`]; then the tenant goes on as before.
pub async fn restore(
    hub: &Hub,
    slug: &str,
    name: &str,
    confirmed: bool,
) -> Result<Restored, BackupError> {
    let lock = hub.control.lock_slug(slug).await?;
    let restored = restore_alone(hub, slug, name, confirmed).await;
    lock.release().await?;
    restored
}

async fn restore_alone(
    hub: &Hub,
    slug: &str,
    name: &str,
    confirmed: bool,
) -> Result<Restored, BackupError> {
    use TenantState::{Active, Migrating, Suspended};
    let tenant = find(hub, slug).await?;
    let state = tenant.state;
    if !matches!(state, Active | Suspended | Migrating) {
        let (slug, needed) = (slug.to_owned(), "active or suspended");
        return Err(ManageError::State { slug, state, needed }.into());
    }
    let opened = Opened::find(hub, &tenant, slug, Some(name)).await?;
    forget_nothing(hub, &tenant, &opened).await?;
    if !confirmed {
        let (slug, name) = (slug.to_owned(), name.to_owned());
        return Err(BackupError::NotConfirmed { slug, name, taken_at: opened.manifest.taken_at });
    }
    // A suspended tenant serves nobody and stays suspended; others are told to wait.
    let after = if state == Suspended { Suspended } else { Active };
    if after == Active {
        hub.control.set_tenant_state(tenant.id, Migrating, hub.clock.now()).await?;
    }
    let restored = bring_back(hub, &tenant, &opened, after).await;
    if restored.is_err() {
        let admin = hub.directory.admin(tenant.cluster_id).await?;
        if let Err(error) = admin.open_database(&tenant.database_name).await {
            tracing::warn!(?error, "the live database of the tenant cannot be opened");
        }
        hub.control.set_tenant_state(tenant.id, after, hub.clock.now()).await?;
    }
    restored
}

/// Devices forget what lies in a verified backup: an older one would lose it.
async fn forget_nothing(hub: &Hub, tenant: &Tenant, opened: &Opened) -> Result<(), BackupError> {
    let known = hub.control.backups(tenant.id).await?;
    let newer = |taken_at| taken_at > opened.manifest.taken_at;
    let verified = known.into_iter().rfind(|it| it.verified_at.is_some() && newer(it.taken_at));
    match verified {
        None => Ok(()),
        Some(verified) => {
            Err(BackupError::Forgotten { name: opened.name.clone(), verified: verified.name })
        }
    }
}

async fn bring_back(
    hub: &Hub,
    tenant: &Tenant,
    opened: &Opened,
    after: TenantState,
) -> Result<Restored, BackupError> {
    let beside = Beside::make(hub, tenant, opened).await?;
    let made = match make_good(hub, tenant, opened, &beside).await {
        Ok(made) => made,
        Err(error) => {
            beside.remove(hub).await;
            return Err(error);
        }
    };
    // If this fails, nobody knows here which is the live one: nothing is removed.
    swap(hub, tenant, opened, &beside, &made, after).await?;
    hub.directory.pools().close_idle(tenant.id).await;
    hub.directory.pools().stir(tenant.id);
    if let Err(error) = beside.admin.close_database(&tenant.database_name).await {
        tracing::warn!(?error, database = %tenant.database_name, "the database aside is still open");
    }
    Ok(Restored {
        name: opened.name.clone(),
        taken_at: opened.manifest.taken_at,
        epoch: tenant.epoch + 1,
        database: beside.database,
        kept_aside: tenant.database_name.clone(),
        people_kept: made.people_kept,
        devices_ahead: made.devices_ahead,
        policy_version: made.policy_version,
    })
}

struct Made {
    policy_version: i64,
    people_kept: bool,
    devices_ahead: Option<usize>,
}

/// Checks the restored database, brings it up to date, and takes over what stays as it is now. The live database
/// stands still from here on.
async fn make_good(
    hub: &Hub,
    tenant: &Tenant,
    opened: &Opened,
    beside: &Beside,
) -> Result<Made, BackupError> {
    let mut owner = beside.owner().await?;
    let findings = check(&mut owner, &opened.manifest).await?;
    if !findings.is_empty() {
        return Err(BackupError::NotSound { name: opened.name.clone(), findings });
    }
    let now = hub.clock.now();
    hub.control
        .note_backup(tenant.id, &list::known(&opened.name, &opened.manifest, Some(now)))
        .await?;
    migrations::migrate_tenant(&mut owner).await?;
    let live = match read_live(&beside.admin, &tenant.database_name).await {
        Ok(live) => Some(live),
        Err(error) => {
            tracing::warn!(
                ?error,
                "the live database cannot be read: people are those of the backup"
            );
            None
        }
    };
    let seen = hub.control.highest_leased_policy(tenant.id).await?;
    let theirs = live.as_ref().map_or(0, |live| live.policy_version);
    let policy_version =
        tenant.policy_version.max(seen).max(theirs).max(opened.manifest.policy_version) + 1;
    // Those that people hold: what came by requests has a chain of the hub's own, and comes from nowhere again.
    let devices = hub.control.devices(tenant.id).await?;
    let end = |device: Uuid| live.as_ref().map(|live| live.ends.get(&device).copied().unwrap_or(0));
    let ends: Vec<_> = devices.iter().map(|it| (it.id, it.user_id, end(it.id))).collect();
    let mut tx = store::begin(&mut owner).await?;
    match &live {
        Some(live) => people::write(&mut tx, &live.people).await?,
        None => people::forget_links(&mut tx).await?,
    }
    settings::set_policy_version(&mut tx, policy_version).await?;
    device::note_lost(&mut tx, &ends, now).await?;
    let counters = live.as_ref().map(|live| live.counters.as_slice());
    let numbers_skipped = number::restore(&mut tx, counters, devices.len(), now).await?;
    outbox::give_up(&mut tx, "the tenant was restored; this may have been sent before", now)
        .await?;
    let devices_ahead = match &live {
        Some(_) => Some(device::healings(&mut tx).await?.len()),
        None => None,
    };
    let detail = json!({
        "backup": opened.name, "people_kept": live.is_some(), "devices_ahead": devices_ahead,
        "numbers_skipped": numbers_skipped, "by": "platform operator",
    });
    let entry = Entry::new(Actor::default(), "tenant.restore", Outcome::Done).with(&detail)?;
    audit::append(&mut tx, vec![entry], now).await?;
    store::commit(tx).await?;
    Ok(Made { policy_version, people_kept: live.is_some(), devices_ahead })
}

/// What the live database says of what stays as it is now.
struct Live {
    people: People,
    policy_version: i64,
    ends: HashMap<Uuid, i64>,
    counters: Vec<Counter>,
}

async fn read_live(admin: &ClusterAdmin, database: &str) -> Result<Live, StoreError> {
    admin.lock_out(database).await?;
    let mut owner: Connection = admin.connect_as_owner(database).await?;
    let mut view = commit::begin_view(&mut owner).await?;
    let people = people::read(&mut view).await?;
    let policy_version = settings::read(&mut view).await?.policy_version;
    let ends = device::answered_to(&mut view).await?;
    let counters = number::counters(&mut view).await?;
    store::roll_back(view).await?;
    Ok(Live { people, policy_version, ends: ends.into_iter().collect(), counters })
}

async fn swap(
    hub: &Hub,
    tenant: &Tenant,
    opened: &Opened,
    beside: &Beside,
    made: &Made,
    after: TenantState,
) -> Result<(), BackupError> {
    beside.admin.ensure_login(&beside.database, &beside.password).await?;
    beside.admin.open_database(&beside.database).await?;
    let sealed = hub.keys.seal(tenant.id, beside.password.as_bytes());
    let sealed = sealed.map_err(|error| StoreError::Damaged(error.to_string()))?;
    let now = hub.clock.now();
    let swap = Swap {
        tenant: tenant.id,
        epoch: tenant.epoch,
        database: &beside.database,
        sealed_password: &sealed,
        policy_version: made.policy_version,
        schema_version: migrations::tenant_version(),
        position: commit::stored(opened.manifest.position),
        state: after,
        note: ids::row_id(now),
        detail: json!({
            "backup": opened.name, "epoch": tenant.epoch + 1, "kept_aside": tenant.database_name,
            "people_kept": made.people_kept,
        }),
        now,
    };
    if hub.control.swap_database(swap).await? {
        return Ok(());
    }
    let message = "another restore of this tenant came first".to_owned();
    Err(StoreError::Damaged(message).into())
}
