//! What the bearer of an access token may do right now: the state of tenant, user, session and device, and the
//! grants. Read from the databases and remembered until the control database tells of a change; while that
//! subscription is not known to be alive, nothing remembered is used.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::permissions::{Grants, Permission, Policy, RoleSet};
use domain::record::OwnFields;
use uuid::Uuid;

use super::access_token::Claims;
use crate::store::control::device::{Device, DeviceState};
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::user::UserState;
use crate::store::tenant::{own_field, role, settings, user};
use crate::store::{Connection, Control, StoreError};
use crate::sync::sight::Sight;
use crate::tenant::directory::{Directory, TenantPlace};

/// The subscription proves itself this often,
const HEARTBEAT: Duration = Duration::from_millis(400);
/// and what is remembered is trusted this long after the last proof.
const TRUSTED: i64 = 1_000;
/// However alive the subscription is, everything is read again after this time.
const LONGEST: Duration = Duration::from_secs(60);
/// People remembered at one time, over all tenants.
const MOST: usize = 100_000;

/// Whether someone with a good token may be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Good,
    /// The tenant's database is being changed; come back shortly.
    TenantMigrating,
    TenantSuspended,
    /// The user is disabled or gone, or this session was ended.
    SessionEnded,
    DeviceRevoked,
    /// Two copies of the device are in use.
    DeviceFrozen,
    /// The device is to destroy its copy.
    DeviceWiping,
}

/// One person on one device, as things stand.
pub struct Rights {
    pub place: TenantPlace,
    pub user_id: Uuid,
    pub user_name: String,
    pub device: Option<Device>,
    pub grants: Arc<Grants>,
    pub session_version: i64,
    /// When the sign-in of the device began that is not ended; nothing without a device.
    signed_in_since: Option<DateTime<Utc>>,
    standing: Standing,
    read_at: Instant,
    sight: OnceLock<Sight>,
}

impl Rights {
    /// The standing of a token with these claims.
    pub fn standing(&self, claims: &Claims) -> Standing {
        match self.standing {
            Standing::Good if claims.session_version != self.session_version => {
                Standing::SessionEnded
            }
            // A token of an earlier sign-in of the device, which was ended.
            Standing::Good if self.signed_in_since.is_some_and(|at| claims.is_older_than(at)) => {
                Standing::SessionEnded
            }
            standing => standing,
        }
    }

    /// The standing of the device itself, by whatever way it comes.
    pub fn standing_of_device(&self) -> Standing {
        self.standing
    }

    /// What these rights let a device hold; worked out at the first call.
    pub fn sight(&self) -> &Sight {
        self.sight.get_or_init(|| Sight::of(self.grants.clone()))
    }

    pub fn holds(&self, permission: Permission) -> bool {
        self.grants.holds(permission)
    }
}

type Key = (Uuid, Uuid, Option<Uuid>);

/// Reads and remembers rights. Clones share one memory.
#[derive(Clone)]
pub struct RightsReader(Arc<Inner>);

struct Inner {
    control: Control,
    directory: Directory,
    memory: Mutex<HashMap<Key, Arc<Rights>>>,
    /// Rises when something is forgotten: what was being read meanwhile is not remembered.
    forgotten: AtomicU64,
    started: Instant,
    /// Milliseconds after `started` at which the subscription was last known to be alive.
    heard: AtomicI64,
}

impl RightsReader {
    pub fn new(control: Control, directory: Directory) -> Self {
        Self(Arc::new(Inner {
            control,
            directory,
            memory: Mutex::default(),
            forgotten: AtomicU64::new(0),
            started: Instant::now(),
            heard: AtomicI64::new(i64::MIN / 2),
        }))
    }

    /// The rights of the claims' user on the claims' device; nothing if there is no such tenant, user or
    /// device any more.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn of(&self, claims: &Claims) -> Result<Option<Arc<Rights>>, PoolError> {
        let key = (claims.tenant, claims.user, claims.device);
        let hears = self.0.hears();
        if hears && let Some(known) = self.0.recall(&key) {
            return Ok(Some(known));
        }
        let forgotten = self.0.forgotten.load(Ordering::Acquire);
        let Some(rights) = self.0.read(&key).await? else { return Ok(None) };
        let rights = Arc::new(rights);
        // Whoever signs in anew must not be told what held a moment before.
        if hears && rights.standing != Standing::SessionEnded {
            self.0.remember(key, &rights, forgotten);
        }
        Ok(Some(rights))
    }

    /// The same read anew: somebody was told of other rights, perhaps by a hub that heard of them earlier.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn anew(&self, claims: &Claims) -> Result<Option<Arc<Rights>>, PoolError> {
        self.0.forget_one(&(claims.tenant, claims.user, claims.device));
        self.of(claims).await
    }

    /// The rights of a device's person on it, read now: its word has come without a token.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn of_device(&self, device: &Device) -> Result<Option<Arc<Rights>>, PoolError> {
        let rights = self.0.read(&(device.tenant_id, device.user_id, Some(device.id))).await?;
        Ok(rights.map(Arc::new))
    }

    /// Listens for changes for as long as the hub runs.
    pub async fn listen(self) {
        loop {
            if let Err(error) = self.0.listen_once().await {
                tracing::warn!(%error, "no word of changed rights; asking the databases each time");
            }
            tokio::time::sleep(HEARTBEAT).await;
        }
    }
}

