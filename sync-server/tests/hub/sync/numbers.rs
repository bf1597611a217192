//! Numbers of a series: leased to devices, drawn by the hub, and never given twice.

use domain::masters::{CUSTOMER, NUMBER_SERIES};
use serde_json::json;
use sync_protocol::numbers::{NumberLease, NumbersReply, NumbersRequest};
use sync_protocol::receipt::Receipt;
use uuid::Uuid;

use super::desk::Desk;
use super::office::{Office, SLUG};
use crate::api::errors;
use crate::support::Person;

/// A request that tells of everything it is given.
fn request(desk: &Desk, held: &[NumberLease]) -> NumbersRequest {
    NumbersRequest {
        epoch: desk.epoch,
        request_id: daybook_server::ids::opaque_id(),
        held: held.iter().map(NumberLease::told).collect(),
        returned: Vec::new(),
        wants: true,
    }
}

async fn asks(desk: &mut Desk, request: &NumbersRequest) -> Vec<NumberLease> {
    let answer = desk.asks("numbers", request).await;
    let reply: NumbersReply = desk.read(&answer);
    reply.leases
}

async fn leases(desk: &mut Desk, held: &[NumberLease]) -> Vec<NumberLease> {
    asks(desk, &request(desk, held)).await
}

/// First and last number that is left of each lease.
fn ranges(leases: &[NumberLease]) -> Vec<(i64, i64)> {
    leases.iter().map(|lease| (lease.next, lease.last)).collect()
}

/// An office whose customers are numbered, ten to a device.
async fn numbering(fields: &[(&str, &str)]) -> (Office, Desk) {
    let office = Office::open().await;
    let mut desk = Desk::filled(&office.admin).await;
    let company = office.sql("SELECT id FROM company LIMIT 1").remove(0);
    let own = [
        ("name", "Customers"),
        ("document_type", "customer"),
        ("prefix", "K-"),
        ("width", "3"),
        ("device_block_size", "10"),
        ("company_id", company.as_str()),
    ];
    desk.creates(&NUMBER_SERIES, &[&own, fields].concat());
    assert!(matches!(desk.syncs().await[..], [Receipt::Applied { .. }]));
    (office, desk)
}

async fn colleague(office: &Office, name: &str) -> Desk {
    Desk::filled(&office.colleague(name, "manager").await).await
}

async fn posts(person: &Person, body: serde_json::Value) -> crate::support::Answer {
    person.post("/api/v1/customer").json(&body).send().await
}

#[tokio::test]
async fn a_lost_answer_is_given_again_and_no_number_is_given_twice() {
    let (office, mut anna) = numbering(&[]).await;
    let mut ben = colleague(&office, "ben").await;
    let first = request(&anna, &[]);
    let annas = asks(&mut anna, &first).await;
    assert_eq!(ranges(&annas), [(1, 10)]);
    assert_eq!(asks(&mut anna, &first).await, annas, "the answer was lost");
    assert_eq!(leases(&mut anna, &[]).await, annas, "and so was what she held");
    assert_eq!(ranges(&leases(&mut ben, &[]).await), [(11, 20)]);
    // One was used: there is more before there is none.
    let used = [NumberLease { next: 2, ..annas[0].clone() }];
    assert_eq!(ranges(&leases(&mut anna, &used).await), [(2, 10), (21, 30)]);
    let told = "SELECT count(*) FROM audit_entry WHERE action = 'number_series.lease'";
    assert_eq!(office.count(told), 3);
}

