//! Who may do what to which rows and fields: the catalogue of permissions, roles, grants, and the
//! one decision function that the hub and every device share. Deny by default; holds no session, no
//! password and no storage.

mod action;
mod catalogue;
mod row;
mod scope;
mod sensitivity;
mod standard;

pub use action::{Action, Guard};
pub use catalogue::{Permission, UnknownPermission};
pub use row::{OwnershipColumn, RowFacts, RowFilter, RowRule};
pub use scope::{Scope, ScopeError};
pub use sensitivity::{FieldRight, ReadRight, Sensitivity, last_four};
pub use standard::{StandardRole, UnknownStandardRole};
