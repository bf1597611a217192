//! What waits for a second person, and what nobody typed, on a device away from its hub.

use chrono::TimeDelta;
use contract::{
    Cell, Change, Command, FailureCode, ProposalAct, ProposalView, RecordChanges, RecordView, Reply,
};
use domain::masters::{EMPLOYEE, ITEM_CATEGORY, SUPPLIER, UNIT};
use domain::permissions::StandardRole;
use domain::record::Value;
use domain::record::approval::{self, Act};
use sync_protocol::op::Verb;
use uuid::Uuid;

use crate::desk::{BEN, Desk};

const OLD: &str = "DE89370400440532013000";
const NEW: &str = "GB82WEST12345698765432";

fn saved(desk: &Desk, entity: &str, id: Option<Uuid>, fields: &[(&str, &str)]) -> RecordView {
    let change = |(field, text): &(&str, &str)| Change {
        field: (*field).to_owned(),
        from: None,
        to: Cell::from(*text),
    };
    let changes =
        RecordChanges { fields: fields.iter().map(change).collect(), children: Vec::new() };
    match desk.call(Command::Save { entity: entity.to_owned(), id, changes }).unwrap() {
        Reply::Saved(saved) => saved.record,
        reply => panic!("a save answers with what was saved, not {reply:?}"),
    }
}

fn waiting(desk: &Desk) -> Vec<ProposalView> {
    match desk.call(Command::Approvals).unwrap() {
        Reply::Approvals(waiting) => waiting,
        reply => panic!("{reply:?}"),
    }
}

fn approve(desk: &Desk, id: Uuid) -> Result<RecordView, contract::Failure> {
    let (entity, act) = ("supplier".to_owned(), ProposalAct::Approve);
    let decide = Command::Decide { entity, id: id.to_string(), proposal: None, act };
    match desk.call(decide)? {
        Reply::Record(record) => Ok(record),
        reply => panic!("{reply:?}"),
    }
}

#[tokio::test]
async fn a_new_account_is_shown_as_waiting_and_the_op_says_what_was_typed() {
    let desk = Desk::of(StandardRole::Accountant);
    let supplier = desk.record(&SUPPLIER, &[("name", "Quartz Yard"), ("iban", OLD)]);
    desk.receive(std::slice::from_ref(&supplier));
    let record = saved(&desk, "supplier", Some(supplier.id()), &[("iban", NEW), ("city", "Leeds")]);
    assert_eq!(record.fields["iban"], Cell::from(OLD));
    assert_eq!(record.fields["city"], Cell::from("Leeds"));
    assert_eq!(record.fields["payment_hold"], Cell::Bool(true));
    assert_eq!(record.children["supplier_bank_change"][0].fields["iban"], Cell::from(NEW));
    let ops = desk.waiting();
    let typed: Vec<_> = ops[0].intent.changes.fields.iter().filter(|c| !c.is_witness()).collect();
    assert!(typed.iter().any(|change| change.field == "iban" && change.to == Cell::from(NEW)));
    assert!(ops[0].intent.changes.children.is_empty(), "the row is the hub's to write");
    let [proposal] = waiting(&desk).try_into().unwrap();
    assert!(proposal.own && !proposal.may_approve && proposal.may_refuse);
    assert_eq!(approve(&desk, supplier.id()).unwrap_err().code, FailureCode::NotPermitted);
}

