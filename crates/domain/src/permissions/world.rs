//! Test only: a tenant with two branches, the people in it, and an entity with the fields that no
//! master has yet.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    Effective, FieldRight, Grants, Guard, Permission, Person, Policy, Role, RoleSet, RowFacts,
    Sensitivity, StandardRole, TenantField,
};
use crate::masters::{CUSTOMER, ITEM, SUPPLIER};
use crate::record::{Area, EntityDef, FieldDef, Kind, field};

pub const COMPANY: Uuid = Uuid::from_u128(0xC0);
pub const NORTH: Uuid = Uuid::from_u128(0xB1);
pub const SOUTH: Uuid = Uuid::from_u128(0xB2);
pub const FIELD_SALES: Uuid = Uuid::from_u128(0xD1);
pub const ANNA: Uuid = Uuid::from_u128(0xA1);
pub const BEN: Uuid = Uuid::from_u128(0xA2);

pub static EMPLOYEE: EntityDef = EntityDef::new(
    "employee",
    Area::Organisation,
    Guard::manage(Permission::MASTER_EMPLOYEE_VIEW, Permission::MASTER_EMPLOYEE_MANAGE),
)
.fields(&[], EMPLOYEE_FIELDS);

const EMPLOYEE_FIELDS: &[FieldDef] = &[
    field("name", "Name", "Name", Kind::text(200)),
    field("salary", "Salary", "Gehalt", Kind::text(20)).sensitive(Sensitivity::Payroll),
    field("mail_password", "Mail password", "Mailpasswort", Kind::text(200))
        .sensitive(Sensitivity::Secret),
    field("extra", "Own fields", "Eigene Felder", Kind::Own),
];

pub static ENTITIES: [&EntityDef; 4] = [&CUSTOMER, &SUPPLIER, &ITEM, &EMPLOYEE];

/// Anna works in the northern branch of the one company, in field sales.
pub fn anna() -> Person {
    Person {
        user_id: ANNA,
        companies: BTreeSet::from([COMPANY]),
        branches: BTreeSet::from([NORTH]),
        departments: BTreeSet::from([FIELD_SALES]),
        warehouses: BTreeSet::new(),
    }
}

/// A customer of one branch who belongs to one person.
pub fn row_of(branch: Uuid, owner: Uuid) -> RowFacts {
    RowFacts {
        company_id: Some(COMPANY),
        branch_id: Some(branch),
        owner_id: Some(owner),
        ..RowFacts::default()
    }
}

pub fn keys(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// Anna's rights with these roles, out of the standard ones and those given.
pub fn with_roles(own: &[Role], assigned: &[&str]) -> Effective {
    with_tenant_fields(own, assigned, &[])
}

pub fn with_tenant_fields(own: &[Role], assigned: &[&str], fields: &[TenantField]) -> Effective {
    let standard = StandardRole::ALL.map(StandardRole::role);
    let roles = RoleSet::new(standard.into_iter().chain(own.iter().cloned())).unwrap();
    let policy = Policy { version: 7, roles: &roles, entities: &ENTITIES, tenant_fields: fields };
    policy.effective(&anna(), &keys(assigned)).unwrap()
}

/// Anna's rights with one standard role.
pub fn standard(role: StandardRole) -> Grants {
    with_roles(&[], &[role.key()]).grants
}

/// A role that only gives a field group.
pub fn group_role(key: &str, group: Sensitivity, right: FieldRight) -> Role {
    Role { key: key.to_owned(), groups: [(group, right)].into(), ..Role::default() }
}
