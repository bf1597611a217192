//! The whole life of a master, whichever it is: typed, refused, listed, searched, imported, exported, synced,
//! served and guarded, with what its declaration alone says. `any_master()` names it; `scripts/dev/throwaway.sh` has it name
//! one that was made a minute ago.

use std::fs;

use domain::permissions::{Action, Permission, StandardRole};
use domain::record::{EntityDef, FieldDef, Kind};
use serde_json::{Value, json};
use system_tests::office::{Device, Hub, Tenant};

/// What a person might type into a field; `None` for what only another record could fill.
fn typed(field: &FieldDef, number: usize) -> Option<String> {
    let text = match field.kind {
        Kind::Text { .. } | Kind::LongText => format!("Äpfel & „Birnen“ {number}"),
        Kind::Code => format!("Z-{number}"),
        Kind::Int { min, max } => (min + 1).min(max).to_string(),
        Kind::Decimal(_) => format!("{number}.25"),
        Kind::Date => format!("2026-03-{:02}", number + 1),
        Kind::Choice(choices) => choices.first()?.value.to_owned(),
        Kind::Country => "DE".to_owned(),
        Kind::Email => format!("post{number}@example.com"),
        Kind::Url => format!("https://example.com/{number}"),
        _ => return None,
    };
    Some(text)
}

/// The fields of its own that can be typed, and its name and code.
fn row(entity: &EntityDef, number: usize) -> Vec<(&'static str, String)> {
    let common = ["code", "name", "notes"];
    entity
        .all_fields()
        .filter(|field| common.contains(&field.name) || !is_common(field.name))
        .filter_map(|field| Some((field.name, typed(field, number)?)))
        .collect()
}

fn is_common(name: &str) -> bool {
    domain::masters::UNIT.field(name).is_some() && name != "symbol" && name != "dimension"
}

fn words(row: &[(&str, String)]) -> Vec<String> {
    row.iter().map(|(field, text)| format!("{field}={text}")).collect()
}

