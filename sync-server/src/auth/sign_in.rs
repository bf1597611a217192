//! Signing in with a password. Unknown, disabled and other tenants' users get the same answer after the same
//! time; a device is enrolled, or recognised by its key, on the way.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::permissions::{Grants, Permission};
use sync_protocol::auth::{DeviceClaim, DeviceSession, LoginReply, LoginRequest, sign_in_proof};
use sync_protocol::op::ChainEnd;
use uuid::Uuid;

use super::access_token::Claims;
use super::password::{self, HashError};
use super::rights::read_grants;
use super::throttle::{self, Brake, Wait};
use super::{lease, session};
use crate::audit::{self, Actor, Entry, Outcome};
use crate::hub::Hub;
use crate::ids;
use crate::store::control::device::{Device, DeviceState, NewDevice};
use crate::store::control::tenant::TenantState;
use crate::store::pool::{PoolError, TenantConnection};
use crate::store::tenant::sync;
use crate::store::tenant::user::{self, User, UserState, fold_email};
use crate::store::{self, StoreError};
use crate::tenant::directory::TenantPlace;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Whatever is wrong with tenant, address or password: which, is nobody's business.
    #[error("the tenant, e-mail address or password is wrong")]
    Wrong,
    #[error("too many attempts")]
    TooMany(Wait),
    /// The field of the device claim, and what is wrong with it.
    #[error("{field}: {message}")]
    Claim { field: &'static str, message: &'static str },
    #[error("the tenant is suspended")]
    TenantSuspended,
    #[error("the tenant is being brought up to date")]
    TenantMigrating,
    #[error("signing in on a device takes the permission {}", Permission::SYNC_DEVICE_ENROL)]
    MayNotEnrol,
    #[error("this device is enrolled for another user")]
    DeviceOfAnother,
    #[error("this device was revoked")]
    DeviceRevoked,
    #[error("this device was told to destroy its copy")]
    DeviceWiping,
    #[error("another copy of this device is the original")]
    DeviceIsCopy,
    #[error("the tenant's plan has no room for another device")]
    NoRoom,
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// More often than this nobody says which copy is the original.
const MARKS_MAX: usize = 1_000;

/// A device claim whose form and proof are good. Whose device it is, is not known yet.
struct ProvedDevice<'a> {
    claim: &'a DeviceClaim,
    signing_key: [u8; 32],
    encryption_key: [u8; 32],
}

/// Signs in.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(
    hub: &Hub,
    request: &LoginRequest,
    address: IpAddr,
) -> Result<LoginReply, SignInError> {
    let now = hub.clock.now();
    let claim = request.device.as_ref().map(|claim| prove(claim, request)).transpose()?;
    let place = hub.directory.by_slug(&request.tenant).await?.filter(|place| {
        use TenantState::{Active, Migrating, Suspended};
        matches!(place.state(), Active | Migrating | Suspended)
    });
    let (user, known) = match &place {
        Some(place) => (
            find_user(hub, place, &request.email).await?,
            known_device(hub, place, claim.as_ref()).await?,
        ),
        None => (None, None),
    };
    let email = fold_email(&request.email);
    let brakes = match (&user, &known) {
        (Some(user), Some(device))
            if device.user_id == user.id && device.state == DeviceState::Active =>
        {
            vec![Brake::device(device.id)]
        }
        _ => vec![Brake::account(&request.tenant, &email), Brake::address(address)],
    };
    let attempt = throttle::attempt(&hub.control, brakes, now).await?;
    let attempt = attempt.map_err(SignInError::TooMany)?;
    let kept = match &user {
        Some(user) if user.state == UserState::Active => user.password_hash.as_deref(),
        _ => None,
    };
    let opened = match hub.passwords.opens(&request.password, kept).await {
        Ok(opened) => opened,
        Err(error) => {
            attempt.forgive(&hub.control).await?;
            return Err(error.into());
        }
    };
    let (Some(place), Some(user)) = (place, user) else { return Err(SignInError::Wrong) };
    let version = hub.control.user_version(place.id(), user.id).await?;
    let person = SignedInPerson { hub, place: &place, user: &user, now, address };
    if !opened || version.disabled_at.is_some() {
        person.note("user.sign_in", Outcome::Failed, None).await?;
        return Err(SignInError::Wrong);
    }
    attempt.forgive(&hub.control).await?;
    match place.state() {
        TenantState::Suspended => return Err(SignInError::TenantSuspended),
        TenantState::Migrating => return Err(SignInError::TenantMigrating),
        _ => {}
    }
    person.renew_hash(&request.password).await?;
    let device = match &claim {
        Some(claim) => Some(person.enrol(claim, known).await?),
        None => None,
    };
    person.reply(device, version.session_version).await
}

