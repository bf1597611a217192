//! A field as changes, lists and masks name it: a declared one, or one of the tenant's own inside the map that
//! is kept for them. The one form of such a name is `extra.<name>`.

use std::borrow::Cow;

use super::own_field::{is_own_name, read_undeclared};
use super::{Cell, EntityDef, FieldDef, Kind, Problem, Value, Values};

/// Where a value stands in a row.
#[derive(Clone, Copy, Debug)]
pub struct FieldPlace<'n> {
    /// The declared field; for an own field the map it is kept in.
    pub field: &'static FieldDef,
    /// The name of the own field.
    pub own: Option<&'n str>,
}

impl FieldPlace<'_> {
    /// Its name, as [`EntityDef::place`] reads it.
    pub fn name(&self) -> Cow<'static, str> {
        match self.own {
            None => Cow::Borrowed(self.field.name),
            Some(name) => Cow::Owned(self.field.own_path(name)),
        }
    }

    /// Fields of one merge group change together; an own field stands for itself.
    pub fn merge_group(&self) -> Option<&'static str> {
        self.own.map_or(self.field.merge_group, |_| None)
    }
}

impl FieldDef {
    /// What a value of this field holds, by name: nothing where it is absent, each own field for itself.
    pub fn held<'v>(
        &'static self,
        value: &'v Value,
    ) -> impl Iterator<Item = (Cow<'static, str>, Cow<'v, Value>)> {
        let own = match (self.kind, value) {
            (Kind::Own, Value::Map(kept)) => Some(kept),
            _ => None,
        };
        let is_plain = own.is_none() && !value.is_null();
        let plain = is_plain.then_some((Cow::Borrowed(self.name), Cow::Borrowed(value)));
        let own = own.into_iter().flatten().map(|(name, text)| {
            (Cow::Owned(self.own_path(name)), Cow::Owned(Value::Text(text.clone())))
        });
        plain.into_iter().chain(own)
    }

    /// How an own field that is kept here is named.
    pub fn own_path(&self, name: &str) -> String {
        format!("{}.{name}", self.name)
    }
}

impl EntityDef {
    /// The field that holds the tenant's own fields; `None` where the entity can have none.
    pub fn own_map(&self) -> Option<&'static FieldDef> {
        self.all_fields().find(|field| field.kind == Kind::Own)
    }

    /// The place that a name means; `None` where there is none. Whether the tenant has declared an own field
    /// is for [`super::OwnFields`] to say, and the map as a whole is no place.
    pub fn place<'n>(&self, name: &'n str) -> Option<FieldPlace<'n>> {
        match name.split_once('.') {
            None => {
                let field = self.field(name).filter(|field| field.kind != Kind::Own)?;
                Some(FieldPlace { field, own: None })
            }
            Some((map, own)) => {
                let field = self.own_map().filter(|field| field.name == map)?;
                is_own_name(own).then_some(FieldPlace { field, own: Some(own) })
            }
        }
    }
}

/// Reads one cell against the declaration of its field; an own field's without it (see
/// [`super::OwnFields::settle`]).
///
/// # Errors
/// `unknown_field`, or the kind's refusal, naming the field.
pub fn read_field<'n>(
    entity: &EntityDef,
    name: &'n str,
    cell: &Cell,
) -> Result<(FieldPlace<'n>, Value), Problem> {
    let Some(place) = entity.place(name) else {
        let message = match entity.own_map().filter(|map| map.name == name) {
            Some(map) => format!("own fields are given one by one, as {}", map.own_path("name")),
            None => format!("{} has no field of this name", entity.name),
        };
        return Err(Problem::new(name, "unknown_field", message));
    };
    let read = match place.own {
        None => place.field.kind.read(cell),
        Some(_) => read_undeclared(cell),
    };
    match read {
        Ok(value) => Ok((place, value)),
        Err(fault) => Err(Problem::new(name, fault.rule, fault.message)),
    }
}

impl Values {
    /// The text that is kept for an own field.
    pub fn own(&self, name: &str) -> Option<&str> {
        let map = self.entity().own_map()?;
        match self.get(map.name) {
            Value::Map(kept) => kept.get(name).map(String::as_str),
            _ => None,
        }
    }

    /// The value at a place; an own field's is its kept text.
    pub fn at(&self, place: &FieldPlace) -> Cow<'_, Value> {
        match place.own {
            None => Cow::Borrowed(self.get(place.field.name)),
            Some(name) => {
                Cow::Owned(self.own(name).map_or(Value::Null, |text| Value::Text(text.to_owned())))
            }
        }
    }

    /// What stands under a name; `None` where the entity has no such place.
    pub fn cell(&self, name: &str) -> Option<Cell> {
        let place = self.entity().place(name)?;
        Some(self.at(&place).to_cell())
    }

    /// Sets the value at a place. Of an own field only a text is kept; anything else empties it.
    pub fn put(&mut self, place: &FieldPlace, value: Value) {
        let Some(name) = place.own else {
            self.set(place.field.name, value);
            return;
        };
        let mut kept = match self.take(place.field.name) {
            Value::Map(kept) => kept,
            _ => Default::default(),
        };
        match value {
            Value::Text(text) => kept.insert(name.to_owned(), text),
            _ => kept.remove(name),
        };
        if !kept.is_empty() {
            self.set(place.field.name, Value::Map(kept));
        }
    }

    /// Everything that is held, by name: declared fields in their order, own fields each for itself.
    pub fn held(&self) -> impl Iterator<Item = (Cow<'static, str>, Cow<'_, Value>)> {
        self.iter().flat_map(|(field, value)| field.held(value))
    }
}
