//! What is done to tenants that exist: listed, suspended, resumed, brought up to date, deleted. Making one is
//! `create`'s.

use serde::Serialize;
use uuid::Uuid;

use crate::hub::Hub;
use crate::ids;
use crate::store::control::tenant::{Tenant, TenantState};
use crate::store::{StoreError, migrations};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    #[error("there is no tenant `{0}`")]
    Unknown(String),
    #[error("the tenant `{slug}` is {state}; this takes one that is {needed}", state = state.name())]
    State { slug: String, state: TenantState, needed: &'static str },
    #[error("to delete the tenant `{0}` with all its data, repeat its slug with --confirm")]
    NotConfirmed(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A tenant as it is listed.
#[derive(Debug, Serialize)]
pub struct TenantView {
    pub id: Uuid,
    pub slug: Option<String>,
    pub name: String,
    pub state: TenantState,
    /// The last finished step, while the tenant is being created.
    pub creation_step: Option<String>,
    pub database: String,
    pub schema_version: i64,
    pub epoch: i64,
    pub plan: String,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub state_since: chrono::DateTime<chrono::Utc>,
}

impl From<Tenant> for TenantView {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id,
            slug: tenant.slug,
            name: tenant.name,
            state: tenant.state,
            creation_step: tenant.creation_step,
            database: tenant.database_name,
            schema_version: tenant.schema_version,
            epoch: tenant.epoch,
            plan: tenant.plan,
            created_at: tenant.created_at,
            state_since: tenant.state_since,
        }
    }
}

/// # Errors
/// See [`ManageError`].
pub async fn find(hub: &Hub, slug: &str) -> Result<Tenant, ManageError> {
    let found = hub.control.tenant_by_slug(slug).await?;
    found.ok_or_else(|| ManageError::Unknown(slug.to_owned()))
}

/// Shuts a tenant's people and devices out; the data stays.
///
/// # Errors
/// See [`ManageError`].
pub async fn suspend(hub: &Hub, slug: &str) -> Result<TenantView, ManageError> {
    let tenant =
        in_state(hub, slug, &[TenantState::Active, TenantState::Suspended], "active").await?;
    set_state(hub, tenant, TenantState::Suspended, "tenant.suspend").await
}

/// Lets a suspended tenant's people in again.
///
/// # Errors
/// See [`ManageError`].
pub async fn resume(hub: &Hub, slug: &str) -> Result<TenantView, ManageError> {
    let states = [TenantState::Suspended, TenantState::Active];
    let tenant = in_state(hub, slug, &states, "suspended").await?;
    set_state(hub, tenant, TenantState::Active, "tenant.resume").await
}

/// Removes a tenant's database and login. Its slug becomes free. Can be repeated after an interruption.
///
/// # Errors
/// See [`ManageError`].
pub async fn delete(
    hub: &Hub,
    slug: &str,
    confirm: Option<&str>,
) -> Result<TenantView, ManageError> {
    let tenant = find(hub, slug).await?;
    if confirm != Some(slug) {
        return Err(ManageError::NotConfirmed(slug.to_owned()));
    }
    let (id, cluster, name) = (tenant.id, tenant.cluster_id, tenant.database_name.clone());
    if tenant.state != TenantState::Deleting {
        set_state(hub, tenant, TenantState::Deleting, "tenant.delete").await?;
    }
    hub.directory.pools().close_idle(id).await;
    for (beside, cluster) in hub.control.databases_beside(id, true).await? {
        hub.directory.admin(cluster).await?.drop_tenant(&beside).await?;
        hub.control.forget_database(&beside).await?;
    }
    hub.directory.admin(cluster).await?.drop_tenant(&name).await?;
    hub.control.bury_tenant(id, hub.clock.now()).await?;
    view(hub, id).await
}

