//! What one person may hold: which entities, which rows and fields of them. Worked out from the grants once for a
//! version of the rights; every exit of the sync asks it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use domain::permissions::{Grants, RowFacts, RowFilter};
use domain::record::{EntityDef, Record, row_facts};
use domain::synced;
use sha2::{Digest as _, Sha256};
use sync_protocol::projection::{Projection, rows_for};

/// An entity that the person may view.
pub struct Seen {
    /// What the frames of the wire call it.
    pub index: u16,
    pub entity: &'static EntityDef,
    pub projection: Projection,
    /// The rows that the person may hold.
    pub rows: RowFilter,
}

impl Seen {
    /// Whether the person sees every row that there is.
    pub fn is_whole(&self) -> bool {
        self.rows == RowFilter::Everything
    }

    pub fn shows(&self, record: &Record) -> bool {
        self.rows.admits(&row_facts(record))
    }

    /// Whether the person sees the rows whose ownership columns hold this.
    pub fn admits(&self, facts: &RowFacts) -> bool {
        self.rows.admits(facts)
    }
}

pub struct Sight {
    grants: Arc<Grants>,
    seen: Vec<Seen>,
    fingerprint: [u8; 32],
    /// Whether the tenant's database holds what the person sees under this version.
    pub(super) noted: AtomicBool,
}

impl Sight {
    pub fn of(grants: Arc<Grants>) -> Self {
        let entities = (0_u16..).zip(synced::all());
        let seen = entities.filter_map(|(index, entity)| {
            let rows = rows_for(&grants, entity);
            let projection = Projection::of(&grants, entity);
            (rows != RowFilter::Nothing).then_some(Seen { index, entity, projection, rows })
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

    /// A hash of all this: two views with the same one would fill the same copy.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

fn fingerprint(seen: &[Seen]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for Seen { entity, projection, rows, .. } in seen {
        hash.update(format!("{}\n{}\n{rows:?}\n", entity.name, projection.id()));
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
        assert!(admin.find("customer").unwrap().is_whole());
        let sales = sight(StandardRole::Sales);
        assert!(!sales.find("customer").unwrap().is_whole());
        assert!(sales.find("supplier").is_none());
        assert_ne!(sales.fingerprint(), admin.fingerprint());
    }
}
