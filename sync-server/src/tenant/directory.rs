//! Where tenants are: finds one by id or slug, and opens connections to its database. It remembers nothing;
//! `auth::rights` keeps what every request asks for.

use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::keys::Keys;
use crate::store::cluster::ClusterAdmin;
use crate::store::control::tenant::{Tenant, TenantState};
use crate::store::pool::{PoolError, Pools, TenantConnection};
use crate::store::postgres::Address;
use crate::store::{Control, StoreError};

/// A tenant, and the way to its database.
#[derive(Clone)]
pub struct TenantPlace {
    pub tenant: Arc<Tenant>,
    address: Arc<Address>,
}

impl TenantPlace {
    pub fn id(&self) -> Uuid {
        self.tenant.id
    }

    pub fn state(&self) -> TenantState {
        self.tenant.state
    }
}

/// Finds tenants. Clones share one set of connections.
#[derive(Clone)]
pub struct Directory {
    control: Control,
    keys: Arc<Keys>,
    pools: Pools,
}

impl Directory {
    pub fn new(control: Control, keys: Arc<Keys>, pools: Pools) -> Self {
        Self { control, keys, pools }
    }

    pub fn pools(&self) -> &Pools {
        &self.pools
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn by_id(&self, id: Uuid) -> Result<Option<TenantPlace>, StoreError> {
        self.place(self.control.tenant(id).await?).await
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn by_slug(&self, slug: &str) -> Result<Option<TenantPlace>, StoreError> {
        self.place(self.control.tenant_by_slug(slug).await?).await
    }

    async fn place(&self, tenant: Option<Tenant>) -> Result<Option<TenantPlace>, StoreError> {
        let Some(tenant) = tenant.filter(|tenant| tenant.state != TenantState::Deleted) else {
            return Ok(None);
        };
        let admin = self.admin(tenant.cluster_id).await?;
        let password = self.password(&tenant)?;
        let address = admin.tenant_options(&tenant.database_name, &password);
        Ok(Some(TenantPlace { tenant: Arc::new(tenant), address: Arc::new(address) }))
    }

    /// The password of a tenant's login.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the hub's key does not open it.
    pub fn password(&self, tenant: &Tenant) -> Result<Zeroizing<String>, StoreError> {
        let damaged = |message: String| StoreError::Damaged(message);
        let opened = self.keys.open(tenant.id, &tenant.sealed_password);
        let opened = opened.map_err(|error| damaged(error.to_string()))?;
        let text = std::str::from_utf8(&opened);
        let text = text.map_err(|_| damaged("a tenant's password is no text".to_owned()))?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// The administration of a cluster.
    ///
    /// # Errors
    /// See [`StoreError`]; a cluster that is not listed is damage.
    pub async fn admin(&self, cluster: Uuid) -> Result<ClusterAdmin, StoreError> {
        let cluster = self.control.cluster(cluster).await?;
        let missing = || StoreError::Damaged("a tenant's cluster is not listed".to_owned());
        Ok(ClusterAdmin::new(self.control.options(), &cluster.ok_or_else(missing)?))
    }

    /// A connection to the tenant's database, with the tenant's own login.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn connection(&self, place: &TenantPlace) -> Result<TenantConnection, PoolError> {
        self.pools.connection(place.id(), &place.address).await
    }

    /// The same, for who only looks after what others did.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn connection_unnoticed(
        &self,
        place: &TenantPlace,
    ) -> Result<TenantConnection, PoolError> {
        self.pools.connection_unnoticed(place.id(), &place.address).await
    }
}
