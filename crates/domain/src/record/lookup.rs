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
