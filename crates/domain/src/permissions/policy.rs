//! From roles to rights: what one person may do, and why. Runs on the hub, which alone keeps roles;
//! devices get the result.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::action::Guard;
use super::catalogue::Permission;
use super::effective::Effective;
use super::field_right::{FieldKey, FieldRight};
use super::grants::Grants;
use super::role::{Person, Reach, Role, RoleError, RoleSet};
use super::row::RowRule;
use super::sensitivity::Sensitivity;
use crate::record::EntityDef;

/// A field that a tenant declared for itself: `extra.<name>` of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantField {
    pub key: FieldKey,
    pub sensitivity: Sensitivity,
}

/// Everything that the rights of a tenant's people follow from.
#[derive(Clone, Copy)]
pub struct Policy<'a> {
    pub version: i64,
    pub roles: &'a RoleSet,
    /// Every entity that is declared; children are reached through their parents.
    pub entities: &'a [&'static EntityDef],
    pub tenant_fields: &'a [TenantField],
}

/// A field that may be granted, with what its sensitivity and entity say of it.
struct Subject {
    key: FieldKey,
    guard: Guard,
    sensitivity: Sensitivity,
}

/// What one role gives together with everything it inherits.
#[derive(Clone, Default)]
struct Bundle {
    permissions: BTreeMap<Permission, RowRule>,
    /// One for each subject; `None` where neither the role nor an inherited one touches the field.
    fields: Vec<Option<FieldRight>>,
    scopes: BTreeSet<Reach>,
    limits: BTreeMap<Permission, Limit>,
}

/// The most that may be approved by currency; `None` without limit.
type Limit = Option<BTreeMap<String, Decimal>>;

impl Policy<'_> {
    /// The rights of a person who was given the roles with these keys. Roles add up: giving one more
    /// never takes a right away.
    pub fn effective(
        &self,
        person: &Person,
        assigned: &BTreeSet<String>,
    ) -> Result<Effective, RoleError> {
        let subjects = self.subjects();
        let mut known = BTreeMap::new();
        let mut sum = Bundle { fields: vec![None; subjects.len()], ..Bundle::default() };
        for key in assigned {
            let role = self.roles.get(key).ok_or_else(|| RoleError::Unknown(key.clone()))?;
            sum.add(&self.bundle(role, &subjects, &mut known));
        }
        let grants = Grants {
            policy_version: self.version,
            user_id: person.user_id,
            companies: person.companies.clone(),
            departments: person.departments.clone(),
            permissions: sum.permissions,
            fields: granted_fields(&subjects, &sum.fields),
            scopes: sum.scopes.iter().flat_map(|rule| rule.scopes_of(person)).collect(),
            approval_limits: sum.limits.into_iter().filter_map(|(p, l)| Some((p, l?))).collect(),
        };
        let sensitivity =
            subjects.iter().map(|subject| (&subject.key, subject.sensitivity)).collect();
        let limited = |role: &Role, permission| {
            known
                .get(role.key.as_str())
                .is_some_and(|bundle| bundle.limits.contains_key(&permission))
        };
        Ok(Effective::explain(grants, self.roles, person, assigned, &sensitivity, limited))
    }

    fn subjects(&self) -> Vec<Subject> {
        let mut subjects = Vec::new();
        let mut next: Vec<&EntityDef> = self.entities.to_vec();
        let mut seen = BTreeSet::new();
        while let Some(entity) = next.pop() {
            if !seen.insert(entity.name) {
                continue;
            }
            next.extend(entity.children);
            let own = self.tenant_fields.iter().filter(|field| field.key.entity == entity.name);
            let declared =
                entity.all_fields().map(|f| (FieldKey::new(entity.name, f.name), f.sensitivity));
            subjects.extend(
                declared
                    .chain(own.map(|field| (field.key.clone(), field.sensitivity)))
                    .map(|(key, sensitivity)| Subject { key, guard: entity.guard, sensitivity }),
            );
        }
        subjects
    }

    /// What a role gives. Permissions are added to those it inherits; what the role says itself of
    /// scopes, approval limits, a field group or a field stands over what it inherits, so that "Sales,
    /// but only the own branch" can be said by inheriting.
    fn bundle<'a>(
        &'a self,
        role: &'a Role,
        subjects: &[Subject],
        known: &mut BTreeMap<&'a str, Bundle>,
    ) -> Bundle {
        if let Some(bundle) = known.get(role.key.as_str()) {
            return bundle.clone();
        }
        let mut bundle = Bundle { fields: vec![None; subjects.len()], ..Bundle::default() };
        for (permission, rule, _) in role.permissions_with_included() {
            bundle.permit(permission, rule);
        }
        for (right, subject) in bundle.fields.iter_mut().zip(subjects) {
            let touches = |p: &Permission| bundle.permissions.contains_key(p);
            let guard = subject.guard;
            if [guard.view, guard.create, guard.edit, guard.retire].iter().any(touches) {
                *right = Some(subject.sensitivity.ungranted());
            }
        }
        let approvals = bundle.permissions.keys().filter(|p| p.action() == "approve");
        bundle.limits = approvals.map(|permission| (*permission, None)).collect();
        for parent in self.roles.parents(role) {
            bundle.add(&self.bundle(parent, subjects, known));
        }
        for (right, subject) in bundle.fields.iter_mut().zip(subjects) {
            *right = role.says_of(&subject.key, subject.sensitivity).or(*right);
        }
        if !role.scopes.is_empty() {
            bundle.scopes = role.scopes.clone();
        }
        if !role.approval_limits.is_empty() {
            for limit in bundle.limits.values_mut() {
                *limit = Some(role.approval_limits.clone());
            }
        }
        known.insert(&role.key, bundle.clone());
        bundle
    }
}

