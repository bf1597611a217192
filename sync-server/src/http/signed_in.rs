//! Who is signed in, as a handler gets it. The tenant comes from the token, never from the request.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use domain::permissions::Grants;
use uuid::Uuid;

use super::guard::address_of;
use super::{App, Problem};
use crate::audit::Actor;
use crate::auth::access_token::Claims;
use crate::auth::rights::{Rights, Standing};
use crate::hub::Hub;
use crate::store::control::device::Device;
use crate::store::control::tenant::Tenant;
use crate::store::pool::{PoolError, TenantConnection};

/// A person, perhaps on a device, with the rights of this moment. Only the guard makes one.
#[derive(Clone)]
pub struct SignedIn {
    pub claims: Claims,
    pub rights: Arc<Rights>,
    /// Always good, but behind `Access::Contact`.
    pub standing: Standing,
    /// Where the connection came from.
    pub address: IpAddr,
}

impl SignedIn {
    pub fn tenant_id(&self) -> Uuid {
        self.claims.tenant
    }

    pub fn tenant(&self) -> &Tenant {
        &self.rights.place.tenant
    }

    /// The life of the tenant's database that is served.
    pub fn epoch(&self) -> u64 {
        // The control database holds it above zero.
        u64::try_from(self.tenant().epoch).unwrap_or_default()
    }

    pub fn user_id(&self) -> Uuid {
        self.claims.user
    }

    /// The enrolled device; absent for a sign-in without one.
    pub fn device(&self) -> Option<&Device> {
        self.rights.device.as_ref()
    }

    pub fn grants(&self) -> &Grants {
        &self.rights.grants
    }

    pub fn policy_version(&self) -> i64 {
        self.rights.grants.policy_version
    }

    /// The same with the life of the database and the rights of at least this version, which a device was told of:
    /// another hub may have heard of them earlier, and nobody is led back to what they held before.
    ///
    /// # Errors
    /// Whoever lost their access meanwhile is refused; see [`PoolError`].
    pub async fn no_older_than(
        self,
        epoch: u64,
        policy_version: i64,
        hub: &Hub,
    ) -> Result<Self, Problem> {
        let known = epoch <= self.epoch() && policy_version <= self.policy_version();
        if known || self.standing != Standing::Good {
            return Ok(self);
        }
        let rights = hub.rights.anew(&self.claims).await?.ok_or_else(Problem::not_signed_in)?;
        let standing = rights.standing(&self.claims);
        match Problem::of_standing(standing) {
            Some(problem) => Err(problem),
            None => Ok(Self { rights, ..self }),
        }
    }

    /// A connection to the tenant's database. It knows this tenant and no other for its whole life.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn connection(&self, hub: &Hub) -> Result<TenantConnection, PoolError> {
        hub.directory.connection(&self.rights.place).await
    }

    /// The same, for the audit.
    pub fn actor(&self) -> Actor {
        Actor {
            user: Some(self.claims.user),
            device: self.claims.device,
            address: Some(self.address.to_string()),
        }
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    /// # Errors
    /// A fault of ours: the handler stands behind a public route and has no guard.
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        parts.extensions.get::<SignedIn>().cloned().ok_or_else(|| {
            tracing::error!("a handler asked who is signed in on a route without a guard");
            Problem::not_signed_in()
        })
    }
}

/// Where a request came from, for handlers of public routes.
pub struct Sender(pub IpAddr);

impl FromRequestParts<App> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        Ok(Self(address_of(parts.extensions.get::<ConnectInfo<SocketAddr>>())))
    }
}
