//! The open session: whose device this is, its copy, its rights of the moment, and the way to the hub.
//! Signing in, coming back after a start, signing out and wiping are verbs beside it.

mod accept;
mod claimant;
mod recovery_code;
mod restore;
mod rights;
mod sign_in;
mod sign_out;
mod tidy;
mod tokens;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use contract::{Failure, FailureCode, Rights};
use domain::permissions::{LeaseClock, LeaseError, PinnedKey, SignedLease};
use local_store::{Store, StoreError};
use sync_protocol::wire;
use uuid::Uuid;

use crate::attachments::Cabinet;
use crate::commands::{Imports, fault};
use crate::host::Host;
use crate::http::Hub;
use crate::profile::{Account, Profile};
use crate::secrets::{DeviceKeys, SecretError, SessionSecrets, Vault};

pub use accept::accept;
pub use restore::{Restored, restore};
pub use rights::{Held, Keeper};
pub use sign_in::{Door, sign_in};
pub use sign_out::{end, let_go, wipe};
pub use tidy::{keep_receipt, tidy};
pub use tokens::{Access, Tokens};

/// Names of what the engine keeps in the copy.
pub mod kept {
    /// The signed lease.
    pub const LEASE: &str = "lease";
    /// The clock it is judged by.
    pub const CLOCK: &str = "lease_clock";
    /// The request for numbers that has no answer yet.
    pub const NUMBERS_REQUEST: &str = "numbers_request";
    /// When numbers were last asked for: the hub's epoch and the day.
    pub const NUMBERS_ASKED: &str = "numbers_asked";
    /// When the last round came through, by the machine's clock.
    pub const LAST_SYNC: &str = "last_sync";
    /// What the hub has not been told yet of content that had to leave: a signed receipt.
    pub const PURGED: &str = "purged";
    /// What came of the last rounds.
    pub const ROUNDS: &str = "rounds";
    /// The public key that files for the courier are sealed with.
    pub const COURIER_KEY: &str = "courier_key";
    /// The files that were written and taken.
    pub const COURIER: &str = "courier";
    /// The most bytes of an attached file that the hub takes.
    pub const ATTACHMENT_MAX: &str = "attachment_max";
}

/// The clock is written when it has moved by this much since it last was.
const CLOCK_STEP: chrono::TimeDelta = chrono::TimeDelta::seconds(5);

/// What stays the same as long as the session lasts.
pub struct Identity {
    pub host: Arc<dyn Host>,
    pub profile: Arc<Profile>,
    pub vault: Arc<Vault>,
    pub profile_id: Uuid,
    pub account: Account,
    pub keys: DeviceKeys,
    /// By which the hub knows it from copies of it.
    pub marks: Vec<Uuid>,
    pub hub: Hub,
}

impl Identity {
    /// Keeps the secrets of the session where the keys are; the keyring may take its time.
    async fn keep_session(&self, secrets: SessionSecrets) -> Result<(), SecretError> {
        let (vault, profile) = (Arc::clone(&self.vault), Arc::clone(&self.profile));
        let (host, id) = (Arc::clone(&self.host), self.profile_id);
        let keep = move || vault.keep_session(&profile, id, &secrets, &*host);
        match tokio::task::spawn_blocking(keep).await {
            Ok(kept) => kept,
            Err(error) => Err(SecretError::Damaged(error.to_string())),
        }
    }
}

/// A device that is signed in.
pub struct Session {
    pub identity: Identity,
    pub tokens: Tokens,
    pub store: Store,
    pub cabinet: Cabinet,
    keeper: Mutex<Keeper>,
    /// The clock as it stands in the copy.
    clock_kept: Mutex<DateTime<Utc>>,
    /// It is being written now.
    keeping: AtomicBool,
    /// Somebody waits to be alone with the copy.
    closing: AtomicBool,
    shown: recovery_code::Shown,
    /// The import that runs, if one does.
    pub imports: Imports,
}

impl Session {
    /// # Errors
    /// Where the lease in the copy is not this device's, or the copy cannot be read.
    pub(crate) fn over(
        identity: Identity,
        secrets: SessionSecrets,
        access: Option<Access>,
        store: Store,
        recovery_shown: bool,
    ) -> Result<Self, Failure> {
        let (lease, clock) = store
            .read(|view| Ok((view.kept(kept::LEASE)?, view.kept(kept::CLOCK)?)))
            .map_err(fault)?;
        let unreadable = |what: &str| {
            let message = format!("the {what} of this device cannot be read; sign in again");
            Failure::new(FailureCode::NotSignedIn, message)
        };
        let lease: SignedLease = lease
            .and_then(|bytes| wire::decode(&bytes).ok())
            .ok_or_else(|| unreadable("rights"))?;
        let clock: LeaseClock =
            clock.and_then(|bytes| wire::decode(&bytes).ok()).ok_or_else(|| unreadable("clock"))?;
        let pinned = secrets.lease_key.clone();
        let keeper = Keeper::new(identity.account.holder(), pinned, lease, clock, &*identity.host)
            .map_err(|error| not_believed(&error))?;
        let clock_kept = Mutex::new(clock.now());
        let tokens = Tokens::new(secrets, access);
        let keeper = Mutex::new(keeper);
        let keeping = AtomicBool::new(false);
        let closing = AtomicBool::new(false);
        let shown = recovery_code::Shown::new(recovery_shown);
        let imports = Imports::default();
        let cabinet = Cabinet::new(identity.profile.attachments(), identity.keys.database());
        cabinet.hide();
        Ok(Self {
            identity,
            tokens,
            store,
            cabinet,
            keeper,
            clock_kept,
            keeping,
            closing,
            shown,
            imports,
        })
    }

