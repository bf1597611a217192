//! The users by name on a device: whoever owns, proposed or wrote something is called by name, and is chosen by it.

use contract::{
    Cell, Change, Command, Failure, Filter, ListRequest, ProposalView, RecordChanges, RecordView,
    Relation, Reply,
};
use domain::attention::ATTENTION;
use domain::masters::{CUSTOMER, SUPPLIER};
use domain::permissions::StandardRole;
use domain::person::PERSON;
use domain::record::approval::{self, Act};
use domain::record::{Record, Value};
use uuid::Uuid;

use crate::desk::{ANNA, BEN, Desk};

const ONE: &str = "DE89370400440532013000";
const OTHER: &str = "GB82WEST12345698765432";

fn person(desk: &Desk, id: Uuid, name: &str, active: bool) -> Record {
    let mut person = desk.record(&PERSON, &[("name", name)]);
    person.head.id = id;
    person.values.set("active", Value::Bool(active));
    person
}

/// A desk that has heard of Anna and Ben.
fn office(role: StandardRole) -> Desk {
    let desk = Desk::of(role);
    desk.receive(&[person(&desk, ANNA, "Anna", true), person(&desk, BEN, "Ben Okafor", true)]);
    desk
}

fn list(entity: &str, filters: &[(&str, &str)]) -> ListRequest {
    let filter = |(field, value): &(&str, &str)| Filter {
        field: (*field).to_owned(),
        value: (*value).to_owned(),
        relation: Relation::Is,
    };
    ListRequest {
        entity: entity.to_owned(),
        filters: filters.iter().map(filter).collect(),
        search: None,
        sort: None,
        offset: 0,
        limit: 100,
        retired: false,
    }
}

fn listed(desk: &Desk, request: ListRequest) -> Result<Vec<String>, Failure> {
    match desk.call(Command::List(request))? {
        Reply::List(page) => Ok(page.records.into_iter().map(|record| record.title).collect()),
        reply => panic!("{reply:?}"),
    }
}

fn owned_by(desk: &Desk, id: Uuid, owner: &str) -> Result<RecordView, Failure> {
    let change = Change { field: "owner_id".to_owned(), from: None, to: Cell::from(owner) };
    let changes = RecordChanges { fields: vec![change], children: Vec::new() };
    match desk.call(Command::Save { entity: "customer".to_owned(), id: Some(id), changes })? {
        Reply::Saved(saved) => Ok(saved.record),
        reply => panic!("{reply:?}"),
    }
}

fn waiting(desk: &Desk) -> Vec<ProposalView> {
    match desk.call(Command::Approvals).unwrap() {
        Reply::Approvals(waiting) => waiting,
        reply => panic!("{reply:?}"),
    }
}

#[tokio::test]
async fn an_owner_is_chosen_shown_and_found_by_name() {
    let desk = office(StandardRole::Manager);
    let customer = desk.record(&CUSTOMER, &[("name", "Ada")]);
    desk.receive(&[customer.clone(), desk.record(&CUSTOMER, &[("name", "Bo")])]);
    let saved = owned_by(&desk, customer.id(), "ben okafor").unwrap();
    assert_eq!(saved.fields["owner_id"], Cell::Id(BEN));
    assert_eq!(saved.titles[&BEN], "Ben Okafor");
    assert_eq!(listed(&desk, list("customer", &[("owner_id", "Ben Okafor")])).unwrap(), ["Ada"]);
    assert_eq!(listed(&desk, list("customer", &[("owner_id", "Anna")])).unwrap(), ["Bo"]);
    let refused = owned_by(&desk, customer.id(), "Bertram").unwrap_err();
    assert_eq!(refused.problems[0].field, "owner_id");
    assert!(refused.message.contains("no user is called \"Bertram\""), "{}", refused.message);
}

#[tokio::test]
async fn of_two_of_one_name_the_one_who_may_still_come_in_is_meant() {
    let desk = office(StandardRole::Manager);
    let (old, young) = (Uuid::from_u128(0xC3), Uuid::from_u128(0xC4));
    let customer = desk.record(&CUSTOMER, &[("name", "Ada")]);
    desk.receive(&[
        customer.clone(),
        person(&desk, old, "Carl", false),
        person(&desk, young, "Carl", true),
    ]);
    assert_eq!(owned_by(&desk, customer.id(), "Carl").unwrap().fields["owner_id"], Cell::Id(young));
    desk.receive(&[person(&desk, old, "Carl", true)]);
    let refused = owned_by(&desk, customer.id(), "Carl").unwrap_err();
    assert_eq!(refused.problems[0].rule, "ambiguous_reference");
}

#[tokio::test]
async fn whoever_has_a_device_lists_the_users_and_nobody_changes_them_here() {
    for role in StandardRole::ALL {
        let desk = office(role);
        let all = listed(&desk, list("person", &[("active", "true")])).unwrap();
        assert_eq!(all, ["Anna", "Ben Okafor"], "{role:?}");
    }
    let desk = office(StandardRole::Admin);
    let Reply::Entities(told) = desk.call(Command::Describe).unwrap() else { panic!() };
    let users = told.last().unwrap();
    assert_eq!(users.name, "person");
    let may = [users.may_create, users.may_edit, users.may_retire, users.may_merge];
    assert_eq!((may, users.may_import, users.may_export), ([false; 4], false, false));
    assert!(users.fields.iter().all(|field| !field.writable));
    let change = Change { field: "name".to_owned(), from: None, to: Cell::from("Queen Anna") };
    let changes = RecordChanges { fields: vec![change], children: Vec::new() };
    let save = Command::Save { entity: "person".to_owned(), id: Some(ANNA), changes };
    assert!(desk.call(save).is_err());
    assert!(desk.waiting().is_empty());
    let found = Command::Search { text: "Okafor".to_owned(), entity: None, limit: 10 };
    assert!(matches!(desk.call(found).unwrap(), Reply::Hits(hits) if hits.is_empty()));
}

