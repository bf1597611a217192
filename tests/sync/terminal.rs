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
