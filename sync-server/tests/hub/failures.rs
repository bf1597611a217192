//! What a command says that fails: once to a person, and in one document to a program.

use serde_json::Value;

use crate::support::TestHub;

/// The exit code, the document on standard output, and what stands on standard error.
fn fails(hub: &TestHub, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let output = hub.program(arguments).output().unwrap();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), document, String::from_utf8_lossy(&output.stderr).into_owned())
}

const CREATE: [&str; 16] = [
    "tenant",
    "create",
    "Acme!",
    "--name",
    "Acme",
    "--admin-email",
    "a@acme.example",
    "--admin-name",
    "Anna",
    "--country",
    "DE",
    "--currency",
    "EUR",
    "--time-zone",
    "Europe/Berlin",
    "--json",
];

#[tokio::test]
async fn a_wrong_slug_is_told_once_and_in_a_document() {
    let hub = TestHub::start().await;
    let (code, document, told) = fails(&hub, &CREATE);
    assert_eq!(code, Some(5), "{told}");
    assert_eq!(document["code"], "refused");
    assert_eq!(document["errors"][0]["field"], "slug");
    assert_eq!(told.matches("a slug has only").count(), 1, "{told}");
    assert!(!told.contains("because"), "{told}");
}

#[tokio::test]
async fn arguments_that_are_not_understood_are_told_in_a_document_too() {
    let hub = TestHub::start().await;
    let (code, document, told) = fails(&hub, &["device", "wipe", "acme", "no-id", "--json"]);
    assert_eq!(code, Some(2));
    assert_eq!(document["code"], "usage");
    assert_eq!(document["errors"][0]["field"], "<DEVICE_ID>", "{document}");
    assert!(document["message"].as_str().unwrap().contains("no-id"));
    assert!(told.contains("no-id"));
    let (code, document, _) = fails(&hub, &["device", "wipe", "acme", "no-id"]);
    assert_eq!((code, document), (Some(2), Value::Null));
    let (code, document, _) = fails(&hub, &["device", "wipe", "--help", "--json"]);
    assert_eq!((code, document), (Some(0), Value::Null));
}

#[tokio::test]
async fn a_database_that_is_away_has_its_own_code() {
    let hub = TestHub::start().await;
    let mut program = hub.program(&["user", "list", "acme", "--json"]);
    program.env("DAYBOOK_CONTROL_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let output = program.output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["code"], "unavailable");
}
