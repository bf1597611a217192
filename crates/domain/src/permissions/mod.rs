//! Who may do what to which rows and fields: the catalogue of permissions, roles, grants, the lease,
//! and the one decision function that the hub and every device share. Deny by default; holds no
//! session, no password and no storage.

mod action;
mod catalogue;
mod check;
mod decision;
mod duties;
mod effective;
mod field_right;
mod grants;
mod hub_key;
#[cfg(test)]
mod laws;
mod lease;
mod lease_clock;
mod mask;
mod policy;
mod role;
mod row;
mod rules;
mod scope;
mod sensitivity;
mod standard;
#[cfg(test)]
pub(crate) mod world;

pub use action::{Action, Guard};
pub use catalogue::{Permission, UnknownPermission};
pub use check::{check, check_permission};
pub use decision::{Decision, Reason};
pub use duties::{DutyConflict, duty_conflicts};
pub use effective::{Effective, Source};
pub use field_right::{FieldKey, FieldKeyError, FieldRight, ReadRight, UnknownFieldRight};
pub use grants::Grants;
pub use hub_key::{HubKeyError, KeySuccession, PinnedKey};
pub use lease::{Lease, LeaseError, LeaseHolder, LeaseTerm, LeaseTermError, SignedLease, Standing};
pub use lease_clock::LeaseClock;
pub use mask::Mask;
pub use policy::{Policy, TenantField};
pub use role::{CyclePath, Person, Reach, Role, RoleError, RoleSet};
pub use row::{OwnershipColumn, RowFacts, RowFilter, RowRule};
pub use rules::{
    Approval, SOLE_PERSON_DELAY, Submission, an_admin_remains, gives_only_what_is_held,
    may_approve, may_assign_to, may_change_role,
};
pub use scope::{Scope, ScopeError};
pub use sensitivity::{Sensitivity, last_four};
pub use standard::{StandardRole, UnknownStandardRole};
