//! Stories of the judge: what people do at two desks, and what the hub makes of it.

// A test may stop at once; clippy knows that only of functions marked as tests.
#![allow(clippy::unwrap_used)]

mod bounds;
mod merging;
mod office;
mod own_fields;
mod sight;

use domain::attention::{self, ATTENTION};
use domain::masters::{ACCOUNT, CUSTOMER, ITEM, SUPPLIER, UNIT};
use domain::permissions::StandardRole;
use domain::record::Cell;
use simulator::hub::PushRefused;
use sync_protocol::device::draft::{self, Choice};
use sync_protocol::op::SealedOp;
use sync_protocol::receipt::{Receipt, RejectCode};

use crate::office::{Desk, Office, edited};

#[test]
fn two_edit_a_customer_and_only_the_email_needs_a_person_in_either_order() {
    for swap in [false, true] {
        let mut office = Office::new();
        let mut desks = [office.desk(StandardRole::Manager), office.desk(StandardRole::Admin)];
        let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("email", "a@example.com")]);
        let phone = [("phone", "+49 30 1234567"), ("email", "one@example.com")];
        let city = [("city", "Bonn"), ("email", "two@example.com")];
        let (first, second) = if swap { (city, phone) } else { (phone, city) };
        let [one, two] = &mut desks;
        assert_eq!(
            office.push(one, vec![edited(&seen, &first)]),
            [Receipt::Applied { version: 2 }]
        );
        let receipts = office.push(two, vec![edited(&seen, &second)]);
        let [Receipt::Conflict { version: 3, fields, .. }] = receipts.as_slice() else {
            panic!("{receipts:?}")
        };
        assert_eq!(fields, &["email"]);
        let stands = office.standing(&seen);
        assert_eq!(stands.get("phone").text(), Some("+49 30 1234567"));
        assert_eq!(stands.get("city").text(), Some("Bonn"));
        assert_eq!(stands.get("email").text(), Some(first[1].1));
        let json = |text: &str| format!("\"{text}\"");
        assert_eq!(
            office.attention(),
            [(
                two.grants.user_id,
                attention::CONFLICT.to_owned(),
                vec![("email".to_owned(), json(second[1].1), json(first[1].1))]
            )]
        );
    }
}

#[test]
fn an_item_deleted_by_one_and_edited_by_the_other_is_back_inactive_in_either_order() {
    for retire_first in [true, false] {
        let mut office = Office::new();
        let (mut deleter, mut editor) =
            (office.desk(StandardRole::Admin), office.desk(StandardRole::Manager));
        office.employs(&deleter);
        let unit = office
            .laid_down(&UNIT, &[("name", "Piece"), ("unece_code", "C62"), ("dimension", "count")]);
        let uom = unit.id().to_string();
        let seen = office.laid_down(&ITEM, &[("name", "Bolt"), ("sku", "B1"), ("uom", &uom)]);
        let edit = edited(&seen, &[("sales_price", "2.50")]);
        let retire = draft::retire(&seen);
        if retire_first {
            office.push(&mut deleter, vec![retire]);
            office.push(&mut editor, vec![edit]);
        } else {
            office.push(&mut editor, vec![edit]);
            office.push(&mut deleter, vec![retire]);
        }
        let stands = office.standing(&seen);
        assert!(!stands.is_retired());
        assert!(!stands.get("active").is_true());
        assert_eq!(stands.get("sales_price").to_cell(), Cell::from("2.5"));
        let items = office.attention();
        let [(owner, kind, rows)] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!((*owner, kind.as_str()), (deleter.grants.user_id, attention::RETIRED_EDIT));
        assert_eq!(rows[0], ("*".into(), "\"deleted\"".into(), "\"edited\"".into()));
        assert_eq!(rows[1].0, "sales_price");
        assert_eq!(rows[1].2.trim_matches('"').trim_end_matches('0'), "2.5");
    }
}

