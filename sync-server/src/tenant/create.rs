//! Making a tenant, step by step. Each finished step is recorded in the control database and each can be done
//! again: a kill at any point and a rerun leave one tenant, and no database or role without one.

use domain::permissions::StandardRole;
use domain::record::Kind;
use domain::standards;
use serde::Serialize;
use uuid::Uuid;

use super::directory::TenantPlace;
use super::first_records::FirstRecordsError;
use super::lay_down::{Choices, lay_down};
use super::slug::{self, SlugError};
use crate::auth::link::{self, NewLink};
use crate::hub::Hub;
use crate::ids;
use crate::store::cluster::ClusterAdmin;
use crate::store::control::tenant::{NewTenant, Tenant, TenantState};
use crate::store::pool::PoolError;
use crate::store::tenant::role;
use crate::store::tenant::user::{self, UserState, fold_email};
use crate::store::{self, StoreError, migrations};

/// A step of creation, named for what is true once it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The slug, the database's name and its password are noted.
    Reserved,
    /// The login role is there.
    LoginMade,
    /// The database is there, and closed to all.
    DatabaseMade,
    /// The login alone may enter it.
    Opened,
    /// Settings, roles and reference data are in it.
    LaidDown,
    /// The first admin is invited.
    AdminInvited,
}

impl Step {
    pub const ALL: [Step; 6] = [
        Step::Reserved,
        Step::LoginMade,
        Step::DatabaseMade,
        Step::Opened,
        Step::LaidDown,
        Step::AdminInvited,
    ];

    /// The name under which the step is recorded.
    pub const fn name(self) -> &'static str {
        match self {
            Step::Reserved => "reserved",
            Step::LoginMade => "login_made",
            Step::DatabaseMade => "database_made",
            Step::Opened => "opened",
            Step::LaidDown => "laid_down",
            Step::AdminInvited => "admin_invited",
        }
    }

    fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// What the new tenant is to be.
#[derive(Debug, Clone)]
pub struct Order {
    pub slug: String,
    pub name: String,
    pub admin_email: String,
    pub admin_name: String,
    pub choices: Choices,
}

/// A tenant, and the link by which its first admin comes in.
#[derive(Serialize)]
pub struct Created {
    pub id: Uuid,
    pub slug: String,
    /// Whether this call has finished its creation. False: it was there, and its first admin, who has not
    /// come in yet, has got another link.
    pub created: bool,
    pub admin_email: String,
    pub invitation_url: String,
    pub invitation_token: String,
    pub invitation_expires_at: chrono::DateTime<chrono::Utc>,
}

