//! What a person reads at a terminal, where scripts get JSON.

use system_tests::office::{Device, Hub, run};

/// What a call without `--json` prints: to stdout and to stderr.
fn said(device: &Device, words: &[&str]) -> (String, String) {
    let output = run(&mut device.spoken(words));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_newcomer_is_told_what_there_is_and_what_happened() {
    let hub = Hub::start();
    let tenant = hub.tenant("newcomer");
    let anna = hub.device_of(&tenant.admin);
    assert_eq!(said(&anna, &["list", "customer"]), (String::new(), "nothing".to_owned()));

    let (fields, _) = said(&anna, &["fields", "customer"]);
    let line = |name: &str| {
        let begin = format!("{name}\t");
        fields.lines().find(|line| line.starts_with(&begin)).unwrap_or_default().to_owned()
    };
    assert!(line("name").ends_with("\trequired"), "{fields}");
    assert!(line("tax_position").contains("one of "), "{fields}");
    assert!(line("customer_contact.email").ends_with("\temail"), "{fields}");
    let (_, wrong) = said(&anna, &["create", "customer", "nome=Ada"]);
    assert!(wrong.contains("daybook fields"), "{wrong}");

    anna.create("customer", &["code=K-1", "name=Ada"]);
    anna.run(&["delete", "customer", "K-1"]).expect_done();
    let (_, back) = said(&anna, &["update", "customer", "K-1", "city=Kiel"]);
    assert!(back.contains("was deleted; this brings it back"), "{back}");
    assert_eq!(anna.list("customer").len(), 1);
}

#[test]
fn what_is_still_in_use_is_deleted_by_who_knows_it_alone() {
    let hub = Hub::start();
    let tenant = hub.tenant("in-use");
    let anna = hub.device_of(&tenant.admin);
    anna.create("item_category", &["name=Bolts", "code=BOLTS"]);
    for sku in ["sku=B-1", "sku=B-2"] {
        anna.create("item", &["name=Bolt", sku, "uom=C62", "category=BOLTS"]);
    }
    let (_, asked) = said(&anna, &["delete", "item_category", "BOLTS"]);
    assert!(asked.contains("still in use, and stays so: 2 items"), "{asked}");
    assert!(asked.contains("--yes"), "{asked}");
    let refused = anna.run(&["delete", "item_category", "BOLTS"]).expect_code(5);
    let problem = &refused["error"]["problems"][0];
    assert_eq!((&problem["rule"], &problem["params"]["item"]), (&"in_use".into(), &"2".into()));
    assert_eq!(anna.get("item_category", "BOLTS")["retired"], false);
    let gone = anna.run(&["delete", "item_category", "BOLTS", "--yes"]).expect_done();
    assert_eq!(gone["retired"], true);
    // Of what nothing refers to nobody is asked.
    anna.run(&["delete", "item", "B-1"]).expect_done();

    // An import that is taken back deletes as well.
    let file = anna.folder().join("categories.csv");
    std::fs::write(&file, "code,name\nNUTS,Nuts\n").unwrap();
    let report = anna.run(&["import", "item_category", &file.to_string_lossy()]).expect_done();
    anna.create("item", &["name=Nut", "sku=N-1", "uom=C62", "category=NUTS"]);
    let batch = report["batch"].as_str().unwrap_or_default();
    let refused = anna.run(&["imports", "undo", batch]).expect_code(5);
    assert_eq!(refused["error"]["problems"][0]["params"]["item"], "1", "{refused}");
    let undone = anna.run(&["imports", "undo", batch, "--yes"]).expect_done();
    assert_eq!(undone["retired"], 1, "{undone}");
}