#[test]
fn whoever_deleted_a_record_brings_it_back_as_it_was_by_working_with_it() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada")]);
    office.push(&mut desk, vec![draft::retire(&seen)]);
    let gone = office.standing(&seen);
    office.push(&mut desk, vec![draft::bring_back(&gone, &gone)]);
    let back = office.standing(&seen);
    assert_eq!((back.is_retired(), &back.values), (false, &seen.values));
    assert_eq!(office.attention(), []);
}

#[test]
fn a_record_that_somebody_else_deleted_is_brought_back_by_whoever_saw_that() {
    let mut office = Office::new();
    let mut deleter = office.desk(StandardRole::Admin);
    let mut desk = office.desk(StandardRole::Manager);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada"), ("city", "Kiel")]);
    office.push(&mut deleter, vec![draft::retire(&seen)]);
    let gone = office.standing(&seen);
    office.push(&mut desk, vec![draft::bring_back(&gone, &gone)]);
    let back = office.standing(&seen);
    assert_eq!((back.is_retired(), &back.values), (false, &seen.values));
    assert_eq!(office.attention(), []);
}

#[test]
fn a_second_customer_with_the_same_code_gets_a_provisional_one() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Sales);
    office.laid_down(&CUSTOMER, &[("name", "Ada"), ("code", "C-1")]);
    let late = office.record(&CUSTOMER, &[("name", "Grace"), ("code", "c-1")]);
    let receipts = office.push(&mut desk, vec![draft::create(&late)]);
    assert!(matches!(receipts.as_slice(), [Receipt::Conflict { .. }]), "{receipts:?}");
    let stands = office.standing(&late);
    assert!(stands.get("code").text().unwrap().starts_with("c-1~"));
    assert_eq!(office.attention()[0].1, attention::VALUE_TAKEN);
}

#[test]
fn a_forged_supplier_of_a_person_without_the_right_is_refused_and_audited() {
    let mut office = Office::new();
    let mut clerk = office.desk(StandardRole::Sales);
    let known = office.laid_down(&SUPPLIER, &[("name", "Northwind")]);
    let made_up = office.record(&SUPPLIER, &[("name", "Forged")]);
    let intents = vec![
        draft::create(&made_up),
        edited(&known, &[("name", "Changed")]),
        draft::retire(&known),
    ];
    for receipt in office.push(&mut clerk, intents) {
        let Receipt::Rejected { code, attention: Some(_), .. } = receipt else {
            panic!("{receipt:?}")
        };
        assert_eq!(code, RejectCode::NotPermitted);
    }
    assert_eq!(office.standing(&known).get("name").text(), Some("Northwind"));
    assert_eq!(office.hub.denials.len(), 3);
    // What was typed is kept, and nothing of the record that stands is given away.
    for (owner, kind, rows) in office.attention() {
        assert_eq!((owner, kind.as_str()), (clerk.grants.user_id, attention::REJECTED));
        assert!(rows.iter().all(|(_, _, theirs)| theirs.is_empty() || theirs == "null"));
    }
}

#[test]
fn a_broken_rule_is_refused_by_name_and_what_was_typed_is_kept() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Accountant);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada")]);
    let mut intent = edited(&seen, &[("credit_limit", "5")]);
    intent.changes.fields[0].to = Cell::from("-5");
    let receipts = office.push(&mut desk, vec![intent]);
    let [Receipt::Rejected { code: RejectCode::Invalid, problems, .. }] = receipts.as_slice()
    else {
        panic!("{receipts:?}")
    };
    assert_eq!(
        (problems[0].field.as_str(), problems[0].rule.as_str()),
        ("credit_limit", "negative")
    );
    assert_eq!(office.attention()[0].2[0].1, "\"-5\"");
    assert_eq!(office.reasons(), [("credit_limit".to_owned(), "negative".to_owned())]);
}

