//! Two copies of one device, and a device that was set back: nothing typed on either is lost or done twice, and a
//! person says how it goes on.

use domain::masters::CUSTOMER;
use serde_json::{Value, json};
use sync_protocol::auth::LoginReply;
use sync_protocol::message::{HelloReply, PushReply, Standing};
use sync_protocol::op::{ChainEnd, Op, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;
use crate::support::Device;

/// Anna's device and a copy of it; both hold what the hub has answered, and each was written on since.
async fn copied(office: &Office) -> (Desk, Desk) {
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "Before")]);
    anna.syncs().await;
    let mut copy = anna.clone();
    anna.creates(&CUSTOMER, &[("name", "Here")]);
    copy.creates(&CUSTOMER, &[("name", "There")]);
    copy.creates(&CUSTOMER, &[("name", "There, too")]);
    (anna, copy)
}

async fn greeted(desk: &mut Desk) -> HelloReply {
    let answer = desk.asks("hello", &desk.hello()).await;
    desk.read(&answer)
}

/// Waits until every hub has heard of it.
async fn is_stopped(office: &Office, desk: &mut Desk) {
    office.hub.eventually(async || desk.asks("pull", &desk.pull()).await.status == 403).await;
    desk.asks("pull", &desk.pull()).await.assert_problem(403, "device_frozen");
    let push = desk.push_of(&desk.outbox);
    desk.asks("push", &push).await.assert_problem(403, "device_frozen");
    assert_eq!(greeted(desk).await.standing, Standing::Frozen);
}

/// Says with the password that this is the original, and goes on behind what the hub holds.
async fn is_original(desk: &mut Desk) {
    desk.device.marks.push(daybook_server::ids::opaque_id());
    let reply: LoginReply =
        desk.device.tries_to_sign_in_as(json!({ "is_original": true })).await.read(200);
    desk.device.keeps(&reply);
    let session = reply.session.unwrap();
    assert_eq!(session.device_id, desk.device_id);
    resealed(desk, session.chain.unwrap());
}

fn resealed(desk: &mut Desk, behind: ChainEnd) {
    desk.chain = behind;
    for op in std::mem::take(&mut desk.outbox) {
        let (op_seq, prev_hash) = (desk.chain.op_seq + 1, desk.chain.hash);
        let op = SealedOp::seal(Op { op_seq, prev_hash, ..op.op().clone() }).unwrap();
        desk.chain = ChainEnd::after(&op);
        desk.outbox.push(op);
    }
}

fn names(office: &Office) -> Vec<String> {
    office.sql("SELECT name FROM customer ORDER BY name")
}