fn prove<'a>(
    claim: &'a DeviceClaim,
    request: &LoginRequest,
) -> Result<ProvedDevice<'a>, SignInError> {
    let wrong = |field, message| SignInError::Claim { field, message };
    let key = |field, text: &str| {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)
            .map(|()| bytes)
            .map_err(|_| wrong(field, "must be 64 hexadecimal digits"))
    };
    let signing_key = key("device.signing_key", &claim.signing_key)?;
    let encryption_key = key("device.encryption_key", &claim.encryption_key)?;
    if !(1..=100).contains(&claim.name.trim().chars().count()) {
        return Err(wrong("device.name", "must have 1 to 100 characters"));
    }
    if claim.marks.len() > MARKS_MAX {
        return Err(wrong("device.marks", "must be at most 1000"));
    }
    if claim.is_original && claim.marks.is_empty() {
        return Err(wrong("device.marks", "must have the mark of the original"));
    }
    if claim.app_version.chars().count() > 50 {
        return Err(wrong("device.app_version", "must have at most 50 characters"));
    }
    if claim.nonce.len() != 32 || !claim.nonce.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(wrong("device.nonce", "must be 32 hexadecimal digits"));
    }
    let message = sign_in_proof(&request.tenant, &request.email, &claim.nonce);
    if !session::is_signed_by(&signing_key, &message, &claim.proof) {
        return Err(wrong("device.proof", "is not the signing key's signature over this sign-in"));
    }
    Ok(ProvedDevice { claim, signing_key, encryption_key })
}

async fn find_user(hub: &Hub, place: &TenantPlace, email: &str) -> Result<Option<User>, PoolError> {
    let mut connection = hub.directory.connection(place).await?;
    Ok(user::by_email(&mut connection, email).await?)
}

async fn known_device(
    hub: &Hub,
    place: &TenantPlace,
    claim: Option<&ProvedDevice<'_>>,
) -> Result<Option<Device>, StoreError> {
    match claim {
        Some(claim) => hub.control.device_by_key(place.id(), &claim.signing_key).await,
        None => Ok(None),
    }
}

fn is_welcome(state: DeviceState) -> Result<(), SignInError> {
    match state {
        DeviceState::Active => Ok(()),
        DeviceState::Revoked => Err(SignInError::DeviceRevoked),
        DeviceState::Wiping | DeviceState::Wiped => Err(SignInError::DeviceWiping),
    }
}

/// The device that somebody signs in with.
struct Enrolled {
    device: Uuid,
    grants: Arc<Grants>,
    /// For the original among copies.
    chain: Option<ChainEnd>,
}

/// Someone whose password was right, or at least someone's.
struct SignedInPerson<'a> {
    hub: &'a Hub,
    place: &'a TenantPlace,
    user: &'a User,
    now: DateTime<Utc>,
    address: IpAddr,
}

