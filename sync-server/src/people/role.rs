//! The roles of a tenant, and who has which.

use std::collections::BTreeSet;

use domain::permissions::{DutyConflict, StandardRole, duty_conflicts};
use serde::{Serialize, Serializer};
use serde_json::json;
use uuid::Uuid;

use super::staff::Staff;
use super::{PeopleError, note, note_on_platform, tenant};
use crate::hub::Hub;
use crate::store;
use crate::store::tenant::role as table;
use crate::store::tenant::settings;
use crate::store::tenant::user::UserState;

/// One role.
#[derive(Debug, Serialize)]
pub struct RoleView {
    pub key: String,
    pub label: String,
    /// Whether it is one of those that every tenant starts with.
    pub standard: bool,
    pub inherits: BTreeSet<String>,
    /// The permissions that it names itself, without what it inherits.
    pub permissions: Vec<String>,
    /// How many users have it who are not disabled.
    pub users: usize,
}

/// Every role of the tenant, by key.
///
/// # Errors
/// See [`PeopleError`].
pub async fn list(hub: &Hub, slug: &str) -> Result<Vec<RoleView>, PeopleError> {
    let place = tenant(hub, slug).await?;
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    store::commit(tx).await?;
    let has = |key: &str| {
        let current = staff.users.iter().filter(|user| user.state != UserState::Disabled);
        current.filter(|user| staff.assigned_to(user).contains(key)).count()
    };
    let view = |role: &domain::permissions::Role| RoleView {
        key: role.key.clone(),
        label: role.label.clone(),
        standard: role.key.parse::<StandardRole>().is_ok(),
        inherits: role.inherits.clone(),
        permissions: role.permissions.keys().map(ToString::to_string).collect(),
        users: has(&role.key),
    };
    Ok(staff.roles.iter().map(view).collect())
}

/// The roles a user has now.
#[derive(Debug, Serialize)]
pub struct Assigned {
    pub id: Uuid,
    pub email: String,
    pub roles: BTreeSet<String>,
    /// Duties that meet in this person and better do not; a warning, no refusal.
    #[serde(serialize_with = "conflicts_as_text")]
    pub duty_conflicts: Vec<DutyConflict>,
    /// The policy version from which on this holds.
    pub policy_version: i64,
}

/// Gives a user exactly these roles. Can be repeated after an interruption.
///
/// # Errors
/// See [`PeopleError`]; the last administrator stays one.
pub async fn set(
    hub: &Hub,
    slug: &str,
    email: &str,
    roles: &[String],
) -> Result<Assigned, PeopleError> {
    let place = tenant(hub, slug).await?;
    let now = hub.clock.now();
    let roles: BTreeSet<String> = roles.iter().cloned().collect();
    let keys: Vec<String> = roles.iter().cloned().collect();
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    let user = staff.by_email(email)?;
    if user.state == UserState::Disabled {
        return Err(PeopleError::IsDisabled(email.to_owned()));
    }
    staff.check_roles(&roles)?;
    staff.keep_an_admin(user, Some(&roles))?;
    let before = staff.assigned_to(user);
    table::assign(&mut tx, user.id, &keys, None, now).await?;
    let policy_version = settings::raise_policy_version(&mut tx).await?;
    let detail = json!({ "roles": { "before": before, "after": roles } });
    note(&mut tx, "role.set", "user", user.id, detail, now).await?;
    store::commit(tx).await?;
    // Last: the hubs hear of it and read the rights anew, and devices get another lease.
    hub.control.raise_policy_version(place.id(), policy_version).await?;
    let detail = json!({ "user": user.id, "roles": { "before": before, "after": roles } });
    note_on_platform(hub, &place, "role.set", detail, now).await?;
    let duty_conflicts = duty_conflicts(&staff.grants(user, &roles)?).collect();
    let (id, email) = (user.id, user.email.clone());
    Ok(Assigned { id, email, roles, duty_conflicts, policy_version })
}

/// Pairs of permissions.
pub(super) fn conflicts_as_text<S: Serializer>(
    conflicts: &[DutyConflict],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer
        .collect_seq(conflicts.iter().map(|meet| [meet.first.to_string(), meet.second.to_string()]))
}