/// Why a tenant was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("slug: {0}")]
    Slug(#[from] SlugError),
    #[error("{field}: {message}")]
    Field { field: &'static str, message: String },
    #[error("slug: `{0}` is taken; choose another")]
    Taken(String),
    #[error("no cluster is open for new tenants")]
    NoCluster,
    #[error(transparent)]
    FirstRecords(#[from] FirstRecordsError),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// Makes a tenant, or finishes one whose making was interrupted.
///
/// # Errors
/// See [`CreateError`].
pub async fn create(hub: &Hub, order: &Order) -> Result<Created, CreateError> {
    check(order)?;
    // One creation of a slug at a time, on any hub. The lock goes with its connection, also by a kill.
    let lock = hub.control.lock_slug(&order.slug).await?;
    let made = Creation { hub, order }.run().await;
    lock.release().await?;
    made
}

fn check(order: &Order) -> Result<(), CreateError> {
    let wrong =
        |field, message: &str| Err(CreateError::Field { field, message: message.to_owned() });
    slug::check(&order.slug)?;
    // As the company's name is read, which the tenant's becomes.
    for (field, name) in [("name", &order.name), ("admin_name", &order.admin_name)] {
        if name.trim().is_empty() {
            return wrong(field, "must have 1 to 200 characters");
        }
        if let Err(fault) = Kind::text(200).read(&name.as_str().into()) {
            return wrong(field, &fault.to_string());
        }
    }
    let Choices { language, time_zone, currency, country, .. } = &order.choices;
    for (field, read) in [
        ("admin_email", standards::email::read(&order.admin_email)),
        ("language", standards::language::read(language)),
        ("time_zone", standards::time_zone::read(time_zone)),
        ("currency", standards::currency::read(currency)),
        ("country", standards::country::read(country)),
    ] {
        if let Err(fault) = read {
            return wrong(field, &fault.to_string());
        }
    }
    Ok(())
}

struct Creation<'a> {
    hub: &'a Hub,
    order: &'a Order,
}

impl Creation<'_> {
    async fn run(&self) -> Result<Created, CreateError> {
        let hub = self.hub;
        let tenant = match hub.control.tenant_by_slug(&self.order.slug).await? {
            Some(tenant) => tenant,
            None => self.reserve().await?,
        };
        match tenant.state {
            TenantState::Creating => {}
            TenantState::Active => return self.invite_again(tenant).await,
            _ => return Err(CreateError::Taken(self.order.slug.clone())),
        }
        let done = tenant.creation_step.as_deref().and_then(Step::named);
        let admin = hub.directory.admin(tenant.cluster_id).await?;
        for step in Step::ALL.into_iter().filter(|step| done.is_none_or(|done| *step > done)) {
            self.take(step, &tenant, &admin).await?;
            hub.control.finish_creation_step(tenant.id, step.name()).await?;
        }
        // The link of an interrupted run was never shown: there is always a fresh one.
        let place = self.place(tenant.id).await?;
        let link = self.invite(&place).await?;
        let now = hub.clock.now();
        let detail = serde_json::json!({ "slug": self.order.slug });
        let (version, note) = (migrations::tenant_version(), ids::row_id(now));
        hub.control.open_tenant(tenant.id, version, note, detail, now).await?;
        Ok(self.created(tenant.id, true, link))
    }

    async fn take(
        &self,
        step: Step,
        tenant: &Tenant,
        admin: &ClusterAdmin,
    ) -> Result<(), CreateError> {
        let name = &tenant.database_name;
        match step {
            Step::Reserved => {}
            Step::LoginMade => {
                admin.prepare().await?;
                let password = self.hub.directory.password(tenant)?;
                admin.ensure_login(name, &password).await?;
            }
            Step::DatabaseMade => {
                admin.ensure_database(name, &admin.template().await?).await?;
            }
            Step::Opened => {
                // Between the steps the template may have moved on: the database follows.
                admin.open_database(name).await?;
                let mut owner = admin.connect_as_owner(name).await?;
                migrations::migrate_tenant(&mut owner).await?;
            }
            Step::LaidDown => {
                let place = self.place(tenant.id).await?;
                let mut connection = self.hub.directory.connection(&place).await?;
                let name = self.order.name.trim();
                lay_down(&mut connection, name, &self.order.choices, self.hub.clock.now()).await?;
            }
            Step::AdminInvited => {
                let place = self.place(tenant.id).await?;
                self.add_admin(&place).await?;
            }
        }
        Ok(())
    }

    async fn reserve(&self) -> Result<Tenant, CreateError> {
        let (hub, now) = (self.hub, self.hub.clock.now());
        let cluster = hub.control.cluster_for_new_tenant(ids::row_id(now), now).await?;
        let cluster = cluster.ok_or(CreateError::NoCluster)?;
        let id = ids::opaque_id();
        let password = ids::secret_text();
        let sealed = hub.keys.seal(id, password.as_bytes());
        let sealed = sealed.map_err(|error| StoreError::Damaged(error.to_string()))?;
        let new = NewTenant {
            id,
            slug: &self.order.slug,
            name: self.order.name.trim(),
            cluster_id: cluster.id,
            database_name: &format!("erp_tenant_{}", id.simple()),
            sealed_password: &sealed,
            step: Step::Reserved.name(),
            now,
        };
        hub.control.reserve_tenant(new).await?;
        let missing = || StoreError::Damaged("a tenant that was just noted is gone".to_owned());
        Ok(hub.control.tenant(id).await?.ok_or_else(missing)?)
    }

    async fn place(&self, id: Uuid) -> Result<TenantPlace, CreateError> {
        let missing = || StoreError::Damaged("a tenant that was just noted is gone".to_owned());
        Ok(self.hub.directory.by_id(id).await?.ok_or_else(missing)?)
    }

    async fn add_admin(&self, place: &TenantPlace) -> Result<(), CreateError> {
        let now = self.hub.clock.now();
        let mut connection = self.hub.directory.connection(place).await?;
        let mut tx = store::begin(&mut connection).await?;
        if user::count(&mut tx).await? == 0 {
            let id = ids::row_id(now);
            let (email, name) = (&self.order.admin_email, self.order.admin_name.trim());
            user::invite(&mut tx, id, email, name, now).await?;
            let admin = StandardRole::Admin.key().to_owned();
            role::assign(&mut tx, id, &[admin], None, now).await?;
        }
        Ok(store::commit(tx).await?)
    }

    /// A link for the first admin, who must be the one of this order and must not have come in yet.
    async fn invite(&self, place: &TenantPlace) -> Result<NewLink, CreateError> {
        let now = self.hub.clock.now();
        let taken = || CreateError::Taken(self.order.slug.clone());
        let mut connection = self.hub.directory.connection(place).await?;
        let mut users = user::all(&mut connection).await?;
        let admin = match (users.pop(), users.is_empty()) {
            (Some(user), true) => user,
            _ => return Err(taken()),
        };
        let same = fold_email(&admin.email) == fold_email(&self.order.admin_email);
        if !same || admin.state != UserState::Invited {
            return Err(taken());
        }
        let mut tx = store::begin(&mut connection).await?;
        let url = &self.hub.config.listen.public_url;
        let link = link::invite(&mut tx, url, &self.order.slug, admin.id, now).await?;
        store::commit(tx).await?;
        Ok(link)
    }

    async fn invite_again(&self, tenant: Tenant) -> Result<Created, CreateError> {
        let place = self.place(tenant.id).await?;
        let link = self.invite(&place).await?;
        Ok(self.created(tenant.id, false, link))
    }

    fn created(&self, id: Uuid, created: bool, link: NewLink) -> Created {
        Created {
            id,
            slug: self.order.slug.clone(),
            created,
            admin_email: self.order.admin_email.clone(),
            invitation_url: link.url,
            invitation_token: link.token,
            invitation_expires_at: link.expires_at,
        }
    }
}
