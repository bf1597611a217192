//! Two devices change the same, each without knowing of the other.

use domain::masters::{CUSTOMER, ITEM, UNIT};
use domain::record::{ChildRow, Record, Value};
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};

use super::desk::Desk;
use super::office::Office;

#[tokio::test]
async fn phone_and_city_survive_and_the_e_mail_is_asked_about() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let miller = anna.creates(
        &CUSTOMER,
        &[("name", "Miller"), ("phone", "+44 113 496 0001"), ("email", "old@miller.example")],
    );
    assert!(matches!(anna.syncs().await[..], [Receipt::Applied { version: 1 }]));
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    anna.edits(
        "customer",
        miller,
        &[("phone", "+44 113 496 0002"), ("email", "anna@miller.example")],
    );
    bob.edits("customer", miller, &[("city", "Leeds"), ("email", "bob@miller.example")]);
    assert!(matches!(anna.syncs().await[..], [Receipt::Applied { version: 2 }]));
    let receipts = bob.syncs().await;
    let [Receipt::Conflict { version: 3, attention, fields }] = &receipts[..] else {
        panic!("{receipts:?}");
    };
    assert_eq!(fields, &["email"]);
    anna.syncs().await;
    for desk in [&anna, &bob] {
        assert_eq!(desk.text("customer", miller, "phone"), "+44 113 496 0002");
        assert_eq!(desk.text("customer", miller, "city"), "Leeds");
        assert_eq!(desk.text("customer", miller, "email"), "anna@miller.example");
    }
    assert!(anna.attention().is_empty());
    let items = bob.attention();
    assert_eq!(items.iter().map(|item| item.id()).collect::<Vec<_>>(), [*attention]);
    let row = &items[0].collection("attention_field")[0].values;
    assert_eq!(row.get("path").text(), Some("email"));
    assert_eq!(row.get("mine").text(), Some("\"bob@miller.example\""));
    assert_eq!(row.get("theirs").text(), Some("\"anna@miller.example\""));
    assert_eq!(row.get("base").text(), Some("\"old@miller.example\""));
}

#[tokio::test]
async fn a_deletion_and_an_edit_end_the_same_in_both_orders() {
    for edit_first in [true, false] {
        let office = Office::open().await;
        let mut anna = Desk::filled(&office.admin).await;
        let piece = anna.creates(
            &UNIT,
            &[("name", "km per hour"), ("unece_code", "KMH"), ("dimension", "other")],
        );
        let receipts = anna.syncs().await;
        assert!(matches!(receipts[..], [Receipt::Applied { .. }]), "{receipts:?}");
        let piece = piece.to_string();
        let item = anna.creates(&ITEM, &[("name", "Chair"), ("sku", "C-1"), ("uom", &piece)]);
        anna.syncs().await;
        let bob = office.colleague("bob", "manager").await;
        let mut bob = Desk::filled(&bob).await;
        anna.retires("item", item);
        bob.edits("item", item, &[("name", "Armchair")]);
        if edit_first {
            bob.syncs().await;
            anna.syncs().await;
        } else {
            anna.syncs().await;
            bob.syncs().await;
        }
        anna.syncs().await;
        bob.syncs().await;
        for desk in [&anna, &bob] {
            let record = desk.holds("item", item);
            assert!(!record.is_retired(), "edit first: {edit_first}");
            assert!(!record.get("active").is_true());
            assert_eq!(record.get("name").text(), Some("Armchair"));
        }
        // Whoever deleted it is told, in both orders.
        assert_eq!(anna.attention().len(), 1, "edit first: {edit_first}");
        assert_eq!(anna.attention()[0].get("kind").text(), Some("retired_edit"));
        assert!(bob.attention().is_empty());
    }
}

#[tokio::test]
async fn the_later_of_two_equal_codes_gets_a_provisional_one() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    let first = anna.creates(&CUSTOMER, &[("name", "Miller"), ("code", "C-100")]);
    let second = bob.creates(&CUSTOMER, &[("name", "Smith"), ("code", "c-100 ")]);
    assert!(matches!(anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert!(matches!(bob.syncs().await[..], [Receipt::Conflict { .. }]));
    anna.syncs().await;
    assert_eq!(anna.text("customer", first, "code"), "C-100");
    assert!(anna.text("customer", second, "code").starts_with("c-100~"));
    assert_eq!(bob.attention()[0].get("kind").text(), Some("value_taken"));
    assert_eq!(anna.copy.iter().filter(|((e, _), _)| e == "customer").count(), 2);
}

#[tokio::test]
async fn a_code_that_one_op_gives_up_is_free_for_the_next_one() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let a = anna.creates(&CUSTOMER, &[("name", "A"), ("code", "one")]);
    let b = anna.creates(&CUSTOMER, &[("name", "B"), ("code", "two")]);
    anna.syncs().await;
    // A swap in three steps: in the table, both values move at once.
    anna.edits("customer", a, &[("code", "spare")]);
    anna.edits("customer", b, &[("code", "one")]);
    let mut seen = anna.holds("customer", a).clone();
    super::desk::write(&mut seen, &[("code", "spare")]);
    let mut left = seen.clone();
    super::desk::write(&mut left, &[("code", "two")]);
    anna.seal(sync_protocol::device::draft::update(&seen, &left).unwrap());
    let receipts = anna.syncs().await;
    assert!(receipts.iter().all(Receipt::has_effect), "{receipts:?}");
    assert_eq!(anna.text("customer", a, "code"), "two");
    assert_eq!(anna.text("customer", b, "code"), "one");
}