/// What became of one tenant in a migration.
#[derive(Debug, Serialize)]
pub struct Migrated {
    pub slug: String,
    pub from_version: i64,
    pub to_version: i64,
    /// What went wrong, if anything did. The others went on.
    pub error: Option<String>,
}

/// Brings one tenant, or every one that is active or suspended, up to date. One that fails stays as it was and
/// holds up no other.
///
/// # Errors
/// See [`ManageError`].
pub async fn migrate(hub: &Hub, slug: Option<&str>) -> Result<Vec<Migrated>, ManageError> {
    let tenants = match slug {
        Some(slug) => {
            let states = [TenantState::Active, TenantState::Suspended, TenantState::Migrating];
            vec![in_state(hub, slug, &states, "active or suspended").await?]
        }
        None => hub.control.tenants().await?,
    };
    let mut done = Vec::new();
    for tenant in tenants {
        use TenantState::{Active, Migrating, Suspended};
        if !matches!(tenant.state, Active | Suspended | Migrating) {
            continue;
        }
        let mut line = Migrated {
            slug: tenant.slug.clone().unwrap_or_default(),
            from_version: tenant.schema_version,
            to_version: tenant.schema_version,
            error: None,
        };
        match migrate_one(hub, &tenant).await {
            Ok(()) => line.to_version = migrations::tenant_version(),
            Err(error) => {
                tracing::error!(tenant = %tenant.id, ?error, "a tenant could not be brought up to date");
                line.error = Some(error.to_string());
            }
        }
        done.push(line);
    }
    Ok(done)
}

async fn migrate_one(hub: &Hub, tenant: &Tenant) -> Result<(), StoreError> {
    if tenant.schema_version == migrations::tenant_version()
        && tenant.state != TenantState::Migrating
    {
        return Ok(());
    }
    // A suspended tenant stays suspended; others are told to wait.
    let after = match tenant.state {
        TenantState::Suspended => TenantState::Suspended,
        _ => TenantState::Active,
    };
    if after == TenantState::Active {
        let now = hub.clock.now();
        hub.control.set_tenant_state(tenant.id, TenantState::Migrating, now).await?;
    }
    let admin = hub.directory.admin(tenant.cluster_id).await?;
    let result = async {
        if tenant.state == TenantState::Migrating {
            // A restore that was killed has shut the tenant's login out.
            admin.open_database(&tenant.database_name).await?;
        }
        let mut owner = admin.connect_as_owner(&tenant.database_name).await?;
        migrations::migrate_tenant(&mut owner).await
    }
    .await;
    if result.is_ok() {
        hub.control.set_schema_version(tenant.id, migrations::tenant_version()).await?;
    }
    // Each migration is a transaction: after a failure the schema is one that this program has served before.
    hub.control.set_tenant_state(tenant.id, after, hub.clock.now()).await?;
    result
}

async fn in_state(
    hub: &Hub,
    slug: &str,
    states: &[TenantState],
    needed: &'static str,
) -> Result<Tenant, ManageError> {
    let tenant = find(hub, slug).await?;
    if !states.contains(&tenant.state) {
        return Err(ManageError::State { slug: slug.to_owned(), state: tenant.state, needed });
    }
    Ok(tenant)
}

async fn set_state(
    hub: &Hub,
    tenant: Tenant,
    state: TenantState,
    action: &str,
) -> Result<TenantView, ManageError> {
    if tenant.state != state {
        let now = hub.clock.now();
        hub.control.set_tenant_state(tenant.id, state, now).await?;
        let detail = serde_json::json!({ "slug": tenant.slug, "before": tenant.state });
        let id = ids::row_id(now);
        hub.control.note_platform_action(id, Some(tenant.id), action, detail, now).await?;
    }
    view(hub, tenant.id).await
}

async fn view(hub: &Hub, id: Uuid) -> Result<TenantView, ManageError> {
    let missing = || ManageError::Unknown(id.to_string());
    Ok(hub.control.tenant(id).await?.ok_or_else(missing)?.into())
}