impl SignedInPerson<'_> {
    async fn connection(&self) -> Result<TenantConnection, PoolError> {
        self.hub.directory.connection(self.place).await
    }

    async fn note(
        &self,
        action: &str,
        outcome: Outcome,
        device: Option<Uuid>,
    ) -> Result<(), PoolError> {
        let address = Some(self.address.to_string());
        let actor = Actor { user: Some(self.user.id), device, address };
        let entry = Entry::new(actor, action, outcome).about("user", self.user.id);
        let mut connection = self.connection().await?;
        let mut tx = store::begin(&mut connection).await?;
        audit::append(&mut tx, vec![entry], self.now).await?;
        Ok(store::commit(tx).await?)
    }

    /// Hashes the password anew if the kept hash is weaker than new ones are.
    async fn renew_hash(&self, password: &str) -> Result<(), SignInError> {
        if self.user.password_hash.as_deref().is_none_or(password::is_outdated) {
            let hash = self.hub.passwords.hash(password).await?;
            let mut connection = self.connection().await?;
            user::set_password(&mut connection, self.user.id, &hash, self.now).await?;
        }
        Ok(())
    }

    async fn grants(&self) -> Result<Arc<Grants>, PoolError> {
        let mut connection = self.connection().await?;
        Ok(Arc::new(read_grants(&mut connection, self.place, self.user).await?))
    }

    /// The device that the claim is for: the known one, or a new one.
    async fn enrol(
        &self,
        proved: &ProvedDevice<'_>,
        known: Option<Device>,
    ) -> Result<Enrolled, SignInError> {
        let (grants, claim) = (self.grants().await?, proved.claim);
        if !grants.holds(Permission::SYNC_DEVICE_ENROL) {
            self.note("device.enrol", Outcome::Denied, None).await?;
            return Err(SignInError::MayNotEnrol);
        }
        if let Some(device) = known {
            if device.user_id != self.user.id {
                return Err(SignInError::DeviceOfAnother);
            }
            is_welcome(device.state)?;
            if !device.is_known_by(&claim.marks) {
                return Err(SignInError::DeviceIsCopy);
            }
            let chain = match claim.is_original {
                true => Some(self.goes_on_with(&device, claim).await?),
                false => None,
            };
            return Ok(Enrolled { device: device.id, grants, chain });
        }
        if let Some(of) = claim.copy_of {
            let of = self.hub.control.device(self.place.id(), of).await?;
            let of = of.filter(|of| of.user_id == self.user.id).ok_or(SignInError::Claim {
                field: "device.copy_of",
                message: "must be a device of the person who signs in",
            })?;
            // What an administrator ordered of a device holds for its copies.
            is_welcome(of.state)?;
        }
        let new = NewDevice {
            id: ids::row_id(self.now),
            tenant_id: self.place.id(),
            user_id: self.user.id,
            name: claim.name.trim(),
            signing_key: &proved.signing_key,
            encryption_key: &proved.encryption_key,
            app_version: &claim.app_version,
            copy_of: claim.copy_of,
            now: self.now,
        };
        let id = new.id;
        if !self.hub.control.enrol_device(new, self.place.tenant.max_devices).await? {
            return Err(SignInError::NoRoom);
        }
        self.note("device.enrol", Outcome::Done, Some(id)).await?;
        Ok(Enrolled { device: id, grants, chain: None })
    }

    /// Goes on with this copy of a device as the original. Answers the end of its chain, behind which it goes on.
    async fn goes_on_with(
        &self,
        device: &Device,
        claim: &DeviceClaim,
    ) -> Result<ChainEnd, SignInError> {
        let Some(mark) = claim.marks.last() else { return Err(SignInError::DeviceIsCopy) };
        if !self.hub.control.mark_device(device.id, device.mark, *mark).await? {
            return Err(SignInError::DeviceIsCopy);
        }
        self.note("device.thaw", Outcome::Done, Some(device.id)).await?;
        let mut connection = self.connection().await?;
        let known = sync::device::find(&mut connection, device.id).await?;
        Ok(known.map_or_else(ChainEnd::default, |known| known.chain))
    }

    async fn reply(
        &self,
        device: Option<Enrolled>,
        session_version: i64,
    ) -> Result<LoginReply, SignInError> {
        let (hub, now, tenant) = (self.hub, self.now, &self.place.tenant);
        let device_id = device.as_ref().map(|enrolled| enrolled.device);
        let session = match device {
            Some(enrolled) => Some(self.start_session(enrolled, session_version).await?),
            None => None,
        };
        self.note("user.sign_in", Outcome::Done, device_id).await?;
        let claims = Claims::new(tenant.id, self.user.id, device_id, session_version, now);
        Ok(LoginReply {
            access_token: session::access_token(hub, claims, now)?,
            access_expires_in: session::access_seconds(),
            tenant_id: tenant.id,
            tenant_name: tenant.name.clone(),
            user_id: self.user.id,
            user_name: self.user.name.clone(),
            session,
        })
    }

    async fn start_session(
        &self,
        enrolled: Enrolled,
        session_version: i64,
    ) -> Result<DeviceSession, SignInError> {
        let (hub, now, tenant) = (self.hub, self.now, &self.place.tenant);
        let Enrolled { device, grants, chain } = enrolled;
        let refresh_token =
            session::start(hub, tenant.id, self.user.id, device, session_version, now).await?;
        let courier = sync::courier::lease_seconds(&mut *self.connection().await?, device).await?;
        let lease =
            lease::issue(&hub.control, &hub.keys, tenant, device, &grants, courier, now).await?;
        let damaged =
            |error: domain::permissions::HubKeyError| StoreError::Damaged(error.to_string());
        Ok(DeviceSession {
            device_id: device,
            epoch: u64::try_from(tenant.epoch).unwrap_or_default(),
            refresh_token,
            lease,
            lease_key: lease::pinned_key(&hub.keys).map_err(damaged)?,
            courier_key: Some(hex::encode(hub.keys.courier_public())),
            chain,
        })
    }
}
