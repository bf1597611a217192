//! What a person sees under one version of the rights, in a form that a hub keeps, and what leads a copy from there
//! to what they see under another: rows to drop, fields to empty, rows to send.

use std::collections::{BTreeMap, BTreeSet};

use domain::permissions::{Grants, RowFacts, RowFilter};
use domain::record::EntityDef;
use domain::synced;
use serde::{Deserialize, Serialize};

use crate::message::Bucket;
use crate::projection::{Projection, rows_for};
use crate::wire::{self, WireError};

/// By entity: which rows, and which fields of them. What is not named is not seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View(BTreeMap<String, (RowFilter, Projection)>);

impl View {
    pub fn of(grants: &Grants) -> Self {
        let seen = synced::all().filter_map(|entity| {
            let rows = rows_for(grants, entity);
            let seen = (rows.clone(), Projection::of(grants, entity));
            (rows != RowFilter::Nothing).then(|| (entity.name.to_owned(), seen))
        });
        Self(seen.collect())
    }

    fn rows(&self, entity: &str) -> &RowFilter {
        self.0.get(entity).map_or(&RowFilter::Nothing, |(rows, _)| rows)
    }

    /// # Errors
    /// See [`WireError`].
    pub fn write(&self) -> Result<Vec<u8>, WireError> {
        wire::encode(self)
    }

    /// What another version of a hub noted may not be readable: the person is then filled anew.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        wire::decode(bytes).ok()
    }
}

/// What has to be done to a copy that was made under an earlier view.
#[derive(Debug, Default)]
pub struct Change {
    /// Rows of an entity that go: those of a bucket, or all.
    pub drops: Vec<(&'static EntityDef, Option<Bucket>)>,
    /// Fields that are emptied, as `customer.credit_limit`.
    pub emptied: Vec<String>,
    /// The buckets of which rows have to be sent, whenever they last changed, by entity.
    pub sends: BTreeMap<&'static str, BTreeSet<Bucket>>,
}

impl Change {
    /// From `before` to `after`, on a hub with these buckets.
    pub fn between(before: &View, after: &View, buckets: &[(Bucket, RowFacts)]) -> Self {
        let mut change = Self::default();
        for entity in synced::all() {
            let (old, new) = (before.rows(entity.name), after.rows(entity.name));
            if *new == RowFilter::Nothing {
                if *old != RowFilter::Nothing {
                    change.drops.push((entity, None));
                }
                continue;
            }
            let (emptied, more) = change_of_fields(before, after, entity.name);
            change.emptied.extend(emptied);
            for (bucket, facts) in buckets {
                match (old.admits(facts), new.admits(facts)) {
                    (true, false) => change.drops.push((entity, Some(*bucket))),
                    (true, true) if more => change.send(entity, *bucket),
                    (false, true) => change.send(entity, *bucket),
                    _ => {}
                }
            }
        }
        change
    }

    /// Does what the other does as well: both lead to the same view.
    pub fn join(&mut self, other: Self) {
        self.drops.extend(other.drops);
        self.emptied.extend(other.emptied);
        for (entity, buckets) in other.sends {
            self.sends.entry(entity).or_default().extend(buckets);
        }
    }

    /// Sends the rows of an entity that stand in a bucket.
    pub fn send(&mut self, entity: &'static EntityDef, bucket: Bucket) {
        self.sends.entry(entity.name).or_default().insert(bucket);
    }

