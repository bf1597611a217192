//! Roles as a tenant keeps them, and a set of roles that fits together: every inherited role is
//! there and none inherits itself. What a person ends up with is worked out by `policy`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue::Permission;
use super::field_right::{FieldKey, FieldRight};
use super::row::RowRule;
use super::scope::Scope;
use super::sensitivity::Sensitivity;

/// A named set of rights. What a role says of a field itself stands over what it inherits; all else
/// that it inherits is added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Short and unique in the tenant; how other roles and assignments name it.
    pub key: String,
    pub label: String,
    /// Keys of the roles whose rights this one includes.
    #[serde(default)]
    pub inherits: BTreeSet<String>,
    #[serde(default)]
    pub permissions: BTreeMap<Permission, RowRule>,
    /// Rights by field group.
    #[serde(default)]
    pub groups: BTreeMap<Sensitivity, FieldRight>,
    /// Rights on single fields, over those of the field's group.
    #[serde(default)]
    pub fields: BTreeMap<FieldKey, FieldRight>,
    /// The sets of rows this role reaches, relative to the person.
    #[serde(default)]
    pub scopes: BTreeSet<Reach>,
    /// The most this role approves, by ISO 4217 code. None at all is no limit; with any, a currency
    /// that is not listed is not approved.
    #[serde(default)]
    pub approval_limits: BTreeMap<String, Decimal>,
}

/// A set of rows relative to the person who has the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Rows the person owns.
    Own,
    /// Rows of the person's departments and of those below them.
    DepartmentAndBelow,
    Warehouse,
    Branch,
    Company,
    All,
}

/// What the rights of one person depend on beside the roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user_id: Uuid,
    /// Companies the person works in: rows that belong to one of these as a whole (to no branch,
    /// department or warehouse) are within reach.
    #[serde(default)]
    pub companies: BTreeSet<Uuid>,
    #[serde(default)]
    pub branches: BTreeSet<Uuid>,
    /// The person's departments and every department below them.
    #[serde(default)]
    pub departments: BTreeSet<Uuid>,
    #[serde(default)]
    pub warehouses: BTreeSet<Uuid>,
}

impl Reach {
    /// The scopes that this means for the person.
    pub fn scopes_of(self, person: &Person) -> BTreeSet<Scope> {
        match self {
            Reach::Own => BTreeSet::from([Scope::User(person.user_id)]),
            Reach::DepartmentAndBelow => each(&person.departments, Scope::Department),
            Reach::Warehouse => each(&person.warehouses, Scope::Warehouse),
            Reach::Branch => each(&person.branches, Scope::Branch),
            Reach::Company => each(&person.companies, Scope::Company),
            Reach::All => BTreeSet::from([Scope::Tenant]),
        }
    }
}

fn each(ids: &BTreeSet<Uuid>, scope: fn(Uuid) -> Scope) -> BTreeSet<Scope> {
    ids.iter().copied().map(scope).collect()
}

impl Role {
    /// Whether the role by itself, without what it inherits, holds the permission: named, or
    /// included in one that is named.
    pub fn permissions_with_included(
        &self,
    ) -> impl Iterator<Item = (Permission, RowRule, Permission)> {
        self.permissions.iter().flat_map(|(&named, &rule)| {
            std::iter::once((named, rule, named))
                .chain(named.includes().map(move |included| (included, rule, named)))
        })
    }

    /// What the role itself says of a field, if it says anything.
    pub fn says_of(&self, key: &FieldKey, sensitivity: Sensitivity) -> Option<FieldRight> {
        self.fields.get(key).or_else(|| self.groups.get(&sensitivity)).copied()
    }
}

/// The longest chain of inheritance; a tenant needs three or four, and walking one stays cheap.
const DEEPEST: usize = 32;

/// Roles that fit together. Built by [`RoleSet::new`] alone, so walking it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleSet(BTreeMap<String, Role>);

/// Why roles do not fit together, or which role is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    #[error("a role needs a key")]
    NoKey,
    #[error("two roles have the key `{0}`; give one of them another")]
    Twice(String),
    #[error("the role `{role}` inherits `{missing}`, which does not exist")]
    MissingParent { role: String, missing: String },
    #[error("the role `{}` would inherit itself ({}); take one of these inheritances away", .0.role(), .0)]
    Cycle(CyclePath),
    #[error(
        "the role `{0}` stands in a chain of more than {DEEPEST} inherited roles; shorten the chain"
    )]
    TooDeep(String),
    #[error("there is no role `{0}`")]
    Unknown(String),
}

/// The way from a role back to itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CyclePath(Vec<String>);

impl CyclePath {
    fn role(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

impl fmt::Display for CyclePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" → "))
    }
}

