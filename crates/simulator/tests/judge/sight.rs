//! What the judge gives away of a record, and to whom; how an item of Attention names it.

use domain::attention::{self, ATTENTION, FIELD_ROWS};
use domain::masters::{CUSTOMER, SUPPLIER};
use domain::permissions::StandardRole;
use domain::record::Cell;
use sync_protocol::device::draft;
use sync_protocol::receipt::Receipt;

use crate::office::{Office, edited};

#[test]
fn a_witness_of_a_hidden_field_is_answered_the_same_whatever_it_says() {
    let answers = ["DE136695976", "DE811569869", ""].map(|guess| {
        let mut office = Office::new();
        let mut sales = office.desk(StandardRole::Sales);
        let owner = sales.grants.user_id.to_string();
        let fields =
            [("name", "Ada"), ("country", "DE"), ("tax_id", "DE136695976"), ("owner_id", &owner)];
        let seen = office.laid_down(&CUSTOMER, &fields);
        let mut intent = edited(&seen, &[("country", "KE")]);
        let witness = intent.changes.fields.iter_mut().find(|change| change.field == "tax_id");
        let witness = witness.unwrap();
        (witness.from, witness.to) = (Some(Cell::from(guess)), Cell::from(guess));
        let receipts = office.push(&mut sales, vec![intent]);
        assert_eq!(office.attention(), []);
        receipts
    });
    assert!(answers.iter().all(|answer| *answer == [Receipt::Applied { version: 2 }]));
}

#[test]
fn whoever_deleted_is_not_told_a_sensitive_value_that_another_wrote() {
    let mut office = Office::new();
    let (mut deleter, mut editor) =
        (office.desk(StandardRole::Manager), office.desk(StandardRole::Accountant));
    office.employs(&deleter);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada")]);
    let wrote = [("iban", "DE89370400440532013000"), ("city", "Bonn")];
    let edit = edited(&seen, &wrote);
    office.push(&mut deleter, vec![draft::retire(&seen)]);
    office.push(&mut editor, vec![edit]);
    let items = office.attention();
    let [(owner, kind, rows)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((*owner, kind.as_str()), (deleter.grants.user_id, attention::RETIRED_EDIT));
    let told = |path: &str| rows.iter().find(|row| row.0 == path).unwrap();
    assert_eq!((told("iban").1.as_str(), told("iban").2.as_str()), ("", ""));
    assert_eq!(told("city").2, "\"Bonn\"");
    assert_eq!(office.standing(&seen).get("iban").text(), Some(wrote[0].1));
}

#[test]
fn refused_work_on_a_record_is_told_by_the_records_name() {
    let mut office = Office::new();
    let mut sales = office.desk(StandardRole::Sales);
    let owner = sales.grants.user_id.to_string();
    let known = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("owner_id", &owner)]);
    let hidden = office.laid_down(&SUPPLIER, &[("name", "Northwind")]);
    let waiting = {
        let intent = edited(&known, &[("phone", "+49 30 1234567")]);
        let missing = office.id();
        office.seal(&mut sales, intent, vec![missing])
    };
    office.send(&sales, vec![waiting]).unwrap();
    let refused = vec![
        edited(&known, &[("credit_limit", "5")]),
        draft::retire(&known),
        edited(&hidden, &[("city", "Bonn")]),
    ];
    office.push(&mut sales, refused);
    let titles: Vec<_> = office
        .hub
        .records()
        .filter(|record| record.entity().name == ATTENTION.name)
        .map(|item| (item.get("entity").text().unwrap(), item.get("title").text()))
        .collect();
    let ada = ("customer", Some("Ada"));
    assert_eq!(titles, [ada, ada, ada, ("supplier", None)]);
}

#[test]
fn what_was_typed_is_kept_to_the_last_sign_though_nobody_sees_it() {
    let mut office = Office::new();
    let mut sales = office.desk(StandardRole::Sales);
    let typed = "\n\u{303}e\u{301}\u{200b}";
    let mut intent = draft::create(&office.record(&CUSTOMER, &[("name", "Ada")]));
    intent.changes.fields[0].field = "no_such_field".to_owned();
    intent.changes.fields[0].to = Cell::from(typed);
    office.push(&mut sales, vec![intent]);
    let items = office.attention();
    let kept = items[0].2.iter().find(|row| row.0 == "no_such_field").unwrap();
    assert_eq!(kept.1, r#""\n\u0303e\u0301\u200b""#);
    // As it is read on the device, so that both sides hold the same.
    let field = ATTENTION.child(FIELD_ROWS).unwrap().field("mine").unwrap();
    assert_eq!(field.kind.read(&Cell::from(kept.1.as_str())).unwrap().text(), Some(&*kept.1));
}

#[test]
fn what_was_only_seen_is_not_told_back_to_whoever_may_not_see_it_any_more() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Sales);
    let stays = office.laid_down(&SUPPLIER, &[("name", "Zaunkönig")]);
    let goes = office.laid_down(&SUPPLIER, &[("name", "Goldammer")]);
    // Drafted while they were a manager.
    let receipts = office.push(&mut desk, vec![draft::merge(&stays, &goes, &[])]);
    assert!(matches!(&receipts[..], [Receipt::Rejected { .. }]), "{receipts:?}");
    let titles = office.hub.records().filter(|record| record.entity().name == ATTENTION.name);
    let titles: Vec<_> = titles.map(|item| item.get("title").text()).collect();
    assert_eq!(titles, [None]);
}
