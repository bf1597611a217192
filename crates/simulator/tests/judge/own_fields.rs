//! Stories of a tenant's own fields: who may write them, how two edits of one record come together, and who is
//! told what.

use domain::attention::{self, ATTENTION};
use domain::masters::{CUSTOMER, OWN_FIELD};
use domain::permissions::StandardRole;
use domain::record::{Cell, Record};
use sync_protocol::device::draft;
use sync_protocol::projection::{Projection, is_visible};
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::row::WireRow;

use crate::office::{Office, edited};

impl Office {
    /// An own field of customers.
    fn declares(&mut self, name: &str, more: &[(&str, &str)]) -> Record {
        let base = [("name", name), ("entity", "customer"), ("field", name)];
        self.laid_down(&OWN_FIELD, &[&base[..], more].concat())
    }
}

/// Why each was refused: code, field and rule.
fn problems(receipts: &[Receipt]) -> Vec<(RejectCode, String, String)> {
    let mut refused = Vec::new();
    for receipt in receipts {
        let Receipt::Rejected { code, problems, .. } = receipt else { panic!("{receipt:?}") };
        refused.extend(problems.iter().map(|p| (*code, p.field.clone(), p.rule.clone())));
    }
    refused
}

#[test]
fn two_edit_different_own_fields_of_one_customer_and_both_stay() {
    for swap in [false, true] {
        let mut office = Office::new();
        office.declares("colour", &[]);
        office.declares("fee", &[("kind", "amount")]);
        let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("extra.colour", "blue")]);
        let mut desks = [office.desk(StandardRole::Manager), office.desk(StandardRole::Admin)];
        let mut edits = [("extra.colour", "red"), ("extra.fee", "12.50")];
        if swap {
            edits.reverse();
        }
        for (desk, edit) in desks.iter_mut().zip(edits) {
            let receipts = office.push(desk, vec![edited(&seen, &[edit])]);
            assert!(receipts[0].attention().is_none(), "{receipts:?}");
        }
        let stands = office.standing(&seen);
        assert_eq!(stands.values.own("colour"), Some("red"));
        // As its declaration writes it, whatever a program sent.
        assert_eq!(stands.values.own("fee"), Some("12.5"));
        assert_eq!(office.attention(), []);
    }
}

#[test]
fn two_edit_the_same_own_field_and_the_second_is_asked() {
    let mut office = Office::new();
    office.declares("colour", &[]);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("extra.colour", "blue")]);
    let mut desks = [office.desk(StandardRole::Manager), office.desk(StandardRole::Admin)];
    let edits = ["red", "green"].map(|word| edited(&seen, &[("extra.colour", word)]));
    let [one, two] = &mut desks;
    let [first, second] = edits;
    assert_eq!(office.push(one, vec![first]), [Receipt::Applied { version: 2 }]);
    let receipts = office.push(two, vec![second]);
    let [Receipt::Conflict { fields, .. }] = receipts.as_slice() else { panic!("{receipts:?}") };
    assert_eq!(fields, &["extra.colour"]);
    assert_eq!(office.standing(&seen).values.own("colour"), Some("red"));
    let item = ("extra.colour".to_owned(), "\"green\"".to_owned(), "\"red\"".to_owned());
    let expected = (two.grants.user_id, attention::CONFLICT.to_owned(), vec![item]);
    assert_eq!(office.attention(), [expected]);

    // Keeping one's own is an edit like any other.
    let open = office.hub.records().find(|record| record.entity().name == ATTENTION.name);
    let open = open.cloned().unwrap();
    let decision = draft::Decision { path: "extra.colour".into(), keep: attention::MINE.into() };
    let choice = draft::Choice { decisions: vec![decision], ..draft::Choice::default() };
    let standing = office.standing(&seen);
    let work = draft::resolve(&open, Some(&standing), &choice).unwrap();
    let receipts = office.push(two, work.into_iter().map(|drafted| drafted.intent).collect());
    assert!(receipts.iter().all(Receipt::has_effect), "{receipts:?}");
    assert_eq!(office.standing(&seen).values.own("colour"), Some("green"));
}

#[test]
fn a_reviewed_field_is_asked_for_whenever_the_record_was_changed_meanwhile() {
    let mut office = Office::new();
    office.declares("fee", &[("kind", "amount"), ("merge_rule", "reviewed")]);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("extra.fee", "10")]);
    let mut desks = [office.desk(StandardRole::Manager), office.desk(StandardRole::Admin)];
    let [one, two] = &mut desks;
    office.push(one, vec![edited(&seen, &[("city", "Bonn")])]);
    let edit = edited(&seen, &[("extra.fee", "12"), ("phone", "+49 30 1234567")]);
    let receipts = office.push(two, vec![edit]);
    assert!(matches!(receipts.as_slice(), [Receipt::Conflict { .. }]), "{receipts:?}");
    let stands = office.standing(&seen);
    assert_eq!(stands.values.own("fee"), Some("10"));
    assert_eq!(stands.get("phone").text(), Some("+49 30 1234567"));
    // Alone with the record nobody is asked.
    let receipts = office.push(two, vec![edited(&stands, &[("extra.fee", "12")])]);
    assert!(matches!(receipts.as_slice(), [Receipt::Applied { .. }]), "{receipts:?}");
}

