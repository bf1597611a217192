//! Connections to thousands of tenants' databases under one cap. A connection belongs to one tenant for its
//! whole life: its login can enter no other database. Nothing is opened before it is needed.
//!
//! Fairness: a request first takes a turn of its tenant, then one of the hub, both in order of arrival. As a
//! tenant has few turns, it stands in the hub's queue with few requests, however many it makes.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use sqlx::Connection as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::postgres::Address;
use super::{Connection, StoreError, postgres};
use crate::config::DatabaseConfig;

/// A connection that rested longer than this is asked for a sign of life before it is used.
const TRUSTED: Duration = Duration::from_secs(1);
/// A connection that does not answer within this time is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// Tenants whose turns are remembered. One that is forgotten while its requests run gets a second set of
/// turns; the hub's cap holds all the same.
const REMEMBERED_TENANTS: usize = 10_000;

/// No connection to be had.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// Every turn was taken for as long as a request may wait.
    #[error("the hub is busy")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All connections to tenants' databases. Clones share them.
#[derive(Clone)]
pub struct Pools(Arc<Shared>);

struct Shared {
    turns: Arc<Semaphore>,
    turns_of_tenants: Cache<Uuid, Arc<Semaphore>>,
    per_tenant: usize,
    most: usize,
    wait: Duration,
    idle_limit: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// In the order they came to rest: the first has rested longest.
    idle: Vec<Idle>,
    in_use: usize,
    /// Tenants whose connections were in use since the sealer of the audit last asked.
    stirred: BTreeSet<Uuid>,
}

struct Idle {
    tenant: Uuid,
    /// A tenant that was restored has another one.
    database: String,
    since: Instant,
    connection: Connection,
}

impl Pools {
    pub fn new(config: &DatabaseConfig) -> Self {
        Self(Arc::new(Shared {
            turns: Arc::new(Semaphore::new(config.max_connections)),
            turns_of_tenants: Cache::new(REMEMBERED_TENANTS),
            per_tenant: config.max_connections_per_tenant.min(config.max_connections),
            most: config.max_connections,
            wait: config.wait,
            idle_limit: config.idle,
            state: Mutex::default(),
        }))
    }

    /// A connection to a tenant's database at this address.
    ///
    /// # Errors
    /// [`PoolError::Busy`] if no turn came in time.
    pub async fn connection(
        &self,
        tenant: Uuid,
        address: &Address,
    ) -> Result<TenantConnection, PoolError> {
        let mut lent = self.connection_unnoticed(tenant, address).await?;
        lent.noticed = true;
        Ok(lent)
    }

    /// The same, for who only looks after what others did: the tenant does not count as in use.
    ///
    /// # Errors
    /// [`PoolError::Busy`] if no turn came in time.
    pub async fn connection_unnoticed(
        &self,
        tenant: Uuid,
        address: &Address,
    ) -> Result<TenantConnection, PoolError> {
        let turns = tokio::time::timeout(self.0.wait, self.take_turns(tenant));
        let turns = turns.await.map_err(|_| PoolError::Busy)?;
        let database = address.get_database().unwrap_or_default().to_owned();
        let mut lease = Lease { shared: self.0.clone(), tenant, database, turns: Some(turns) };
        let (resting, surplus) = lease.begin();
        if let Some(surplus) = surplus {
            close(surplus).await;
        }
        if let Some(resting) = resting
            && let Some(connection) = wake(resting).await
        {
            return Ok(TenantConnection::new(connection, lease));
        }
        let connection = postgres::connect(address).await?;
        Ok(TenantConnection::new(connection, lease))
    }

    async fn take_turns(&self, tenant: Uuid) -> Turns {
        let shared = &self.0;
        let own = shared.turns_of_tenants.get_or_insert_with(&tenant, || {
            Ok::<_, std::convert::Infallible>(Arc::new(Semaphore::new(shared.per_tenant)))
        });
        let own = match own {
            Ok(own) => own.acquire_owned().await,
            Err(never) => match never {},
        };
        // A semaphore that is never closed always gives its permits out.
        Turns { _own: own.ok(), _hub: shared.turns.clone().acquire_owned().await.ok() }
    }