#[tokio::test]
async fn a_number_that_a_device_holds_is_given_by_nobody_else() {
    let (office, mut anna) = numbering(&[]).await;
    let mut ben = colleague(&office, "ben").await;
    leases(&mut ben, &[]).await;
    anna.creates(&CUSTOMER, &[("name", "Ada"), ("code", "k-003")]);
    let free = anna.creates(&CUSTOMER, &[("name", "Bea"), ("code", "K-900")]);
    let receipts = anna.syncs().await;
    let Receipt::Rejected { problems, .. } = &receipts[0] else { panic!("{receipts:?}") };
    assert_eq!((problems[0].field.as_str(), problems[0].rule.as_str()), ("code", "number_leased"));
    assert!(matches!(receipts[1], Receipt::Applied { .. }));
    anna.edits("customer", free, &[("code", "K-004")]);
    assert!(matches!(anna.syncs().await[..], [Receipt::Rejected { .. }]));
    // Its holder gives it, and the hub knows.
    ben.creates(&CUSTOMER, &[("name", "Carl"), ("code", "K-001")]);
    ben.creates(&CUSTOMER, &[("name", "Dora"), ("code", "K-002")]);
    let receipts = ben.syncs().await;
    assert!(receipts.iter().all(|it| matches!(it, Receipt::Applied { .. })), "{receipts:?}");
    let next = "SELECT next_number FROM number_lease WHERE state = 'held'";
    assert_eq!(office.count(next), 3);
    // One that he types ahead leaves those before it to be drawn, and no gap.
    ben.creates(&CUSTOMER, &[("name", "Emil"), ("code", "K-006")]);
    ben.creates(&CUSTOMER, &[("name", "Fred"), ("code", "K-003")]);
    assert!(matches!(ben.syncs().await[..], [Receipt::Applied { .. }, Receipt::Applied { .. }]));
    assert_eq!(office.count(next), 4);
}

#[tokio::test]
async fn a_request_without_a_code_is_given_the_next_and_a_refused_one_leaves_no_gap() {
    let (office, mut anna) = numbering(&[]).await;
    let mut admin = office.admin.clone();
    admin.signs_in().await;
    leases(&mut anna, &[]).await;
    // A customer of before the series stands in the way.
    anna.creates(&CUSTOMER, &[("name", "Old"), ("code", "K-012")]);
    anna.syncs().await;
    posts(&admin, json!({ "name": "Ada" })).await.assert(201);
    let refused = posts(&admin, json!({ "name": "Bea", "currency": Uuid::from_u128(9) })).await;
    assert!(refused.status >= 400, "{}", refused.text());
    posts(&admin, json!({ "name": "Carl" })).await.assert(201);
    let leased = posts(&admin, json!({ "name": "Dora", "code": "K-002" })).await;
    assert_eq!(errors(&leased), [("code".to_owned(), "number_leased".to_owned())]);
    let codes = office.sql("SELECT code FROM customer ORDER BY code");
    assert_eq!(codes, ["K-011", "K-012", "K-013"]);
    assert_eq!(office.sql("SELECT reason FROM number_void"), ["taken"]);
}

#[tokio::test]
async fn what_is_given_back_is_leased_first_and_what_is_lost_is_in_the_register() {
    let (office, mut anna) = numbering(&[]).await;
    let mut ben = colleague(&office, "ben").await;
    let mut carla = colleague(&office, "carla").await;
    let annas = leases(&mut anna, &[]).await;
    let bens = leases(&mut ben, &[]).await;
    let mut back = request(&anna, &[]);
    back.returned = vec![NumberLease { next: 4, ..annas[0].clone() }.told()];
    back.wants = false;
    assert_eq!(asks(&mut anna, &back).await, []);
    assert_eq!(asks(&mut anna, &back).await, [], "said again");
    let given = leases(&mut carla, &[]).await;
    assert_eq!(ranges(&given), [(4, 10), (21, 30)]);

    // Ben's device is lost after he used one.
    leases(&mut ben, &[NumberLease { next: 12, ..bens[0].clone() }]).await;
    office.hub.runs(&["device", "wipe", SLUG, &ben.device_id.to_string()]);
    let void = "SELECT reason, first_number, last_number FROM number_void ORDER BY first_number";
    assert_eq!(office.sql(void), ["wiped|12|20", "wiped|31|40"]);
    let all = "SELECT sum(last_number - next_number + 1) FROM number_lease WHERE state = 'held'";
    assert_eq!(office.count(all), 17);
}

