//! The rules of a declaration applied to a record. The same code runs on the device, where it helps at
//! once, and on the hub, where it decides.

use uuid::Uuid;

use super::changes::too_many;
use super::{
    EntityDef, Found, Kind, Lookup, Problem, Problems, Record, Unique, Value, Values, calendar,
    fold_code, fold_entry, own_field,
};
use crate::person;
use crate::standards::{Fault, language};

/// Names in other languages, by the tag of the language.
const TRANSLATIONS: &str = "translations";
/// Longest chain of parents that is walked before a tree counts as circular.
const TREE_DEPTH_MAX: usize = 64;

/// Every rule that needs only the record itself.
pub fn validate(record: &Record) -> Problems {
    let mut problems = Problems::default();
    validate_row(&record.values, "", &mut problems);
    for child in record.entity().children {
        let rows = record.collection(child.name);
        too_many(child, rows.len(), &mut problems);
        for row in rows {
            validate_row(&row.values, &row.path(""), &mut problems);
        }
    }
    (record.entity().record_rules)(record, &mut problems);
    problems
}

fn validate_row(values: &Values, path: &str, problems: &mut Problems) {
    for (field, value) in values.iter() {
        if field.required && value.is_null() {
            problems.add(format!("{path}{}", field.name), "required", "is required; enter a value");
        }
        if let Err(fault) = calendar::within(value) {
            problems.add(format!("{path}{}", field.name), fault.rule, fault.message);
        }
        if let (TRANSLATIONS, Value::Map(words)) = (field.name, value) {
            for fault in words.keys().filter_map(|key| not_a_language(key)) {
                problems.add(format!("{path}{}", field.name), fault.rule, fault.message);
            }
        }
    }
    let mut own = Problems::default();
    (values.entity().row_rules)(values, &mut own);
    problems.0.extend(
        own.0
            .into_iter()
            .map(|problem| Problem { field: format!("{path}{}", problem.field), ..problem }),
    );
}

/// Screens look a name up by the tag of their language, as it is written in its one form.
fn not_a_language(key: &str) -> Option<Fault> {
    match language::read(key) {
        Ok(tag) if tag == key => None,
        Ok(tag) => {
            let message = format!("has “{key}” for a language; write it {tag}");
            Some(Fault { rule: "language_form", message })
        }
        Err(fault) => Some(fault),
    }
}

/// Every rule that needs other records: references, unique values, trees, and the entity's own.
/// What a device cannot tell is no problem there; the hub asks again and can.
pub fn validate_relations(record: &Record, lookup: &dyn Lookup) -> Problems {
    let mut problems = Problems::default();
    references(&record.values, "", lookup, &mut problems);
    of_the_hub(record, &mut problems);
    for child in record.entity().children {
        for row in record.collection(child.name) {
            references(&row.values, &row.path(""), lookup, &mut problems);
        }
    }
    unique(record, lookup, &mut problems);
    tree(record, lookup, &mut problems);
    own_field::required(record, lookup, &mut problems);
    (record.entity().relations)(record, lookup, &mut problems);
    problems
}

fn references(values: &Values, path: &str, lookup: &dyn Lookup, problems: &mut Problems) {
    for (field, value) in values.iter() {
        let (Kind::Reference(target), Value::Id(id)) = (field.kind, value) else { continue };
        if target == person::NAME && lookup.user(*id) == Found::No {
            let message = "no user with this id has come in; choose another";
            problems.add(format!("{path}{}", field.name), "unknown_reference", message);
        }
        // Other rows that are no masters are checked by whoever owns them.
        let Some(target) = crate::masters::find(target) else { continue };
        if lookup.record(target, *id) == Found::No {
            let message = format!(
                "no {} with this id exists; choose another",
                target.label.en.to_lowercase()
            );
            problems.add(format!("{path}{}", field.name), "unknown_reference", message);
        }
    }
}

/// The nil id is the hub as a user: it owns what it made itself and nothing else.
fn of_the_hub(record: &Record, problems: &mut Problems) {
    if record.head.created_by.is_nil() {
        return;
    }
    for (field, value) in record.values.iter() {
        if field.kind == Kind::Reference(person::NAME) && value.id().is_some_and(|id| id.is_nil()) {
            problems.add(field.name, "not_an_id", "must be the id of a user; choose one");
        }
    }
}