    /// Closes connections that rested too long.
    pub async fn sweep(&self) {
        let tired: Vec<Idle> = {
            let mut state = self.0.state();
            state.idle.extract_if(.., |idle| idle.since.elapsed() > self.0.idle_limit).collect()
        };
        for idle in tired {
            close(idle).await;
        }
    }

    /// Closes a tenant's resting connections.
    pub async fn close_idle(&self, tenant: Uuid) {
        let theirs: Vec<Idle> = {
            let mut state = self.0.state();
            state.idle.extract_if(.., |idle| idle.tenant == tenant).collect()
        };
        for idle in theirs {
            close(idle).await;
        }
    }

    /// Notes that a tenant's database may hold something new.
    pub fn stir(&self, tenant: Uuid) {
        self.0.state().stirred.insert(tenant);
    }

    /// The tenants whose databases were in use since this was last asked.
    pub fn take_stirred(&self) -> BTreeSet<Uuid> {
        std::mem::take(&mut self.0.state().stirred)
    }

    /// Connections in use and at rest.
    pub fn count(&self) -> (usize, usize) {
        let state = self.0.state();
        (state.in_use, state.idle.len())
    }
}

impl Shared {
    /// The state is plain data and is never left half changed: a panic elsewhere does not spoil it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Turns {
    _own: Option<OwnedSemaphorePermit>,
    _hub: Option<OwnedSemaphorePermit>,
}

/// The right to one open connection. Counted from `begin` until it is dropped.
struct Lease {
    shared: Arc<Shared>,
    tenant: Uuid,
    database: String,
    turns: Option<Turns>,
}

impl Lease {
    /// Counts this connection as used, and takes the tenant's resting one, or else one that must be closed to
    /// make room.
    fn begin(&mut self) -> (Option<Idle>, Option<Idle>) {
        let mut state = self.shared.state();
        state.in_use += 1;
        if let Some(place) = state.idle.iter().rposition(|idle| idle.database == self.database) {
            return (Some(state.idle.remove(place)), None);
        }
        let full = state.in_use + state.idle.len() > self.shared.most;
        let surplus = (full && !state.idle.is_empty()).then(|| state.idle.remove(0));
        (None, surplus)
    }

    /// Lays the connection to rest and ends the lease.
    fn rest(mut self, connection: Connection) {
        let database = std::mem::take(&mut self.database);
        let idle = Idle { tenant: self.tenant, database, since: Instant::now(), connection };
        self.shared.state().idle.push(idle);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.state().in_use -= 1;
        self.turns = None;
    }
}

async fn wake(idle: Idle) -> Option<Connection> {
    let Idle { since, mut connection, .. } = idle;
    if since.elapsed() > TRUSTED {
        match tokio::time::timeout(PATIENCE, connection.ping()).await {
            Ok(Ok(())) => {}
            _ => return None,
        }
    }
    Some(connection)
}

async fn close(idle: Idle) {
    // It goes away either way; a connection that cannot say goodbye is only dropped.
    let _ = tokio::time::timeout(PATIENCE, idle.connection.close()).await;
}

/// A connection to one tenant's database. Returns to its pool when it is dropped.
pub struct TenantConnection {
    /// Both are there until the connection is dropped.
    connection: Option<Connection>,
    lease: Option<Lease>,
    /// Whether the tenant counts as in use.
    noticed: bool,
}

impl TenantConnection {
    fn new(connection: Connection, lease: Lease) -> Self {
        Self { connection: Some(connection), lease: Some(lease), noticed: false }
    }
}

#[allow(clippy::expect_used, reason = "the connection is taken out in `drop` alone")]
impl Deref for TenantConnection {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("there until dropped")
    }
}

#[allow(clippy::expect_used, reason = "the connection is taken out in `drop` alone")]
impl DerefMut for TenantConnection {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("there until dropped")
    }
}

impl Drop for TenantConnection {
    fn drop(&mut self) {
        let (Some(mut connection), Some(lease)) = (self.connection.take(), self.lease.take())
        else {
            return;
        };
        if self.noticed {
            // Whatever was done on it is committed by now.
            lease.shared.state().stirred.insert(lease.tenant);
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // The ping carries out a pending rollback; a connection in an unknown state does not come back.
        runtime.spawn(async move {
            if let Ok(Ok(())) = tokio::time::timeout(PATIENCE, connection.ping()).await {
                lease.rest(connection);
            }
        });
    }
}
