//! The history of a record: who changed what, as far as the reader sees it.

use serde_json::{Value, json};

use super::{get, made};
use crate::sync::desk::Desk;
use crate::sync::office::Office;

#[tokio::test]
async fn a_history_tells_person_device_and_both_values_and_hides_what_the_record_hides() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut sam = office.colleague("sam", "sales").await;
    let sam_id = sam.signs_in().await.user_id;
    let body = json!({ "name": "Ada", "owner_id": sam_id, "city": "Bonn", "credit_limit": "500",
                       "customer_contact": [{ "name": "Grace" }] });
    let id = made(&office.admin, "customer", &body).await;
    let mut desk = Desk::filled(&office.admin).await;
    desk.edits("customer", id, &[("city", "Ulm"), ("credit_limit", "900")]);
    desk.pushes().await;
    get(&office.admin, &format!("customer/{id}")).await.assert(200);

    let path = format!("customer/{id}/history");
    let history: Value = get(&office.admin, &path).await.read(200);
    assert_eq!(history["next"], Value::Null);
    let entries = history["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "reading is no change: {history}");
    let (edit, creation) = (&entries[0], &entries[1]);
    assert_eq!((&edit["action"], &creation["action"]), (&json!("update"), &json!("create")));
    assert_eq!(edit["user"]["name"], "Anna Admin");
    assert!(edit["device"]["name"].is_string() && creation["device"].is_null(), "{history}");
    // A claim of the device beside what the hub's own clock says; a program has no device to claim anything.
    assert_eq!(edit["occurred_at"], "1970-01-01T00:00:00Z");
    assert!(edit["received_at"].as_str() > creation["received_at"].as_str(), "{history}");
    assert_eq!(creation["occurred_at"], Value::Null);
    let change = |entry: &Value, field: &str| {
        let changes = entry["changes"].as_array().unwrap();
        changes.iter().find(|change| change["field"] == field).cloned()
    };
    assert_eq!(
        change(edit, "city"),
        Some(json!({ "field": "city", "before": "Bonn", "after": "Ulm" }))
    );
    assert_eq!(change(edit, "credit_limit").unwrap()["after"], "900");
    let grace =
        creation["changes"].as_array().unwrap().iter().find(|change| change["after"] == "Grace");
    assert!(grace.unwrap()["field"].as_str().unwrap().starts_with("customer_contact["));

    let masked: Value = get(&sam, &path).await.read(200);
    assert_eq!(masked["entries"].as_array().unwrap().len(), 2);
    assert!(
        !masked.to_string().contains("credit_limit") && !masked.to_string().contains("900"),
        "{masked}"
    );
    assert_eq!(change(&masked["entries"][0], "city").unwrap()["after"], "Ulm");

    // Who does not see the record does not see what became of it.
    let foreign = made(&office.admin, "customer", &json!({ "name": "Foreign" })).await;
    get(&sam, &format!("customer/{foreign}/history")).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_long_history_comes_in_pages() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let id = made(
        &office.admin,
        "unit",
        &json!({ "name": "Piece", "unece_code": "MIK", "dimension": "other" }),
    )
    .await;
    for version in 1..=104 {
        let request = office.admin.request("PATCH", &format!("/api/v1/unit/{id}"));
        let request = request.header("if-match", &format!("\"{version}\""));
        request.json(&json!({ "name": format!("Piece {version}") })).send().await.assert(200);
    }
    let path = format!("unit/{id}/history");
    let first: Value = get(&office.admin, &path).await.read(200);
    let second: Value =
        get(&office.admin, &format!("{path}?cursor={}", first["next"].as_str().unwrap()))
            .await
            .read(200);
    let count = |page: &Value| page["entries"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (100, 5));
    assert_eq!(second["entries"][4]["action"], "create");
    assert_eq!(second["next"], Value::Null);
}
