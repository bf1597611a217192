//! A record in memory: its head, the values of its fields in declaration order, and its child rows.

use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{EntityDef, FieldDef, Value};

/// What every synced record carries beside its fields. `version` is the hub's count of changes;
/// 0 means that the hub has not seen the record yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: Uuid,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub created_by: Uuid,
    pub updated_at: DateTime<Utc>,
    pub updated_by: Uuid,
    /// Set when the record was deleted: it is kept, out of lists, for 13 months.
    pub retired_at: Option<DateTime<Utc>>,
}

/// The values of one row (of a master or of a child), one for each field of `entity`, in its order.
#[derive(Clone)]
pub struct Values {
    entity: &'static EntityDef,
    values: Vec<Value>,
}

/// The fields that hold something; the declaration is named, not printed.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.entity.name)?;
        let held = self.iter().filter(|(_, value)| !value.is_null());
        f.debug_map().entries(held.map(|(field, value)| (field.name, value))).finish()
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.entity.name == other.entity.name && self.values == other.values
    }
}

impl Eq for Values {}

impl Values {
    /// All fields absent.
    pub fn empty(entity: &'static EntityDef) -> Self {
        Self { entity, values: vec![Value::Null; entity.field_count()] }
    }

    /// Values in declaration order; fields beyond those given (declared since they were written) are
    /// absent, values beyond the declaration are refused with `None`.
    pub fn from_positions(entity: &'static EntityDef, mut values: Vec<Value>) -> Option<Self> {
        if values.len() > entity.field_count() {
            return None;
        }
        values.resize(entity.field_count(), Value::Null);
        Some(Self { entity, values })
    }

    pub fn entity(&self) -> &'static EntityDef {
        self.entity
    }

    /// The value of a declared field. A name that is not declared is a mistake in our own code: it
    /// stops a debug build and reads as absent in a release.
    pub fn get(&self, name: &str) -> &Value {
        let position = self.entity.position(name);
        debug_assert!(position.is_some(), "{} has no field {name}", self.entity.name);
        position.and_then(|at| self.values.get(at)).unwrap_or(&Value::Null)
    }

    /// Sets a declared field; answers whether the entity has it.
    pub fn set(&mut self, name: &str, value: Value) -> bool {
        match self.entity.position(name).and_then(|at| self.values.get_mut(at)) {
            Some(place) => {
                *place = value;
                true
            }
            None => false,
        }
    }

    /// Takes the value of a declared field out; the field is absent then.
    pub fn take(&mut self, name: &str) -> Value {
        let place = self.entity.position(name).and_then(|at| self.values.get_mut(at));
        place.map(std::mem::take).unwrap_or_default()
    }

    pub fn positions(&self) -> &[Value] {
        &self.values
    }

    /// Each field with its value, in declaration order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static FieldDef, &Value)> {
        self.entity.all_fields().zip(&self.values)
    }
}

/// A row that belongs to a record and travels with it: an address, a contact, a rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildRow {
    pub id: Uuid,
    pub values: Values,
}

impl ChildRow {
    /// Where a field of this row stands in its record: `customer_contact[<id>].phone`.
    pub fn path(&self, field: &str) -> String {
        row_path(self.values.entity.name, self.id, field)
    }
}

/// The one form of a child field's path, in problems, in Attention and in forms. A row is named by its id: its
/// place among the others is another on each side.
pub fn row_path(entity: &str, id: Uuid, field: &str) -> String {
    format!("{entity}[{id}].{field}")
}

/// A master record with its child rows: the unit that is validated, merged, synced and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub head: Head,
    pub values: Values,
    /// Child rows of all collections, ordered by (entity, id).
    children: Vec<ChildRow>,
}

impl Record {
    /// A record with the declared defaults and no children, never seen by the hub.
    pub fn new(entity: &'static EntityDef, id: Uuid, by: Uuid, at: DateTime<Utc>) -> Self {
        let head = Head {
            id,
            version: 0,
            created_at: at,
            created_by: by,
            updated_at: at,
            updated_by: by,
            retired_at: None,
        };
        Self { head, values: entity.defaults(), children: Vec::new() }
    }

    /// A record read from a store or from the wire.
    pub fn from_parts(head: Head, values: Values, mut children: Vec<ChildRow>) -> Self {
        children.sort_by_key(|child| (child.values.entity.name, child.id));
        Self { head, values, children }
    }

    pub fn entity(&self) -> &'static EntityDef {
        self.values.entity
    }

    pub fn id(&self) -> Uuid {
        self.head.id
    }

    pub fn get(&self, name: &str) -> &Value {
        self.values.get(name)
    }

    pub fn is_retired(&self) -> bool {
        self.head.retired_at.is_some()
    }

    /// The record in which this one was merged.
    pub fn merged_into(&self) -> Option<Uuid> {
        self.entity().position("merged_into").and_then(|at| self.values.positions().get(at))?.id()
    }

    /// How people call it: name, else its key, else nothing.
    pub fn title(&self) -> &str {
        self.title_of(|_| true)
    }

    /// The title made of those fields alone that `shown` allows.
    pub fn title_of(&self, shown: impl Fn(&str) -> bool) -> &str {
        let entity = self.entity();
        let text = |name| match entity.position(name) {
            Some(_) if shown(name) => self.get(name).text(),
            _ => None,
        };
        text("name").or_else(|| text(entity.key)).unwrap_or_default()
    }

    pub fn children(&self) -> &[ChildRow] {
        &self.children
    }

    /// The rows of one collection, in the order people gave them.
    pub fn collection(&self, entity: &str) -> Vec<&ChildRow> {
        let mut rows: Vec<_> =
            self.children.iter().filter(|child| child.values.entity.name == entity).collect();
        rows.sort_by_key(|child| {
            (child.values.get("position").int().unwrap_or(i64::MAX), child.id)
        });
        rows
    }

    pub fn child(&self, entity: &str, id: Uuid) -> Option<&ChildRow> {
        self.child_at(entity, id).ok().and_then(|at| self.children.get(at))
    }

    /// Where a child row stands, or would.
    fn child_at(&self, entity: &str, id: Uuid) -> Result<usize, usize> {
        self.children.binary_search_by(|child| {
            child.values.entity.name.cmp(entity).then_with(|| child.id.cmp(&id))
        })
    }

    /// Adds a child row or replaces the one with its id.
    pub fn put_child(&mut self, child: ChildRow) {
        match self.child_at(child.values.entity.name, child.id) {
            Ok(at) => self.children[at] = child, // `at` was found just now
            Err(at) => self.children.insert(at, child),
        }
    }

    /// Brings every row into its canonical form (see [`EntityDef::normalise`]).
    pub fn normalise(&mut self) {
        (self.values.entity.normalise)(&mut self.values);
        for child in &mut self.children {
            (child.values.entity.normalise)(&mut child.values);
        }
    }

    pub fn remove_child(&mut self, entity: &str, id: Uuid) -> Option<ChildRow> {
        self.child_at(entity, id).ok().map(|at| self.children.remove(at))
    }
}
