//! The seven standard roles: templates built from the catalogue and from the field groups. A tenant
//! copies, changes and resets them; nothing is decided by a role's name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::catalogue::Permission;
use super::field_right::FieldRight;
use super::role::{Reach, Role, RoleSet};
use super::sensitivity::Sensitivity;

/// A role that every tenant starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandardRole {
    Admin,
    Manager,
    Accountant,
    InventoryManager,
    Sales,
    /// A viewer.
    User,
    /// A user who works in the field.
    Technician,
}

/// A text that names no standard role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no standard role; they are admin, manager, accountant, inventory_manager, sales, user and technician"
)]
pub struct UnknownStandardRole(pub String);

impl StandardRole {
    pub const ALL: [StandardRole; 7] = [
        StandardRole::Admin,
        StandardRole::Manager,
        StandardRole::Accountant,
        StandardRole::InventoryManager,
        StandardRole::Sales,
        StandardRole::User,
        StandardRole::Technician,
    ];

    /// The key of the role in a tenant's role table.
    pub const fn key(self) -> &'static str {
        match self {
            StandardRole::Admin => "admin",
            StandardRole::Manager => "manager",
            StandardRole::Accountant => "accountant",
            StandardRole::InventoryManager => "inventory_manager",
            StandardRole::Sales => "sales",
            StandardRole::User => "user",
            StandardRole::Technician => "technician",
        }
    }

    /// The name people read until the tenant gives another.
    pub const fn label(self) -> &'static str {
        match self {
            StandardRole::Admin => "Admin",
            StandardRole::Manager => "Manager",
            StandardRole::Accountant => "Accountant",
            StandardRole::InventoryManager => "Inventory manager",
            StandardRole::Sales => "Sales",
            StandardRole::User => "User",
            StandardRole::Technician => "Technician",
        }
    }

    /// The role as a new tenant gets it, and as it is set back: the permissions of the catalogue, the
    /// field groups it reads and writes, every row of the tenant (the row rules of its permissions
    /// narrow that), no limit on approvals.
    pub fn role(self) -> Role {
        let permissions = Permission::ALL.iter().filter_map(|permission| {
            let held = permission.default_holders().iter().find(|(role, _)| *role == self);
            held.map(|(_, rule)| (*permission, *rule))
        });
        let groups = Sensitivity::ALL
            .into_iter()
            .filter(|group| group.is_sensitive())
            .map(|group| (group, group.default_right(self)))
            .filter(|(_, right)| *right != FieldRight::NONE);
        let inherits = match self {
            StandardRole::Technician => Some(StandardRole::User.key().to_owned()),
            _ => None,
        };
        Role {
            key: self.key().to_owned(),
            label: self.label().to_owned(),
            inherits: inherits.into_iter().collect(),
            permissions: permissions.collect(),
            groups: groups.collect(),
            scopes: [Reach::All].into(),
            ..Role::default()
        }
    }

    /// All seven, as a new tenant starts.
    pub fn role_set() -> RoleSet {
        // The keys differ and the one inheritance leads to a role without any: nothing to refuse.
        RoleSet::new(StandardRole::ALL.map(StandardRole::role)).unwrap_or_default()
    }
}

impl fmt::Display for StandardRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for StandardRole {
    type Err = UnknownStandardRole;

    fn from_str(text: &str) -> Result<Self, UnknownStandardRole> {
        StandardRole::ALL
            .into_iter()
            .find(|role| role.key() == text)
            .ok_or_else(|| UnknownStandardRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::RowRule;
    use super::*;

    #[test]
    fn the_seven_roles_fit_together() {
        assert_eq!(StandardRole::role_set().iter().count(), 7);
        for role in StandardRole::ALL {
            assert_eq!(role.key().parse(), Ok(role));
        }
        assert!("boss".parse::<StandardRole>().is_err());
    }

    #[test]
    fn a_technician_is_a_user_with_the_work_of_the_field() {
        let technician = StandardRole::Technician.role();
        assert_eq!(technician.inherits, ["user".to_owned()].into());
        assert_eq!(technician.permissions.len(), 7);
        assert_eq!(
            technician.permissions.get(&Permission::FIELD_WORKORDER_COMPLETE),
            Some(&RowRule::OwnOrDepartment)
        );
    }

    #[test]
    fn the_admin_holds_every_permission_but_not_payroll() {
        let admin = StandardRole::Admin.role();
        assert_eq!(admin.permissions.len(), Permission::ALL.len());
        assert_eq!(admin.groups.get(&Sensitivity::Payroll), None);
        assert_eq!(admin.groups.get(&Sensitivity::Secret), Some(&FieldRight::WRITE));
    }
}
