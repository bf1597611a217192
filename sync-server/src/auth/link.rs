//! One-time links: to accept an invitation, and to set a forgotten password. Each works once and for a while;
//! only the hash of its token is kept.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use sync_protocol::auth::{AcceptReply, AcceptRequest, ForgotRequest, ResetRequest};
use uuid::Uuid;

use super::password::{self, HashError, PasswordRefusal};
use super::throttle::{self, Brake, Wait};
use crate::audit::{self, Actor, Entry, Outcome};
use crate::hub::Hub;
use crate::ids;
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::link::{Purpose, add, take};
use crate::store::tenant::outbox::{Mail, add_mail};
use crate::store::tenant::user::{self, User, UserState, fold_email};
use crate::store::{self, Connection, StoreError};
use crate::tenant::directory::TenantPlace;

const INVITATION_LIFE: TimeDelta = TimeDelta::days(7);
const RESET_LIFE: TimeDelta = TimeDelta::minutes(30);

/// Why a link did not do what it is for.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("this link is not valid, was used already, or is too old; ask for a new one")]
    NotValid,
    #[error("name: {0}")]
    Name(&'static str),
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    #[error("too many requests for this account")]
    TooMany(Wait),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for LinkError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// A link that was just made. The token is nowhere else.
pub struct NewLink {
    pub url: String,
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// Makes an invitation for a user who has been added, in the caller's transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn invite(
    connection: &mut Connection,
    public_url: &str,
    slug: &str,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<NewLink, StoreError> {
    let (token, expires_at) = (ids::secret_text(), now + INVITATION_LIFE);
    add(connection, &hash(&token), Purpose::Invitation, user, now, expires_at).await?;
    // Behind the hash sign, so that no server and no log on the way sees the token.
    let url = format!("{public_url}/invitation#tenant={slug}&token={token}");
    Ok(NewLink { url, token, expires_at })
}

/// Accepts an invitation: the user becomes active, with this password.
///
/// # Errors
/// See [`LinkError`].
pub async fn accept(
    hub: &Hub,
    request: &AcceptRequest,
    address: &str,
) -> Result<AcceptReply, LinkError> {
    let change = Change {
        purpose: Purpose::Invitation,
        slug: &request.tenant,
        token: &request.token,
        password: &request.password,
        name: request.name.as_deref(),
        address,
    };
    let (_, user) = change.make(hub).await?;
    Ok(AcceptReply { email: user.email })
}

/// Sets a new password by a link from a mail, and ends every session of the user.
///
/// # Errors
/// See [`LinkError`].
pub async fn reset(hub: &Hub, request: &ResetRequest, address: &str) -> Result<(), LinkError> {
    let change = Change {
        purpose: Purpose::PasswordReset,
        slug: &request.tenant,
        token: &request.token,
        password: &request.password,
        name: None,
        address,
    };
    let (place, user) = change.make(hub).await?;
    hub.control.end_sessions(place.id(), user.id).await?;
    Ok(())
}

/// Puts a mail with a reset link into the tenant's outbox if the address has an active user. The caller answers
/// the same in every case.
///
/// # Errors
/// See [`LinkError`].
pub async fn forgot(hub: &Hub, request: &ForgotRequest) -> Result<(), LinkError> {
    let now = hub.clock.now();
    let brake = Brake::reset(&request.tenant, &fold_email(&request.email));
    match throttle::attempt(&hub.control, vec![brake], now).await? {
        // A request that is counted stays counted: there is no success that would take it back.
        Ok(_counted) => {}
        Err(wait) => return Err(LinkError::TooMany(wait)),
    }
    let Some(place) = active_tenant(hub, &request.tenant).await? else { return Ok(()) };
    let mut connection = hub.directory.connection(&place).await?;
    let found = user::by_email(&mut connection, &request.email).await?;
    let Some(user) = found.filter(|user| user.state == UserState::Active) else { return Ok(()) };
    let token = ids::secret_text();
    let mut tx = store::begin(&mut connection).await?;
    add(&mut tx, &hash(&token), Purpose::PasswordReset, user.id, now, now + RESET_LIFE).await?;
    let url = &hub.config.listen.public_url;
    let mail = reset_mail(&user, &format!("{url}/reset#tenant={}&token={token}", request.tenant));
    add_mail(&mut tx, ids::row_id(now), &mail, now).await?;
    Ok(store::commit(tx).await?)
}

fn reset_mail(user: &User, url: &str) -> Mail {
    let text = format!(
        "Hello {},\n\nsomeone asked for a new password for your Daybook account. If it was you, open this \
         link within 30 minutes:\n\n{url}\n\nIf it was not you, ignore this mail; your password stays as it \
         is.\n",
        user.name
    );
    Mail { to: user.email.clone(), subject: "A new password for Daybook".to_owned(), text }
}

async fn active_tenant(hub: &Hub, slug: &str) -> Result<Option<TenantPlace>, StoreError> {
    let place = hub.directory.by_slug(slug).await?;
    Ok(place.filter(|place| place.state() == TenantState::Active))
}

struct Change<'a> {
    purpose: Purpose,
    slug: &'a str,
    token: &'a str,
    password: &'a str,
    name: Option<&'a str>,
    address: &'a str,
}

impl Change<'_> {
    /// Uses the link up and sets the password, in one transaction; answers the user as it was before. A password that is refused leaves the link
    /// good for another try.
    async fn make(&self, hub: &Hub) -> Result<(TenantPlace, User), LinkError> {
        let now = hub.clock.now();
        let name = self.name.map(user::name).transpose().map_err(LinkError::Name)?;
        let place = active_tenant(hub, self.slug).await?.ok_or(LinkError::NotValid)?;
        let mut connection = hub.directory.connection(&place).await?;
        let mut tx = store::begin(&mut connection).await?;
        let taken = take(&mut tx, &hash(self.token), self.purpose, now).await?;
        let user_id = taken.ok_or(LinkError::NotValid)?;
        let user = user::by_id(&mut tx, user_id).await?.ok_or(LinkError::NotValid)?;
        let fits = match self.purpose {
            Purpose::Invitation => user.state == UserState::Invited,
            Purpose::PasswordReset => user.state == UserState::Active,
        };
        if !fits {
            return Err(LinkError::NotValid);
        }
        let about = [&*user.email, &*user.name, self.name.unwrap_or_default(), self.slug];
        password::judge(self.password, &about)?;
        let hash = hub.passwords.hash(self.password).await?;
        let action = match self.purpose {
            Purpose::Invitation => {
                user::activate(&mut tx, user_id, name, &hash, now).await?;
                "user.accept_invitation"
            }
            Purpose::PasswordReset => {
                user::set_password(&mut tx, user_id, &hash, now).await?;
                "user.reset_password"
            }
        };
        let actor =
            Actor { user: Some(user_id), device: None, address: Some(self.address.to_owned()) };
        let entry = Entry::new(actor, action, Outcome::Done).about("user", user_id);
        audit::append(&mut tx, vec![entry], now).await?;
        store::commit(tx).await?;
        Ok((place, user))
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
