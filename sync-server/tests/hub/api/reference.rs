//! Records named by code, key or id in another system: in a document, in a filter, in a path.

use serde_json::{Value, json};

use super::{errors, get, made};
use crate::support::Person;
use crate::sync::office::Office;

/// A payment term, two suppliers (one known to SAP), and an item category.
async fn shelf(admin: &Person) -> [uuid::Uuid; 3] {
    let terms = json!({ "code": "NET30", "name": "30 days",
        "payment_instalment": [{ "portion": "100", "days": 30 }] });
    let terms = made(admin, "payment_terms", &terms).await;
    let kontor = json!({ "code": "S-1", "name": "Kontor", "external_ids": { "sap": "4711" } });
    let kontor = made(admin, "supplier", &kontor).await;
    let category = made(admin, "item_category", &json!({ "code": "B", "name": "Bolts" })).await;
    [terms, kontor, category]
}

#[tokio::test]
async fn a_document_refers_to_records_by_what_they_are_called() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    let [terms, kontor, category] = shelf(admin).await;
    let customer =
        json!({ "name": "Ada", "currency": "code:eur", "payment_terms": "code: net30 " });
    let customer = made(admin, "customer", &customer).await;
    let shown = get(admin, &format!("customer/{customer}")).await.json();
    assert_eq!(shown["payment_terms"], json!(terms));
    let euro = get(admin, "currency/code:EUR").await.json();
    assert_eq!(shown["currency"], euro["id"]);
    // In the rows of a document as well.
    let item = json!({
        "sku": "B-1", "name": "Bolt", "uom": "code:H87", "category": "code:b",
        "item_supplier": [{ "supplier": "external:SAP/4711" }],
    });
    let item = made(admin, "item", &item).await;
    let shown = get(admin, "item/code:b-1").await.json();
    assert_eq!((&shown["id"], &shown["category"]), (&json!(item), &json!(category)));
    assert_eq!(shown["item_supplier"][0]["supplier"], json!(kontor));
    assert_eq!(get(admin, "supplier/external:sap%2F4711").await.json()["id"], json!(kontor));

    let body = json!({
        "sku": "B-2", "name": "Nut", "uom": "code:nope", "category": "B",
        "item_supplier": [{ "supplier": "external:sap/4712" }],
    });
    let answer = admin.post("/api/v1/item").json(&body).send().await;
    answer.assert_problem(422, "invalid_fields");
    let error = |field: &str, rule: &str| (field.to_owned(), rule.to_owned());
    let unknown = "unknown_reference";
    assert_eq!(
        errors(&answer),
        [error("item_supplier[0].supplier", unknown), error("uom", unknown)]
    );
    // What was deleted is not chosen again.
    admin.request("DELETE", "/api/v1/item_category/code:B").send().await.assert(200);
    let body = json!({ "category": "code:B" });
    let path = format!("/api/v1/item/{item}");
    let answer = admin.request("PATCH", &path).header("if-match", "*").json(&body).send().await;
    answer.assert_problem(422, "invalid_fields");
    assert_eq!(errors(&answer), [error("category", "deleted_reference")]);
}

#[tokio::test]
async fn a_filter_refers_to_records_by_what_they_are_called() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    shelf(admin).await;
    for (name, terms) in [("Ada", json!("code:NET30")), ("Bea", Value::Null)] {
        made(admin, "customer", &json!({ "name": name, "payment_terms": terms })).await;
    }
    let page = get(admin, "customer?filter[payment_terms]=code:net30&total=true").await.json();
    assert_eq!((&page["total"], &page["items"][0]["name"]), (&json!(1), &json!("Ada")));
    let answer = get(admin, "customer?filter[payment_terms]=code:NET60").await;
    answer.assert_problem(422, "invalid_fields");
    let unknown = ("payment_terms".to_owned(), "unknown_reference".to_owned());
    assert_eq!(errors(&answer), [unknown]);
}

#[tokio::test]
async fn a_record_that_is_hidden_is_called_nothing() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut sam = office.colleague("sam", "sales").await;
    let sam_id = sam.signs_in().await.user_id;
    let foreign = json!({ "code": "K-1", "name": "Foreign", "external_ids": { "sap": "1" } });
    made(&office.admin, "customer", &foreign).await;
    let own = json!({ "code": "K-2", "name": "Own", "owner_id": sam_id });
    made(&office.admin, "customer", &own).await;
    get(&sam, "customer/code:K-2").await.assert(200);
    let told = async |path: &str| {
        let mut body = get(&sam, path).await.json();
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    for (hidden, absent) in [
        ("customer/code:K-1", "customer/code:K-9"),
        ("customer/external/sap/1", "customer/external/sap/9"),
    ] {
        assert_eq!(told(hidden).await, told(absent).await);
        assert_eq!(told(hidden).await["status"], 404);
    }
}
