//! Signing in: enrols the device, or comes back to it. Everything that a repeat needs is kept before the
//! hub is asked, so that a reply that is lost makes no second device.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use contract::{AmongCopies, Failure, FailureCode, SignIn};
use domain::permissions::{LeaseClock, PinnedKey, SignedLease};
use local_store::{Disk, Key, Reseal, Store};
use sync_protocol::auth::{DeviceClaim, DeviceSession, LoginReply, LoginRequest, sign_in_proof};
use sync_protocol::wire;

use super::claimant::{Aside, Claimant, claimant};
use super::restore::{open, unopenable};
use super::{Access, Identity, Session, kept, not_believed};
use crate::commands::fault;
use crate::host::Host;
use crate::http::{HttpError, Hub};
use crate::profile::{Account, Document, Profile, Settings};
use crate::secrets::{DeviceKeys, Name, SessionSecrets, Vault};

/// The longest name that the hub takes for a device.
const NAME_MAX: usize = 100;

/// A session with what the person has to be told of it.
pub struct Begun {
    pub session: Session,
    /// The copy that was put aside.
    pub set_aside: Option<Aside>,
}

/// What a sign-in works with.
pub struct Door {
    pub settings: Settings,
    pub host: Arc<dyn Host>,
    pub profile: Arc<Profile>,
    pub vault: Arc<Vault>,
}

/// Signs in.
///
/// # Errors
/// `ServerRefused` for a wrong password; `CannotOpen` where a copy is there whose keys are gone, until the
/// person gives the recovery code or has it put aside.
pub async fn sign_in(door: Door, request: SignIn) -> Result<Begun, Failure> {
    let hub = Hub::at(&request.server, &door.settings)?;
    let door = Arc::new(door);
    let claimant = {
        let (door, request) = (Arc::clone(&door), request.clone());
        crate::blocking(move || claimant(&door, &request)).await?
    };
    let name = device_name(&request, &claimant.document);
    let aside = claimant.set_aside.clone();
    let tell = |mut failure: Failure| {
        if let Some(Aside { place, .. }) = &aside {
            let words = format!("; the copy that was put aside is in {}", place.display());
            failure.message.push_str(&words);
        }
        failure
    };
    let reply = hub.login(&login(&door, &claimant, &request, &name)).await;
    let reply = reply.map_err(|error| tell(refused(error)))?;
    crate::blocking(move || begin(&door, hub, claimant, &request, name, reply)).await.map_err(tell)
}

