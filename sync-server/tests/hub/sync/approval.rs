//! A supplier's bank account changes only when a second person says so, whatever a device sends.

use chrono::TimeDelta;
use domain::masters::SUPPLIER;
use domain::record::approval::{self, APPROVED, PENDING, REFUSED, REPLACED, WITHDRAWN};
use domain::record::{ChildRow, Record, Value};
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

const OLD: &str = "DE89370400440532013000";
const NEW: &str = "GB82WEST12345698765432";
const OTHER: &str = "FR1420041010050500013M02606";
const ROWS: &str = "supplier_bank_change";

/// An administrator, an accountant and a manager at their desks, and a supplier whose account is approved.
async fn people() -> (Office, [Desk; 3], Uuid) {
    let office = Office::open().await;
    let carl = office.colleague("carl", "accountant").await;
    let mona = office.colleague("mona", "manager").await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut carl = Desk::filled(&carl).await;
    let supplier = carl.creates(&SUPPLIER, &[("name", "Quartz Yard"), ("iban", OLD)]);
    carl.syncs().await;
    anna.syncs().await;
    approves(&mut anna, supplier).await.assert_done();
    carl.syncs().await;
    let mona = Desk::filled(&mona).await;
    (office, [anna, carl, mona], supplier)
}

/// What waits, as far as the desk knows.
fn waiting(desk: &Desk, supplier: Uuid) -> Vec<ChildRow> {
    approval::pending(desk.holds("supplier", supplier))
}

fn states(desk: &Desk, supplier: Uuid) -> Vec<String> {
    let mut rows = desk.holds("supplier", supplier).collection(ROWS);
    rows.sort_by_key(|row| approval::proposed(row));
    let state = |row: &ChildRow| row.values.get("state").text().unwrap_or_default().to_owned();
    rows.into_iter().map(state).collect()
}

async fn approves(desk: &mut Desk, supplier: Uuid) -> Answer {
    let rows = waiting(desk, supplier);
    let row = rows.last().expect("something waits").clone();
    let seen = desk.holds("supplier", supplier).clone();
    desk.seal(draft::approve(&seen, &row));
    Answer(desk.syncs().await.remove(0))
}

struct Answer(Receipt);

impl Answer {
    #[track_caller]
    fn assert_done(&self) {
        assert!(matches!(self.0, Receipt::Applied { .. }), "{:?}", self.0);
    }

    #[track_caller]
    fn assert_refused(&self, code: RejectCode, rule: &str) {
        let Receipt::Rejected { code: given, problems, .. } = &self.0 else {
            panic!("{:?}", self.0)
        };
        assert_eq!((*given, problems[0].rule.as_str()), (code, rule), "{problems:?}");
    }
}

fn until(record: &Record) -> Option<Value> {
    Some(record.get("payment_hold_until").clone()).filter(|value| !value.is_null())
}

#[tokio::test]
async fn what_was_approved_is_masked_in_the_history_as_in_the_record() {
    let (office, _desks, supplier) = people().await;
    let mut max = office.colleague("max", "manager").await;
    max.signs_in().await;
    let history = max.request("GET", &format!("/api/v1/supplier/{supplier}/history"));
    let told = history.send().await.read::<serde_json::Value>(200).to_string();
    assert!(told.contains("approve") && !told.contains(OLD), "{told}");
}

