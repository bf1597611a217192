//! The rights of one person with the reason for each entry, as the screens of roles show them. The
//! rights themselves are worked out by `policy`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::catalogue::Permission;
use super::field_right::FieldKey;
use super::grants::Grants;
use super::role::{Person, Role, RoleSet};
use super::scope::Scope;
use super::sensitivity::Sensitivity;

/// What a person may do, and from where each entry comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    pub grants: Grants,
    pub permissions: BTreeMap<Permission, Vec<Source>>,
    /// For each entry of `grants.fields`. Without a source, nobody said anything of the field.
    pub fields: BTreeMap<FieldKey, Vec<Source>>,
    pub scopes: BTreeMap<Scope, Vec<Source>>,
    pub approval_limits: BTreeMap<Permission, Vec<Source>>,
}

/// Where an entry comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The shortest way from the role the person was given to the role that says so; one key where
    /// it is the same role.
    pub path: Vec<String>,
    /// The permission that includes this one, where it is not named itself.
    pub included_by: Option<Permission>,
}

impl Effective {
    /// `limited` says whether a role, with what it inherits, holds an approval permission, so that
    /// its limits apply to it.
    pub(super) fn explain(
        grants: Grants,
        roles: &RoleSet,
        person: &Person,
        assigned: &BTreeSet<String>,
        sensitivity: &BTreeMap<&FieldKey, Sensitivity>,
        limited: impl Fn(&Role, Permission) -> bool,
    ) -> Effective {
        let mut permissions: BTreeMap<Permission, Vec<Source>> = BTreeMap::new();
        for (path, role) in ways(roles, assigned, |_| false) {
            for (permission, _, named) in role.permissions_with_included() {
                let included_by = (named != permission).then_some(named);
                let source = Source { path: path.clone(), included_by };
                permissions.entry(permission).or_default().push(source);
            }
        }

        // What a role says itself stands over what it inherits: nothing behind it is a source.
        let mut scopes: BTreeMap<Scope, Vec<Source>> = BTreeMap::new();
        for (path, role) in ways(roles, assigned, |role| !role.scopes.is_empty()) {
            for scope in role.scopes.iter().flat_map(|rule| rule.scopes_of(person)) {
                let source = Source { path: path.clone(), included_by: None };
                scopes.entry(scope).or_default().push(source);
            }
        }
        let fields = grants.fields.keys().map(|key| {
            let group = sensitivity.get(key).copied().unwrap_or(Sensitivity::None);
            let says = |role: &Role| role.says_of(key, group).is_some();
            (key.clone(), sources(roles, assigned, says))
        });
        let approval_limits = grants.approval_limits.keys().map(|permission| {
            let says = |role: &Role| !role.approval_limits.is_empty() && limited(role, *permission);
            (*permission, sources(roles, assigned, says))
        });
        Effective {
            fields: fields.collect(),
            approval_limits: approval_limits.collect(),
            permissions,
            scopes,
            grants,
        }
    }
}

fn sources(
    roles: &RoleSet,
    assigned: &BTreeSet<String>,
    says: impl Fn(&Role) -> bool,
) -> Vec<Source> {
    ways(roles, assigned, &says)
        .into_iter()
        .filter(|(_, role)| says(role))
        .map(|(path, _)| Source { path, included_by: None })
        .collect()
}

/// Every role that is reached from the assigned ones without going past one that `stops`, by the
/// shortest way from each of them.
fn ways<'a>(
    roles: &'a RoleSet,
    assigned: &BTreeSet<String>,
    stops: impl Fn(&Role) -> bool,
) -> Vec<(Vec<String>, &'a Role)> {
    let mut ways = Vec::new();
    for key in assigned {
        let mut reached = BTreeSet::new();
        let mut next: VecDeque<(Vec<String>, &Role)> =
            roles.get(key).map(|role| (vec![key.clone()], role)).into_iter().collect();
        while let Some((path, role)) = next.pop_front() {
            if !reached.insert(role.key.as_str()) {
                continue;
            }
            if !stops(role) {
                for parent in roles.parents(role) {
                    let mut longer = path.clone();
                    longer.push(parent.key.clone());
                    next.push_back((longer, parent));
                }
            }
            ways.push((path, role));
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::super::field_right::FieldRight;
    use super::super::role::Reach;
    use super::super::row::RowRule;
    use super::super::world::{NORTH, with_roles};
    use super::*;
    use rust_decimal::Decimal;

    fn source(path: &[&str], included_by: Option<Permission>) -> Source {
        Source { path: path.iter().map(|key| (*key).to_owned()).collect(), included_by }
    }

    #[test]
    fn each_right_tells_from_which_role_it_comes_and_by_which_way() {
        let lead = Role {
            key: "lead".into(),
            inherits: ["technician".to_owned()].into(),
            permissions: [(Permission::FIELD_SITE_MANAGE, RowRule::All)].into(),
            ..Role::default()
        };
        let effective = with_roles(&[lead], &["lead", "user"]);
        assert_eq!(
            effective.permissions[&Permission::FIELD_SITE_VIEW],
            [
                source(&["lead"], Some(Permission::FIELD_SITE_MANAGE)),
                source(&["lead", "technician"], None),
                source(&["lead", "technician", "user"], None),
                source(&["user"], None),
            ]
        );
        assert_eq!(effective.grants.permissions[&Permission::FIELD_SITE_VIEW], RowRule::All);
        let held: Vec<_> = effective.permissions.keys().collect();
        assert!(held.into_iter().eq(effective.grants.permissions.keys()));
    }

    #[test]
    fn what_a_role_says_itself_hides_what_it_inherits_from_the_reasons_too() {
        let north = Role {
            key: "north".into(),
            inherits: ["manager".to_owned()].into(),
            fields: [(FieldKey::new("customer", "credit_limit"), FieldRight::READ)].into(),
            scopes: [Reach::Branch].into(),
            approval_limits: [("EUR".to_owned(), Decimal::TEN)].into(),
            ..Role::default()
        };
        let effective = with_roles(&[north], &["north"]);
        let own = vec![source(&["north"], None)];
        assert_eq!(effective.scopes, [(Scope::Branch(NORTH), own.clone())].into());
        let approve = Permission::FINANCE_BILL_APPROVE;
        assert_eq!(effective.approval_limits[&approve], own);
        assert_eq!(effective.fields[&FieldKey::new("customer", "credit_limit")], own);
        let inherited = vec![source(&["north", "manager"], None)];
        assert_eq!(effective.fields[&FieldKey::new("customer", "tax_id")], inherited);
    }
}