fn create(device: &Device, entity: &EntityDef, number: usize) -> String {
    let words = words(&row(entity, number));
    device.create(entity.name, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn csv(rows: &[Vec<(&str, String)>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header: Vec<&str> = rows.iter().flatten().map(|(field, _)| *field).collect();
    let columns = rows.first().map_or(0, Vec::len);
    writer.write_record(&header[..columns]).expect("a vector takes it");
    for row in rows {
        writer.write_record(row.iter().map(|(_, text)| text)).expect("a vector takes it");
    }
    String::from_utf8(writer.into_inner().expect("a vector takes it")).expect("it was text")
}

/// Its fields as both devices must have them, by code.
fn content(device: &Device, entity: &EntityDef) -> Vec<Value> {
    let shown = |record: &Value| {
        let wanted = row(entity, 0);
        let fields = wanted.iter().map(|(field, _)| (*field, record["fields"][*field].clone()));
        json!(fields.collect::<std::collections::BTreeMap<_, _>>())
    };
    let mut rows: Vec<Value> = device.list(entity.name).iter().map(shown).collect();
    rows.sort_by_key(ToString::to_string);
    rows
}

/// What a program of somebody else does with the master: makes, reads, lists and changes a record. Answers its id.
fn served(hub: &Hub, tenant: &Tenant, entity: &EntityDef) -> String {
    let token = hub.token_of(&tenant.admin);
    let all = format!("/api/v1/{}", entity.name);
    let ask = |method: &str, path: &str, headers: &[&str], body: Option<&Value>, expected: u16| {
        let (status, said) = hub.send(method, path, Some(&token), headers, body);
        assert_eq!(status, expected, "{method} {path}: {said}");
        serde_json::from_str::<Value>(&said).expect("the hub answers with JSON")
    };
    let fields = row(entity, 4).into_iter().map(|(field, text)| {
        let int = entity.field(field).is_some_and(|field| matches!(field.kind, Kind::Int { .. }));
        (field, if int { json!(text.parse::<i64>().expect("a number")) } else { json!(text) })
    });
    let document = json!(fields.collect::<std::collections::BTreeMap<_, _>>());
    let refused = ask("POST", &all, &[], Some(&json!({ "code": "Z-78" })), 422);
    assert_eq!(refused["errors"][0]["field"], "name", "{refused}");
    let key = ["idempotency-key: the-fourth"];
    let made = ask("POST", &all, &key, Some(&document), 201);
    assert_eq!(ask("POST", &all, &key, Some(&document), 201), made, "a repeat does nothing");
    let id = made["id"].as_str().expect("it was made").to_owned();
    let one = format!("{all}/{id}");
    let shown = ask("GET", &one, &[], None, 200);
    assert_eq!(ask("GET", &format!("{all}/code:z-4"), &[], None, 200), shown);
    let listed = ask("GET", &format!("{all}?filter[code]=z-4&sort=-name"), &[], None, 200);
    assert_eq!(listed["items"], json!([shown]));
    let change = json!({ "notes": "seen by a program" });
    ask("PATCH", &one, &[], Some(&change), 428);
    let seen = format!("if-match: \"{}\"", shown["version"]);
    let changed = ask("PATCH", &one, &[&seen], Some(&change), 200);
    assert_ne!(changed["version"], shown["version"]);
    ask("PATCH", &one, &[&seen], Some(&json!({ "notes": "too late" })), 412);
    id
}

#[test]
fn a_master_lives_its_whole_life() {
    let name = system_tests::any_master();
    let entity = domain::masters::find(&name).unwrap_or_else(|| panic!("no master {name}"));
    let hub = Hub::start();
    let tenant = hub.tenant("any-master");
    let anna = hub.device_of(&tenant.admin);
    anna.sync();
    let before = anna.list(&name).len();

    // Stored and validated.
    let first = create(&anna, entity, 1);
    let refused = anna.run(&["create", &name, "code=Z-77"]);
    assert_eq!(refused.code, 5, "{}", refused.said);
    assert!(refused.said.contains("name"), "{}", refused.said);
    let shown = anna.get(&name, &first);
    for (field, text) in row(entity, 1) {
        let stands = &shown["fields"][field];
        let same = stands.as_str().map_or_else(|| stands.to_string(), str::to_owned);
        assert!(same == text || same.starts_with(&text), "{field}: {stands} instead of {text}");
    }

    // Listed and searched, a letter wrong, an accent left out.
    assert_eq!(anna.list(&name).len(), before + 1);
    for text in ["apfel", "apfle", "z-1"] {
        let found = anna.found(&name, text);
        assert!(found.iter().any(|record| record["id"] == *first), "{text}: {found:?}");
    }

    // Imported and exported.
    let file = anna.folder().join("rows.csv");
    fs::write(&file, csv(&[row(entity, 2), row(entity, 3)])).expect("the folder is there");
    let path = file.to_string_lossy().into_owned();
    anna.run(&["import", &name, &path, "--dry-run"]).expect_code(0);
    assert_eq!(anna.list(&name).len(), before + 1, "a dry run writes nothing");
    anna.run(&["import", &name, &path]).expect_code(0);
    assert_eq!(anna.list(&name).len(), before + 3);
    let out = anna.folder().join("out.csv").to_string_lossy().into_owned();
    anna.run(&["export", &name, "--to", &out]).expect_code(0);
    let exported = fs::read_to_string(&out).expect("it was written");
    let pears = row(entity, 1).iter().filter(|(_, text)| text.contains("Birnen")).count();
    assert_eq!(exported.matches("„Birnen“").count(), 3 * pears, "{exported}");

    // Synced, both ways.
    anna.sync();
    let colleague = hub.user(&tenant, "ben", "admin");
    let ben = hub.device_of(&colleague);
    ben.sync();
    assert_eq!(content(&ben, entity), content(&anna, entity));
    ben.update(&name, &first, &["notes=seen by Ben"]);
    ben.sync();
    anna.sync();
    assert_eq!(anna.get(&name, &first)["fields"]["notes"], "seen by Ben");
    for device in [&anna, &ben] {
        device.run(&["verify"]).expect_done();
    }

    // Who did what.
    let told = anna.run(&["history", &name, &first]).expect_done();
    assert_eq!(told["complete"], true);
    let entries = told["entries"].as_array().expect("a list");
    let acts: Vec<_> = entries.iter().map(|entry| entry["action"].as_str()).collect();
    assert_eq!(acts, [Some("update"), Some("create")]);
    assert_eq!(entries[0]["user"], "ben");
    let before = &shown["fields"]["notes"];
    let noted = json!([{ "field": "notes", "before": before, "after": "seen by Ben" }]);
    assert_eq!(entries[0]["changes"], noted);
    let last = anna.run(&["history", &name, &first, "--limit", "1"]).expect_done();
    assert_eq!(last["entries"].as_array().map(Vec::len), Some(1));

    // At hand for programs of others.
    let another = served(&hub, &tenant, entity);
    anna.sync();
    assert_eq!(anna.get(&name, &another)["fields"]["notes"], "seen by a program");

    // Guarded, as the catalogue has it.
    for role in [StandardRole::Accountant, StandardRole::Sales, StandardRole::User] {
        let holds = |permission: Permission| {
            permission.default_holders().iter().any(|(holder, _)| *holder == role)
        };
        let may = |action| entity.guard.needed(action).all(holds);
        let device = hub.device_of(&hub.user(&tenant, role.key(), role.key()));
        device.sync();
        let listed = device.run(&["list", &name]);
        assert_eq!(listed.code == 4, !may(Action::View), "{role:?} lists: {}", listed.said);
        let made = device.run(&["create", &name, "name=Not mine"]);
        assert_eq!(made.code == 4, !may(Action::Create), "{role:?} creates: {}", made.said);
    }
}
