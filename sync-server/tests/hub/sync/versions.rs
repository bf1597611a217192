//! Devices that are newer than the hub: it takes what it can read, and answers nothing that it could answer better
//! tomorrow.

use domain::masters::CUSTOMER;
use domain::versions;
use sync_protocol::device::draft;
use sync_protocol::message::{Capability, Hello, HelloReply, PushReply, Standing};
use sync_protocol::op::Intent;
use sync_protocol::wire;

use super::desk::Desk;
use super::office::Office;

#[tokio::test]
async fn work_of_a_newer_daybook_is_kept_by_the_device_until_the_hub_can_read_it() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "Miller")]);
    let told = anna.chain;
    let newer = anna.drafts(&CUSTOMER, &[("name", "Weber")]);
    let later = versions::declared().current + 1;
    anna.seal(Intent { kind_version: later, ..draft::create(&newer) });
    anna.creates(&CUSTOMER, &[("name", "Fontana")]);
    let ops = std::mem::take(&mut anna.outbox);

    // What comes before it is done, and neither it nor what follows has an answer.
    let answer = anna.asks("push", &anna.push_of(&ops)).await;
    let reply: PushReply = anna.read(&answer);
    let answered: Vec<_> = reply.receipts.iter().map(|(op, _)| *op).collect();
    assert_eq!((answered, reply.chain), (vec![ops[0].op().op_id], told));
    let refused = anna.asks("push", &anna.push_of(&ops[1..])).await;
    refused.assert_problem(409, "hub_outdated");
    let device = format!("WHERE device_id = '{}'", anna.device_id);
    assert_eq!(office.count(&format!("SELECT count(*) FROM sync_op {device}")), 1);
    assert_eq!(office.count(&format!("SELECT op_seq FROM sync_device {device}")), 1);
    assert_eq!(office.count("SELECT count(*) FROM customer"), 1);
}

#[tokio::test]
async fn a_newer_device_is_asked_to_wait_whatever_it_can_do() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let hello = Hello { schema_version: versions::declared().current + 1, ..anna.hello() };
    let answer = anna.asks("hello", &hello).await;
    let reply: HelloReply = anna.read(&answer);
    let Standing::Wait { reason, .. } = reply.standing else { panic!("{reply:?}") };
    assert!(reason.contains("older than this Daybook"), "{reason}");

    // A capability that nobody has heard of yet keeps no hello from being read.
    let mut said = wire::encode(&Hello { capabilities: vec![Capability::Other], ..anna.hello() });
    let known = wire::encode(&"other").unwrap();
    let unheard = wire::encode(&"moves").unwrap();
    let bytes = said.as_mut().unwrap();
    let at = bytes.windows(known.len()).position(|word| word == known).unwrap();
    bytes[at..at + known.len()].copy_from_slice(&unheard);
    let hello: Hello = wire::decode(bytes).unwrap();
    assert_eq!(hello.capabilities, [Capability::Other]);
}