#[tokio::test]
async fn a_first_account_waits_for_a_second_person_and_payments_wait_a_day_longer() {
    let office = Office::open().await;
    let carl = office.colleague("carl", "accountant").await;
    let mona = office.colleague("mona", "manager").await;
    let ina = office.colleague("ina", "inventory_manager").await;
    let mut carl = Desk::filled(&carl).await;
    let supplier = carl.creates(&SUPPLIER, &[("name", "Quartz Yard"), ("iban", NEW)]);
    assert!(matches!(carl.syncs().await[..], [Receipt::Applied { .. }]));
    let record = carl.holds("supplier", supplier);
    assert!(record.get("iban").is_null(), "it does not take effect");
    assert!(record.get("payment_hold").is_true());
    assert_eq!(states(&carl, supplier), [PENDING]);
    let row = &waiting(&carl, supplier)[0].values;
    assert_eq!(row.get("iban").text(), Some(NEW));
    assert_eq!(row.get("proposed_by").id(), Some(carl.user));

    // A manager reads the last four of an account, and what she is to decide in full.
    let mut mona = Desk::filled(&mona).await;
    assert_eq!(waiting(&mona, supplier)[0].values.get("iban").text(), Some(NEW));
    // Whoever does not decide learns that something waits, and nothing of what.
    let ina = Desk::filled(&ina).await;
    assert!(ina.holds("supplier", supplier).get("payment_hold").is_true());
    assert!(!ina.heard(NEW));

    approves(&mut mona, supplier).await.assert_done();
    carl.syncs().await;
    assert_eq!(carl.text("supplier", supplier, "iban"), NEW);
    let record = carl.holds("supplier", supplier);
    assert!(!record.get("payment_hold").is_true());
    let now = office.hub.clock.now();
    assert!(approval::is_on_hold(record, now + TimeDelta::hours(23)));
    assert!(!approval::is_on_hold(record, now + TimeDelta::hours(25)));
    assert_eq!(states(&carl, supplier), [APPROVED]);
    // The account that is in force is not to be read where the proposal was.
    assert!(mona.holds("supplier", supplier).get("iban").is_null());
    let row = &mona.holds("supplier", supplier).collection(ROWS)[0].values;
    assert!(row.get("iban").is_null());
    assert_eq!(row.get("decided_by").id(), Some(mona.user));
    let audited = office.sql(&format!(
        "SELECT v.changes -> 'iban' FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
         WHERE e.row_id = '{supplier}' AND e.action = 'supplier.approve' AND e.outcome = 'done'
             AND e.user_id = '{}'",
        mona.user
    ));
    assert_eq!(audited, [format!(r#"{{"before":null,"after":"{NEW}"}}"#)]);
}

#[tokio::test]
async fn a_company_says_how_long_payments_wait() {
    let (office, [mut anna, mut carl, _], supplier) = people().await;
    let mut companies = anna.copy.keys().filter(|(entity, _)| entity == "company");
    let company = companies.next().unwrap().1;
    anna.edits("company", company, &[("bank_cooling_hours", "72")]);
    anna.syncs().await;
    carl.syncs().await;
    carl.edits("supplier", supplier, &[("company_id", &company.to_string()), ("iban", NEW)]);
    carl.syncs().await;
    anna.syncs().await;
    approves(&mut anna, supplier).await.assert_done();
    let now = office.hub.clock.now();
    let record = anna.holds("supplier", supplier);
    assert!(approval::is_on_hold(record, now + TimeDelta::hours(71)));
    assert!(!approval::is_on_hold(record, now + TimeDelta::hours(73)));
}

#[tokio::test]
async fn nobody_gets_an_account_in_by_another_way() {
    let (office, [mut anna, mut carl, mut mona], supplier) = people().await;
    // The administrator may approve, but not what she proposed herself.
    anna.edits("supplier", supplier, &[("iban", NEW), ("city", "Leeds")]);
    anna.syncs().await;
    assert_eq!(anna.text("supplier", supplier, "city"), "Leeds", "the rest is done");
    approves(&mut anna, supplier).await.assert_refused(RejectCode::NotPermitted, "own_work");
    // The accountant may propose, but not approve.
    carl.syncs().await;
    approves(&mut carl, supplier).await.assert_refused(RejectCode::NotPermitted, "not_permitted");

    // Rows written by hand, the hold lifted, a proposal made away with.
    let seen = carl.holds("supplier", supplier).clone();
    let mut lifted = seen.clone();
    lifted.values.set("payment_hold", Value::Bool(false));
    let mut approved = seen.clone();
    let mut row = waiting(&carl, supplier)[0].clone();
    row.values.set("state", Value::Text(APPROVED.to_owned()));
    approved.put_child(row.clone());
    let mut removed = seen.clone();
    removed.remove_child(ROWS, row.id);
    let mut added = seen.clone();
    added.put_child(ChildRow { id: Uuid::from_u128(7), ..row.clone() });
    for forged in [lifted, approved, removed, added] {
        carl.seal(draft::update(&seen, &forged).unwrap());
        let receipt = carl.syncs().await.remove(0);
        Answer(receipt).assert_refused(RejectCode::NotPermitted, "kept");
    }
    let mut born = carl.drafts(&SUPPLIER, &[("name", "Made up")]);
    born.put_child(ChildRow { id: Uuid::from_u128(8), ..row.clone() });
    carl.seal(draft::create(&born));
    Answer(carl.syncs().await.remove(0)).assert_refused(RejectCode::NotPermitted, "kept");

    // Approving something else than what waits, and the same twice.
    mona.syncs().await;
    let seen = mona.holds("supplier", supplier).clone();
    let mut other = waiting(&mona, supplier)[0].clone();
    other.values.set("iban", Value::Text(OTHER.to_owned()));
    mona.seal(draft::approve(&seen, &other));
    Answer(mona.syncs().await.remove(0)).assert_refused(RejectCode::Invalid, "changed");
    let row = waiting(&mona, supplier)[0].clone();
    approves(&mut mona, supplier).await.assert_done();
    mona.seal(draft::approve(&seen, &row));
    Answer(mona.syncs().await.remove(0)).assert_refused(RejectCode::Invalid, "decided");
    carl.syncs().await;
    assert_eq!(carl.text("supplier", supplier, "iban"), NEW);
    let denied = office.count(
        "SELECT count(*) FROM audit_entry WHERE outcome = 'denied' AND action = 'supplier.approve'",
    );
    assert_eq!(denied, 2);
}

#[tokio::test]
async fn a_refusal_leaves_the_old_account_and_tells_who_proposed_the_new_one() {
    let (_office, [_, mut carl, mut mona], supplier) = people().await;
    carl.edits("supplier", supplier, &[("iban", NEW)]);
    carl.syncs().await;
    mona.syncs().await;
    let (seen, row) =
        (mona.holds("supplier", supplier).clone(), waiting(&mona, supplier)[0].clone());
    mona.seal(draft::refuse(&seen, &row, Some("I called: they know nothing of it")));
    Answer(mona.syncs().await.remove(0)).assert_done();
    carl.syncs().await;
    assert_eq!(carl.text("supplier", supplier, "iban"), OLD);
    assert!(!carl.holds("supplier", supplier).get("payment_hold").is_true());
    assert_eq!(states(&carl, supplier), [APPROVED, REFUSED]);
    let items = carl.attention();
    let [item] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((item.get("kind").text(), item.title()), (Some("decided"), "Quartz Yard"));
    assert!(item.get("message").text().unwrap().contains("they know nothing of it"));
    // What was entered stands in the proposal.
    let rows = carl.holds("supplier", supplier).collection(ROWS);
    assert!(rows.iter().any(|row| row.values.get("iban").text() == Some(NEW)));

    // One's own is taken back without anybody's leave.
    carl.edits("supplier", supplier, &[("iban", OTHER)]);
    carl.syncs().await;
    let (seen, row) =
        (carl.holds("supplier", supplier).clone(), waiting(&carl, supplier)[0].clone());
    carl.seal(draft::refuse(&seen, &row, None));
    Answer(carl.syncs().await.remove(0)).assert_done();
    assert_eq!(states(&carl, supplier), [APPROVED, REFUSED, WITHDRAWN]);
    assert_eq!(carl.attention().len(), 1);
}

#[tokio::test]
async fn of_two_that_were_proposed_apart_one_takes_effect_and_the_other_is_told() {
    let (_office, [mut anna, mut carl, mut mona], supplier) = people().await;
    anna.edits("supplier", supplier, &[("iban", OTHER)]);
    carl.edits("supplier", supplier, &[("iban", NEW)]);
    anna.syncs().await;
    carl.syncs().await;
    anna.syncs().await;
    mona.syncs().await;
    assert_eq!(waiting(&mona, supplier).len(), 2, "neither is lost");
    // The later one is Carl's.
    approves(&mut mona, supplier).await.assert_done();
    anna.syncs().await;
    assert_eq!(anna.text("supplier", supplier, "iban"), NEW);
    assert!(!anna.holds("supplier", supplier).get("payment_hold").is_true());
    assert_eq!(states(&anna, supplier), [APPROVED, REPLACED, APPROVED]);
    assert_eq!(anna.attention()[0].get("kind").text(), Some("decided"));
}

#[tokio::test]
async fn the_only_person_who_may_approves_their_own_a_day_later_and_it_is_on_record() {
    let office = Office::open().await;
    let _carl = office.colleague("carl", "accountant").await;
    let mut anna = Desk::filled(&office.admin).await;
    let supplier = anna.creates(&SUPPLIER, &[("name", "Quartz Yard"), ("iban", NEW)]);
    anna.syncs().await;
    approves(&mut anna, supplier).await.assert_refused(RejectCode::Invalid, "too_early");
    office.hub.clock.advance(TimeDelta::hours(25));
    anna.device.signs_in().await;
    approves(&mut anna, supplier).await.assert_done();
    assert_eq!(anna.text("supplier", supplier, "iban"), NEW);
    let record = anna.holds("supplier", supplier);
    assert!(record.collection(ROWS)[0].values.get("alone").is_true());
    assert!(until(record).is_some(), "payments wait all the same");
    let alone = office.sql(&format!(
        "SELECT count(*) FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
         WHERE e.row_id = '{supplier}' AND e.action = 'supplier.approve' AND e.outcome = 'done'
             AND v.changes::text LIKE '%.alone%'"
    ));
    assert_eq!(alone, ["1"]);
}
