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

#[cfg(test)]
mod tests {
    use super::super::duties::duty_conflicts;
    use super::super::role::Role;
    use super::super::standard::StandardRole;
    use super::super::world::{ANNA, BEN, COMPANY, group_role, keys, standard, with_roles};
    use super::super::{FieldRight, Reach, Sensitivity};
    use super::*;

    const BILL: Permission = Permission::FINANCE_BILL_APPROVE;
    const ROW: RowFacts = RowFacts {
        company_id: Some(COMPANY),
        branch_id: None,
        department_id: None,
        warehouse_id: None,
        owner_id: None,
    };

    fn bill_by(made_by: Uuid, amount: i64) -> Submission<'static> {
        let amount = Some((Decimal::from(amount), "EUR"));
        Submission { permission: BILL, row: &ROW, made_by, amount }
    }

    #[test]
    fn a_manager_approves_the_bills_of_others() {
        let manager = standard(StandardRole::Manager);
        assert_eq!(may_approve(&manager, &bill_by(BEN, 500), false), Ok(Approval::Now));
        assert_eq!(may_approve(&manager, &bill_by(ANNA, 500), false), Err(Reason::OwnWork));
        let accountant = standard(StandardRole::Accountant);
        assert_eq!(
            may_approve(&accountant, &bill_by(BEN, 500), false),
            Err(Reason::NotPermitted { permission: BILL })
        );
    }

    #[test]
    fn the_only_person_of_a_tenant_approves_after_a_day() {
        let admin = standard(StandardRole::Admin);
        assert_eq!(may_approve(&admin, &bill_by(ANNA, 500), true), Ok(Approval::AfterDelay));
        assert_eq!(may_approve(&admin, &bill_by(BEN, 500), true), Ok(Approval::Now));
        let sales = standard(StandardRole::Sales);
        assert!(may_approve(&sales, &bill_by(ANNA, 500), true).is_err());
    }

    #[test]
    fn a_limit_holds_for_its_currency_for_credits_too_and_for_no_other_currency() {
        let junior = Role {
            key: "junior".into(),
            inherits: ["manager".to_owned()].into(),
            approval_limits: [("EUR".to_owned(), Decimal::from(1_000))].into(),
            ..Role::default()
        };
        let grants = with_roles(&[junior], &["junior"]).grants;
        let above = Err(Reason::AboveLimit { currency: "EUR".into() });
        assert_eq!(may_approve(&grants, &bill_by(BEN, 1_000), false), Ok(Approval::Now));
        assert_eq!(may_approve(&grants, &bill_by(BEN, 1_001), false), above);
        assert_eq!(may_approve(&grants, &bill_by(BEN, -1_001), false), above);
        let dollars = Submission { amount: Some((Decimal::ONE, "USD")), ..bill_by(BEN, 0) };
        assert_eq!(may_approve(&grants, &dollars, false).unwrap_err().code(), "above_limit");
    }

    #[test]
    fn nobody_changes_a_role_they_have_or_one_that_theirs_inherits() {
        let roles = StandardRole::role_set();
        let own = keys(&["technician"]);
        for key in ["technician", "user"] {
            assert_eq!(may_change_role(&roles, &own, key), Err(Reason::OwnRole));
        }
        assert_eq!(may_change_role(&roles, &own, "sales"), Ok(()));
        assert_eq!(may_assign_to(ANNA, ANNA), Err(Reason::OwnRole));
        assert_eq!(may_assign_to(ANNA, BEN), Ok(()));
    }

    #[test]
    fn nobody_gives_what_they_do_not_have() {
        let gift = |own: &str, given: &Role| {
            let roles = std::slice::from_ref(given);
            let before = with_roles(roles, &[own]).grants;
            let after = with_roles(roles, &[own, given.key.as_str()]).grants;
            gives_only_what_is_held(&before, &after)
        };
        let role = |key: &str, permission, rule| Role {
            key: key.to_owned(),
            permissions: [(permission, rule)].into(),
            scopes: [Reach::All].into(),
            ..Role::default()
        };
        let what = |result: Result<(), Reason>| result.unwrap_err().to_string();

        let lister = role("lister", Permission::MASTER_CUSTOMER_VIEW, RowRule::All);
        assert_eq!(gift("manager", &lister), Ok(()));
        assert_eq!(
            what(gift("sales", &lister)),
            "nobody gives what they do not have: the right master:customer:view"
        );
        let payroll = group_role("payroll", Sensitivity::Payroll, FieldRight::READ);
        assert!(what(gift("admin", &payroll)).ends_with("the field employee.salary"));
        let taxes = group_role("taxes", Sensitivity::TaxId, FieldRight::READ);
        assert_eq!(gift("accountant", &taxes), Ok(()));
    }

    #[test]
    fn nobody_gives_rows_or_limits_beyond_their_own() {
        let before = with_roles(&[], &["manager"]).grants;
        let mut narrow = before.clone();
        narrow.scopes = [Scope::Company(COMPANY)].into();
        assert_eq!(
            gives_only_what_is_held(&narrow, &before).unwrap_err().to_string(),
            "nobody gives what they do not have: the records of tenant"
        );
        let mut limited = before.clone();
        limited.approval_limits = [(BILL, [("EUR".to_owned(), Decimal::TEN)].into())].into();
        assert_eq!(
            gives_only_what_is_held(&limited, &before).unwrap_err().to_string(),
            "nobody gives what they do not have: a higher limit for finance:bill:approve"
        );
        assert_eq!(gives_only_what_is_held(&limited, &limited), Ok(()));
    }

    #[test]
    fn the_last_administrator_stays() {
        let people = [standard(StandardRole::Manager), standard(StandardRole::Admin)];
        assert_eq!(an_admin_remains(&people), Ok(()));
        assert_eq!(an_admin_remains(&people[..1]), Err(Reason::LastAdmin));
        assert_eq!(an_admin_remains([]), Err(Reason::LastAdmin));
    }

    #[test]
    fn conflicting_duties_are_pointed_out() {
        assert_eq!(duty_conflicts(&standard(StandardRole::Admin)).count(), 6);
        let manager: Vec<_> =
            duty_conflicts(&standard(StandardRole::Manager)).map(|c| c.second).collect();
        assert_eq!(manager, [BILL]);
        assert_eq!(duty_conflicts(&standard(StandardRole::Sales)).count(), 0);
    }
}
