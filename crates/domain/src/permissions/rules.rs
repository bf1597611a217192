//! The rules that no role overrides: nobody approves what they made, nobody changes their own role,
//! nobody gives what they do not have, the last administrator stays.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::catalogue::Permission;
use super::check::check_permission;
use super::decision::Reason;
use super::grants::Grants;
use super::role::RoleSet;
use super::row::{RowFacts, RowRule};
use super::scope::Scope;

/// How long the only person of a tenant waits before an approval of their own work takes effect.
pub const SOLE_PERSON_DELAY: TimeDelta = TimeDelta::hours(24);

/// When an approval takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    Now,
    /// After [`SOLE_PERSON_DELAY`], with an entry in the audit: the tenant has no second person.
    AfterDelay,
}

/// What is to be approved.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// The approval's permission, for instance `finance:bill:approve`.
    pub permission: Permission,
    pub row: &'a RowFacts,
    /// Who made it or changed it last. A supplier's bank change is made by who entered it.
    pub made_by: Uuid,
    /// The amount and its ISO 4217 code, where limits apply. A credit counts like a charge.
    pub amount: Option<(Decimal, &'a str)>,
}

/// Whether these rights approve the submission. `only_person` says that the tenant has nobody else.
pub fn may_approve(
    grants: &Grants,
    submission: &Submission,
    only_person: bool,
) -> Result<Approval, Reason> {
    check_permission(grants, submission.permission, Some(submission.row)).into_result()?;
    let limits = grants.approval_limits.get(&submission.permission);
    if let (Some((amount, currency)), Some(limits)) = (submission.amount, limits)
        && limits.get(currency).is_none_or(|limit| amount.abs() > *limit)
    {
        return Err(Reason::AboveLimit { currency: currency.to_owned() });
    }
    match (submission.made_by == grants.user_id, only_person) {
        (false, _) => Ok(Approval::Now),
        (true, true) => Ok(Approval::AfterDelay),
        (true, false) => Err(Reason::OwnWork),
    }
}

/// Whether a person with the roles `own` may change, copy over or set back the role `key`: not if
/// they have it, directly or through one they have.
pub fn may_change_role(roles: &RoleSet, own: &BTreeSet<String>, key: &str) -> Result<(), Reason> {
    if roles.with_inherited(own).contains(key) {
        return Err(Reason::OwnRole);
    }
    Ok(())
}

/// Whether a person may change which roles another has.
pub fn may_assign_to(actor: Uuid, target: Uuid) -> Result<(), Reason> {
    if actor == target {
        return Err(Reason::OwnRole);
    }
    Ok(())
}

/// Whether the giver has all that a role gives. `own` are the giver's rights, `with_gift` what they
/// would be if the giver had the role too, as it is or as it is about to be changed: a role that
/// would add anything may not be given. Both come from [`Policy::effective`](super::Policy::effective).
pub fn gives_only_what_is_held(own: &Grants, with_gift: &Grants) -> Result<(), Reason> {
    let not_held = |what: String| Err(Reason::NotHeld { what });
    for (permission, rule) in &with_gift.permissions {
        if own.permissions.get(permission).is_none_or(|held| held < rule) {
            return not_held(format!("the right {permission}"));
        }
    }
    // Rights on fields are kept where they differ from the ordinary, so an entry that is new, gone or
    // other is a right that is larger: adding a role never makes one smaller.
    let keys = own.fields.keys().chain(with_gift.fields.keys());
    for key in keys {
        if own.fields.get(key) != with_gift.fields.get(key) {
            return not_held(format!("the field {key}"));
        }
    }
    if let Some(scope) = with_gift.scopes.difference(&own.scopes).next()
        && !own.scopes.contains(&Scope::Tenant)
    {
        return not_held(format!("the records of {scope}"));
    }
    for (permission, held) in &own.approval_limits {
        if with_gift.approval_limits.get(permission) != Some(held) {
            return not_held(format!("a higher limit for {permission}"));
        }
    }
    Ok(())
}

/// Whether a change of people and roles leaves an administrator: `people` are the rights that every
/// active person has after it.
pub fn an_admin_remains<'a>(people: impl IntoIterator<Item = &'a Grants>) -> Result<(), Reason> {
    if people.into_iter().any(is_admin) { Ok(()) } else { Err(Reason::LastAdmin) }
}

/// An administrator is who can mend everybody's rights: holds these on every row of the tenant,
/// whatever the role is called.
fn is_admin(grants: &Grants) -> bool {
    let needed = [
        Permission::ADMIN_USER_INVITE,
        Permission::ADMIN_USER_EDIT,
        Permission::ADMIN_ROLE_MANAGE,
        Permission::ADMIN_PERMISSION_ASSIGN,
    ];
    grants.scopes.contains(&Scope::Tenant)
        && needed.iter().all(|p| grants.permissions.get(p) == Some(&RowRule::All))
}