#[tokio::test]
async fn a_manager_decides_on_the_whole_account_and_reads_the_end_of_what_stands() {
    let desk = Desk::of(StandardRole::Manager);
    let before = desk.record(&SUPPLIER, &[("name", "Quartz Yard"), ("iban", OLD)]);
    let mut supplier = before.clone();
    supplier.values.set("iban", Value::Text(NEW.to_owned()));
    let act = Act { by: BEN, at: desk.now() };
    approval::set_aside(Some(&before), &mut supplier, Uuid::from_u128(5), act);
    desk.receive(std::slice::from_ref(&supplier));
    let [proposal] = waiting(&desk).try_into().unwrap();
    assert!(!proposal.own && proposal.may_approve);
    assert_eq!(proposal.cooling_hours, Some(24));
    assert_eq!(proposal.hold_until, "payment_hold_until");
    assert_eq!(proposal.proposed["iban"], Cell::from(NEW));
    let proposed: Vec<&str> = proposal.proposed.keys().map(String::as_str).collect();
    assert_eq!(proposed, ["iban"], "a bank code that nobody proposed is no change");
    assert_eq!(proposal.proposed_by, Some(BEN));
    assert_eq!(proposal.standing["iban"], Cell::from("•••• 3000"));
    let record = approve(&desk, supplier.id()).unwrap();
    assert_eq!(record.fields["payment_hold"], Cell::Bool(false));
    assert!(!record.fields.contains_key("iban"));
    assert_eq!(desk.waiting()[0].intent.verb, Verb::Approve);
    assert!(waiting(&desk).is_empty());
    assert_eq!(approve(&desk, supplier.id()).unwrap_err().code, FailureCode::NotFound);
}

#[tokio::test]
async fn ones_own_may_be_offered_to_the_hub_after_a_day_for_it_knows_who_else_may() {
    let desk = Desk::of(StandardRole::Admin);
    let record = saved(&desk, "supplier", None, &[("name", "Quartz Yard"), ("iban", NEW)]);
    assert_eq!(approve(&desk, record.id).unwrap_err().code, FailureCode::NotPermitted);
    desk.pass(TimeDelta::hours(25));
    approve(&desk, record.id).unwrap();
}

#[tokio::test]
async fn what_only_the_hub_writes_is_refused_before_it_is_sent() {
    let desk = Desk::of(StandardRole::Admin);
    let record = saved(&desk, "supplier", None, &[("name", "Quartz Yard"), ("iban", NEW)]);
    let lifted = Change { field: "payment_hold".to_owned(), from: None, to: Cell::Bool(false) };
    let changes = RecordChanges { fields: vec![lifted], children: Vec::new() };
    let save = Command::Save { entity: "supplier".to_owned(), id: Some(record.id), changes };
    let failure = desk.call(save).unwrap_err();
    assert_eq!(failure.problems[0].rule, "kept");
}

#[tokio::test]
async fn a_new_item_copies_what_its_category_says_and_keeps_it() {
    let desk = Desk::of(StandardRole::Admin);
    let unit =
        desk.record(&UNIT, &[("name", "Leaf"), ("unece_code", "LEF"), ("dimension", "count")]);
    let unit_id = unit.id().to_string();
    let fifo = [("name", "Bolts"), ("code", "B"), ("uom", &unit_id), ("valuation_method", "fifo")];
    let category = desk.record(&ITEM_CATEGORY, &fifo);
    desk.receive(&[unit.clone(), category.clone()]);
    let item = saved(&desk, "item", None, &[("sku", "B-1"), ("name", "Bolt"), ("category", "B")]);
    assert_eq!(item.fields["uom"], Cell::Id(unit.id()));
    assert_eq!(item.fields["valuation_method"], Cell::from("fifo"));
    saved(&desk, "item_category", Some(category.id()), &[("valuation_method", "standard")]);
    let item = saved(&desk, "item", Some(item.id), &[("notes", "long")]);
    assert_eq!(item.fields["valuation_method"], Cell::from("fifo"));
}

#[tokio::test]
async fn a_customer_is_the_salespersons_until_somebody_says_otherwise() {
    let desk = Desk::of(StandardRole::Admin);
    let user = BEN.to_string();
    let sam = desk.record(
        &EMPLOYEE,
        &[("name", "Sam"), ("code", "SAM"), ("salesperson", "yes"), ("user_link", &user)],
    );
    desk.receive(std::slice::from_ref(&sam));
    let mine = saved(&desk, "customer", None, &[("name", "Ada")]);
    assert_eq!(mine.fields["owner_id"], Cell::Id(crate::desk::ANNA));
    let sold = saved(&desk, "customer", Some(mine.id), &[("salesperson", "SAM")]);
    assert_eq!(sold.fields["owner_id"], Cell::Id(BEN));
    let anna = crate::desk::ANNA.to_string();
    let named = saved(&desk, "customer", Some(mine.id), &[("owner_id", &anna)]);
    assert_eq!(named.fields["owner_id"], Cell::Id(crate::desk::ANNA));
}
