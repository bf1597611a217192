//! What a device of ours never sends and a program of somebody else may: the hub asks for its bounds itself.

use domain::masters::CUSTOMER;
use domain::permissions::StandardRole;
use domain::record::{ChildRow, Record, Value};
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use crate::office::Office;

fn rules(receipts: &[Receipt]) -> Vec<(&str, &str)> {
    let [Receipt::Rejected { code: RejectCode::Invalid, problems, .. }] = receipts else {
        panic!("{receipts:?}")
    };
    problems.iter().map(|problem| (problem.field.as_str(), problem.rule.as_str())).collect()
}

fn with_contacts(mut record: Record, count: u128) -> Record {
    let contact = CUSTOMER.child("customer_contact").unwrap();
    for id in 0..count {
        let mut values = contact.defaults();
        values.set("name", Value::Text("Grace".to_owned()));
        record.put_child(ChildRow { id: Uuid::from_u128(id + 1), values });
    }
    record
}

#[test]
fn nobody_gives_a_record_to_the_hub() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let mut record = office.record(&CUSTOMER, &[("name", "Ada")]);
    record.values.set("owner_id", Value::Id(Uuid::nil()));
    let receipts = office.push(&mut desk, vec![draft::create(&record)]);
    assert_eq!(rules(&receipts), [("owner_id", "not_an_id")]);
}

#[test]
fn more_rows_than_a_record_may_have_are_refused_whole() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let record = with_contacts(office.record(&CUSTOMER, &[("name", "Ada")]), 1_001);
    let receipts = office.push(&mut desk, vec![draft::create(&record)]);
    assert_eq!(rules(&receipts), [("customer_contact", "too_many_rows")]);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Bo")]);
    let update = draft::update(&seen, &with_contacts(seen.clone(), 1_001)).unwrap();
    assert_eq!(
        rules(&office.push(&mut desk, vec![update])),
        [("customer_contact", "too_many_rows")]
    );
    assert!(office.standing(&seen).children().is_empty());
}
