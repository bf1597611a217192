//! Records that are made of others of their kind: a kit of items, a tax of taxes. None contains itself.

use uuid::Uuid;

use crate::record::{Found, Lookup, Problems, Record};

/// Refuses a record that would contain itself through the rows of a collection, whose `field` names another
/// record of the same entity.
pub fn refuse_circle(
    record: &Record,
    (collection, field): (&str, &str),
    lookup: &dyn Lookup,
    problems: &mut Problems,
) {
    let within = |record: &Record| -> Vec<Uuid> {
        let rows = record.collection(collection);
        rows.into_iter().filter_map(|row| row.values.get(field).id()).collect()
    };
    let mut seen: Vec<Uuid> = Vec::new();
    let mut open = within(record);
    while let Some(id) = open.pop() {
        if id == record.id() {
            problems.add(collection, "cycle", "would contain the record itself; remove the row");
            return;
        }
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        if let Found::Yes(other) = lookup.record(record.entity(), id) {
            open.extend(within(&other));
        }
    }
}