#[test]
fn a_repeat_gets_the_same_bytes_and_has_no_second_effect() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Sales);
    let ada = office.record(&CUSTOMER, &[("name", "Ada")]);
    let grace = office.record(&CUSTOMER, &[("name", "Grace")]);
    let ops = vec![
        office.seal(&mut desk, draft::create(&ada), vec![]),
        office.seal(&mut desk, draft::create(&grace), vec![]),
    ];
    let first = office.send_raw(&desk, &ops).unwrap();
    // The reply was lost; the device asks again, in other portions.
    let again = office.send_raw(&desk, &ops[..1]).unwrap();
    assert_eq!(again.receipts[..], first.receipts[..1]);
    let again = office.send_raw(&desk, &ops).unwrap();
    assert_eq!(again, first);
    assert_eq!(office.standing(&ada).head.version, 1);
}

#[test]
fn an_op_id_that_comes_with_other_work_is_refused_and_audited() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Sales);
    let ada = office.record(&CUSTOMER, &[("name", "Ada")]);
    let sealed = office.seal(&mut desk, draft::create(&ada), vec![]);
    office.send(&desk, vec![sealed.clone()]).unwrap();
    let mut forged = sealed.op().clone();
    forged.intent = edited(&office.standing(&ada), &[("name", "Eve")]);
    let in_its_place = office.send(&desk, vec![SealedOp::seal(forged.clone()).unwrap()]);
    assert_eq!(in_its_place, Err(PushRefused::Forked));
    (forged.op_seq, forged.prev_hash) = (2, sealed.hash());
    let receipts = office.send(&desk, vec![SealedOp::seal(forged).unwrap()]).unwrap();
    assert!(matches!(
        receipts.as_slice(),
        [Receipt::Rejected { code: RejectCode::OpIdReused, attention: None, .. }]
    ));
    assert_eq!(office.standing(&ada).get("name").text(), Some("Ada"));
    assert_eq!(office.hub.denials.len(), 1);
}

#[test]
fn a_gap_and_a_fork_of_the_chain_are_refused_whole() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Sales);
    let made: Vec<_> = (0..3).map(|_| office.record(&CUSTOMER, &[("name", "Ada")])).collect();
    let copy = Desk { grants: desk.grants.clone(), device: desk.device, end: desk.end };
    let ops: Vec<_> =
        made.iter().map(|r| office.seal(&mut desk, draft::create(r), vec![])).collect();
    let gap = office.send(&desk, vec![ops[0].clone(), ops[2].clone()]);
    assert_eq!(gap, Err(PushRefused::Gap { expected: 2 }));
    assert_eq!(office.hub.records().count(), 0);
    office.send(&desk, vec![ops[0].clone()]).unwrap();
    let mut copy = copy;
    let other = office.record(&CUSTOMER, &[("name", "Copy")]);
    office.seal(&mut copy, draft::create(&other), vec![]);
    let second = office.record(&CUSTOMER, &[("name", "Copy")]);
    let forked = office.seal(&mut copy, draft::create(&second), vec![]);
    assert_eq!(office.send(&copy, vec![forked]), Err(PushRefused::Forked));
}

#[test]
fn work_on_something_that_was_refused_waits_and_the_rest_goes_on() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Sales);
    let mut bad = draft::create(&office.record(&CUSTOMER, &[("name", "Ada"), ("city", "Bonn")]));
    bad.changes.fields.retain(|change| change.field != "name");
    let bad_id = bad.id;
    let bad = office.seal(&mut desk, bad, vec![]);
    let needs = vec![bad.op().op_id];
    let mut base = office.record(&CUSTOMER, &[("name", "Ada")]);
    base.head.id = bad_id;
    let after = office.seal(&mut desk, edited(&base, &[("city", "Köln")]), needs.clone());
    let fine = office.record(&CUSTOMER, &[("name", "Grace")]);
    let fine = office.seal(&mut desk, draft::create(&fine), vec![]);
    let receipts = office.send(&desk, vec![bad, after, fine]).unwrap();
    assert!(matches!(&receipts[0], Receipt::Rejected { code: RejectCode::Invalid, .. }));
    assert!(matches!(&receipts[1], Receipt::Waiting { needs: on, .. } if *on == needs[0]));
    assert_eq!(receipts[2], Receipt::Applied { version: 1 });
}

