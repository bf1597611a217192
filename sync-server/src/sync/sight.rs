//! What one person may hold: which entities, in which scope, which rows and fields of them. Worked out from the
//! grants once for a request; every exit of the sync asks it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use domain::permissions::{Grants, OwnershipColumn, RowFacts, RowFilter, Scope};
use domain::record::{EntityDef, Record, ScopeRule};
use domain::synced;
use sha2::{Digest as _, Sha256};
use sync_protocol::projection::{Projection, rows_for, scope_for, scopes_of, visible_in};

/// An entity that the person may view.
pub struct Seen {
    /// What the frames of the wire call it.
    pub index: u16,
    pub entity: &'static EntityDef,
    pub scope: Scope,
    pub projection: Projection,
    /// The rows that the person may hold.
    pub rows: RowFilter,
    /// Whether these are all rows of the scope.
    pub whole: bool,
}

pub struct Sight {
    grants: Arc<Grants>,
    seen: Vec<Seen>,
    fingerprint: [u8; 32],
    /// Whether the tenant's database holds the fingerprint.
    pub(super) noted: AtomicBool,
}

impl Sight {
    pub fn of(grants: Arc<Grants>) -> Self {
        let entities = (0_u16..).zip(synced::all());
        let seen = entities.filter_map(|(index, entity)| {
            let scope = scope_for(&grants, entity)?;
            let admits = rows_for(&grants, entity);
            let (rows, whole) = match entity.scope {
                ScopeRule::Tenant => (admits.clone(), admits == RowFilter::Everything),
                ScopeRule::Owner => {
                    // Such a row has no other ownership column: the filter admits all of them or none.
                    let own = RowFacts { owner_id: Some(grants.user_id), ..RowFacts::default() };
                    match admits.admits(&own) {
                        true => (rows_of_scope(scope), true),
                        false => (RowFilter::Nothing, false),
                    }
                }
            };
            let projection = Projection::of(&grants, entity);
            Some(Seen { index, entity, scope, projection, rows, whole })
        });
        let seen: Vec<Seen> = seen.collect();
        let fingerprint = fingerprint(&seen);
        Self { grants, seen, fingerprint, noted: AtomicBool::new(false) }
    }

    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    pub fn entities(&self) -> &[Seen] {
        &self.seen
    }

    pub fn find(&self, entity: &str) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.entity.name == entity)
    }

    pub fn scopes(&self) -> [Scope; 2] {
        scopes_of(&self.grants)
    }

    /// Whether the person sees the record in this scope.
    pub fn shows(&self, record: &Record, scope: Scope) -> bool {
        visible_in(&self.grants, record) == Some(scope)
    }

    /// A hash of all this: two views with the same one would fill the same copy.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

fn fingerprint(seen: &[Seen]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for Seen { entity, scope, projection, rows, .. } in seen {
        hash.update(format!("{}\n{scope}\n{}\n{rows:?}\n", entity.name, projection.id()));
    }
    hash.finalize().into()
}

/// Every row of a scope, whoever looks.
pub fn rows_of_scope(scope: Scope) -> RowFilter {
    let one = |column, id| RowFilter::OneOf(column, BTreeSet::from([id]));
    match scope {
        Scope::Tenant => RowFilter::Everything,
        Scope::Company(id) => one(OwnershipColumn::Company, id),
        Scope::Branch(id) => one(OwnershipColumn::Branch, id),
        Scope::Department(id) => one(OwnershipColumn::Department, id),
        Scope::Warehouse(id) => one(OwnershipColumn::Warehouse, id),
        Scope::User(id) => one(OwnershipColumn::Owner, id),
    }
}

#[cfg(test)]
mod tests {
    use domain::permissions::{Person, Policy, StandardRole};
    use uuid::Uuid;

    use super::*;

    fn sight(role: StandardRole) -> Sight {
        let roles = StandardRole::role_set();
        let entities: Vec<_> = synced::all().collect();
        let policy = Policy { version: 1, roles: &roles, entities: &entities, tenant_fields: &[] };
        let person = Person { user_id: Uuid::from_u128(5), ..Person::default() };
        let role = BTreeSet::from([role.key().to_owned()]);
        Sight::of(Arc::new(policy.effective(&person, &role).unwrap().grants))
    }

    #[test]
    fn an_admin_sees_all_customers_and_sales_only_their_own() {
        let admin = sight(StandardRole::Admin);
        assert!(admin.find("customer").unwrap().whole);
        let sales = sight(StandardRole::Sales);
        assert!(!sales.find("customer").unwrap().whole);
        assert!(sales.find("supplier").is_none());
        assert_ne!(sales.fingerprint(), admin.fingerprint());
    }
}
