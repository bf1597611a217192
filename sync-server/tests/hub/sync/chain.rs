//! Lost replies, repeats: every op has one receipt and at most one effect.

use domain::masters::CUSTOMER;
use sync_protocol::message::PushReply;
use sync_protocol::op::{ChainEnd, Op, SealedOp};
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;

use super::desk::Desk;
use super::office::Office;

async fn push(desk: &mut Desk, ops: &[SealedOp]) -> PushReply {
    let answer = desk.asks("push", &desk.push_of(ops)).await;
    desk.read(&answer)
}

#[tokio::test]
async fn a_repeat_is_answered_byte_for_byte_however_it_is_cut() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    for number in 0..6 {
        anna.creates(&CUSTOMER, &[("name", &format!("Customer {number}")), ("code", "same")]);
    }
    let ops = std::mem::take(&mut anna.outbox);
    let first = push(&mut anna, &ops[..4]).await;
    let written = office.count("SELECT sum(version) FROM customer");
    // The reply was lost: the device sends again, cut otherwise, with more behind.
    let again = push(&mut anna, &ops).await;
    assert_eq!(again.receipts[..4], first.receipts[..]);
    let third = push(&mut anna, &ops[2..5]).await;
    assert_eq!(third.receipts[..], again.receipts[2..5]);
    assert_eq!(third.chain, ChainEnd::after(&ops[5]));
    assert_eq!(office.count("SELECT count(*) FROM customer"), 6);
    assert_eq!(office.count("SELECT sum(version) FROM customer"), written + 2);
    anna.pulls().await;
    assert_eq!(anna.attention().len(), 5);
}

#[tokio::test]
async fn a_gap_is_named_and_nothing_of_the_push_is_taken() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    for number in 0..3 {
        anna.creates(&CUSTOMER, &[("name", &format!("Customer {number}"))]);
    }
    let ops = std::mem::take(&mut anna.outbox);
    let answer = anna.asks("push", &anna.push_of(&ops[1..])).await;
    answer.assert_problem(409, "chain_gap");
    assert_eq!(answer.json()["detail"], "The next operation must have the number 1.");
    assert_eq!(office.count("SELECT count(*) FROM customer"), 0);
    assert_eq!(push(&mut anna, &ops).await.receipts.len(), 3);
}

#[tokio::test]
async fn an_op_id_never_stands_for_two_intents() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "First")]);
    let first = anna.outbox[0].op().op_id;
    anna.pushes().await;
    anna.creates(&CUSTOMER, &[("name", "Second")]);
    let second = anna.outbox.pop().unwrap();
    let forged = SealedOp::seal(Op { op_id: first, ..second.op().clone() }).unwrap();
    anna.chain = ChainEnd::after(&forged);
    anna.outbox.push(forged.clone());
    let receipts = anna.pushes().await;
    assert!(matches!(receipts[..], [Receipt::Rejected { code: RejectCode::OpIdReused, .. }]));
    // Said again, it is answered again; what follows in the chain is judged.
    anna.creates(&CUSTOMER, &[("name", "Third")]);
    let third = anna.outbox.pop().unwrap();
    let reply = push(&mut anna, &[forged, third]).await;
    assert_eq!(wire::decode::<Receipt>(&reply.receipts[0].1).unwrap(), receipts[0]);
    assert!(wire::decode::<Receipt>(&reply.receipts[1].1).unwrap().has_effect());
    assert_eq!(
        office.count("SELECT count(*) FROM audit_entry WHERE action = 'sync.op_id_reused'"),
        1
    );
}

