//! The people of a tenant: their roles, where they work, and the rights that follow. Some roles reach only a branch,
//! a department or what is somebody's own, some hide fields that others show.

use std::collections::BTreeSet;

use domain::masters::{BRANCH, CUSTOMER};
use domain::permissions::{
    FieldKey, FieldRight, Grants, Person, Policy, Reach, Role, RoleSet, StandardRole, TenantField,
};
use domain::record::EntityDef;
use domain::synced;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use super::plan;
use crate::hub::MemoryHub;

/// The keys of all roles of a tenant.
pub const ROLES: [&str; 13] = [
    "admin",
    "manager",
    "accountant",
    "inventory_manager",
    "sales",
    "user",
    "technician",
    "sales_of_a_branch",
    "accountant_of_a_branch",
    "manager_of_a_department",
    "manager_of_a_branch",
    "manager_of_the_own",
    "manager_without_phone",
];

/// The standard roles, and those that a tenant has made of them.
pub fn roles() -> RoleSet {
    let narrowed = |key: &str, from: StandardRole, reach: &[Reach]| Role {
        key: key.to_owned(),
        inherits: [from.key().to_owned()].into(),
        scopes: reach.iter().copied().collect(),
        ..Role::default()
    };
    let hidden = ["phone", "email", "notes"].map(|name| FieldKey::new(CUSTOMER.name, name));
    let without_phone = Role {
        fields: hidden.into_iter().map(|field| (field, FieldRight::NONE)).collect(),
        ..narrowed("manager_without_phone", StandardRole::Manager, &[Reach::All])
    };
    let own = [
        narrowed("sales_of_a_branch", StandardRole::Sales, &[Reach::Branch]),
        narrowed("accountant_of_a_branch", StandardRole::Accountant, &[Reach::Branch]),
        narrowed(
            "manager_of_a_department",
            StandardRole::Manager,
            &[Reach::DepartmentAndBelow, Reach::Own],
        ),
        narrowed("manager_of_a_branch", StandardRole::Manager, &[Reach::Branch]),
        narrowed("manager_of_the_own", StandardRole::Manager, &[Reach::Own]),
        without_phone,
    ];
    let roles = StandardRole::ALL.map(StandardRole::role).into_iter().chain(own);
    // The keys differ, and what is inherited is among them: nothing to refuse.
    RoleSet::new(roles).unwrap_or_default()
}

/// Somebody who works at a tenant.
#[derive(Clone, Debug)]
pub struct Worker {
    pub user: Uuid,
    pub role: &'static str,
    pub branches: BTreeSet<Uuid>,
    /// Without those below them.
    pub departments: BTreeSet<Uuid>,
}

impl Worker {
    /// The rights as the roles and the tree of departments stand now.
    pub fn grants(
        &self,
        (roles, version): (&RoleSet, i64),
        tenant_fields: &[TenantField],
        hub: &MemoryHub,
    ) -> Grants {
        let entities: Vec<&'static EntityDef> = synced::all().collect();
        let policy = Policy { version, roles, entities: &entities, tenant_fields };
        let person = Person {
            user_id: self.user,
            branches: self.branches.clone(),
            departments: with_those_below(&self.departments, hub),
            ..Person::default()
        };
        let assigned = BTreeSet::from([self.role.to_owned()]);
        // A role that is not there would give no right at all.
        policy.effective(&person, &assigned).map(|it| it.grants).unwrap_or_default()
    }

    /// Another role or another place.
    pub fn change(&mut self, places: &Places, random: &mut ChaCha8Rng) {
        match random.random_range(0..3) {
            0 => self.role = plan::role(random),
            1 => self.branches = some_of(&places.branches, random),
            _ => self.departments = some_of(&places.departments, random),
        }
    }
}

/// Where people work and records belong.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub branches: Vec<Uuid>,
    pub departments: Vec<Uuid>,
}

/// One or two.
pub fn some_of(places: &[Uuid], random: &mut ChaCha8Rng) -> BTreeSet<Uuid> {
    if places.is_empty() {
        return BTreeSet::new();
    }
    let count = random.random_range(1..=2);
    (0..count).map(|_| places[random.random_range(0..places.len())]).collect()
}

fn with_those_below(departments: &BTreeSet<Uuid>, hub: &MemoryHub) -> BTreeSet<Uuid> {
    let tree: Vec<(Uuid, Uuid)> = hub
        .records()
        .filter(|record| record.entity().name == BRANCH.name)
        .filter_map(|record| Some((record.id(), record.get("parent").id()?)))
        .collect();
    let mut all = departments.clone();
    loop {
        let below = tree.iter().filter(|(_, parent)| all.contains(parent));
        let below: Vec<Uuid> = below.map(|(id, _)| *id).filter(|id| !all.contains(id)).collect();
        if below.is_empty() {
            return all;
        }
        all.extend(below);
    }
}
