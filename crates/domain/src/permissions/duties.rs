//! Duties that should not meet in one person. Meeting is a warning to whoever assigns roles, never a
//! refusal: small tenants have few people.

use super::catalogue::Permission;
use super::grants::Grants;

/// Two permissions that let one person both make a payment possible and hide it, or approve what
/// they made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DutyConflict {
    pub first: Permission,
    pub second: Permission,
}

const CONFLICTS: [DutyConflict; 6] = [
    meet(Permission::MASTER_SUPPLIER_EDIT, Permission::FINANCE_PAYMENT_POST),
    meet(Permission::FINANCE_BILL_CREATE, Permission::FINANCE_BILL_APPROVE),
    meet(Permission::FINANCE_PAYMENT_CREATE, Permission::FINANCE_BANK_RECONCILE),
    meet(Permission::FINANCE_JOURNAL_CREATE, Permission::FINANCE_JOURNAL_APPROVE),
    meet(Permission::INVENTORY_ADJUSTMENT_CREATE, Permission::INVENTORY_ADJUSTMENT_APPROVE),
    meet(Permission::ADMIN_USER_INVITE, Permission::FINANCE_PAYMENT_POST),
];

const fn meet(first: Permission, second: Permission) -> DutyConflict {
    DutyConflict { first, second }
}

/// The conflicting duties that meet in these rights.
pub fn duty_conflicts(grants: &Grants) -> impl Iterator<Item = DutyConflict> {
    CONFLICTS.into_iter().filter(|c| grants.holds(c.first) && grants.holds(c.second))
}