    /// The entities of which this changes rows.
    pub fn entities(&self) -> impl Iterator<Item = &str> {
        let emptied = self.emptied.iter().filter_map(|field| Some(field.split_once('.')?.0));
        let masters = emptied.filter_map(|table| {
            let table = synced::table(table)?;
            Some(table.parent.unwrap_or(table.name))
        });
        let dropped = self.drops.iter().map(|(entity, _)| entity.name);
        dropped.chain(self.sends.keys().copied()).chain(masters)
    }
}

/// The fields of an entity and its children that are to be emptied, and whether others are to be sent. Nothing was
/// seen of an entity that was not seen.
fn change_of_fields(before: &View, after: &View, entity: &str) -> (Vec<String>, bool) {
    match (before.0.get(entity), after.0.get(entity)) {
        (Some((_, before)), Some((_, after))) => after.after(before),
        _ => (Vec::new(), false),
    }
}

#[cfg(test)]
mod tests {
    use domain::masters::{CUSTOMER, SUPPLIER};
    use domain::permissions::{Person, Policy, Scope, StandardRole};
    use uuid::Uuid;

    use super::*;

    const NORTH: Uuid = Uuid::from_u128(1);
    const SOUTH: Uuid = Uuid::from_u128(2);

    fn grants(role: StandardRole) -> Grants {
        let roles = StandardRole::role_set();
        let entities: Vec<_> = synced::all().collect();
        let policy = Policy { version: 1, roles: &roles, entities: &entities, tenant_fields: &[] };
        let person = Person { user_id: Uuid::from_u128(5), ..Person::default() };
        policy.effective(&person, &[role.key().to_owned()].into()).unwrap().grants
    }

    fn buckets() -> Vec<(Bucket, RowFacts)> {
        let of = |branch| RowFacts { branch_id: Some(branch), ..RowFacts::default() };
        vec![(1, RowFacts::default()), (2, of(NORTH)), (3, of(SOUTH))]
    }

    #[test]
    fn another_branch_is_sent_and_the_one_that_is_lost_is_dropped_and_nothing_else() {
        let clerk = |branch| Grants {
            scopes: [Scope::Branch(branch)].into(),
            ..grants(StandardRole::Accountant)
        };
        let (north, south) = (View::of(&clerk(NORTH)), View::of(&clerk(SOUTH)));
        let change = Change::between(&north, &south, &buckets());
        assert_eq!(change.sends["customer"], BTreeSet::from([3]));
        let dropped = change.drops.iter().filter(|(entity, _)| entity.name == CUSTOMER.name);
        assert_eq!(dropped.map(|(_, bucket)| *bucket).collect::<Vec<_>>(), [Some(2)]);
        assert!(change.emptied.is_empty());
        let nothing = Change::between(&south, &south, &buckets());
        assert_eq!((nothing.drops.len(), nothing.sends.len()), (0, 0));
    }

    #[test]
    fn fields_that_are_hidden_are_emptied_and_fields_that_are_shown_are_sent() {
        let (manager, sales) = (grants(StandardRole::Manager), grants(StandardRole::Sales));
        let sales = Grants { permissions: manager.permissions.clone(), ..sales };
        let (manager, sales) = (View::of(&manager), View::of(&sales));
        let less = Change::between(&manager, &sales, &buckets());
        assert!(less.emptied.contains(&"customer.credit_limit".to_owned()), "{:?}", less.emptied);
        assert!(!less.sends.contains_key("customer"));
        assert!(less.entities().any(|entity| entity == "customer"));
        let more = Change::between(&sales, &manager, &buckets());
        assert_eq!((more.emptied.len(), more.sends["customer"].len()), (0, 3));
    }

    #[test]
    fn an_entity_that_may_not_be_seen_any_more_goes_whole() {
        let (admin, sales) = (grants(StandardRole::Admin), grants(StandardRole::Sales));
        let change = Change::between(&View::of(&admin), &View::of(&sales), &buckets());
        assert!(
            change.drops.iter().any(|(entity, it)| entity.name == SUPPLIER.name && it.is_none())
        );
        assert!(!change.emptied.iter().any(|field| field.starts_with("supplier")));
    }

    #[test]
    fn a_view_is_read_as_it_was_written() {
        let view = View::of(&grants(StandardRole::Sales));
        assert_eq!(View::read(&view.write().unwrap()), Some(view));
        assert_eq!(View::read(b"something else"), None);
    }
}
