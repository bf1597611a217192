//! What a merge keeps of both records without asking: lists, ids in other systems, and the names by which the
//! loser was known. It decides nothing between two values.

use std::collections::BTreeMap;

use domain::record::{Cell, Kind, Problem, Record, Unique, Value, fold_code, read_field, unite};

/// Tags, files, ids in other systems and the names by which the loser was known.
pub(super) fn lists(after: &mut Record, loser: &mut Record) -> Result<(), Problem> {
    let entity = after.entity();
    let mut known_as = list(loser, "aliases");
    known_as.extend(["code", entity.key].iter().filter_map(|name| {
        let field = entity.field(name).filter(|field| !field.sensitivity.is_sensitive())?;
        loser.get(field.name).text().map(str::to_owned)
    }));
    for field in entity.all_fields().filter(|field| !field.kept) {
        match field.kind {
            Kind::Tags => {
                let (mut all, more) = (list(after, field.name), list(loser, field.name));
                all.extend(more.into_iter().filter(|tag| !list(after, field.name).contains(tag)));
                put_list(after, field.name, all)?;
            }
            Kind::Attachments => {
                let all = unite(&[], &list(loser, field.name), &list(after, field.name));
                put_list(after, field.name, all)?;
            }
            Kind::Map if field.unique == Unique::Entries => {
                let Value::Map(mut theirs) = loser.get(field.name).clone() else { continue };
                known_as.extend(theirs.values().cloned());
                let mut own = match after.get(field.name) {
                    Value::Map(own) => own.clone(),
                    _ => Default::default(),
                };
                // One id of each system; a second stays with the loser, which leads here.
                let moved: Vec<String> =
                    theirs.keys().filter(|system| !own.contains_key(*system)).cloned().collect();
                for system in moved {
                    if let Some(id) = theirs.remove(&system) {
                        own.insert(system, id);
                    }
                }
                let map = |map: BTreeMap<String, String>| {
                    if map.is_empty() { Value::Null } else { Value::Map(map) }
                };
                after.values.set(field.name, map(own));
                loser.values.set(field.name, map(theirs));
            }
            _ => {}
        }
    }
    let own = ["code", entity.key].map(|name| after.get(name).text().map(fold_code));
    let mut aliases = list(after, "aliases");
    for alias in known_as {
        let folded = fold_code(&alias);
        let known = aliases.iter().any(|known| fold_code(known) == folded);
        if !known && !own.contains(&Some(folded)) {
            aliases.push(alias);
        }
    }
    put_list(after, "aliases", aliases)
}

fn list(record: &Record, name: &str) -> Vec<String> {
    match record.entity().position(name).map(|_| record.get(name)) {
        Some(Value::List(list)) => list.clone(),
        _ => Vec::new(),
    }
}

fn put_list(record: &mut Record, name: &str, all: Vec<String>) -> Result<(), Problem> {
    if record.entity().position(name).is_none() {
        return Ok(());
    }
    let (place, value) = read_field(record.entity(), name, &Cell::List(all))?;
    record.values.put(&place, value);
    Ok(())
}
