//! Writes: made, changed and retired through the judge, with the version that was seen.

use serde_json::{Value, json};

use super::{errors, get, made};
use crate::support::{Answer, Person};
use crate::sync::desk::Desk;
use crate::sync::office::Office;

async fn changes(person: &Person, path: &str, seen: &str, body: &Value) -> Answer {
    let request = person.request("PATCH", &format!("/api/v1/{path}"));
    request.header("if-match", seen).json(body).send().await
}

#[tokio::test]
async fn a_customer_is_made_changed_and_retired() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    let body = json!({
        "code": "K-1", "name": "Ada Metallbau", "country": "DE", "credit_limit": "1234.5000",
        "notes": "one\ntwo", "external_ids": { "sap": "77" },
        "customer_contact": [{ "name": "Grace" }, { "name": "Linus", "phone": "+49 30 1234567" }],
    });
    let answer = admin.post("/api/v1/customer").json(&body).send().await;
    answer.assert(201);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), Some(format!("/api/v1/customer/{id}").as_str()));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(answer.json(), json!({ "id": id, "version": 1, "outcome": "applied" }));

    let path = format!("customer/{id}");
    let answer = get(admin, &path).await;
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let shown = answer.json();
    assert_eq!((&shown["credit_limit"], &shown["notes"]), (&json!("1234.5"), &json!("one\ntwo")));
    assert_eq!(shown["external_ids"], json!({ "sap": "77" }));
    assert_eq!(get(admin, "customer/code:k-1").await.json(), shown);
    let contacts = shown["customer_contact"].as_array().unwrap();
    assert_eq!(contacts.len(), 2);
    let linus = contacts.iter().find(|row| row["name"] == "Linus").unwrap();

    // Linus stays with another number, Grace goes, Rob comes; the rest is not named.
    let body = json!({
        "city": "Bonn",
        "customer_contact": [{ "id": linus["id"], "phone": "+49 30 7654321" }, { "name": "Rob" }],
    });
    admin
        .request("PATCH", &format!("/api/v1/{path}"))
        .json(&body)
        .send()
        .await
        .assert_problem(428, "precondition_required");
    changes(admin, &path, "\"7\"", &body).await.assert_problem(412, "stale");
    let answer = changes(admin, &path, "\"1\"", &body).await;
    assert_eq!(answer.read::<Value>(200), json!({ "id": id, "version": 2, "outcome": "applied" }));
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let shown = get(admin, &path).await.json();
    assert_eq!((&shown["city"], &shown["name"]), (&json!("Bonn"), &json!("Ada Metallbau")));
    let mut names: Vec<_> = shown["customer_contact"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}", row["name"].as_str().unwrap(), row["phone"]))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Linus \"+49 30 7654321\"", "Rob null"]);
    // The same once more changes nothing.
    let same = changes(admin, &path, "\"2\"", &json!({ "city": "Bonn" })).await;
    assert_eq!(same.read::<Value>(200), json!({ "id": id, "version": 2, "outcome": "unchanged" }));

    admin
        .request("DELETE", &format!("/api/v1/{path}"))
        .header("if-match", "\"1\"")
        .send()
        .await
        .assert_problem(412, "stale");
    admin.request("DELETE", &format!("/api/v1/{path}")).send().await.assert(200);
    assert_eq!(get(admin, "customer?total=true").await.json()["total"], 0);
    assert!(get(admin, &path).await.json()["retired_at"].is_string());

    // Devices get what was written, and the audit tells who did it.
    let desk = Desk::filled(&office.admin).await;
    assert_eq!(desk.text("customer", id.parse().unwrap(), "city"), "Bonn");
    let noted = office.sql(
        "SELECT action || ' ' || (user_id = (SELECT id FROM app_user WHERE email LIKE 'admin%')) FROM audit_entry
         WHERE entity = 'customer' AND action <> 'customer.read' ORDER BY at, id",
    );
    assert_eq!(noted, ["customer.create true", "customer.update true", "customer.retire true"]);
}

