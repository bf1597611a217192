//! Signing in: enrols the device, or comes back to it. Everything that a repeat needs is kept before the
//! hub is asked, so that a reply that is lost makes no second device.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use contract::{Failure, FailureCode, SignIn};
use domain::permissions::{LeaseClock, SignedLease};
use local_store::{Disk, Key, Store};
use sync_protocol::auth::{DeviceClaim, DeviceSession, LoginReply, LoginRequest, sign_in_proof};
use sync_protocol::wire;

use super::restore::{lost_keys, open, unopenable};
use super::{Access, Identity, Session, kept, not_believed};
use crate::commands::fault;
use crate::host::Host;
use crate::http::{HttpError, Hub};
use crate::profile::{Account, Document, Profile, Settings};
use crate::secrets::{DeviceKeys, Recovery, RecoveryCode, SessionSecrets, Vault};

/// The longest name that the hub takes for a device.
const NAME_MAX: usize = 100;

/// A session with what the person has to be told of it.
pub struct Begun {
    pub session: Session,
    /// To be printed, this once.
    pub recovery_code: Option<String>,
    /// Where a copy that could not be opened lies now.
    pub set_aside: Option<String>,
}

/// What a sign-in works with.
pub struct Door {
    pub settings: Settings,
    pub host: Arc<dyn Host>,
    pub profile: Arc<Profile>,
    pub vault: Arc<Vault>,
}

/// The keys that the hub is to know the device by.
struct Claimant {
    document: Document,
    keys: DeviceKeys,
    set_aside: Option<String>,
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
        if let Some(place) = &aside {
            failure.message.push_str(&format!("; the copy that could not be opened is in {place}"));
        }
        failure
    };
    let reply = hub.login(&login(&door, &claimant.keys, &request, &name)).await;
    let reply = reply.map_err(|error| tell(refused(error)))?;
    crate::blocking(move || begin(&door, hub, claimant, &request, name, reply)).await.map_err(tell)
}

fn login(door: &Door, keys: &DeviceKeys, request: &SignIn, name: &str) -> LoginRequest {
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

/// Finds the keys of this profile, or draws them; they are kept before they are used.
fn claimant(door: &Door, request: &SignIn) -> Result<Claimant, Failure> {
    let mut set_aside = None;
    let mut document = door.profile.document()?;
    if let Some(found) = &document {
        door.vault.must_hold(found.secrets)?;
        if request.set_aside {
            set_aside = Some(aside(door)?);
            document = None;
        }
    }
    if let Some(document) = document {
        if let Some(account) = &document.account
            && account.tenant != request.tenant
        {
            let message = format!(
                "this profile belongs to {} at {}; set DAYBOOK_HOME to a folder of its own for {}",
                account.email, account.tenant, request.tenant
            );
            return Err(Failure::new(FailureCode::Refused, message));
        }
        let copy = document.account.is_some() && door.profile.database().exists();
        match keys(door, &document, request.recovery_code.as_deref())? {
            Some(keys) if copy || document.account.is_none() => {
                return Ok(Claimant { document, keys, set_aside });
            }
            None if copy => return Err(lost_keys(&door.profile)),
            // The copy is gone, and with it the chain that the hub knows this device by: another device.
            Some(_) | None => {}
        }
    }
    let document =
        Document { profile_id: door.host.new_id(), secrets: door.vault.place(), account: None };
    let keys = DeviceKeys::draw(&*door.host);
    door.vault.keep_keys(&door.profile, document.profile_id, &keys, &*door.host)?;
    door.profile.keep(&document)?;
    Ok(Claimant { document, keys, set_aside })
}

fn keys(
    door: &Door,
    document: &Document,
    recovery_code: Option<&str>,
) -> Result<Option<DeviceKeys>, Failure> {
    let id = document.profile_id;
    let Some(code) = recovery_code else { return Ok(door.vault.keys(&door.profile, id)?) };
    let keys = Recovery::open(&door.profile, id, &RecoveryCode::read(code)?)?;
    // Proven on the copy before anything is put in the place of what the keyring has.
    drop(open(&door.profile, keys.database()).map_err(|e| unopenable(&door.profile, e))?);
    door.vault.keep_keys(&door.profile, id, &keys, &*door.host)?;
    Ok(Some(keys))
}

fn aside(door: &Door) -> Result<String, Failure> {
    let name = format!("aside-{}", door.host.now().format("%Y%m%d-%H%M%S"));
    let place = door.profile.set_aside(&name)?;
    Ok(place.display().to_string())
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
    let Claimant { mut document, keys, set_aside } = claimant;
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
    if let Some(before) = &document.account {
        same_person(before, &account)?;
    }
    let host = &*door.host;
    let DeviceSession { refresh_token, lease, lease_key, .. } = given;
    let proven =
        lease.verify(&lease_key, &account.holder()).map_err(|error| not_believed(&error))?;
    let store = copy(door, &keys, first)?;
    keep_rights(&store, &lease, proven.server_time, host)?;
    let secrets = SessionSecrets { refresh_token, lease_key };
    door.vault.keep_session(&door.profile, document.profile_id, &secrets, host)?;
    let mut recovery_code = None;
    if first {
        let code = RecoveryCode::draw(host);
        Recovery::keep(&door.profile, document.profile_id, &keys, &code, host)?;
        recovery_code = Some(code.text());
    }
    document.account = Some(account.clone());
    // The last step: from here on the profile is somebody's.
    door.profile.keep(&document)?;
    let identity = Identity {
        host: Arc::clone(&door.host),
        profile: Arc::clone(&door.profile),
        vault: Arc::clone(&door.vault),
        profile_id: document.profile_id,
        account,
        keys,
        hub,
    };
    let access = Access {
        token: reply.access_token,
        good_until: host.running() + Duration::from_secs(u64::from(reply.access_expires_in)),
    };
    let session = Session::over(identity, secrets, Some(access), store)?;
    Ok(Begun { session, recovery_code, set_aside })
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

fn copy(door: &Door, keys: &DeviceKeys, first: bool) -> Result<Store, Failure> {
    let path = door.profile.database();
    if !path.exists() {
        return Store::create(&path, Key::new(*keys.database()), Disk::default()).map_err(fault);
    }
    match open(&door.profile, keys.database()) {
        Ok(store) => Ok(store),
        // A file without an account was never shown to anyone: an enrolment broke off.
        Err(_) if first => {
            let aside = aside(door)?;
            tracing::warn!(aside, "a file that belonged to no account was put aside");
            Store::create(&path, Key::new(*keys.database()), Disk::default()).map_err(fault)
        }
        Err(error) => Err(unopenable(&door.profile, error)),
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
