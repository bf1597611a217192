//! Work that came under a lease which had ended, or whose author lost the right: others decide about it.

use domain::attention::{FIELD_ROWS, IN_REVIEW, REASON_ROWS, REJECTED, REVIEW};
use domain::masters::{CUSTOMER, SUPPLIER};
use domain::record::Record;
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

/// Anna decides about others' work, Bob does his own.
struct Two {
    office: Office,
    anna: Desk,
    bob: Desk,
}

impl Two {
    async fn with_role(role: &str) -> Two {
        let office = Office::open().await;
        let anna = Desk::filled(&office.admin).await;
        let bob = office.colleague("bob", role).await;
        let bob = Desk::filled(&bob).await;
        Two { office, anna, bob }
    }

    fn lease_of_bob(&self, set: &str) {
        let device = self.bob.device_id;
        self.office
            .hub
            .control(&format!("UPDATE device_leases SET {set} WHERE device_id = '{device}'"));
    }

    fn lease_runs_out(&self) {
        self.lease_of_bob(
            "issued_at = issued_at - interval '15 days', expires_at = now() - interval '1 second'",
        );
    }

    fn customers(&self) -> Vec<String> {
        self.office.sql("SELECT name || '/' || coalesce(city, '') FROM customer ORDER BY name")
    }
}

fn item_of<'a>(desk: &'a Desk, kind: &str) -> &'a Record {
    let mut items =
        desk.attention().into_iter().filter(|item| item.get("kind").text() == Some(kind));
    let item = items.next().unwrap_or_else(|| panic!("no {kind}: {:?}", desk.attention()));
    assert!(items.next().is_none(), "one {kind}");
    item
}

fn is_review(receipt: &Receipt) -> bool {
    matches!(receipt, Receipt::Review { role, .. } if role == "admin")
}

fn rules(item: &Record) -> Vec<&str> {
    let rows = item.collection(REASON_ROWS).into_iter();
    rows.filter_map(|row| row.values.get("rule").text()).collect()
}

