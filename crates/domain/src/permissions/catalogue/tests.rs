//! The catalogue against the letters that say who holds what.

use std::collections::BTreeSet;

use super::*;

#[test]
fn the_catalogue_has_every_permission_once() {
    let names: BTreeSet<&str> = Permission::ALL.iter().map(|p| p.name()).collect();
    assert_eq!(names.len(), 165);
    assert_eq!(Permission::ALL.len(), 165);
}

#[test]
fn a_constant_is_called_like_the_permission_it_stands_for() {
    for (constant, permission) in CONSTANTS {
        assert_eq!(*constant, permission.name().replace(':', "_").to_uppercase());
        assert_eq!(permission.name().split(':').count(), 3, "{permission}");
    }
}

#[test]
fn names_come_back_as_the_permission_they_name() {
    for permission in Permission::ALL {
        assert_eq!(permission.name().parse(), Ok(*permission));
    }
    let refused = "master:customer:admire".parse::<Permission>().unwrap_err();
    assert!(refused.to_string().contains("`master:customer:admire` is not a permission"));
}

#[test]
fn default_holders_follow_the_letters() {
    use RowRule::{All, OwnOrDepartment};
    use StandardRole::{Accountant, Admin, InventoryManager, Manager, Sales, Technician, User};

    assert_eq!(
        Permission::MASTER_CUSTOMER_VIEW.default_holders(),
        [
            (Admin, All),
            (Manager, All),
            (Accountant, All),
            (InventoryManager, All),
            (Sales, OwnOrDepartment),
            (User, OwnOrDepartment),
        ]
    );
    assert_eq!(Permission::INVENTORY_NEGATIVE_ALLOW.default_holders(), [(Admin, All)]);
    assert_eq!(
        Permission::FIELD_WORKORDER_COMPLETE.default_holders(),
        [(Admin, All), (Manager, All), (Technician, OwnOrDepartment)]
    );
    assert_eq!(
        Permission::SYNC_CONFLICT_RESOLVE.default_holders(),
        [
            (Admin, All),
            (Manager, All),
            (Accountant, OwnOrDepartment),
            (InventoryManager, OwnOrDepartment),
            (Sales, OwnOrDepartment),
        ]
    );
    let of = |role| {
        Permission::ALL
            .iter()
            .filter(|p| p.default_holders().iter().any(|(holder, _)| *holder == role))
            .count()
    };
    let counts = StandardRole::ALL.map(of);
    assert_eq!(counts, [165, 103, 85, 39, 38, 18, 7]);
    assert!(Permission::ALL.iter().all(|p| p.default_holders()[0] == (Admin, All)));
}

#[test]
fn manage_includes_the_other_actions_on_the_entity_and_nothing_else_includes() {
    let included: Vec<_> = Permission::INTEGRATION_WEBHOOK_MANAGE.includes().collect();
    assert_eq!(
        included,
        [Permission::INTEGRATION_WEBHOOK_VIEW, Permission::INTEGRATION_WEBHOOK_REPLAY]
    );
    assert_eq!(Permission::MASTER_CUSTOMER_EDIT.includes().count(), 0);
    assert_eq!(Permission::ADMIN_SERIES_MANAGE.includes().count(), 0);
}