#[tokio::test]
async fn who_made_a_record_and_who_changed_it_last_is_named_beside_it() {
    let desk = office(StandardRole::Manager);
    let mut customer = desk.record(&CUSTOMER, &[("name", "Ada")]);
    customer.head.created_by = Uuid::nil();
    customer.head.updated_by = BEN;
    desk.receive(std::slice::from_ref(&customer));
    let get = Command::Get { entity: "customer".to_owned(), id: customer.id().to_string() };
    let Reply::Record(record) = desk.call(get).unwrap() else { panic!("a get answers with it") };
    assert_eq!((record.created_by, record.updated_by), (Uuid::nil(), BEN));
    assert_eq!(record.titles[&BEN], "Ben Okafor");
    assert_eq!(record.titles[&Uuid::nil()], "Daybook");
}

#[tokio::test]
async fn attention_names_the_other_person() {
    let desk = office(StandardRole::Manager);
    let ids = [CUSTOMER.name, &BEN.to_string(), &Uuid::from_u128(3).to_string()].map(str::to_owned);
    let item = desk.record(
        &ATTENTION,
        &[
            ("kind", "conflict"),
            ("entity", &ids[0]),
            ("by_user", &ids[1]),
            ("row_id", &ids[2]),
            ("op_id", &ids[2]),
            ("title", "Ada"),
            ("message", "somebody else changed the same"),
        ],
    );
    desk.receive(&[item]);
    let Reply::Attention(items) = desk.call(Command::AttentionList).unwrap() else { panic!() };
    assert_eq!(items[0].by_user, Some(BEN));
    assert_eq!(items[0].by_name.as_deref(), Some("Ben Okafor"));
}

/// A supplier whose account Ben proposed, and one at which the same account is in force.
fn two_suppliers(desk: &Desk, account: &str) -> (Record, Record) {
    let mut changing = desk.record(&SUPPLIER, &[("name", "Quartz Yard"), ("iban", account)]);
    let act = Act { by: BEN, at: desk.now() };
    approval::set_aside(None, &mut changing, Uuid::from_u128(5), act);
    let standing = desk.record(&SUPPLIER, &[("name", "Opal Yard"), ("iban", ONE)]);
    desk.receive(&[changing.clone(), standing.clone()]);
    (changing, standing)
}

#[tokio::test]
async fn who_reads_both_is_warned_that_a_proposed_account_is_in_force_elsewhere() {
    let desk = office(StandardRole::Accountant);
    let (_, standing) = two_suppliers(&desk, ONE);
    let [proposal] = waiting(&desk).try_into().unwrap();
    assert_eq!(proposal.proposed_by_name.as_deref(), Some("Ben Okafor"));
    let [same] = proposal.elsewhere.try_into().unwrap();
    assert_eq!(
        (same.record, same.title.as_str(), same.in_force),
        (standing.id(), "Opal Yard", true)
    );

    // Another account is nobody's business.
    let desk = office(StandardRole::Accountant);
    two_suppliers(&desk, OTHER);
    assert!(waiting(&desk)[0].elsewhere.is_empty());
}

#[tokio::test]
async fn who_may_not_read_what_is_in_force_is_told_of_what_is_proposed_alone() {
    // A manager decides, and reads no account that is in force.
    let desk = office(StandardRole::Manager);
    two_suppliers(&desk, ONE);
    let [proposal] = waiting(&desk).try_into().unwrap();
    assert!(proposal.may_approve && proposal.elsewhere.is_empty());
    let mut third = desk.record(&SUPPLIER, &[("name", "Jade Yard"), ("iban", ONE)]);
    let act = Act { by: BEN, at: desk.now() };
    approval::set_aside(None, &mut third, Uuid::from_u128(6), act);
    desk.receive(&[third]);
    for proposal in waiting(&desk) {
        let [same] = proposal.elsewhere.try_into().unwrap();
        assert!(!same.in_force);
    }
    // Who keeps the stock sees the supplier and neither account.
    let desk = office(StandardRole::InventoryManager);
    two_suppliers(&desk, ONE);
    let [proposal] = waiting(&desk).try_into().unwrap();
    assert!(proposal.elsewhere.is_empty() && proposal.proposed.is_empty());
}

#[tokio::test]
async fn duplicates_know_an_account_that_waits_at_one_and_is_in_force_at_another() {
    let found = |desk: &Desk| {
        let ask = Command::Duplicates { entity: "supplier".to_owned(), offset: 0, limit: 10 };
        match desk.call(ask).unwrap() {
            Reply::Duplicates(page) => page.groups,
            reply => panic!("{reply:?}"),
        }
    };
    let desk = office(StandardRole::Accountant);
    two_suppliers(&desk, ONE);
    let [group] = found(&desk).try_into().unwrap();
    assert_eq!(group.reasons[0].field, "iban");
    let desk = office(StandardRole::Manager);
    two_suppliers(&desk, ONE);
    assert!(found(&desk).is_empty());
}