#[tokio::test]
async fn what_breaks_a_rule_is_told_by_field_and_leaves_nothing() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    made(admin, "customer", &json!({ "code": "K-1", "name": "Ada" })).await;
    let refused = async |body: Value, status: u16, code: &str| {
        let answer = admin.post("/api/v1/customer").json(&body).send().await;
        answer.assert_problem(status, code);
        errors(&answer)
    };
    let error = |field: &str, rule: &str| (field.to_owned(), rule.to_owned());
    let told = refused(
        json!({ "nome": "x", "created_at": "2020-01-01T00:00:00Z", "credit_limit": 1.5 }),
        422,
        "invalid_fields",
    )
    .await;
    assert_eq!(
        told,
        [
            error("created_at", "read_only"),
            error("credit_limit", "not_a_text"),
            error("nome", "unknown_field")
        ]
    );
    let contact = json!([{ "name": "Grace" }, { "name": "Linus", "email": "nowhere" }]);
    let told = refused(
        json!({ "name": "Bea", "credit_limit": "-1", "customer_contact": contact }),
        422,
        "invalid_fields",
    )
    .await;
    assert!(told.iter().any(|(field, _)| field == "customer_contact[1].email"), "{told:?}");
    let told = refused(json!({ "credit_limit": "-1" }), 422, "invalid_fields").await;
    assert!(
        told.contains(&error("name", "required"))
            && told.contains(&error("credit_limit", "negative")),
        "{told:?}"
    );
    let told = refused(json!({ "name": "Cleo", "code": "k-1" }), 409, "conflict").await;
    assert_eq!(told, [error("code", "unique")]);
    let count = |table: &str| office.count(&format!("SELECT count(*) FROM {table}"));
    assert_eq!((count("customer"), count("attention")), (1, 0));
}

#[tokio::test]
async fn a_write_that_touches_one_forbidden_field_is_refused_whole_and_audited() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut sam = office.colleague("sam", "sales").await;
    let sam_id = sam.signs_in().await.user_id;
    let body = json!({ "name": "Own", "owner_id": sam_id, "credit_limit": "500" });
    let own = made(&office.admin, "customer", &body).await;
    // Also where it would write what stands there: the answer tells nothing of it.
    for limit in ["500", "501"] {
        let body = json!({ "city": "Bonn", "credit_limit": limit });
        let answer = changes(&sam, &format!("customer/{own}"), "\"1\"", &body).await;
        answer.assert_problem(403, "not_permitted");
        assert_eq!(
            errors(&answer),
            [("credit_limit".to_owned(), "field_not_permitted".to_owned())]
        );
    }
    let shown: Value = get(&office.admin, &format!("customer/{own}")).await.read(200);
    assert_eq!((&shown["city"], &shown["version"]), (&Value::Null, &json!(1)));
    let denied = office.sql(
        "SELECT e.row_id || ' ' || (v.changes->>'field') FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
         WHERE action = 'customer.update' AND outcome = 'denied'",
    );
    assert_eq!(denied, vec![format!("{own} credit_limit"); 2]);
    let own_field = json!({ "name": "New", "tax_id": "DE136695976" });
    let answer = sam.post("/api/v1/customer").json(&own_field).send().await;
    answer.assert_problem(403, "not_permitted");
    assert_eq!(office.count("SELECT count(*) FROM customer"), 1);
}

#[tokio::test]
async fn a_record_that_is_hidden_cannot_be_changed_and_answers_as_if_it_were_not_there() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut sam = office.colleague("sam", "sales").await;
    sam.signs_in().await;
    let foreign = made(&office.admin, "customer", &json!({ "name": "Foreign" })).await;
    let nobody = uuid::Uuid::from_u128(7);
    let mut told = Vec::new();
    for id in [foreign, nobody] {
        let answer =
            changes(&sam, &format!("customer/{id}"), "\"1\"", &json!({ "city": "Bonn" })).await;
        answer.assert_problem(404, "not_found");
        told.push(answer.body);
    }
    assert_eq!(told[0], told[1]);
    let denied = "SELECT row_id FROM audit_entry WHERE action = 'customer.update' AND outcome = 'denied' ORDER BY at, id";
    assert_eq!(office.sql(denied), [foreign.to_string(), nobody.to_string()]);
}

#[tokio::test]
async fn of_two_who_change_the_same_version_one_is_told_to_look_again() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut mona = office.colleague("mona", "manager").await;
    mona.signs_in().await;
    let id = made(&office.admin, "customer", &json!({ "name": "Ada" })).await;
    let path = format!("customer/{id}");
    let (bonn, ulm) = (json!({ "city": "Bonn" }), json!({ "city": "Ulm" }));
    let (one, two) = tokio::join!(
        changes(&office.admin, &path, "\"1\"", &bonn),
        changes(&mona, &path, "\"1\"", &ulm),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(office.count("SELECT count(*) FROM attention"), 0);
}