#[tokio::test]
async fn neither_copy_is_served_until_their_person_says_which_is_the_original() {
    let office = Office::open().await;
    let (mut anna, mut copy) = copied(&office).await;
    anna.syncs().await;
    // The copy has two where the hub has one: only what it sends shows it.
    assert_eq!(greeted(&mut copy).await.standing, Standing::Ok);
    let push = copy.push_of(&copy.outbox[1..]);
    copy.asks("push", &push).await.assert_problem(409, "chain_forked");
    is_stopped(&office, &mut copy).await;
    is_stopped(&office, &mut anna).await;
    let listed = || office.hub.runs(&["device", "list", "acme"])[0].clone();
    assert!(listed()["frozen_at"].is_string(), "{}", listed());
    let said = office.hub.program(&["device", "list", "acme"]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("two copies are in use"), "{said}");
    let noted = "SELECT count(*) FROM audit_entry WHERE action = 'sync.chain_forked' AND outcome = 'denied'";
    assert_eq!(office.count(noted), 1);
    // To sign in and say nothing changes nothing.
    anna.device.signs_in().await;
    assert_eq!(greeted(&mut anna).await.standing, Standing::Frozen);

    is_original(&mut anna).await;
    anna.creates(&CUSTOMER, &[("name", "Here again")]);
    assert!(matches!(anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert_eq!(listed()["frozen_at"], Value::Null);
    assert_eq!(office.count("SELECT count(*) FROM audit_entry WHERE action = 'device.thaw'"), 1);
    assert_eq!(names(&office), ["Before", "Here", "Here again"]);
}

#[tokio::test]
async fn a_copy_becomes_a_device_of_its_own_and_what_both_hold_is_done_once() {
    let office = Office::open().await;
    let (mut anna, mut copy) = copied(&office).await;
    // Both hold this, and neither has the hub's answer to it.
    let both = anna.outbox.remove(0);
    copy.outbox.insert(0, both.clone());
    resealed(&mut copy, ChainEnd { op_seq: 1, hash: both.op().prev_hash });
    anna.outbox.push(both);
    anna.creates(&CUSTOMER, &[("name", "Here, too")]);
    let push = anna.push_of(&anna.outbox);
    let answer = anna.asks("push", &push).await;
    let first: PushReply = anna.read(&answer);
    copy.asks("push", &copy.push_of(&copy.outbox[1..])).await.assert_problem(409, "chain_forked");
    is_original(&mut anna).await;

    // Whatever it tries as the device that it was, it is told what it is.
    let is_copy = |answer: crate::support::Answer| answer.assert_problem(403, "device_is_copy");
    is_copy(copy.device.tries_to_refresh(&copy.device.refresh_token).await);
    is_copy(copy.device.tries_to_sign_in().await);
    copy.device.marks.push(Uuid::from_u128(1));
    is_copy(copy.device.tries_to_sign_in_as(json!({ "is_original": true })).await);
    // The device of somebody else is none that it can be a copy of.
    let stranger = Desk::of(&office.colleague("ben", "manager").await).await;
    let mut own = Device::of(&office.admin);
    let claim = |of: Uuid| json!({ "copy_of": of });
    let refused = own.tries_to_sign_in_as(claim(stranger.device_id)).await;
    refused.assert_problem(422, "invalid_fields");

    // Nor one that is to be wiped: what is ordered of a device holds for its copies.
    let mut lost = Desk::of(&office.admin).await;
    office.hub.runs(&["device", "wipe", "acme", &lost.device_id.to_string()]);
    lost.device = Device::of(&office.admin);
    let refused = lost.device.tries_to_sign_in_as(claim(lost.device_id)).await;
    refused.assert_problem(403, "device_wiping");

    let reply: LoginReply = own.tries_to_sign_in_as(claim(anna.device_id)).await.read(200);
    own.keeps(&reply);
    let session = reply.session.unwrap();
    assert_ne!(session.device_id, anna.device_id);
    let listed = office.hub.runs(&["device", "list", "acme"]);
    assert_eq!(listed[0]["copy_of"], anna.device_id.to_string(), "{listed}");
    (copy.device, copy.device_id) = (own, session.device_id);
    resealed(&mut copy, ChainEnd::default());
    let push = copy.push_of(&copy.outbox);
    let answer = copy.asks("push", &push).await;
    let reply: PushReply = copy.read(&answer);
    assert_eq!(
        reply.receipts[0], first.receipts[0],
        "the answer is the one that it had, to the byte"
    );
    let verdict = |bytes: &[u8]| wire::decode::<Receipt>(bytes).unwrap();
    assert!(reply.receipts[1..].iter().all(|(_, bytes)| verdict(bytes).has_effect()));
    // The reply was lost: said again, all of it is a repeat.
    let answer = copy.asks("push", &push).await;
    let again: PushReply = copy.read(&answer);
    assert_eq!(again.receipts, reply.receipts);
    assert_eq!(names(&office), ["Before", "Here", "Here, too", "There", "There, too"]);
    // In the place of what came a second time nothing else is taken.
    let other = copy.drafts(&CUSTOMER, &[("name", "In its place")]);
    let mut forged = copy.clone();
    forged.chain = ChainEnd::default();
    forged.outbox.clear();
    forged.seal(sync_protocol::device::draft::create(&other));
    let push = forged.push_of(&forged.outbox);
    forged.asks("push", &push).await.assert_problem(409, "chain_forked");
}

#[tokio::test]
async fn a_device_that_was_set_back_goes_on_behind_what_it_had_sent() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "Morning")]);
    anna.syncs().await;
    let mut set_back = anna.clone();
    anna.creates(&CUSTOMER, &[("name", "Noon")]);
    anna.creates(&CUSTOMER, &[("name", "Evening")]);
    anna.syncs().await;

    let greeting = greeted(&mut set_back).await;
    assert_eq!((&greeting.standing, greeting.chain), (&Standing::Ok, anna.chain));
    set_back.chain = greeting.chain;
    set_back.creates(&CUSTOMER, &[("name", "Night")]);
    set_back.syncs().await;
    assert_eq!(names(&office), ["Evening", "Morning", "Night", "Noon"]);
    assert_eq!(set_back.copy.iter().filter(|((name, _), _)| name == "customer").count(), 4);
}

#[tokio::test]
async fn a_device_that_was_set_back_and_written_on_is_one_of_two_and_goes_on_after_the_password() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "Morning")]);
    anna.syncs().await;
    let mut set_back = anna.clone();
    anna.creates(&CUSTOMER, &[("name", "Noon")]);
    anna.syncs().await;
    set_back.creates(&CUSTOMER, &[("name", "Noon, once more")]);
    // One op behind the same one: the greeting shows it.
    assert_eq!(greeted(&mut set_back).await.standing, Standing::Frozen);
    is_stopped(&office, &mut set_back).await;
    is_original(&mut set_back).await;
    assert_eq!(greeted(&mut set_back).await.standing, Standing::Ok);
    set_back.syncs().await;
    assert_eq!(names(&office), ["Morning", "Noon", "Noon, once more"]);
}