#[tokio::test]
async fn one_bad_op_among_many_is_refused_alone_and_what_was_entered_is_kept() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    for number in 0..20 {
        let name = format!("Customer {number}");
        anna.creates(&CUSTOMER, &[("name", &name), ("code", &format!("C{number}"))]);
    }
    let mut bad = anna.drafts(&CUSTOMER, &[("name", "Nowhere")]);
    let nothing = uuid::Uuid::from_u128(99).to_string();
    super::desk::write(&mut bad, &[("currency", &nothing)]);
    anna.seal(sync_protocol::device::draft::create(&bad));
    for number in 20..40 {
        anna.creates(&CUSTOMER, &[("name", &format!("Customer {number}"))]);
    }
    let receipts = anna.syncs().await;
    let Receipt::Rejected { code: RejectCode::Invalid, problems, attention: Some(_) } =
        &receipts[20]
    else {
        panic!("{:?}", receipts[20]);
    };
    assert_eq!(
        (problems[0].field.as_str(), problems[0].rule.as_str()),
        ("currency", "unknown_reference")
    );
    assert_eq!(receipts.iter().filter(|receipt| receipt.has_effect()).count(), 40);
    assert_eq!(anna.attention()[0].get("title").text(), Some("Nowhere"));
}

#[tokio::test]
async fn what_only_the_database_refuses_does_not_fail_its_neighbours() {
    let office = Office::open().await;
    // A rule that the judge does not know of, checked at the end of the transaction.
    office.sql(
        "CREATE FUNCTION no_thirteen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF NEW.name = 'Thirteen' THEN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END IF;
             RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER no_thirteen AFTER INSERT ON customer DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION no_thirteen()",
    );
    let mut anna = Desk::filled(&office.admin).await;
    for name in ["One", "Two", "Thirteen", "Four", "Five", "Six", "Seven"] {
        anna.creates(&CUSTOMER, &[("name", name)]);
    }
    let receipts = anna.syncs().await;
    let refused: Vec<_> = receipts.iter().map(|receipt| !receipt.has_effect()).collect();
    assert_eq!(refused, [false, false, true, false, false, false, false]);
    assert_eq!(anna.attention().len(), 1);
    assert_eq!(anna.attention()[0].get("title").text(), Some("Thirteen"));
    assert_eq!(office.count("SELECT count(*) FROM customer"), 6);
}

/// A row of this id among the record's addresses.
fn put_address(record: &mut Record, id: uuid::Uuid, city: &str) {
    let entity = CUSTOMER.child("customer_address").unwrap();
    let mut values = entity.defaults();
    values.set("address_type", Value::Text("billing".to_owned()));
    values.set("city", Value::Text(city.to_owned()));
    record.put_child(ChildRow { id, values });
}

fn cities(desk: &Desk, customer: uuid::Uuid) -> Vec<&str> {
    let rows = desk.holds("customer", customer).collection("customer_address").into_iter();
    rows.filter_map(|row| row.values.get("city").text()).collect()
}

#[tokio::test]
async fn rows_of_two_records_may_have_the_same_id() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let row = daybook_server::ids::opaque_id();
    let mut customers = Vec::new();
    for (name, city) in [("Miller", "Leeds"), ("Smith", "York"), ("Baker", "Hull")] {
        let mut record = anna.drafts(&CUSTOMER, &[("name", name)]);
        put_address(&mut record, row, city);
        anna.seal(draft::create(&record));
        customers.push(record.id());
    }
    let receipts = anna.syncs().await;
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Applied { .. })), "{receipts:?}");
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    for (customer, city) in customers.iter().zip(["Leeds", "York", "Hull"]) {
        assert_eq!((cities(&anna, *customer), cities(&bob, *customer)), (vec![city], vec![city]));
    }

    // One row is edited and another one taken out; each change stays with its own record.
    let seen = anna.holds("customer", customers[0]).clone();
    let mut left = seen.clone();
    put_address(&mut left, row, "Bath");
    anna.seal(draft::update(&seen, &left).unwrap());
    let seen = anna.holds("customer", customers[1]).clone();
    let mut left = seen.clone();
    left.remove_child("customer_address", row);
    anna.seal(draft::update(&seen, &left).unwrap());
    let receipts = anna.syncs().await;
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Applied { .. })), "{receipts:?}");
    bob.syncs().await;
    for desk in [&anna, &bob] {
        let all: Vec<Vec<&str>> = customers.iter().map(|id| cities(desk, *id)).collect();
        assert_eq!(all, [vec!["Bath"], vec![], vec!["Hull"]]);
    }
}