fn login(door: &Door, claimant: &Claimant, request: &SignIn, name: &str) -> LoginRequest {
    let keys = &claimant.keys;
    let mut nonce = [0; 16];
    door.host.random(&mut nonce);
    let nonce = hex::encode(nonce);
    let proof = keys.sign(&sign_in_proof(&request.tenant, &request.email, &nonce));
    LoginRequest {
        tenant: request.tenant.clone(),
        email: request.email.clone(),
        password: request.password.clone(),
        device: Some(DeviceClaim {
            name: name.to_owned(),
            signing_key: keys.signing_public(),
            encryption_key: keys.encryption_public(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            nonce,
            proof,
            marks: claimant.document.marks.clone(),
            is_original: request.among_copies == Some(AmongCopies::Original),
            copy_of: claimant.copy_of,
        }),
    }
}

fn refused(error: HttpError) -> Failure {
    match error {
        HttpError::Unauthorized => Failure::new(
            FailureCode::ServerRefused,
            "tenant, e-mail or password are not right; check all three and try again",
        ),
        error => error.into(),
    }
}

/// Opens or makes the copy under the session that the hub gave.
fn begin(
    door: &Door,
    hub: Hub,
    claimant: Claimant,
    request: &SignIn,
    device_name: String,
    reply: LoginReply,
) -> Result<Begun, Failure> {
    let Claimant { mut document, keys, set_aside, .. } = claimant;
    let given = reply.session.ok_or_else(|| {
        Failure::new(FailureCode::ServerRefused, "the sync server did not enrol this device")
    })?;
    let account = Account {
        server: hub.address().to_owned(),
        tenant: request.tenant.clone(),
        tenant_id: reply.tenant_id,
        tenant_name: reply.tenant_name,
        user_id: reply.user_id,
        user_name: reply.user_name,
        email: request.email.clone(),
        device_id: given.device_id,
        device_name,
    };
    let first = document.account.is_none();
    let mut becomes_another = false;
    if let Some(before) = &document.account {
        same_person(before, &account)?;
        becomes_another = before.device_id != account.device_id;
    }
    let host = &*door.host;
    let DeviceSession { refresh_token, lease, lease_key, courier_key, chain, .. } = given;
    let proven =
        lease.verify(&lease_key, &account.holder()).map_err(|error| not_believed(&error))?;
    let store = copy(door, &keys)?;
    if first {
        must_be_theirs(&store, &lease_key, &account)?;
    }
    match chain {
        _ if becomes_another => become_another(&store)?,
        Some(end) => drop(store.reseal(Reseal::Behind(end)).map_err(fault)?),
        None => {}
    }
    keep_rights(&store, &lease, proven.server_time, host)?;
    keep_courier_key(&store, courier_key.as_deref())?;
    let secrets = SessionSecrets { refresh_token, lease_key };
    door.vault.keep_session(&door.profile, document.profile_id, &secrets, host)?;
    document.account = Some(account.clone());
    if becomes_another {
        door.vault.keep_keys(&door.profile, document.profile_id, &keys, host)?;
        // What the printed code opens are the keys of the device that this copy was made of.
        document.recovery_shown = false;
        document.marks = Vec::new();
    }
    // The last step: from here on the profile is somebody's.
    door.profile.keep(&document)?;
    if becomes_another {
        door.vault.forget(&door.profile, document.profile_id, Name::NextKeys, host)?;
    }
    let identity = Identity {
        host: Arc::clone(&door.host),
        profile: Arc::clone(&door.profile),
        vault: Arc::clone(&door.vault),
        profile_id: document.profile_id,
        account,
        keys,
        marks: document.marks,
        hub,
    };
    let access = Access {
        token: reply.access_token,
        good_until: host.running() + Duration::from_secs(u64::from(reply.access_expires_in)),
    };
    let session = Session::over(identity, secrets, Some(access), store, document.recovery_shown)?;
    Ok(Begun { session, set_aside })
}

/// The copy is a device of its own from now on. What the other one still owed the hub is the other's.
fn become_another(store: &Store) -> Result<(), Failure> {
    store.reseal(Reseal::OfItsOwn).map_err(fault)?;
    let owed = [kept::PURGED, kept::NUMBERS_REQUEST, kept::NUMBERS_ASKED, kept::COURIER];
    store.keep(&owed.map(|name| (name, None))).map_err(fault)
}

fn same_person(before: &Account, now: &Account) -> Result<(), Failure> {
    if (before.tenant_id, before.user_id) == (now.tenant_id, now.user_id) {
        return Ok(());
    }
    let message = format!(
        "this profile belongs to {} at {}; set DAYBOOK_HOME to a folder of its own for {}",
        before.email, before.tenant, now.email
    );
    Err(Failure::new(FailureCode::Refused, message))
}

/// The copy, made where there is none.
fn copy(door: &Door, keys: &DeviceKeys) -> Result<Store, Failure> {
    if door.profile.has_copy() {
        return open(&door.profile, keys.database()).map_err(|e| unopenable(&door.profile, e));
    }
    Store::create(&door.profile.database(), Key::new(*keys.database()), Disk::default())
        .map_err(fault)
}

/// A copy that was found without its account must be this person's: another's rows are not shown to them.
fn must_be_theirs(store: &Store, key: &PinnedKey, account: &Account) -> Result<(), Failure> {
    let lease = store.read(|view| view.kept(kept::LEASE)).map_err(fault)?;
    let Some(lease) = lease else { return Ok(()) };
    let lease: Option<SignedLease> = wire::decode(&lease).ok();
    match lease.map(|lease| lease.verify(key, &account.holder())) {
        Some(Ok(_)) => Ok(()),
        _ => {
            let message = format!(
                "the local copy that is here was not made for {}; sign in as the person it belongs to, or \
                 put it aside and begin anew (daybook login --set-aside)",
                account.email
            );
            Err(Failure::new(FailureCode::Refused, message))
        }
    }
}

fn keep_rights(
    store: &Store,
    lease: &SignedLease,
    hub_time: DateTime<Utc>,
    host: &dyn Host,
) -> Result<(), Failure> {
    let clock = LeaseClock::at_contact(hub_time, host.now());
    let bytes = |result: Result<Vec<u8>, wire::WireError>| result.map_err(|e| fault(e.into()));
    let (lease, clock) = (bytes(wire::encode(lease))?, bytes(wire::encode(&clock))?);
    store.keep(&[(kept::LEASE, Some(&lease)), (kept::CLOCK, Some(&clock))]).map_err(fault)
}

/// The key that files for the courier are written with; those of a hub that has none are written after the next sign-in.
fn keep_courier_key(store: &Store, key: Option<&str>) -> Result<(), Failure> {
    let mut bytes = [0; 32];
    let Some(()) = key.and_then(|key| hex::decode_to_slice(key, &mut bytes).ok()) else {
        return Ok(());
    };
    store.keep(&[(kept::COURIER_KEY, Some(&bytes))]).map_err(fault)
}

/// What to call this device: as asked, as before, or as the machine is called.
fn device_name(request: &SignIn, document: &Document) -> String {
    let before = document.account.as_ref().map(|account| account.device_name.clone());
    let asked = request.device_name.clone().filter(|name| !name.trim().is_empty());
    let name = asked.or(before).unwrap_or_else(machine_name);
    name.trim().chars().take(NAME_MAX).collect()
}

fn machine_name() -> String {
    let named = ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let file = || std::fs::read_to_string("/etc/hostname").ok();
    let name = named.or_else(file).map(|name| name.trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "Daybook".to_owned())
}
