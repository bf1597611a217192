//! Who refers to whom, told from the declarations alone: a field of the kind reference in a master or in one of
//! its rows. It looks nothing up.

use uuid::Uuid;

use super::{EntityDef, FieldDef, Kind, Record, Value, Values};

/// A column that refers to records of an entity.
#[derive(Clone, Copy, Debug)]
pub struct Referring {
    pub master: &'static EntityDef,
    /// The master itself, or the child whose rows hold the column.
    pub table: &'static EntityDef,
    pub field: &'static FieldDef,
}

/// Every column of the masters and their rows that refers to records of `target`.
pub fn referring(target: &'static EntityDef) -> impl Iterator<Item = Referring> {
    crate::masters::ALL.iter().copied().flat_map(move |master| {
        let tables = std::iter::once(master).chain(master.children.iter().copied());
        tables.flat_map(move |table| {
            let fields = table.all_fields().filter(move |field| refers(field, target));
            fields.map(move |field| Referring { master, table, field })
        })
    })
}

fn refers(field: &FieldDef, target: &EntityDef) -> bool {
    field.kind == Kind::Reference(target.name)
}

impl Record {
    /// Whether the record or one of its rows refers to this one.
    pub fn refers_to(&self, target: &EntityDef, id: Uuid) -> bool {
        let rows = self.children().iter().map(|row| &row.values);
        let mut held = std::iter::once(&self.values).chain(rows).flat_map(Values::iter);
        held.any(|(field, value)| refers(field, target) && *value == Value::Id(id))
    }

    /// Makes every reference to a record of `target` one to what `at` answers; `None` leaves it.
    pub fn repoint(&mut self, mut at: impl FnMut(&'static str, Uuid) -> Option<Uuid>) {
        repoint(&mut self.values, &mut at);
        for mut row in self.children().to_vec() {
            if repoint(&mut row.values, &mut at) {
                self.put_child(row);
            }
        }
    }
}

fn repoint(values: &mut Values, at: &mut impl FnMut(&'static str, Uuid) -> Option<Uuid>) -> bool {
    let held = values.iter().filter_map(|(field, value)| match (field.kind, value) {
        (Kind::Reference(target), Value::Id(id)) => Some((field.name, at(target, *id)?)),
        _ => None,
    });
    let moved: Vec<(&str, Uuid)> = held.collect();
    for (field, id) in &moved {
        values.set(field, Value::Id(*id));
    }
    !moved.is_empty()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::masters::{ITEM, SUPPLIER};
    use crate::record::ChildRow;

    #[test]
    fn columns_of_masters_and_of_their_rows_refer() {
        let names: Vec<_> = referring(&ITEM).map(|r| (r.table.name, r.field.name)).collect();
        assert!(names.contains(&("supplier_price", "item")), "{names:?}");
        let names: Vec<_> = referring(&SUPPLIER).map(|r| (r.master.name, r.table.name)).collect();
        assert!(names.contains(&("item", "item_supplier")), "{names:?}");
    }

    #[test]
    fn a_reference_in_a_row_follows() {
        let (old, new, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let price = SUPPLIER.child("supplier_price").unwrap();
        let mut supplier = Record::new(&SUPPLIER, other, Uuid::nil(), DateTime::UNIX_EPOCH);
        let mut values = price.defaults();
        values.set("item", Value::Id(old));
        supplier.put_child(ChildRow { id: Uuid::from_u128(9), values });
        assert!(supplier.refers_to(&ITEM, old));
        supplier.repoint(|target, id| (target == "item" && id == old).then_some(new));
        assert!(!supplier.refers_to(&ITEM, old));
        assert!(supplier.refers_to(&ITEM, new));
    }
}
