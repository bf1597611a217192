//! A hub that comes back from a backup: what is offered to it again, and what the device need not keep any more.

use std::collections::BTreeSet;

use domain::masters::CUSTOMER;
use local_store::Limits;
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;
use uuid::Uuid;

use crate::device::Device;
use crate::hub::{Hub, take_page};

const ALL: Limits = Limits { ops: 100, bytes: 1_000_000 };

fn receipt(receipt: &Receipt) -> Vec<u8> {
    wire::encode(receipt).unwrap()
}

/// Four customers that the hub has taken, each at a place of its own in the order, and brought.
fn sent(device: &Device, hub: &mut Hub) -> Vec<Uuid> {
    let mut ops = Vec::new();
    for number in 0..4 {
        let record = testkit::records::customer(number, device.ids.next(), device.clock.now());
        let (_, op) = device.create(&record);
        hub.put(record);
        let applied = receipt(&Receipt::Applied { version: 1 });
        device.store().save_receipts(&[(op, applied)], hub.position).unwrap();
        hub.pull_into(device.store());
        ops.push(op);
    }
    ops
}

#[test]
fn what_a_restored_hub_lost_is_unanswered_until_it_has_answered_again() {
    let mut device = Device::new(1);
    let mut hub = Hub::default();
    hub.fill(device.store());
    let ops = sent(&device, &mut hub);
    assert_eq!(device.read(|view| Ok((view.unanswered()?, view.answered()?))), (0, 4));
    assert_eq!(device.store().offer_again(9, 2).unwrap(), 2);
    device.restart();
    assert_eq!(device.read(|view| view.life()), 9);
    assert_eq!(device.read(|view| view.first_unanswered()), Some(3));
    assert_eq!(device.read(|view| view.ops_from(3, ALL)).len(), 2);
    // It is still there to be seen.
    assert_eq!(device.read(|view| view.by_key(&CUSTOMER, "K-000003")).len(), 1);

    // The hub judges anew, and says otherwise of the last; the fill brings what came of it.
    let refused =
        Receipt::Rejected { code: RejectCode::Invalid, problems: Vec::new(), attention: None };
    let answers =
        [(ops[2], receipt(&Receipt::Applied { version: 1 })), (ops[3], receipt(&refused))];
    let settled = device.store().save_receipts(&answers, hub.position).unwrap();
    assert_eq!((settled.unanswered, settled.receipts.len()), (0, 2));
    let mut side = device.store().begin_fill(9).unwrap();
    for page in hub.snapshot(10) {
        take_page(&mut side, page);
    }
    assert_eq!(hub.complete(&mut side).mismatches, []);
    device.store().swap_in(side).unwrap();
    assert_eq!(device.read(|view| view.unanswered()), 0);
    assert_eq!(device.read(|view| view.life()), 9);
    assert_eq!(device.read(|view| view.sent(1))[0].receipt, Some(refused));
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn an_answer_that_never_came_is_asked_for_after_the_copy_was_fetched_anew() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.fill(device.store());
    sent(&device, &mut hub);
    device.store().offer_again(9, 3).unwrap();
    let mut side = device.store().begin_fill(9).unwrap();
    for page in hub.snapshot(10) {
        take_page(&mut side, page);
    }
    hub.complete(&mut side);
    device.store().swap_in(side).unwrap();
    assert_eq!(device.read(|view| view.first_unanswered()), Some(4));
}

#[test]
fn only_what_a_verified_backup_holds_is_forgotten() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.fill(device.store());
    let ops = sent(&device, &mut hub);
    let answered = || device.read(|view| view.answered());
    let (last, nothing) = (hub.position, BTreeSet::new());
    let store = device.store();
    // The backup reaches behind the second; the hub lost the chain behind the first; the third is still needed. The
    // last could have come after the backup, and have changed nothing.
    store.forget_answered(last - 1, 1, &nothing).unwrap();
    assert_eq!(answered(), 3);
    store.forget_answered(last, 4, &[ops[2]].into()).unwrap();
    assert_eq!(answered(), 2);
    assert!(device.read(|view| view.made(ops[2])).is_some());
    assert!(device.read(|view| view.made(ops[3])).is_some());
    // What is to be offered again is kept, whatever the place that its first answer named.
    store.offer_again(9, 3).unwrap();
    store.forget_answered(last + 1, 4, &nothing).unwrap();
    assert_eq!(answered(), 1);
    assert!(device.read(|view| view.made(ops[3])).is_some());
    // What follows each other is sent together, and nothing over a gap.
    let late = device.new_record(&CUSTOMER, &[("name", "Neu")]);
    device.create(&late);
    assert_eq!(device.read(|view| view.ops_from(1, ALL)).len(), 2);
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}