#[test]
fn what_no_declaration_knows_or_takes_is_refused_by_its_name() {
    let mut office = Office::new();
    office.declares("fee", &[("kind", "amount")]);
    office.declares("due", &[("kind", "date"), ("required", "yes")]);
    let mut desk = office.desk(StandardRole::Admin);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("extra.due", "2026-01-31")]);
    let mut push = |field: &str, text: &str| {
        problems(&office.push(&mut desk, vec![edited(&seen, &[(field, text)])]))
    };
    let invalid =
        |field: &str, rule: &str| vec![(RejectCode::Invalid, field.to_owned(), rule.to_owned())];
    assert_eq!(push("extra.size", "9"), invalid("extra.size", "unknown_field"));
    assert_eq!(push("extra.fee", "much"), invalid("extra.fee", "not_a_number"));
    assert_eq!(push("extra.due", ""), invalid("extra.due", "required"));
    let new = office.record(&CUSTOMER, &[("name", "Grace")]);
    let receipts = office.push(&mut desk, vec![draft::create(&new)]);
    assert_eq!(problems(&receipts), invalid("extra.due", "required"));
}

#[test]
fn what_one_may_not_read_is_neither_sent_nor_written_nor_told() {
    let mut office = Office::new();
    office.declares("rating", &[("readers", "credit_limit")]);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("extra.rating", "doubtful")]);
    let mut sales = office.desk(StandardRole::Sales);
    let manager = office.desk(StandardRole::Manager);
    let sent = |grants| {
        let row = WireRow::of(&seen, &Projection::of(grants, &CUSTOMER));
        format!("{row:?}")
    };
    assert!(sent(&manager.grants).contains("doubtful"));
    assert!(!sent(&sales.grants).contains("doubtful"));

    let own = office.record(&CUSTOMER, &[("name", "Grace")]);
    assert!(office.push(&mut sales, vec![draft::create(&own)])[0].has_effect());
    let written = edited(&office.standing(&own), &[("extra.rating", "good"), ("city", "Bonn")]);
    let receipts = office.push(&mut sales, vec![written]);
    let expected = (RejectCode::NotPermitted, "extra.rating".to_owned());
    let told = problems(&receipts).into_iter().map(|(code, field, _)| (code, field));
    assert_eq!(told.collect::<Vec<_>>(), [expected]);
    assert!(office.standing(&own).get("city").is_null());
}

#[test]
fn everyone_holds_the_declarations_and_only_who_keeps_the_settings_changes_them() {
    let mut office = Office::new();
    let field = office.declares("colour", &[]);
    let mut sales = office.desk(StandardRole::Sales);
    let mut admin = office.desk(StandardRole::Admin);
    assert!(is_visible(&sales.grants, &field));
    let forged =
        office.record(&OWN_FIELD, &[("name", "Mine"), ("entity", "customer"), ("field", "mine")]);
    let intents = vec![draft::create(&forged), edited(&field, &[("readers", "payroll")])];
    for (code, ..) in problems(&office.push(&mut sales, intents)) {
        assert_eq!(code, RejectCode::NotPermitted);
    }
    // A name and a kind under which values were entered stay.
    let receipts = office.push(&mut admin, vec![edited(&field, &[("kind", "date")])]);
    assert_eq!(problems(&receipts)[0].2, "frozen");
    let again =
        office.record(&OWN_FIELD, &[("name", "C"), ("entity", "customer"), ("field", "colour")]);
    let receipts = office.push(&mut admin, vec![draft::create(&again)]);
    let taken = (RejectCode::Invalid, "code".to_owned(), "unique".to_owned());
    assert_eq!(problems(&receipts), [taken]);
}

#[test]
fn a_retired_field_takes_nothing_away_from_what_was_entered() {
    let mut office = Office::new();
    let field = office.declares("colour", &[]);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("extra.colour", "blue")]);
    let mut admin = office.desk(StandardRole::Admin);
    assert!(office.push(&mut admin, vec![draft::retire(&field)])[0].has_effect());
    // A device that has not heard of it yet.
    let receipts = office.push(&mut admin, vec![edited(&seen, &[("extra.colour", "red")])]);
    assert!(receipts[0].has_effect(), "{receipts:?}");
    let stands = office.standing(&seen);
    assert_eq!(stands.values.own("colour"), Some("red"));
    assert_eq!(stands.values.cell("extra.colour"), Some(Cell::from("red")));
}