impl Bundle {
    fn permit(&mut self, permission: Permission, rule: RowRule) {
        let held = self.permissions.entry(permission).or_insert(rule);
        *held = rule.max(*held);
    }

    /// Adds what another role gives; nothing gets smaller.
    fn add(&mut self, other: &Bundle) {
        for (permission, rule) in &other.permissions {
            self.permit(*permission, *rule);
        }
        for (mine, theirs) in self.fields.iter_mut().zip(&other.fields) {
            *mine = match (*mine, *theirs) {
                (Some(mine), Some(theirs)) => Some(mine.or(theirs)),
                (mine, theirs) => mine.or(theirs),
            };
        }
        self.scopes.extend(&other.scopes);
        for (permission, theirs) in &other.limits {
            match self.limits.get_mut(permission) {
                None => {
                    self.limits.insert(*permission, theirs.clone());
                }
                Some(mine) => *mine = larger(mine.take(), theirs),
            }
        }
    }
}

fn larger(mine: Limit, theirs: &Limit) -> Limit {
    let (mut mine, theirs) = (mine?, theirs.as_ref()?);
    for (currency, limit) in theirs {
        let held = mine.entry(currency.clone()).or_insert(*limit);
        *held = (*held).max(*limit);
    }
    Some(mine)
}

/// The rights that differ from those of somebody who was given nothing. A tenant's own field is
/// compared with an ordinary one, because a device cannot ask its declaration.
fn granted_fields(
    subjects: &[Subject],
    rights: &[Option<FieldRight>],
) -> BTreeMap<FieldKey, FieldRight> {
    let mut granted = BTreeMap::new();
    for (subject, right) in subjects.iter().zip(rights) {
        let (asked, right) = match (subject.key.field.starts_with("extra."), right) {
            (true, right) => (Sensitivity::None, right.unwrap_or(subject.sensitivity.ungranted())),
            (false, Some(right)) => (subject.sensitivity, *right),
            (false, None) => continue,
        };
        let right = subject.sensitivity.limit(right);
        if right != asked.ungranted() {
            granted.insert(subject.key.clone(), right);
        }
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::super::standard::StandardRole;
    use super::super::world::{
        EMPLOYEE, NORTH, anna, keys, standard, with_roles, with_tenant_fields,
    };
    use super::*;
    use crate::masters::CUSTOMER;

    const APPROVE: Permission = Permission::FINANCE_BILL_APPROVE;

    fn role(key: &str, inherits: &[&str]) -> Role {
        Role { key: key.to_owned(), inherits: keys(inherits), ..Role::default() }
    }

    fn euros(amount: i64) -> BTreeMap<String, Decimal> {
        [("EUR".to_owned(), Decimal::from(amount))].into()
    }

    #[test]
    fn a_technician_has_what_a_user_has_and_the_larger_of_both() {
        let user = standard(StandardRole::User);
        let technician = standard(StandardRole::Technician);
        assert!(user.permissions.keys().all(|permission| technician.holds(*permission)));
        assert!(technician.holds(Permission::FIELD_CERTIFICATE_ISSUE));
        assert_eq!(user.field_right(&CUSTOMER, "phone"), FieldRight::NONE);
        assert_eq!(technician.field_right(&CUSTOMER, "phone"), FieldRight::FULL);
    }

    #[test]
    fn a_role_can_inherit_and_say_less_of_a_field() {
        let discreet = Role {
            fields: [(FieldKey::new("customer", "phone"), FieldRight::NONE)].into(),
            ..role("discreet", &["sales"])
        };
        let only = with_roles(std::slice::from_ref(&discreet), &["discreet"]).grants;
        assert_eq!(only.field_right(&CUSTOMER, "phone"), FieldRight::NONE);
        assert_eq!(only.field_right(&CUSTOMER, "email"), FieldRight::FULL);
        let both = with_roles(&[discreet], &["discreet", "sales"]).grants;
        assert_eq!(both.field_right(&CUSTOMER, "phone"), FieldRight::FULL);
    }

    #[test]
    fn a_role_without_a_right_on_the_entity_does_not_uncover_its_fields() {
        let quiet = Role {
            fields: [(FieldKey::new("customer", "notes"), FieldRight::NONE)].into(),
            ..role("quiet", &["sales"])
        };
        let gardener = Role {
            permissions: [(Permission::FIELD_SITE_VIEW, RowRule::All)].into(),
            ..role("gardener", &[])
        };
        let grants = with_roles(&[quiet, gardener], &["quiet", "gardener"]).grants;
        assert_eq!(grants.field_right(&CUSTOMER, "notes"), FieldRight::NONE);
        assert!(grants.mask_for(&CUSTOMER).hides("notes"));
    }

    #[test]
    fn limits_of_two_roles_are_the_higher_of_both_and_no_limit_is_the_highest() {
        let small = Role { approval_limits: euros(100), ..role("small", &["manager"]) };
        let large = Role { approval_limits: euros(900), ..role("large", &["manager"]) };
        // Has a limit, but nothing to approve: it limits nobody and frees nobody.
        let clerk = Role { approval_limits: euros(5_000), ..role("clerk", &["sales"]) };
        let own = [small, large, clerk];
        let limit = |assigned: &[&str]| {
            with_roles(&own, assigned).grants.approval_limits.get(&APPROVE).cloned()
        };
        assert_eq!(limit(&["small", "large"]), Some(euros(900)));
        assert_eq!(limit(&["small", "clerk"]), Some(euros(100)));
        assert_eq!(limit(&["small", "manager"]), None);
        assert_eq!(limit(&["clerk"]), None);
    }

    #[test]
    fn a_tenants_own_sensitive_field_is_hidden_until_it_is_given() {
        let fields = [
            TenantField {
                key: FieldKey::new("employee", "extra.bonus"),
                sensitivity: Sensitivity::Payroll,
            },
            TenantField {
                key: FieldKey::new("employee", "extra.shirt_size"),
                sensitivity: Sensitivity::None,
            },
        ];
        let admin = with_tenant_fields(&[], &["admin"], &fields).grants;
        assert_eq!(admin.field_right(&EMPLOYEE, "extra.bonus"), FieldRight::NONE);
        assert_eq!(admin.field_right(&EMPLOYEE, "extra.shirt_size"), FieldRight::FULL);
        assert!(admin.mask_for(&EMPLOYEE).hidden().any(|field| field == "extra.bonus"));
        let payroll =
            Role { groups: [(Sensitivity::Payroll, FieldRight::READ)].into(), ..role("pay", &[]) };
        let grants = with_tenant_fields(&[payroll], &["admin", "pay"], &fields).grants;
        assert_eq!(grants.field_right(&EMPLOYEE, "extra.bonus"), FieldRight::READ);
    }

    #[test]
    fn own_scopes_stand_over_inherited_ones() {
        let north = Role { scopes: [Reach::Branch].into(), ..role("north", &["manager"]) };
        let scopes = with_roles(&[north], &["north"]).grants.scopes;
        assert_eq!(scopes, [super::super::Scope::Branch(NORTH)].into());
    }

    #[test]
    fn a_role_that_does_not_exist_is_named() {
        let roles = StandardRole::role_set();
        let policy = Policy { version: 1, roles: &roles, entities: &[], tenant_fields: &[] };
        let refused = policy.effective(&anna(), &keys(&["boss"])).unwrap_err();
        assert_eq!(refused.to_string(), "there is no role `boss`");
    }
}
