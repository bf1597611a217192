//! Records by their id in another system: found, written, and never two with one id.

use domain::masters::{CUSTOMER, SUPPLIER};
use domain::record::{Record, Value as Held};
use serde_json::{Value, json};
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};

use super::{errors, get, made};
use crate::support::{Answer, Person};
use crate::sync::desk::Desk;
use crate::sync::office::Office;

async fn puts(person: &Person, path: &str, body: &Value) -> Answer {
    person.request("PUT", &format!("/api/v1/{path}")).json(body).send().await
}

#[tokio::test]
async fn a_record_is_made_the_first_time_and_changed_afterwards() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    let answer =
        puts(admin, "customer/external/Shop%207/A%2F1", &json!({ "name": "Ada", "city": "Bonn" }))
            .await;
    answer.assert(201);
    let id = answer.json()["id"].clone();
    // Systems are told apart as people do, their ids letter by letter.
    let answer =
        puts(admin, "customer/external/shop%207/A%2F1", &json!({ "phone": "+49 30 1234567" }))
            .await;
    assert_eq!(answer.read::<Value>(200)["id"], id);
    let shown = get(admin, "customer/external/SHOP%207/A%2F1").await.json();
    assert_eq!(
        (&shown["id"], &shown["city"], &shown["phone"]),
        (&id, &json!("Bonn"), &json!("+49 30 1234567"))
    );
    for other in ["2", "a%2F1", "A%2F1%00"] {
        let path = format!("customer/external/Shop%207/{other}");
        get(admin, &path).await.assert_problem(404, "not_found");
    }
    let nameless = puts(admin, "customer/external/%20/9", &json!({ "name": "Ada" })).await;
    assert_eq!(errors(&nameless), [("external_ids".to_owned(), "blank_key".to_owned())]);
    // Each entity has ids of its own.
    puts(admin, "supplier/external/Shop%207/A%2F1", &json!({ "name": "Ada" })).await.assert(201);
    assert_eq!(office.count("SELECT count(*) FROM unique_entry"), 2);
}

#[tokio::test]
async fn several_people_who_write_one_new_record_by_its_foreign_id_make_one() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut people = Vec::new();
    for name in ["mona", "max", "mia", "moe"] {
        let mut person = office.colleague(name, "manager").await;
        person.signs_in().await;
        people.push(person);
    }
    let (path, ada) = ("customer/external/shop/77", json!({ "name": "Ada", "city": "Bonn" }));
    let writes = people.iter().map(|person| puts(person, path, &ada));
    let answers = futures_util::future::join_all(writes).await;
    let mut answers: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 200, 200, 201]);
    assert_eq!(office.count("SELECT count(*) FROM customer"), 1);
    assert_eq!(office.count("SELECT count(*) FROM attention"), 0);
}

#[tokio::test]
async fn an_id_of_another_system_stands_once_until_it_is_given_up() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    let ada = made(
        admin,
        "customer",
        &json!({ "name": "Ada", "external_ids": { "sap": "77", "crm": "1" } }),
    )
    .await;
    let taken = json!({ "name": "Bea", "external_ids": { "SAP": " 77 " } });
    let answer = admin.post("/api/v1/customer").json(&taken).send().await;
    answer.assert_problem(422, "invalid_fields");
    assert_eq!(errors(&answer), [("external_ids".to_owned(), "unique".to_owned())]);
    let request =
        admin.request("PATCH", &format!("/api/v1/customer/{ada}")).header("if-match", "*");
    request.json(&json!({ "external_ids": { "sap": null } })).send().await.assert(200);
    admin.post("/api/v1/customer").json(&taken).send().await.assert(201);
}

#[tokio::test]
async fn an_id_of_another_system_stands_once_over_the_sync_too() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut mona = Desk::filled(&office.colleague("mona", "manager").await).await;
    let with_id = |desk: &Desk, entity, name: &str| -> Record {
        let mut record = desk.drafts(entity, &[("name", name)]);
        let ids = [("sap".to_owned(), "77".to_owned())];
        record.values.set("external_ids", Held::Map(ids.into()));
        record
    };
    // Two in one push, and then one of somebody else.
    let (first, second) = (with_id(&anna, &CUSTOMER, "Ada"), with_id(&anna, &CUSTOMER, "Bea"));
    for record in [&first, &second, &with_id(&anna, &SUPPLIER, "Ada")] {
        anna.seal(draft::create(record));
    }
    let receipts = anna.pushes().await;
    assert!(matches!(receipts[0], Receipt::Applied { .. }), "{receipts:?}");
    assert!(matches!(receipts[2], Receipt::Applied { .. }), "{receipts:?}");
    let third = with_id(&mona, &CUSTOMER, "Cleo");
    mona.seal(draft::create(&third));
    for receipt in [&receipts[1], &mona.pushes().await[0]] {
        let Receipt::Rejected { code: RejectCode::Invalid, problems, .. } = receipt else {
            panic!("{receipt:?}");
        };
        assert_eq!(
            (problems[0].field.as_str(), problems[0].rule.as_str()),
            ("external_ids", "unique")
        );
    }
    // What Mona entered waits for her, whole.
    mona.pulls().await;
    assert_eq!(mona.attention().len(), 1);
}