fn told(item: &Record, path: &str, side: &str) -> String {
    let rows = item.collection(FIELD_ROWS);
    let row = rows.iter().find(|row| row.values.get("path").text() == Some(path));
    row.and_then(|row| row.values.get(side).text()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn work_of_a_lease_that_ran_out_waits_until_somebody_applies_it() {
    let mut two = Two::with_role("manager").await;
    let id = two.anna.creates(&CUSTOMER, &[("name", "Miller"), ("city", "Kiel")]);
    two.anna.syncs().await;
    two.bob.pulls().await;
    two.bob.edits("customer", id, &[("city", "Bonn")]);
    let new = two.bob.creates(&CUSTOMER, &[("name", "Newly")]);
    two.anna.edits("customer", id, &[("city", "Essen"), ("phone", "+49 30 123456")]);
    two.anna.syncs().await;
    two.lease_runs_out();
    // The lease is renewed by the hello; the work was done under the one before.
    assert!(two.bob.says_hello().await.lease.is_some());
    let sent = two.bob.push_of(&two.bob.outbox.clone());
    let receipts = two.bob.syncs().await;
    assert!(receipts.iter().all(is_review), "{receipts:?}");
    assert_eq!(two.customers(), ["Miller/Essen"]);
    let again = two.bob.asks("push", &sent).await;
    let again: sync_protocol::message::PushReply = two.bob.read(&again);
    assert_eq!(sync_protocol::wire::decode::<Receipt>(&again.receipts[0].1).unwrap(), receipts[0]);

    two.anna.pulls().await;
    let items: Vec<Record> = two.anna.attention().into_iter().cloned().collect();
    assert_eq!(items.len(), 2);
    let of = |row: Uuid| items.iter().find(|it| it.get("row_id").id() == Some(row)).unwrap();
    let edit = of(id);
    assert_eq!(edit.get("kind").text(), Some(REVIEW));
    assert_eq!(edit.get("by_user").id(), Some(two.bob.user));
    assert_eq!((edit.title(), rules(edit)), ("Miller", vec!["review_lease_over"]));
    let sides = ["mine", "theirs", "base"].map(|side| told(edit, "city", side));
    assert_eq!(sides, ["\"Bonn\"", "\"Essen\"", "\"Kiel\""]);
    assert_eq!((of(new).title(), told(of(new), "name", "mine")), ("Newly", "\"Newly\"".to_owned()));
    assert_eq!(two.bob.attention().len(), 2);

    two.anna.seal(draft::review(of(new), true, None));
    assert!(matches!(two.anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert_eq!(two.customers(), ["Miller/Essen", "Newly/"]);
    // What stands since is not written over: whoever applies it is asked, as with every conflict.
    two.anna.seal(draft::review(edit, true, None));
    assert!(matches!(two.anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert_eq!(two.customers(), ["Miller/Essen", "Newly/"]);
    let conflict = item_of(&two.anna, "conflict");
    assert_eq!(told(conflict, "city", "mine"), "\"Bonn\"");
    two.bob.pulls().await;
    assert!(two.bob.attention().is_empty(), "{:?}", two.bob.attention());
    assert_eq!(two.bob.text("customer", new, "name"), "Newly");
    let audit = two.office.sql(&format!(
        "SELECT e.action || ' ' || (e.user_id = '{}') || ' ' || (v.changes ->> 'written_by' = '{}')
         FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id WHERE e.action LIKE 'review.%'",
        two.anna.user, two.bob.user
    ));
    assert_eq!(audit, ["review.apply true true"; 2]);
    let made = two.office.sql(&format!(
        "SELECT action FROM audit_entry e WHERE entity = 'customer' AND row_id = '{new}'
             AND outcome = 'done' AND op_id IN (SELECT op_id FROM sync_review)"
    ));
    assert_eq!(made, ["customer.create"]);
    // Whoever reads the history is told whose work it is and who brought it in.
    let path = format!("/api/v1/customer/{new}/history");
    let told = two.anna.device.person.request("GET", &path).send().await;
    let told: sync_protocol::history::History = told.read(200);
    let [entry] = &told.entries[..] else { panic!("{told:?}") };
    assert_eq!(entry.user.as_ref().map(|user| user.id), Some(two.anna.user));
    let author = entry.written_by.as_ref().map(|author| (author.id, author.name.as_deref()));
    assert_eq!(author, Some((two.bob.user, Some("bob"))));
}

#[tokio::test]
async fn work_of_a_lease_that_was_taken_back_is_returned_with_a_reason_and_mended() {
    let mut two = Two::with_role("manager").await;
    two.bob.creates(&CUSTOMER, &[("name", "Odd one")]);
    two.lease_of_bob("revoked_at = now()");
    let receipts = two.bob.syncs().await;
    assert!(is_review(&receipts[0]), "{receipts:?}");
    let waits = item_of(&two.bob, IN_REVIEW).clone();
    assert_eq!(rules(&waits), ["review_lease_revoked"]);
    // It is not the author's to decide while somebody else does.
    two.bob.seal(
        draft::resolve(&waits, None, &draft::Choice::default()).unwrap().pop().unwrap().intent,
    );
    two.bob.lease_serial += 1;
    assert!(matches!(two.bob.syncs().await[..], [Receipt::Rejected { .. }]));

    two.anna.pulls().await;
    let item = item_of(&two.anna, REVIEW).clone();
    two.anna.seal(draft::review(&item, false, Some("we have it as \"Even one\"")));
    assert!(matches!(two.anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert!(two.anna.attention().is_empty());
    two.bob.pulls().await;
    let back = two.bob.attention().into_iter().find(|it| it.id() == waits.id()).unwrap().clone();
    assert_eq!(back.get("kind").text(), Some(REJECTED));
    assert_eq!(rules(&back), ["review_returned_for"]);
    assert!(back.get("message").text().unwrap().contains("Even one"));
    // Sent once more as it was, it takes the place of what was returned.
    two.bob.says_hello().await;
    let keep = draft::Decision { path: "name".to_owned(), keep: "mine".to_owned() };
    let choice = draft::Choice { decisions: vec![keep], ..draft::Choice::default() };
    two.lease_of_bob("revoked_at = NULL");
    two.bob.lease_serial = 1;
    for work in draft::resolve(&back, None, &choice).unwrap() {
        two.bob.seal_after(work.intent, Vec::new(), work.replaces);
    }
    assert!(two.bob.syncs().await.iter().all(Receipt::has_effect));
    assert_eq!(two.customers(), ["Odd one/"]);
}

#[tokio::test]
async fn what_a_lease_allowed_and_the_rights_of_now_do_not_goes_to_review_and_nothing_else() {
    let mut two = Two::with_role("manager").await;
    two.bob.creates(&SUPPLIER, &[("name", "Quartz Yard")]);
    two.office.assigns(&two.bob.device.person.email, &["sales"]).await;
    let bob = &mut two.bob;
    let reply = loop {
        let reply = bob.says_hello().await;
        if reply.lease.is_some() {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    let lease: domain::permissions::Lease =
        sync_protocol::wire::decode(&reply.lease.unwrap().bytes).unwrap();
    bob.grants = lease.grants;
    // Under the new lease he may not do it either, and neither lease let him write what is next.
    bob.lease_serial = u64::try_from(lease.serial).unwrap();
    bob.creates(&SUPPLIER, &[("name", "Never allowed")]);
    let receipts = bob.syncs().await;
    assert!(is_review(&receipts[0]), "{receipts:?}");
    assert!(matches!(receipts[1], Receipt::Rejected { code: RejectCode::NotPermitted, .. }));
    assert_eq!(rules(item_of(bob, IN_REVIEW)), ["review_right_lost"]);
    two.anna.pulls().await;
    let item = item_of(&two.anna, REVIEW).clone();
    two.anna.seal(draft::review(&item, true, None));
    assert!(matches!(two.anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert_eq!(two.office.sql("SELECT name FROM supplier"), ["Quartz Yard"]);
}

#[tokio::test]
async fn the_first_of_two_who_decide_counts_and_the_second_is_told() {
    let mut two = Two::with_role("sales").await;
    let carl = two.office.colleague("carl", "manager").await;
    let mut carl = Desk::filled(&carl).await;
    two.bob.creates(&CUSTOMER, &[("name", "Contested")]);
    two.lease_runs_out();
    assert!(matches!(two.bob.syncs().await[..], [Receipt::Review { .. }]));
    two.anna.pulls().await;
    carl.pulls().await;
    let theirs = item_of(&carl, REVIEW).clone();
    let item = item_of(&two.anna, REVIEW).clone();
    two.anna.seal(draft::review(&item, true, None));
    carl.seal(draft::review(&theirs, false, Some("no")));
    // The reply is lost, and the decision comes again.
    let sent = two.anna.push_of(&two.anna.outbox.clone());
    let first: sync_protocol::message::PushReply = {
        let answer = two.anna.asks("push", &sent).await;
        two.anna.read(&answer)
    };
    let second: sync_protocol::message::PushReply = {
        let answer = two.anna.asks("push", &sent).await;
        two.anna.read(&answer)
    };
    assert_eq!(first.receipts, second.receipts);
    let receipts = carl.syncs().await;
    let Receipt::Rejected { problems, .. } = &receipts[0] else { panic!("{receipts:?}") };
    assert_eq!(problems[0].rule, "decided");
    assert_eq!(rules(item_of(&carl, "decided")), ["decided"]);
    assert_eq!(two.customers(), ["Contested/"]);
    assert_eq!(two.office.sql("SELECT decision FROM sync_review"), ["applied"]);
}

#[tokio::test]
async fn what_waits_for_held_work_is_done_once_that_is_applied_by_the_rights_of_its_author() {
    let mut two = Two::with_role("manager").await;
    let supplier = two.bob.drafts(&SUPPLIER, &[("name", "Quartz Yard")]);
    let made = two.bob.seal(draft::create(&supplier));
    let mut named = supplier.clone();
    super::desk::write(&mut named, &[("city", "Bergen")]);
    two.bob.lease_serial = 1;
    two.bob.seal_after(draft::update(&supplier, &named).unwrap(), vec![made], None);
    two.lease_runs_out();
    let reply = two.bob.says_hello().await;
    let lease: domain::permissions::Lease =
        sync_protocol::wire::decode(&reply.lease.unwrap().bytes).unwrap();
    // The second was done under the lease of now.
    let second = two.bob.outbox.pop().unwrap().op().clone();
    two.bob.chain = sync_protocol::op::ChainEnd::after(two.bob.outbox.last().unwrap());
    two.bob.lease_serial = u64::try_from(lease.serial).unwrap();
    two.bob.seal_after(second.intent, second.needs, None);
    let receipts = two.bob.syncs().await;
    assert!(is_review(&receipts[0]), "{receipts:?}");
    assert!(matches!(receipts[1], Receipt::Waiting { needs, .. } if needs == made));
    two.anna.pulls().await;
    let item = item_of(&two.anna, REVIEW).clone();
    two.anna.seal(draft::review(&item, true, None));
    assert!(matches!(two.anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert_eq!(two.office.sql("SELECT name || city FROM supplier"), ["Quartz YardBergen"]);
    two.bob.pulls().await;
    assert!(two.bob.attention().is_empty());
    // What builds on it later finds it done.
    let mut closed = named.clone();
    super::desk::write(&mut closed, &[("phone", "+49 30 123457")]);
    two.bob.seal_after(draft::update(&named, &closed).unwrap(), vec![made], None);
    assert!(two.bob.syncs().await.iter().all(Receipt::has_effect));
}

#[tokio::test]
async fn who_decides_reads_only_what_they_may_see() {
    const HIDDEN: &str = "7351.25";
    let mut two = Two::with_role("admin").await;
    let mut role = domain::permissions::StandardRole::Manager.role();
    role.key = "overseer".to_owned();
    role.groups.remove(&domain::permissions::Sensitivity::CreditLimit);
    two.office.adds_role(&role).await;
    let dora = two.office.colleague("dora", "overseer").await;
    let mut dora = Desk::filled(&dora).await;
    let id = two.anna.creates(&CUSTOMER, &[("name", "Miller"), ("credit_limit", "1.5")]);
    two.anna.syncs().await;
    two.bob.pulls().await;
    two.bob.edits("customer", id, &[("credit_limit", HIDDEN), ("city", "Bonn")]);
    two.lease_runs_out();
    assert!(is_review(&two.bob.syncs().await[0]));
    dora.heard.clear();
    dora.pulls().await;
    let item = item_of(&dora, REVIEW).clone();
    assert_eq!(told(&item, "city", "mine"), "\"Bonn\"");
    for side in ["mine", "theirs", "base"] {
        assert_eq!(told(&item, "credit_limit", side), "");
    }
    assert!(!dora.heard(HIDDEN));
    // She may not write what she does not see: it is not applied by her, and others still can.
    dora.seal(draft::review(&item, true, None));
    let receipts = dora.syncs().await;
    assert!(matches!(receipts[..], [Receipt::Rejected { code: RejectCode::NotPermitted, .. }]));
    assert_eq!(rules(item_of(&dora, REVIEW)), ["review_lease_over", "field_not_permitted"]);
    assert!(!dora.heard(HIDDEN));
    two.anna.pulls().await;
    let item = item_of(&two.anna, REVIEW).clone();
    two.anna.seal(draft::review(&item, true, None));
    assert!(matches!(two.anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert_eq!(two.customers(), ["Miller/Bonn"]);
}

#[tokio::test]
async fn the_only_person_decides_about_their_own_after_a_day() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "Alone")]);
    office.hub.control("UPDATE device_leases SET revoked_at = now()");
    assert!(is_review(&anna.syncs().await[0]));
    office.hub.control("UPDATE device_leases SET revoked_at = NULL");
    let item = item_of(&anna, REVIEW).clone();
    anna.seal(draft::review(&item, true, None));
    let receipts = anna.syncs().await;
    let Receipt::Rejected { problems, .. } = &receipts[0] else { panic!("{receipts:?}") };
    assert_eq!(problems[0].rule, "review_too_early");
    office.sql("UPDATE sync_op SET received_at = received_at - interval '25 hours'");
    let item = item_of(&anna, REVIEW).clone();
    anna.seal(draft::review(&item, true, None));
    assert!(matches!(anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert!(anna.attention().is_empty());
    assert_eq!(office.sql("SELECT name FROM customer"), ["Alone"]);
}

#[tokio::test]
async fn who_may_decide_only_later_is_shown_what_waits_then() {
    let mut two = Two::with_role("manager").await;
    two.bob.creates(&CUSTOMER, &[("name", "Waits for Eve")]);
    two.lease_runs_out();
    assert!(is_review(&two.bob.syncs().await[0]));
    let eve = two.office.colleague("eve", "manager").await;
    let mut eve = Desk::filled(&eve).await;
    let item = item_of(&eve, REVIEW).clone();
    assert_eq!((item.title(), rules(&item)), ("Waits for Eve", vec!["review_lease_over"]));
    // On another device it is the same item.
    assert_eq!(item_of(&Desk::filled(&eve.device.person).await, REVIEW).id(), item.id());
    eve.seal(draft::review(&item, true, None));
    assert!(matches!(eve.syncs().await[..], [Receipt::Applied { .. }]));
    two.anna.pulls().await;
    assert!(two.anna.attention().is_empty());
    // Who decides about nothing is shown nothing.
    let finn = two.office.colleague("finn", "sales").await;
    two.bob.creates(&CUSTOMER, &[("name", "Waits for Anna")]);
    assert!(is_review(&two.bob.syncs().await[0]));
    assert!(Desk::filled(&finn).await.attention().is_empty());
}
