//! A write that is sent again with its key: one effect, and the first answer byte for byte.

use serde_json::{Value, json};

use super::get;
use crate::support::{Answer, Person};
use crate::sync::office::Office;

async fn sends(person: &Person, method: &str, path: &str, key: &str, body: &Value) -> Answer {
    let request = person.request(method, &format!("/api/v1/{path}")).header("if-match", "\"1\"");
    let request = match method {
        "POST" => person.request(method, &format!("/api/v1/{path}")),
        _ => request,
    };
    request.header("idempotency-key", key).json(body).send().await
}

fn same(first: &Answer, again: &Answer) {
    assert_eq!((first.status, &first.body), (again.status, &again.body), "{}", again.text());
    for name in ["etag", "location", "content-type"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_repeat_has_no_second_effect_and_gets_the_same_answer() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    let body = json!({ "name": "Ada", "code": "K-1" });
    let first = sends(admin, "POST", "customer", "order-1", &body).await;
    first.assert(201);
    let again = sends(admin, "POST", "customer", "order-1", &body).await;
    same(&first, &again);
    assert_eq!(office.count("SELECT count(*) FROM customer"), 1);

    let path = format!("customer/{}", first.json()["id"].as_str().unwrap());
    let change = json!({ "city": "Bonn" });
    let changed = sends(admin, "PATCH", &path, "change-1", &change).await;
    changed.assert(200);
    // The version that it names is long past; the answer is that of the first time all the same.
    same(&changed, &sends(admin, "PATCH", &path, "change-1", &change).await);
    assert_eq!(get(admin, &path).await.json()["version"], 2);

    // A refusal is an answer too.
    let wrong = json!({ "name": "Bea", "code": "k-1" });
    let refused = sends(admin, "POST", "customer", "order-2", &wrong).await;
    refused.assert(409);
    same(&refused, &sends(admin, "POST", "customer", "order-2", &wrong).await);
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_person() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut mona = office.colleague("mona", "manager").await;
    mona.signs_in().await;
    let body = json!({ "name": "Ada" });
    sends(&office.admin, "POST", "customer", "k", &body).await.assert(201);
    for (path, other) in [("customer", json!({ "name": "Bea" })), ("supplier", body.clone())] {
        let answer = sends(&office.admin, "POST", path, "k", &other).await;
        answer.assert_problem(409, "key_reused");
    }
    assert_eq!(office.count("SELECT count(*) FROM customer"), 1);
    let noted =
        "SELECT count(*) FROM audit_entry WHERE action = 'api.key_reused' AND outcome = 'denied'";
    assert_eq!(office.count(noted), 2);
    // Somebody else's key of the same text is another.
    sends(&mona, "POST", "customer", "k", &body).await.assert(201);
    let answer = sends(&office.admin, "POST", "customer", "with blank", &body).await;
    answer.assert_problem(422, "invalid_fields");
}

#[tokio::test]
async fn the_same_request_at_the_same_time_is_done_once() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let body = json!({ "name": "Ada" });
    let send = || sends(&office.admin, "POST", "customer", "at-once", &body);
    let (one, two, three) = tokio::join!(send(), send(), send());
    one.assert(201);
    same(&one, &two);
    same(&one, &three);
    assert_eq!(office.count("SELECT count(*) FROM customer"), 1);
}
