//! What a device finds of records that are one, what of it a person may be told, and how two become one at the desk.

use contract::{
    Cell, Change, Command, DuplicatePage, Failure, FailureCode, RecordChanges, Reply, SimilarRecord,
};
use domain::masters::{CUSTOMER, SUPPLIER};
use domain::permissions::{FieldKey, FieldRight, StandardRole};
use domain::record::Record;
use domain::record::approval::{self, Act};
use sync_protocol::op::Verb;
use uuid::Uuid;

use crate::desk::{BEN, Desk, rights};

fn duplicates(desk: &Desk, entity: &str) -> DuplicatePage {
    let command = Command::Duplicates { entity: entity.to_owned(), offset: 0, limit: 100 };
    match desk.call(command).unwrap() {
        Reply::Duplicates(page) => page,
        reply => panic!("{reply:?}"),
    }
}

fn similar(desk: &Desk, typed: &[(&str, &str)]) -> Vec<SimilarRecord> {
    let fields = typed.iter().map(|(field, text)| Change {
        field: (*field).to_owned(),
        from: None,
        to: Cell::from(*text),
    });
    let changes = RecordChanges { fields: fields.collect(), children: Vec::new() };
    let command = Command::Similar { entity: "customer".to_owned(), id: None, changes };
    match desk.call(command).unwrap() {
        Reply::Similar(found) => found,
        reply => panic!("{reply:?}"),
    }
}

fn merge(desk: &Desk, entity: &str, pair: [&Record; 2], take: &[&str]) -> Result<Reply, Failure> {
    desk.call(Command::Merge {
        entity: entity.to_owned(),
        survivor: pair[0].id(),
        loser: pair[1].id(),
        take: take.iter().map(|field| (*field).to_owned()).collect(),
    })
}

/// One firm under two names, with one tax id.
fn twins(desk: &Desk) -> [Record; 2] {
    let tax = [("country", "DE"), ("tax_id", "DE136695976")];
    let one =
        desk.record(&CUSTOMER, &[&[("name", "Nordlicht"), ("code", "K-1")], &tax[..]].concat());
    let other =
        desk.record(&CUSTOMER, &[&[("name", "NL Handel"), ("code", "K-2")], &tax[..]].concat());
    desk.receive(&[one.clone(), other.clone()]);
    [one, other]
}

#[tokio::test]
async fn a_field_that_the_person_may_not_read_finds_nothing_and_is_not_named() {
    let desk = Desk::of(StandardRole::Admin);
    twins(&desk);
    let page = duplicates(&desk, "customer");
    assert_eq!((page.total, page.compared), (1, 2));
    assert_eq!(page.groups[0].reasons[0].field, "tax_id");

    let mut grants = rights(StandardRole::Admin);
    grants.fields.insert(FieldKey::new("customer", "tax_id"), FieldRight::NONE);
    let desk = Desk::with(grants);
    twins(&desk);
    assert_eq!(duplicates(&desk, "customer").total, 0);
    assert_eq!(similar(&desk, &[("country", "DE"), ("tax_id", "DE136695976")]), []);
}

#[tokio::test]
async fn who_types_a_record_anew_is_told_while_they_type() {
    let desk = Desk::of(StandardRole::Admin);
    let [one, _] = twins(&desk);
    let found = similar(
        &desk,
        &[("name", "Nordlicht GmbH"), ("country", "DE"), ("tax_id", "DE 136 695 976")],
    );
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].id, one.id());
    assert_eq!(similar(&desk, &[("name", "Südwind")]), []);
    // Half a value is still being typed.
    assert_eq!(similar(&desk, &[("name", "Südwind"), ("email", "a@")]), []);
}

#[tokio::test]
async fn two_become_one_at_once_and_the_old_code_leads_to_it() {
    let desk = Desk::of(StandardRole::Admin);
    let [one, other] = twins(&desk);
    merge(&desk, "customer", [&one, &other], &["name"]).unwrap();
    let get = |id: &str| {
        let command = Command::Get { entity: "customer".to_owned(), id: id.to_owned() };
        match desk.call(command).unwrap() {
            Reply::Record(record) => record,
            reply => panic!("{reply:?}"),
        }
    };
    assert_eq!(get("K-1").fields["name"], Cell::from("NL Handel"));
    assert_eq!(get("k-2").id, one.id());
    assert!(get(&other.id().to_string()).retired);
    assert_eq!(duplicates(&desk, "customer").total, 0);
    let [op] = desk.waiting().try_into().unwrap();
    assert_eq!((op.intent.verb, op.intent.id), (Verb::Merge, one.id()));
}

