//! How a rule asks for other records. The hub answers from everything, a device from what it holds.

use std::borrow::Cow;

use uuid::Uuid;

use super::{EntityDef, OwnFields, Record, Value};

/// An answer that may be "cannot tell": a device does not hold every scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    Yes(T),
    No,
    /// Not held here; the hub's answer stands.
    CannotTell,
}

/// Read access to other records for rules and for the judge.
pub trait Lookup {
    /// The record with this id, retired ones included.
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>>;

    /// Whether a user of the tenant has this id who has come in, also one who is shut out by now. Who holds no
    /// list of the users cannot tell.
    fn user(&self, _id: Uuid) -> Found<()> {
        Found::CannotTell
    }

    /// The tenant's own fields; none where the tenant has declared none.
    fn own_fields(&self) -> Cow<'_, OwnFields> {
        Cow::Owned(OwnFields::default())
    }

    /// Whether a number series has given numbers, which the hub alone knows.
    fn has_given_numbers(&self, _series: Uuid) -> Found<()> {
        Found::CannotTell
    }

    /// The record (other than `except`) whose unique `field` holds `folded` (by `fold_code`), within
    /// `company` where the field is unique per company.
    fn holder(
        &self,
        entity: &'static EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Found<Uuid>;

    /// Every record of `entity` whose `field` (one that the declaration names in `peers`) has this value,
    /// retired ones included.
    fn peers(
        &self,
        entity: &'static EntityDef,
        field: &'static str,
        value: &Value,
    ) -> Found<Vec<Cow<'_, Record>>>;
}

/// What rules are asked with in the tests of this crate.
#[cfg(test)]
pub(crate) mod double {
    use super::*;

    /// Holds these records and no others, and knows every user.
    pub(crate) struct Holding(pub Vec<Record>);

    impl Lookup for Holding {
        fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
            let mut of_entity = self.0.iter().filter(|held| held.entity().name == entity.name);
            let found = of_entity.find(|held| held.id() == id);
            found.map_or(Found::No, |held| Found::Yes(Cow::Borrowed(held)))
        }

        fn user(&self, _: Uuid) -> Found<()> {
            Found::Yes(())
        }

        fn holder(
            &self,
            _: &'static EntityDef,
            _: &str,
            _: Option<Uuid>,
            _: &str,
            _: Uuid,
        ) -> Found<Uuid> {
            Found::No
        }

        fn peers(
            &self,
            entity: &'static EntityDef,
            field: &'static str,
            value: &Value,
        ) -> Found<Vec<Cow<'_, Record>>> {
            let of_entity = self.0.iter().filter(|held| held.entity().name == entity.name);
            Found::Yes(
                of_entity.filter(|held| held.get(field) == value).map(Cow::Borrowed).collect(),
            )
        }
    }
}