#[tokio::test]
async fn a_series_that_is_written_otherwise_or_not_used_any_more_takes_its_numbers_back() {
    let (office, mut anna) = numbering(&[]).await;
    let held = leases(&mut anna, &[]).await;
    let series = held[0].series_id;
    anna.edits("number_series", series, &[("prefix", "C-")]);
    anna.syncs().await;
    let other = leases(&mut anna, &held).await;
    assert_eq!((ranges(&other), other[0].stem.as_str()), (vec![(11, 20)], "C-"));
    // The answer may be lost: until the device says how far it has used them, nobody else is given what is left.
    let returned = "SELECT next_number FROM number_lease WHERE state = 'returned'";
    assert_eq!(office.sql(returned), Vec::<String>::new());
    let mut back = request(&anna, &other);
    back.returned = vec![NumberLease { next: 3, ..held[0].clone() }.told()];
    assert_eq!(asks(&mut anna, &back).await, other);
    assert_eq!(office.sql(returned), ["3"]);
    anna.edits("number_series", series, &[("gapless", "yes")]);
    let receipts = anna.syncs().await;
    let [Receipt::Rejected { problems, .. }] = &receipts[..] else { panic!("{receipts:?}") };
    assert_eq!(problems[0].rule, "gapless_in_use");
    anna.edits("number_series", series, &[("active", "no")]);
    anna.syncs().await;
    assert_eq!(leases(&mut anna, &other).await, []);
    back = request(&anna, &[]);
    back.returned = vec![other[0].told()];
    assert_eq!(asks(&mut anna, &back).await, []);
    assert_eq!(office.sql(&format!("{returned} ORDER BY 1")), ["3", "11"]);
}

#[tokio::test]
async fn two_copies_of_a_device_give_no_more_numbers() {
    let (office, mut anna) = numbering(&[]).await;
    let held = leases(&mut anna, &[]).await;
    anna.creates(&CUSTOMER, &[("name", "First"), ("code", "K-001")]);
    anna.pushes().await;
    let mut copied = anna.clone();
    anna.creates(&CUSTOMER, &[("name", "Here"), ("code", "K-002")]);
    anna.pushes().await;
    copied.creates(&CUSTOMER, &[("name", "There"), ("code", "K-002")]);
    let push = copied.push_of(&copied.outbox);
    copied.asks("push", &push).await.assert_problem(409, "chain_forked");
    let ask = request(&anna, &held);
    office.hub.eventually(async || anna.asks("numbers", &ask).await.status == 403).await;
    for copy in [&anna, &copied] {
        copy.asks("numbers", &ask).await.assert_problem(403, "device_frozen");
    }
    assert_eq!(office.sql("SELECT first_number, reason FROM number_void"), ["3|forked"]);
}

#[tokio::test]
async fn each_device_counts_for_itself_where_its_name_stands_in_the_codes() {
    let (office, mut anna) = numbering(&[("prefix", "{DEVICE}-"), ("gapless", "yes")]).await;
    let mut ben = colleague(&office, "ben").await;
    let (annas, bens) = (leases(&mut anna, &[]).await, leases(&mut ben, &[]).await);
    assert_eq!((ranges(&annas), ranges(&bens)), (vec![(1, 999)], vec![(1, 999)]));
    assert_ne!(annas[0].stem, bens[0].stem);
    // The person signs out and in again: the count goes on.
    let mut back = request(&anna, &[]);
    back.returned = vec![NumberLease { next: 8, ..annas[0].clone() }.told()];
    let again = asks(&mut anna, &back).await;
    assert_eq!((ranges(&again), &again[0].stem), (vec![(8, 999)], &annas[0].stem));
    // The hub is no device: it gives none of these.
    let mut admin = office.admin.clone();
    admin.signs_in().await;
    posts(&admin, json!({ "name": "Ada" })).await.assert(201);
    assert_eq!(office.sql("SELECT coalesce(code, 'none') FROM customer"), ["none"]);
}

#[tokio::test]
async fn a_series_without_gaps_is_leased_to_one_device_at_a_time() {
    let (office, mut anna) = numbering(&[("gapless", "yes")]).await;
    let mut ben = colleague(&office, "ben").await;
    let annas = leases(&mut anna, &[]).await;
    assert_eq!(ranges(&annas), [(1, 10)]);
    assert_eq!(leases(&mut ben, &[]).await, []);
    let mut back = request(&anna, &[]);
    back.returned = vec![NumberLease { next: 3, ..annas[0].clone() }.told()];
    back.wants = false;
    asks(&mut anna, &back).await;
    assert_eq!(ranges(&leases(&mut ben, &[]).await)[0], (3, 10));
}

#[tokio::test]
async fn whoever_may_not_make_customers_is_given_no_numbers_of_theirs() {
    let (office, _anna) = numbering(&[]).await;
    let viewer = office.colleague("victor", "technician").await;
    let mut viewer = Desk::filled(&viewer).await;
    assert_eq!(leases(&mut viewer, &[]).await, []);
    let mut elsewhere = request(&viewer, &[]);
    elsewhere.epoch += 1;
    assert_eq!(viewer.asks("numbers", &elsewhere).await.status, 410);
}
