//! Fiscal years: who closes, who opens again, and what stays closed.

use domain::record::{ChildRow, Record, Value};
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

/// The year that is open.
fn this_year(desk: &Desk) -> Uuid {
    let mut years = desk.copy.values().filter(|record| record.entity().name == "fiscal_year");
    let open = |year: &&Record| year.get("status").text() == Some("open");
    years.find(open).map(|year| year.id()).unwrap()
}

/// Gives the first month a status, with or without a reason, and tells what the hub says.
async fn sets_january(desk: &mut Desk, status: &str, reason: Option<&str>) -> Receipt {
    let seen = desk.holds("fiscal_year", this_year(desk)).clone();
    let mut left = seen.clone();
    let mut january: ChildRow = left.collection("fiscal_period")[0].clone();
    january.values.set("status", Value::Text(status.to_owned()));
    left.put_child(january);
    if let Some(reason) = reason {
        left.values.set("reopen_reason", Value::Text(reason.to_owned()));
    }
    desk.seal(draft::update(&seen, &left).unwrap());
    desk.syncs().await.remove(0)
}

fn january(desk: &Desk) -> String {
    let year = desk.holds("fiscal_year", this_year(desk));
    year.collection("fiscal_period")[0].values.get("status").text().unwrap().to_owned()
}

#[tokio::test]
async fn an_accountant_closes_a_month_and_only_an_administrator_opens_it_again_and_says_why() {
    let office = Office::open().await;
    let carl = office.colleague("carl", "accountant").await;
    let mut carl = Desk::filled(&carl).await;
    assert!(sets_january(&mut carl, "closed", None).await.has_effect());
    let Receipt::Rejected { code, problems, .. } =
        sets_january(&mut carl, "open", Some("forgotten")).await
    else {
        panic!("an accountant opened a month");
    };
    assert_eq!(code, RejectCode::NotPermitted);
    assert!(problems[0].message.contains("finance:period:reopen"), "{problems:?}");
    let mut anna = Desk::filled(&office.admin).await;
    let Receipt::Rejected { problems, .. } = sets_january(&mut anna, "open", None).await else {
        panic!("a month was opened without a reason");
    };
    assert_eq!(problems[0].rule, "reason_required");
    assert_eq!(january(&anna), "closed");
    let why = Some("Invoice 17 was forgotten");
    assert!(sets_january(&mut anna, "open", why).await.has_effect());
    assert_eq!(january(&anna), "open");
}

#[tokio::test]
async fn what_is_locked_for_good_is_opened_by_nobody_and_its_year_is_not_deleted() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    assert!(sets_january(&mut anna, "hard_locked", None).await.has_effect());
    let Receipt::Rejected { problems, .. } =
        sets_january(&mut anna, "closed", Some("A mistake")).await
    else {
        panic!("a locked month was opened");
    };
    assert_eq!(problems[0].rule, "hard_locked");
    let year = this_year(&anna);
    anna.retires("fiscal_year", year);
    let Receipt::Rejected { problems, .. } = anna.syncs().await.remove(0) else {
        panic!("a locked year was deleted");
    };
    assert_eq!(problems[0].rule, "hard_locked");
    assert!(!anna.holds("fiscal_year", year).is_retired());
}
