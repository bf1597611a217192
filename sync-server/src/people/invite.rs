//! Inviting someone. Asked again before the invitation is accepted, it gives the roles that are asked for now and
//! another link.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::permissions::{DutyConflict, duty_conflicts};
use domain::standards;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::staff::Staff;
use super::{PeopleError, note, note_on_platform, tenant};
use crate::auth::link;
use crate::hub::Hub;
use crate::ids;
use crate::store::tenant::role;
use crate::store::tenant::user::{self, User, UserState, fold_email};
use crate::store::{self, Tx};
use crate::tenant::directory::TenantPlace;

/// Who is to come in, and with which roles.
pub struct Order {
    pub email: String,
    pub name: String,
    pub roles: Vec<String>,
}

/// An invitation. The token is nowhere else.
#[derive(Serialize)]
pub struct Invited {
    pub id: Uuid,
    pub email: String,
    pub roles: BTreeSet<String>,
    /// Duties that will meet in this person and better do not; a warning, no refusal.
    #[serde(serialize_with = "super::role::conflicts_as_text")]
    pub duty_conflicts: Vec<DutyConflict>,
    pub invitation_url: String,
    pub invitation_token: String,
    pub invitation_expires_at: DateTime<Utc>,
}

/// Adds the user, still without a password, and makes the link.
///
/// # Errors
/// See [`PeopleError`].
pub async fn invite(hub: &Hub, slug: &str, order: &Order) -> Result<Invited, PeopleError> {
    let email = standards::email::read(&order.email)
        .map_err(|fault| PeopleError::Field { field: "email", message: fault.to_string() })?;
    let name = user::name(&order.name)
        .map_err(|message| PeopleError::Field { field: "name", message: message.to_owned() })?;
    let roles: BTreeSet<String> = order.roles.iter().cloned().collect();
    let place = tenant(hub, slug).await?;
    let now = hub.clock.now();
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    staff.check_roles(&roles)?;
    let user = added(&mut tx, &place, &staff, &email, name, now).await?;
    let keys: Vec<String> = roles.iter().cloned().collect();
    role::assign(&mut tx, user.id, &keys, None, now).await?;
    let link = link::invite(&mut tx, &hub.config.listen.public_url, slug, user.id, now).await?;
    let duty_conflicts = duty_conflicts(&staff.grants(&user, &roles)?).collect();
    let detail = json!({ "email": email, "name": name, "roles": roles });
    note(&mut tx, "user.invite", "user", user.id, detail, now).await?;
    store::commit(tx).await?;
    let detail = json!({ "user": user.id, "roles": roles });
    note_on_platform(hub, &place, "user.invite", detail, now).await?;
    Ok(Invited {
        id: user.id,
        email,
        roles,
        duty_conflicts,
        invitation_url: link.url,
        invitation_token: link.token,
        invitation_expires_at: link.expires_at,
    })
}

/// The user with this address who has yet to come in: a new one, if the plan has room.
async fn added(
    tx: &mut Tx<'_>,
    place: &TenantPlace,
    staff: &Staff,
    email: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<User, PeopleError> {
    let folded = fold_email(email);
    if let Some(user) = staff.users.iter().find(|user| fold_email(&user.email) == folded) {
        return match user.state {
            UserState::Invited => Ok(user.clone()),
            UserState::Active => Err(PeopleError::IsUser(email.to_owned())),
            UserState::Disabled => Err(PeopleError::IsDisabled(email.to_owned())),
        };
    }
    if let Some(most) = place.tenant.max_users
        && user::count(tx).await? >= i64::from(most)
    {
        return Err(PeopleError::NoRoom(most));
    }
    let id = ids::row_id(now);
    user::invite(tx, id, email, name, now).await?;
    let missing = || store::StoreError::Damaged("a user who was just added is gone".to_owned());
    Ok(user::by_id(tx, id).await?.ok_or_else(missing)?)
}
