//! The seven standard roles: templates built from the catalogue and from the field groups. A tenant
//! copies, changes and resets them; nothing is decided by a role's name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