impl Inner {
    fn hears(&self) -> bool {
        self.now() - self.heard.load(Ordering::Acquire) < TRUSTED
    }

    fn now(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<Rights>>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recall(&self, key: &Key) -> Option<Arc<Rights>> {
        self.memory().get(key).filter(|rights| rights.read_at.elapsed() < LONGEST).cloned()
    }

    fn remember(&self, key: Key, rights: &Arc<Rights>, forgotten: u64) {
        let mut memory = self.memory();
        if self.forgotten.load(Ordering::Acquire) != forgotten {
            return;
        }
        if memory.len() >= MOST {
            memory.clear();
        }
        memory.insert(key, rights.clone());
    }

    fn forget(&self, tenant: Option<Uuid>) {
        let mut memory = self.memory();
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        memory.retain(|key, _| tenant.is_some_and(|tenant| key.0 != tenant));
    }

    fn forget_one(&self, key: &Key) {
        let mut memory = self.memory();
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        memory.remove(key);
    }

    async fn listen_once(&self) -> Result<(), StoreError> {
        let mut watch = self.control.watch().await?;
        // Whatever happened before the subscription was there was not heard.
        self.forget(None);
        loop {
            self.heard.store(self.now(), Ordering::Release);
            if let Some(tenant) = watch.next(HEARTBEAT).await? {
                self.forget(Some(tenant));
            }
        }
    }

    async fn read(&self, (tenant, user_id, device): &Key) -> Result<Option<Rights>, PoolError> {
        let Some(place) = self.directory.by_id(*tenant).await? else { return Ok(None) };
        let version = self.control.user_version(*tenant, *user_id).await?;
        // Before the device: whoever ends its sessions says why in the same transaction, so that it is seen as well.
        let signed_in_since = match device {
            Some(id) => self.control.signed_in_since(*id).await?,
            None => None,
        };
        let device = match device {
            None => None,
            Some(id) => match self.control.device(*tenant, *id).await? {
                Some(device) if device.user_id == *user_id => Some(device),
                _ => return Ok(None),
            },
        };
        let mut standing = match (place.state(), &device) {
            (TenantState::Creating | TenantState::Deleting | TenantState::Deleted, _) => {
                return Ok(None);
            }
            (TenantState::Suspended, _) => Standing::TenantSuspended,
            (TenantState::Migrating, _) => Standing::TenantMigrating,
            (TenantState::Active, Some(device)) => match device.state {
                DeviceState::Active if device.frozen_at.is_some() => Standing::DeviceFrozen,
                DeviceState::Active => Standing::Good,
                DeviceState::Revoked => Standing::DeviceRevoked,
                DeviceState::Wiping | DeviceState::Wiped => Standing::DeviceWiping,
            },
            (TenantState::Active, None) => Standing::Good,
        };
        let ended = device.is_some() && signed_in_since.is_none();
        if (ended || version.disabled_at.is_some()) && standing == Standing::Good {
            standing = Standing::SessionEnded;
        }
        let (mut user_name, mut grants) = (String::new(), Grants::default());
        if standing == Standing::Good {
            let mut connection = self.directory.connection(&place).await?;
            match user::by_id(&mut connection, *user_id).await? {
                Some(user) if user.state == UserState::Active => {
                    grants = read_grants(&mut connection, &place, &user).await?;
                    user_name = user.name;
                }
                _ => standing = Standing::SessionEnded,
            }
        } else {
            self.directory.pools().close_idle(*tenant).await;
        }
        Ok(Some(Rights {
            place,
            user_id: *user_id,
            user_name,
            device,
            grants: Arc::new(grants),
            session_version: version.session_version,
            signed_in_since,
            standing,
            read_at: Instant::now(),
            sight: OnceLock::new(),
        }))
    }
}

/// The grants of a user, worked out from the tenant's roles.
///
/// # Errors
/// [`StoreError::Damaged`] if the tenant's policy is older than one that was in force: its database came back
/// from a backup, and nobody is served by rights that were taken away since.
pub async fn read_grants(
    connection: &mut Connection,
    place: &TenantPlace,
    user: &user::User,
) -> Result<Grants, StoreError> {
    let settings = settings::read(connection).await?;
    if settings.policy_version < place.tenant.policy_version {
        let message = "the tenant's roles are older than those that were last in force";
        return Err(StoreError::Damaged(message.to_owned()));
    }
    let roles = role::all(connection).await?;
    let assigned = role::of_user(connection, user.id).await?.into_iter().collect();
    let own_fields = own_field::all(connection).await?;
    grants_of(settings.policy_version, &roles, &own_fields, user, &assigned)
}

/// What these roles give this user.
///
/// # Errors
/// [`StoreError::Damaged`] if a role is not there.
pub fn grants_of(
    policy_version: i64,
    roles: &RoleSet,
    own_fields: &OwnFields,
    user: &user::User,
    assigned: &BTreeSet<String>,
) -> Result<Grants, StoreError> {
    let policy = Policy {
        version: policy_version,
        roles,
        entities: domain::masters::ALL,
        tenant_fields: &own_fields.tenant_fields(),
    };
    let effective = policy.effective(&user.person(), assigned);
    effective.map(|rights| rights.grants).map_err(|error| StoreError::Damaged(error.to_string()))
}
