//! The last work of who is shut out: handed in with the device's key, and kept for others to decide about.

use domain::masters::CUSTOMER;
use serde_bytes::ByteBuf;
use sync_protocol::auth::escrow_proof;
use sync_protocol::device::draft;
use sync_protocol::message::{Escrow, EscrowReply};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;
use crate::support::Answer;

fn escrow_of(desk: &Desk) -> Escrow {
    let ops = desk.outbox.iter().map(|op| ByteBuf::from(op.bytes().to_vec()));
    signed(desk, "acme", desk.device_id, ops.collect())
}

fn signed(desk: &Desk, tenant: &str, device_id: Uuid, ops: Vec<ByteBuf>) -> Escrow {
    let proof = desk.device.sign(&escrow_proof(tenant, device_id, &ops));
    Escrow { tenant: tenant.to_owned(), device_id, ops, proof }
}

async fn hands_in(office: &Office, escrow: &Escrow) -> Answer {
    let request = office.hub.post("/api/v1/sync/escrow").header("content-type", "application/cbor");
    let request = request.header("content-encoding", "zstd");
    request.bytes(wire::pack(escrow).unwrap()).send().await
}

fn receipts(answer: &Answer) -> Vec<Receipt> {
    answer.assert(200);
    let reply: EscrowReply = wire::unpack(&answer.body, 1 << 20).unwrap();
    reply.receipts.iter().map(|(_, bytes)| wire::decode(bytes).unwrap()).collect()
}

#[tokio::test]
async fn what_a_disabled_user_had_not_sent_is_handed_in_and_decided_by_others() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    for name in ["One", "Two", "Three"] {
        bob.creates(&CUSTOMER, &[("name", name)]);
    }
    let escrow = escrow_of(&bob);
    // Whoever is served pushes, as ever.
    hands_in(&office, &escrow).await.assert_problem(401, "not_signed_in");
    office.hub.runs(&["user", "disable", "acme", "bob@acme.example"]);
    let first = hands_in(&office, &escrow).await;
    assert!(receipts(&first).iter().all(|it| matches!(it, Receipt::Review { .. })));
    assert_eq!(receipts(&hands_in(&office, &escrow).await), receipts(&first));
    assert_eq!(office.count("SELECT count(*) FROM customer"), 0);
    assert_eq!(office.sql("SELECT DISTINCT why FROM sync_review"), ["access_ended"]);
    let entries =
        "SELECT v.changes ->> 'new' FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
         WHERE e.action = 'sync.escrow' ORDER BY e.id";
    assert_eq!(office.sql(entries), ["3", "0"]);

    anna.pulls().await;
    let items: Vec<_> = anna.attention().into_iter().cloned().collect();
    assert_eq!(items.len(), 3);
    for item in &items {
        let applies = item.title() != "Three";
        anna.seal(draft::review(item, applies, Some("not ours")));
    }
    assert!(anna.syncs().await.iter().all(Receipt::has_effect));
    assert_eq!(office.sql("SELECT name FROM customer ORDER BY name"), ["One", "Two"]);
    assert!(anna.attention().is_empty());
}

#[tokio::test]
async fn nothing_is_taken_from_who_is_not_the_device_and_all_of_them_are_told_the_same() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    office.hub.tenant("beta").await;
    bob.creates(&CUSTOMER, &[("name", "Forged")]);
    anna.creates(&CUSTOMER, &[("name", "Anna's")]);
    office.hub.runs(&["device", "revoke", "acme", &bob.device_id.to_string()]);
    let good = escrow_of(&bob);
    let forged = [
        Escrow { proof: anna.device.sign(b"something else"), ..good.clone() },
        Escrow { proof: "no signature".to_owned(), ..good.clone() },
        // What was signed is not what comes.
        Escrow { ops: escrow_of(&anna).ops, ..good.clone() },
        signed(&anna, "acme", bob.device_id, good.ops.clone()),
        signed(&bob, "beta", bob.device_id, good.ops.clone()),
        signed(&bob, "no\0 slug", bob.device_id, good.ops.clone()),
        signed(&bob, "acme", Uuid::nil(), good.ops.clone()),
        // Her device is served.
        escrow_of(&anna),
    ];
    let mut told = Vec::new();
    for escrow in &forged {
        let answer = hands_in(&office, escrow).await;
        answer.assert_problem(401, "not_signed_in");
        told.push(answer.json()["detail"].clone());
    }
    told.dedup();
    assert_eq!(told.len(), 1);
    let kept = "SELECT count(*) FROM sync_op WHERE kind = 'customer.create'";
    assert_eq!(office.count(kept), 0);
    // Signatures that are none are counted like wrong passwords; a good one is let in until there were too many.
    assert!(matches!(receipts(&hands_in(&office, &good).await)[..], [Receipt::Review { .. }]));
    for _ in 0..10 {
        hands_in(&office, &forged[0]).await;
    }
    let refused = hands_in(&office, &forged[0]).await;
    refused.assert_problem(429, "too_many_attempts");
    // One that has destroyed its copy has nothing left.
    office.hub.control("UPDATE devices SET state = 'wiped'; DELETE FROM failed_sign_ins");
    hands_in(&office, &good).await.assert_problem(401, "not_signed_in");
}

#[tokio::test]
async fn a_device_that_is_to_be_wiped_hands_in_what_follows_its_chain_and_no_more_than_a_push_takes()
 {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let bob = office.colleague("bob", "sales").await;
    let mut bob = Desk::filled(&bob).await;
    bob.creates(&CUSTOMER, &[("name", "Pushed")]);
    assert!(bob.syncs().await[0].has_effect());
    bob.creates(&CUSTOMER, &[("name", "Held")]);
    bob.creates(&CUSTOMER, &[("name", "Held too")]);
    office.hub.runs(&["device", "wipe", "acme", &bob.device_id.to_string()]);
    let behind = bob.outbox.remove(0);
    hands_in(&office, &escrow_of(&bob)).await.assert_problem(409, "chain_gap");
    bob.outbox.insert(0, behind);
    assert_eq!(receipts(&hands_in(&office, &escrow_of(&bob)).await).len(), 2);
    let none = vec![ByteBuf::from(vec![0]); 5_001];
    let many = signed(&bob, "acme", bob.device_id, none);
    hands_in(&office, &many).await.assert_problem(422, "invalid_fields");
    anna.pulls().await;
    assert_eq!(anna.attention().len(), 2);
}
