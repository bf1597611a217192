//! What a person said of two records that look the same and are not: kept, synced, and never asked again.

use uuid::Uuid;

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, EntityDef, FieldDef, Kind, Label, Problems, Record, Value, Values, field,
};

/// Whoever settles what needs a decision may say so; the records themselves must be theirs to edit.
const GUARD: Guard =
    Guard::manage(Permission::SYNC_CONFLICT_VIEW, Permission::SYNC_CONFLICT_RESOLVE);

pub static DISTINCT: EntityDef = EntityDef::new("distinct_pair", Area::Organisation, GUARD)
    .called(
        Label { en: "Not the same", de: "Nicht dasselbe" },
        Label { en: "Not the same", de: "Nicht dasselbe" },
    )
    .fields(&[], OWN)
    .key("entity")
    .never_merged()
    .normalise(in_order)
    .row_rules(two_records)
    .also_needs(|_, record| {
        let entity = record.get("entity").text().and_then(crate::masters::find);
        entity.map(|entity| entity.guard.edit).into_iter().collect()
    });

const OWN: &[FieldDef] = &[
    field("entity", "Record type", "Datensatzart", Kind::text(60)).required().listed(),
    field("first", "Record", "Datensatz", Kind::Reference("record")).required().listed(),
    field("second", "Other record", "Anderer Datensatz", Kind::Reference("record"))
        .required()
        .listed(),
];

/// Two records in the order in which a pair of them is kept.
pub fn pair(one: Uuid, other: Uuid) -> (Uuid, Uuid) {
    (one.min(other), one.max(other))
}

/// The pair that a record of [`DISTINCT`] names, with its entity.
pub fn distinct(record: &Record) -> Option<(&str, (Uuid, Uuid))> {
    let entity = record.get("entity").text()?;
    Some((entity, pair(record.get("first").id()?, record.get("second").id()?)))
}

fn in_order(values: &mut Values) {
    let (Some(one), Some(other)) = (values.get("first").id(), values.get("second").id()) else {
        return;
    };
    let (first, second) = pair(one, other);
    values.set("first", Value::Id(first));
    values.set("second", Value::Id(second));
}

fn two_records(values: &Values, problems: &mut Problems) {
    if values.get("first") == values.get("second") {
        problems.add("second", "same_record", "is the same record; name two");
    }
    if values.get("entity").text().is_some_and(|name| crate::masters::find(name).is_none()) {
        problems.add("entity", "unknown_entity", "names no master; name one");
    }
}
