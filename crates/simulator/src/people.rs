//! The people of a simulated tenant, with the rights that the standard roles give them.

use std::collections::BTreeSet;

use domain::permissions::{Grants, Person, Policy, StandardRole};
use domain::record::{EntityDef, OwnFields};
use domain::synced;
use uuid::Uuid;

/// The rights of a user of this standard role, without branch or department.
///
/// # Panics
/// Where a standard role is not in their own list, which their own tests rule out.
pub fn grants(
    user: Uuid,
    role: StandardRole,
    policy_version: i64,
    own_fields: &OwnFields,
) -> Grants {
    let entities: Vec<&'static EntityDef> = synced::all().collect();
    let roles = StandardRole::role_set();
    let policy = Policy {
        version: policy_version,
        roles: &roles,
        entities: &entities,
        tenant_fields: &own_fields.tenant_fields(),
    };
    let person = Person { user_id: user, ..Person::default() };
    let assigned = BTreeSet::from([role.key().to_owned()]);
    match policy.effective(&person, &assigned) {
        Ok(effective) => effective.grants,
        // The role is taken from the list that the set is made of.
        Err(error) => panic!("a standard role is not to be had: {error}"),
    }
}