#[tokio::test]
async fn what_can_never_be_merged_is_refused_at_once() {
    let desk = Desk::of(StandardRole::Admin);
    let [one, other] = twins(&desk);
    let refused = |done: Result<Reply, Failure>| {
        let failure = done.unwrap_err();
        (
            failure.code,
            failure.problems.first().map(|problem| problem.rule.clone()).unwrap_or_default(),
        )
    };
    let rule = |rule: &str| (FailureCode::Refused, rule.to_owned());
    assert_eq!(refused(merge(&desk, "customer", [&one, &one], &[])), rule("merge_self"));
    assert_eq!(refused(merge(&desk, "customer", [&one, &other], &["code"])), rule("not_taken"));
    assert_eq!(refused(merge(&desk, "customer", [&one, &other], &["nothing"])), rule("not_taken"));
    let bank = [("name", "Kontor"), ("iban", "DE89370400440532013000")];
    let suppliers =
        [desk.record(&SUPPLIER, &[("name", "Kontor KG")]), desk.record(&SUPPLIER, &bank)];
    desk.receive(&suppliers);
    let [one, other] = &suppliers;
    assert_eq!(refused(merge(&desk, "supplier", [one, other], &["iban"])), rule("not_taken"));
    let mut waiting = desk.record(&SUPPLIER, &bank);
    let act = Act { by: BEN, at: desk.now() };
    approval::set_aside(None, &mut waiting, Uuid::from_u128(5), act);
    desk.receive(std::slice::from_ref(&waiting));
    let [one, other] = [&suppliers[0], &waiting];
    assert_eq!(refused(merge(&desk, "supplier", [one, other], &[])), rule("waits_for_approval"));
    assert!(desk.waiting().is_empty());

    // The merge screen says so before anybody confirms, in words and by name.
    let before = |survivor: &Record, loser: &Record| {
        let (survivor, loser) = (survivor.id(), loser.id());
        let command = Command::MayMerge { entity: "supplier".to_owned(), survivor, loser };
        let Ok(Reply::BeforeMerge(before)) = desk.call(command) else { panic!("not what is said") };
        assert_eq!(before.cautions, []);
        before.obstacles
    };
    let told = before(one, other);
    assert_eq!((told[0].field.as_str(), told[0].params["record"].as_str()), ("", "Kontor"));
    assert!(told[0].to_string().starts_with("Kontor has a change that waits for approval"));
    assert_eq!(before(other, one), [], "the one that stays keeps what waits for it");

    let desk = Desk::of(StandardRole::Sales);
    let [one, other] = twins(&desk);
    let (code, _) = refused(merge(&desk, "customer", [&one, &other], &[]));
    assert_eq!(code, FailureCode::NotPermitted);
}

#[tokio::test]
async fn that_payments_wait_after_a_merge_is_said_before_anybody_confirms() {
    const OURS: &str = "DE89370400440532013000";
    let before = |role: StandardRole, theirs: &[(&str, &str)]| {
        let desk = Desk::of(role);
        let stays = desk.record(&SUPPLIER, &[("name", "Kontor"), ("iban", OURS)]);
        let goes = desk.record(&SUPPLIER, &[&[("name", "Kontor KG")], theirs].concat());
        desk.receive(&[stays.clone(), goes.clone()]);
        let (survivor, loser) = (stays.id(), goes.id());
        let command = Command::MayMerge { entity: "supplier".to_owned(), survivor, loser };
        let Ok(Reply::BeforeMerge(before)) = desk.call(command) else { panic!("not what is said") };
        assert_eq!(before.obstacles, []);
        let told = |caution: &contract::Problem| (caution.rule.clone(), caution.message.clone());
        before.cautions.first().map(told)
    };
    let other = [("iban", "GB82WEST12345698765432")];
    let (rule, words) = before(StandardRole::Admin, &other).unwrap();
    assert_eq!(rule, "account_waits");
    assert!(words.contains("until a second person approves the account of Kontor"), "{words}");
    assert_eq!(before(StandardRole::Admin, &[]), None, "the account stays in force");
    assert_eq!(before(StandardRole::Admin, &[("iban", OURS)]), None);
    // Who may not read them is told no more than who has to.
    let (rule, _) = before(StandardRole::Manager, &other).unwrap();
    assert_eq!(rule, "accounts_untold");
    assert_eq!(before(StandardRole::Manager, &[]).unwrap().0, "accounts_untold");
}

#[tokio::test]
async fn what_a_person_called_two_is_not_shown_again() {
    let desk = Desk::of(StandardRole::Admin);
    let records: Vec<Uuid> = twins(&desk).iter().map(Record::id).collect();
    let command = Command::NotTheSame { entity: "customer".to_owned(), records };
    let Reply::Duplicates(left) = desk.call(command).unwrap() else { panic!("not the groups") };
    assert_eq!(left.total, 0);
    assert_eq!(desk.waiting().len(), 1);
    assert_eq!(duplicates(&desk, "customer").total, 0);
}