fn unique(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let entity = record.entity();
    for (field, value) in record.values.iter() {
        let company = match field.unique {
            Unique::No => continue,
            Unique::Entries => {
                unique_entries(record, field.name, value, lookup, problems);
                continue;
            }
            Unique::Tenant => None,
            Unique::Company => record.get("company_id").id(),
        };
        let Some(text) = value.text() else { continue };
        let holder = lookup.holder(entity, field.name, company, &fold_code(text), record.id());
        if let Found::Yes(_) = holder {
            let message = format!("\"{text}\" is already taken; choose another");
            problems.add(field.name, "unique", message);
        }
    }
}

fn unique_entries(
    record: &Record,
    field: &'static str,
    value: &Value,
    lookup: &dyn Lookup,
    problems: &mut Problems,
) {
    let Value::Map(entries) = value else { return };
    for (key, text) in entries {
        let folded = fold_entry(key, text);
        if let Found::Yes(_) = lookup.holder(record.entity(), field, None, &folded, record.id()) {
            let message = format!("\"{text}\" of {key} is already taken; choose another");
            problems.add(field, "unique", message);
        }
    }
}

fn tree(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(field) = record.entity().tree else { return };
    let mut above = record.get(field).id();
    for _ in 0..TREE_DEPTH_MAX {
        let Some(id) = above else { return };
        if id == record.id() {
            problems.add(
                field,
                "cycle",
                "would put the record below itself; choose another parent",
            );
            return;
        }
        above = parent_of(record.entity(), field, id, lookup);
    }
    problems.add(field, "too_deep", format!("a tree may be at most {TREE_DEPTH_MAX} levels deep"));
}

fn parent_of(
    entity: &'static EntityDef,
    field: &str,
    id: Uuid,
    lookup: &dyn Lookup,
) -> Option<Uuid> {
    match lookup.record(entity, id) {
        Found::Yes(parent) => parent.get(field).id(),
        Found::No | Found::CannotTell => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::masters::CUSTOMER;
    use crate::record::ChildRow;
    use crate::record::lookup::double::Holding;

    fn customer(contacts: u128) -> Record {
        let mut record =
            Record::new(&CUSTOMER, Uuid::from_u128(1), Uuid::nil(), DateTime::UNIX_EPOCH);
        record.values.set("name", Value::Text("Ada".into()));
        let contact = CUSTOMER.child("customer_contact").unwrap();
        for id in 0..contacts {
            let mut values = contact.defaults();
            values.set("name", Value::Text("Grace".into()));
            record.put_child(ChildRow { id: Uuid::from_u128(id), values });
        }
        record
    }

    #[test]
    fn a_name_in_another_language_is_told_by_the_tag_of_the_language() {
        let ruled = |key: &str| {
            let mut record = customer(0);
            let words = [(key.to_owned(), "Ada".to_owned())].into();
            record.values.set(TRANSLATIONS, Value::Map(words));
            validate(&record).0.into_iter().map(|problem| problem.rule).collect::<Vec<_>>()
        };
        for key in ["de", "pt-BR", "zh-Hant"] {
            assert!(ruled(key).is_empty(), "{key}");
        }
        assert_eq!(ruled("xx"), ["language_unknown"]);
        for key in ["", "__proto__", "DE", "pt_BR"] {
            assert_eq!(ruled(key), ["language_form"], "{key}");
        }
    }

    #[test]
    fn the_hub_owns_what_it_made_and_nobody_gives_it_more() {
        let mut record = customer(0);
        record.values.set("owner_id", Value::Id(Uuid::nil()));
        let ruled = |record: &Record| {
            let problems = validate_relations(record, &Holding(Vec::new())).0;
            problems.into_iter().map(|problem| (problem.field, problem.rule)).collect::<Vec<_>>()
        };
        assert_eq!(ruled(&record), [], "the hub made it");
        record.head.created_by = Uuid::from_u128(7);
        assert_eq!(ruled(&record), [("owner_id".to_owned(), "not_an_id".to_owned())]);
    }

    #[test]
    fn a_record_has_at_most_a_thousand_rows_of_one_sort() {
        assert_eq!(validate(&customer(1_000)), Problems::default());
        let problems = validate(&customer(1_001)).0;
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(
            (problem.field.as_str(), problem.rule.as_str()),
            ("customer_contact", "too_many_rows")
        );
        assert!(problem.message.contains("1000"), "{}", problem.message);
    }
}