#[test]
fn a_decision_to_keep_mine_edits_the_record_and_closes_the_item() {
    let mut office = Office::new();
    let mut one = office.desk(StandardRole::Manager);
    let mut two = office.desk(StandardRole::Manager);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada")]);
    office.push(&mut one, vec![edited(&seen, &[("city", "Bonn")])]);
    let receipts = office.push(&mut two, vec![edited(&seen, &[("city", "Köln")])]);
    let item = receipts[0].attention().unwrap();
    let item = office.hub.standing(&ATTENTION, item).cloned().unwrap();
    let decision = draft::Decision { path: "city".into(), keep: attention::MINE.into() };
    let choice = Choice { decisions: vec![decision], ..Choice::default() };
    let drafted = draft::resolve(&item, Some(&office.standing(&seen)), &choice).unwrap();
    assert!(drafted.iter().all(|work| work.replaces.is_none()), "the work was done in part");
    let intents = drafted.into_iter().map(|work| work.intent).collect();
    let receipts = office.push(&mut two, intents);
    assert!(receipts.iter().all(|receipt| matches!(receipt, Receipt::Applied { .. })));
    assert_eq!(office.standing(&seen).get("city").text(), Some("Köln"));
    assert_eq!(office.attention(), []);
}

#[test]
fn nobody_decides_for_another_and_a_master_is_not_resolved() {
    let mut office = Office::new();
    let mut one = office.desk(StandardRole::Manager);
    let mut two = office.desk(StandardRole::Manager);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Ada")]);
    office.push(&mut one, vec![edited(&seen, &[("city", "Bonn")])]);
    let receipts = office.push(&mut two, vec![edited(&seen, &[("city", "Köln")])]);
    let item = office.hub.standing(&ATTENTION, receipts[0].attention().unwrap()).cloned().unwrap();
    let receipts = {
        let drafted = draft::resolve(&item, None, &Choice::default()).unwrap();
        office.push(&mut one, drafted.into_iter().map(|work| work.intent).collect())
    };
    assert!(matches!(&receipts[0], Receipt::Rejected { code: RejectCode::NotFound, .. }));
    let mut odd = draft::retire(&office.standing(&seen));
    odd.verb = sync_protocol::op::Verb::Resolve;
    let receipts = office.push(&mut one, vec![odd]);
    assert!(matches!(&receipts[0], Receipt::Rejected { code: RejectCode::UnknownKind, .. }));
}

#[test]
fn an_account_may_not_move_below_itself() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let eur =
        office.laid_down(&domain::masters::CURRENCY, &[("name", "Euro"), ("iso_code", "EUR")]);
    let company = office.laid_down(
        &domain::masters::COMPANY,
        &[
            ("name", "Acme"),
            ("legal_name", "Acme Ltd"),
            ("country", "GB"),
            ("base_currency", &eur.id().to_string()),
        ],
    );
    let company = company.id().to_string();
    let group = |number: &'static str| {
        [("name", number), ("number", number), ("root_type", "asset"), ("is_group", "yes")]
    };
    let top = office.laid_down(&ACCOUNT, &[&group("1")[..], &[("company_id", &company)]].concat());
    let parent = top.id().to_string();
    let below = office.laid_down(
        &ACCOUNT,
        &[&group("11")[..], &[("company_id", &company), ("parent", &parent)]].concat(),
    );
    let circle = edited(&top, &[("parent", &below.id().to_string())]);
    let receipts = office.push(&mut desk, vec![circle]);
    let [Receipt::Rejected { problems, .. }] = receipts.as_slice() else { panic!("{receipts:?}") };
    assert!(problems.iter().any(|problem| problem.rule == "cycle"), "{problems:?}");
}
