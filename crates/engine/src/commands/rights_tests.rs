//! What a person at a device may not see, and what running out of rights leaves.

use chrono::TimeDelta;
use contract::{FailureCode, Filter, ListRequest, Relation};
use domain::masters::CUSTOMER;
use domain::permissions::{FieldKey, FieldRight, StandardRole};
use uuid::Uuid;

use super::tests::{described, fields, get, list, request, save, to};
use crate::desk::{BEN, Desk, rights};

#[tokio::test]
async fn a_field_that_may_not_be_read_is_nowhere_and_cannot_be_found_out() {
    let desk = Desk::of(StandardRole::InventoryManager);
    let customer = desk.record(&CUSTOMER, &[("name", "Ada"), ("city", "Bonn")]);
    desk.receive(std::slice::from_ref(&customer));
    let entities = described(&desk);
    let customers = entities.iter().find(|entity| entity.name == "customer").unwrap();
    assert!(customers.fields.iter().any(|field| field.name == "city"));
    assert!(!customers.fields.iter().any(|field| field.name == "credit_limit"));
    assert!(
        !get(&desk, "customer", &customer.id().to_string())
            .unwrap()
            .fields
            .contains_key("credit_limit")
    );
    let filter =
        Filter { field: "credit_limit".to_owned(), value: "1".to_owned(), relation: Relation::Is };
    let filtered = ListRequest { filters: vec![filter], ..request("customer") };
    assert_eq!(list(&desk, filtered).unwrap_err().code, FailureCode::Usage);
    let sorted = ListRequest { sort: Some("-credit_limit".to_owned()), ..request("customer") };
    assert_eq!(list(&desk, sorted).unwrap_err().code, FailureCode::Usage);
    let written = save(&desk, "customer", Some(customer.id()), fields(&[("credit_limit", "5")]));
    assert_eq!(written.unwrap_err().code, FailureCode::NotPermitted);
}

#[tokio::test]
async fn an_entity_without_the_right_to_it_is_refused_and_not_described() {
    let desk = Desk::of(StandardRole::Sales);
    assert!(!described(&desk).iter().any(|entity| entity.name == "supplier"));
    assert_eq!(list(&desk, request("supplier")).unwrap_err().code, FailureCode::NotPermitted);
    assert_eq!(get(&desk, "supplier", "S1").unwrap_err().code, FailureCode::NotPermitted);
    let made = save(&desk, "supplier", None, fields(&[("name", "Forged")]));
    assert_eq!(made.unwrap_err().code, FailureCode::NotPermitted);
    assert_eq!(list(&desk, request("unicorn")).unwrap_err().code, FailureCode::Usage);
}

#[tokio::test]
async fn a_row_of_somebody_else_answers_as_one_that_does_not_exist() {
    let desk = Desk::of(StandardRole::Sales);
    let mut customer = desk.record(&CUSTOMER, &[("name", "Ada"), ("code", "K-1")]);
    customer.values.set("owner_id", domain::record::Value::Id(BEN));
    desk.receive(std::slice::from_ref(&customer));
    let absent = get(&desk, "customer", &Uuid::from_u128(1).to_string()).unwrap_err();
    let hidden = get(&desk, "customer", &customer.id().to_string()).unwrap_err();
    assert_eq!(absent, hidden);
    assert_eq!(get(&desk, "customer", "K-1").unwrap_err(), absent);
    let edited = save(&desk, "customer", Some(customer.id()), fields(&[("city", "Bonn")]));
    assert_eq!(edited.unwrap_err(), absent);
    assert!(list(&desk, request("customer")).unwrap().records.is_empty());
}

#[tokio::test]
async fn a_required_value_that_may_not_be_read_does_not_stop_an_edit() {
    let mut grants = rights(StandardRole::Manager);
    grants.fields.insert(FieldKey::new("customer_contact", "name"), FieldRight::NONE);
    let desk = Desk::with(grants);
    let mut customer = desk.record(&CUSTOMER, &[("name", "Ada")]);
    // As the hub sends it to somebody who may not read the name of a contact: without it.
    let contacts = CUSTOMER.child("customer_contact").unwrap();
    customer.put_child(testkit::records::child(contacts, Uuid::from_u128(5), &[]));
    desk.receive(std::slice::from_ref(&customer));
    save(&desk, "customer", Some(customer.id()), fields(&[("city", "Bonn")])).unwrap();
    assert_eq!(desk.waiting().len(), 1);
}

#[tokio::test]
async fn what_is_written_unread_goes_out_without_a_base() {
    let mut grants = rights(StandardRole::Manager);
    grants.fields.insert(FieldKey::new("customer", "credit_limit"), FieldRight::WRITE);
    let desk = Desk::with(grants);
    let customer = desk.record(&CUSTOMER, &[("name", "Ada")]);
    desk.receive(std::slice::from_ref(&customer));
    let saved =
        save(&desk, "customer", Some(customer.id()), fields(&[("credit_limit", "500")])).unwrap();
    assert!(!saved.record.fields.contains_key("credit_limit"), "nothing is shown back");
    assert_eq!(desk.waiting()[0].intent.changes.fields, [to("credit_limit", "500")]);
}

#[tokio::test]
async fn rights_that_ran_out_leave_reading_and_then_nothing() {
    let desk = Desk::of(StandardRole::Manager);
    desk.pass(TimeDelta::days(13));
    save(&desk, "customer", None, fields(&[("name", "Ada")])).unwrap();
    desk.pass(TimeDelta::days(2));
    assert_eq!(list(&desk, request("customer")).unwrap().total, 1);
    let late = save(&desk, "customer", None, fields(&[("name", "Bo")])).unwrap_err();
    assert_eq!((late.code, late.code.exit_code()), (FailureCode::LeaseExpired, 3));
    // A clock that is set back gives nothing back.
    desk.pass(TimeDelta::days(-10));
    assert!(save(&desk, "customer", None, fields(&[("name", "Bo")])).is_err());
    desk.pass(TimeDelta::days(20));
    assert_eq!(list(&desk, request("customer")).unwrap_err().code, FailureCode::LeaseExpired);
}