    pub fn host(&self) -> &dyn Host {
        &*self.identity.host
    }

    /// Whether somebody waits to be alone with the copy.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// The rights of this moment, proven anew. The clock is kept beside it, on a thread that may wait for
    /// the copy's one writer.
    ///
    /// # Errors
    /// `NotSignedIn` where the lease is not to be believed.
    pub fn held(self: &Arc<Self>) -> Result<Held, Failure> {
        let held = lock(&self.keeper).held(self.host());
        let moved = lock(&self.keeper).clock().now() - *lock(&self.clock_kept);
        if moved >= CLOCK_STEP && !self.keeping.swap(true, Ordering::Relaxed) {
            let session = Arc::clone(self);
            tokio::task::spawn_blocking(move || {
                session.keep_clock();
                session.keeping.store(false, Ordering::Relaxed);
            });
        }
        held.map_err(|error| not_believed(&error))
    }

    /// The rights for a screen; nothing where they are not to be believed.
    pub fn rights(&self) -> Option<Rights> {
        lock(&self.keeper).held(self.host()).ok().map(|held| held.view())
    }

    pub fn lease_serial(&self) -> Result<i64, Failure> {
        let held = lock(&self.keeper).held(self.host());
        held.map(|held| held.serial()).map_err(|error| not_believed(&error))
    }

    /// The hub told its time. Blocks.
    ///
    /// # Errors
    /// Where the copy cannot be written.
    pub fn contact(&self, hub: DateTime<Utc>) -> Result<(), StoreError> {
        let clock = {
            let mut keeper = lock(&self.keeper);
            keeper.contact(hub, self.host());
            keeper.clock()
        };
        self.write_clock(&clock)
    }

    /// A file of the hub tells its time, which may be long ago: it moves the clock on and never back. Blocks.
    ///
    /// # Errors
    /// Where the copy cannot be written.
    pub fn heard_of(&self, hub: DateTime<Utc>) -> Result<(), StoreError> {
        match hub > self.time() {
            true => self.contact(hub),
            false => Ok(()),
        }
    }

    /// The time by the clock that the rights are judged by.
    pub fn time(&self) -> DateTime<Utc> {
        lock(&self.keeper).time(self.host())
    }

    /// The key of the hub that this device believes.
    pub fn hub_key(&self) -> PinnedKey {
        lock(&self.keeper).pinned().clone()
    }

    /// Whether a lease is to be believed and is newer than the one that is held.
    ///
    /// # Errors
    /// Where either is not to be believed.
    pub fn is_newer(&self, lease: &SignedLease) -> Result<bool, Failure> {
        let proven = lease.verify(&self.hub_key(), &self.identity.account.holder());
        let serial = proven.map_err(|error| not_believed(&error))?.serial;
        Ok(serial > self.lease_serial()?)
    }

    /// Takes a new lease once it is proven. Blocks.
    ///
    /// # Errors
    /// Where it is not to be believed; the old one stays.
    pub fn renew(&self, lease: SignedLease) -> Result<(), Failure> {
        let bytes = wire::encode(&lease).map_err(|error| fault(error.into()))?;
        lock(&self.keeper).renew(lease).map_err(|error| not_believed(&error))?;
        self.store.keep(&[(kept::LEASE, Some(&bytes))]).map_err(fault)
    }

    /// Writes the clock. A copy that cannot be written says so to whoever writes business into it; for
    /// the clock the log is enough. Blocks.
    pub fn keep_clock(&self) {
        let clock = lock(&self.keeper).clock();
        if clock.now() == *lock(&self.clock_kept) {
            return;
        }
        if let Err(error) = self.write_clock(&clock) {
            tracing::warn!(%error, "the clock of the rights could not be kept");
        }
    }

    fn write_clock(&self, clock: &LeaseClock) -> Result<(), StoreError> {
        let bytes = wire::encode(clock)?;
        self.store.keep(&[(kept::CLOCK, Some(&bytes))])?;
        *lock(&self.clock_kept) = clock.now();
        Ok(())
    }
}

fn not_believed(error: &LeaseError) -> Failure {
    Failure::new(FailureCode::NotSignedIn, error.to_string())
}

/// A thread that panicked while it held the lock left plain values, each whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