impl RoleSet {
    /// Takes roles that fit together, or says the first thing that does not fit.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<RoleSet, RoleError> {
        let mut set = BTreeMap::new();
        for role in roles {
            if role.key.is_empty() {
                return Err(RoleError::NoKey);
            }
            let key = role.key.clone();
            if set.insert(key.clone(), role).is_some() {
                return Err(RoleError::Twice(key));
            }
        }
        let set = RoleSet(set);
        let mut heights = BTreeMap::new();
        for key in set.0.keys() {
            set.height(key, &mut Vec::new(), &mut heights)?;
        }
        Ok(set)
    }

    /// How many roles stand in the longest chain up from `key`, itself counted. `path` is the way
    /// that led here, `heights` what is known already.
    fn height<'a>(
        &'a self,
        key: &'a str,
        path: &mut Vec<&'a str>,
        heights: &mut BTreeMap<&'a str, usize>,
    ) -> Result<usize, RoleError> {
        if let Some(height) = heights.get(key) {
            return Ok(*height);
        }
        if let Some(start) = path.iter().position(|on_path| *on_path == key) {
            let cycle = path.iter().skip(start).chain([&key]).map(|k| (*k).to_owned()).collect();
            return Err(RoleError::Cycle(CyclePath(cycle)));
        }
        let Some(role) = self.0.get(key) else {
            return Err(RoleError::MissingParent {
                role: path.last().copied().unwrap_or_default().to_owned(),
                missing: key.to_owned(),
            });
        };
        path.push(key);
        let mut height = 1;
        // The path is bounded too, so that the walk itself stays shallow.
        if path.len() <= DEEPEST {
            for parent in &role.inherits {
                height = height.max(1 + self.height(parent, path, heights)?);
            }
        }
        path.pop();
        if height > DEEPEST || path.len() == DEEPEST {
            return Err(RoleError::TooDeep(key.to_owned()));
        }
        heights.insert(key, height);
        Ok(height)
    }

    pub fn get(&self, key: &str) -> Option<&Role> {
        self.0.get(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.values()
    }

    /// The roles this role inherits directly.
    pub fn parents<'a>(&'a self, role: &'a Role) -> impl Iterator<Item = &'a Role> {
        role.inherits.iter().filter_map(|key| self.0.get(key))
    }

    /// The roles with these keys and every role they inherit.
    pub fn with_inherited<'a>(
        &'a self,
        keys: impl IntoIterator<Item = &'a String>,
    ) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&Role> = keys.into_iter().filter_map(|key| self.0.get(key)).collect();
        while let Some(role) = next.pop() {
            if reached.insert(role.key.as_str()) {
                next.extend(self.parents(role));
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(key: &str, inherits: &[&str]) -> Role {
        Role {
            key: key.to_owned(),
            inherits: inherits.iter().map(|k| (*k).to_owned()).collect(),
            ..Role::default()
        }
    }

    #[test]
    fn a_role_that_would_inherit_itself_is_refused_and_the_way_is_shown() {
        let refused = RoleSet::new([
            role("clerk", &["lead"]),
            role("lead", &["head"]),
            role("head", &["clerk"]),
        ])
        .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the role `clerk` would inherit itself (clerk → lead → head → clerk); take one of these inheritances away"
        );
        assert!(matches!(RoleSet::new([role("me", &["me"])]), Err(RoleError::Cycle(_))));
    }

    #[test]
    fn a_chain_of_roles_has_an_end() {
        let chain = |length: usize, name: fn(usize) -> String| {
            RoleSet::new((0..length).map(|n| match n {
                0 => role(&name(0), &[]),
                _ => role(&name(n), &[&name(n - 1)]),
            }))
        };
        // Walked from either end, since roles are visited in the order of their keys.
        for name in
            [|n| format!("{n:05}"), |n| format!("{:05}", 99_999 - n)] as [fn(usize) -> String; 2]
        {
            assert!(chain(DEEPEST, name).is_ok());
            assert!(matches!(chain(DEEPEST + 1, name), Err(RoleError::TooDeep(_))));
            assert!(matches!(chain(50_000, name), Err(RoleError::TooDeep(_))));
        }
    }

    #[test]
    fn two_ways_to_the_same_role_are_no_cycle() {
        let set = RoleSet::new([
            role("head", &["sales", "stock"]),
            role("sales", &["user"]),
            role("stock", &["user"]),
            role("user", &[]),
        ])
        .unwrap();
        assert_eq!(
            set.with_inherited(&["head".to_owned()]),
            BTreeSet::from(["head", "sales", "stock", "user"])
        );
    }

    #[test]
    fn a_missing_parent_and_a_key_given_twice_are_named() {
        assert_eq!(
            RoleSet::new([role("clerk", &["ghost"])]),
            Err(RoleError::MissingParent { role: "clerk".into(), missing: "ghost".into() })
        );
        assert_eq!(
            RoleSet::new([role("clerk", &[]), role("clerk", &[])]),
            Err(RoleError::Twice("clerk".into()))
        );
        assert_eq!(RoleSet::new([role("", &[])]), Err(RoleError::NoKey));
    }
}