#[tokio::test]
async fn work_that_builds_on_refused_work_waits_and_is_done_once_that_is_mended() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    // Refused: an address without a name.
    let mut refused = anna.drafts(&CUSTOMER, &[("city", "Leeds")]);
    let needed = anna.seal(sync_protocol::device::draft::create(&refused));
    let follower = anna.drafts(&CUSTOMER, &[("name", "Follower")]);
    let waiting = sync_protocol::device::draft::create(&follower);
    anna.seal_after(waiting, vec![needed], None);
    let receipts = anna.syncs().await;
    assert!(matches!(receipts[0], Receipt::Rejected { .. }));
    assert!(matches!(receipts[1], Receipt::Waiting { needs, .. } if needs == needed));
    assert_eq!(anna.attention().len(), 2);
    super::desk::write(&mut refused, &[("name", "Miller")]);
    let mended = sync_protocol::device::draft::create(&refused);
    anna.seal_after(mended, Vec::new(), Some(needed));
    assert!(matches!(anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert_eq!(anna.text("customer", follower.id(), "name"), "Follower");
    let left: Vec<_> = anna.attention().iter().map(|item| item.get("kind").text()).collect();
    assert_eq!(left, [Some("rejected")]);
}

#[tokio::test]
async fn what_waited_and_was_done_is_edited_by_a_mend_that_comes_too_late() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut refused = anna.drafts(&CUSTOMER, &[("city", "Leeds")]);
    let needed = anna.seal(sync_protocol::device::draft::create(&refused));
    let mut shop = anna.drafts(&CUSTOMER, &[("name", "Shop"), ("city", "Leeds")]);
    let waiting = sync_protocol::device::draft::create(&shop);
    let waiting = anna.seal_after(waiting, vec![needed], None);
    anna.syncs().await;
    super::desk::write(&mut refused, &[("name", "Miller")]);
    let mended = sync_protocol::device::draft::create(&refused);
    anna.seal_after(mended, Vec::new(), Some(needed));
    anna.syncs().await;
    assert_eq!(anna.text("customer", shop.id(), "city"), "Leeds");
    // Decided before that was heard of: what differs is for a person, and nothing is made twice.
    super::desk::write(&mut shop, &[("city", "York")]);
    let late = sync_protocol::device::draft::create(&shop);
    anna.seal_after(late, Vec::new(), Some(waiting));
    let receipts = anna.syncs().await;
    let Receipt::Conflict { fields, .. } = &receipts[0] else { panic!("{receipts:?}") };
    assert_eq!(fields, &["city"]);
    assert_eq!(anna.text("customer", shop.id(), "city"), "Leeds");
}

#[tokio::test]
async fn what_a_person_dropped_while_it_waited_is_not_done_when_the_rest_is_mended() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut refused = anna.drafts(&CUSTOMER, &[("city", "Leeds")]);
    let needed = anna.seal(sync_protocol::device::draft::create(&refused));
    let shop = anna.drafts(&CUSTOMER, &[("name", "Shop")]);
    anna.seal_after(sync_protocol::device::draft::create(&shop), vec![needed], None);
    anna.syncs().await;
    let items = anna.attention();
    let waits = items.iter().find(|item| item.get("kind").text() == Some("waiting")).unwrap();
    let drop = sync_protocol::device::draft::resolve(waits, None, &Default::default());
    anna.seal(drop.unwrap().pop().unwrap().intent);
    super::desk::write(&mut refused, &[("name", "Miller")]);
    let mended = sync_protocol::device::draft::create(&refused);
    anna.seal_after(mended, Vec::new(), Some(needed));
    anna.syncs().await;
    assert_eq!(anna.text("customer", refused.id(), "name"), "Miller");
    assert!(!anna.copy.contains_key(&("customer".to_owned(), shop.id())));
}

#[tokio::test]
async fn too_many_ops_are_refused_in_words() {
    let office = Office::open().await;
    let anna = Desk::filled(&office.admin).await;
    let push = sync_protocol::message::Push { epoch: anna.epoch, ops: vec![vec![1].into(); 5_001] };
    let answer = anna.asks("push", &push).await;
    answer.assert_problem(422, "invalid_fields");
    assert_eq!(answer.json()["errors"][0]["field"], "ops");
}
