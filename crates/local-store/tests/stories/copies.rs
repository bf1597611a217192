//! A copy of a file, or one that was set back: its work takes other places in a chain, and none of it changes.

use domain::masters::CUSTOMER;
use local_store::{Limits, Reseal};
use sync_protocol::op::{ChainEnd, Hash, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use crate::device::Device;
use crate::hub::Hub;

const ALL: Limits = Limits { ops: 100, bytes: 1_000_000 };

/// One customer that the hub has taken, and two that it has not answered yet; the ids of their ops.
fn at_work() -> (Device, Hub, Vec<Uuid>) {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.fill(device.store());
    let mut ops = Vec::new();
    for number in 0..3 {
        let record = testkit::records::customer(number, device.ids.next(), device.clock.now());
        let (_, op) = device.create(&record);
        if number == 0 {
            hub.put(record);
            let applied = wire::encode(&Receipt::Applied { version: 1 }).unwrap();
            device.store().save_receipts(&[(op, applied)], hub.position).unwrap();
            hub.pull_into(device.store());
        }
        ops.push(op);
    }
    (device, hub, ops)
}

/// What would be sent from this place of the chain on: the ids, in places that follow each other.
fn sent(device: &Device, from: u64) -> Vec<Uuid> {
    let sealed = device.read(|view| view.ops_from(from, ALL));
    let sealed: Vec<SealedOp> = sealed.into_iter().map(|op| SealedOp::open(op).unwrap()).collect();
    for pair in sealed.windows(2) {
        assert_eq!(pair[1].op().op_seq, pair[0].op().op_seq + 1);
        assert_eq!(pair[1].op().prev_hash, pair[0].hash());
    }
    assert_eq!(sealed.last().map(ChainEnd::after), Some(device.read(|view| view.chain())));
    sealed.iter().map(|op| op.op().op_id).collect()
}

#[test]
fn the_original_goes_on_behind_what_the_hub_holds() {
    let (mut device, _, ops) = at_work();
    let intents = |device: &Device| {
        let waiting = device.read(|view| view.waiting(10)).into_iter();
        waiting.map(|op| op.op.intent).collect::<Vec<_>>()
    };
    let (before, end) = (intents(&device), ChainEnd { op_seq: 2, hash: Hash([7; 32]) });
    assert_eq!(device.store().reseal(Reseal::Behind(end)).unwrap(), 2);
    device.restart();
    assert_eq!(intents(&device), before);
    assert_eq!(sent(&device, 3), ops[1..]);
    let first = SealedOp::open(device.read(|view| view.ops_from(3, ALL)).remove(0)).unwrap();
    assert_eq!(first.op().prev_hash, end.hash);
    // Said again it is the same: an answer of the hub may have been lost.
    let chain = device.read(|view| view.chain());
    device.store().reseal(Reseal::Behind(end)).unwrap();
    assert_eq!(device.read(|view| view.chain()), chain);
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn a_copy_that_becomes_its_own_device_offers_all_that_it_keeps_from_the_first_place_on() {
    let (mut device, _, ops) = at_work();
    let end = ChainEnd { op_seq: 40, hash: Hash([7; 32]) };
    device.store().reseal(Reseal::Behind(end)).unwrap();
    assert_eq!(device.store().reseal(Reseal::OfItsOwn).unwrap(), 3);
    device.restart();
    assert_eq!(device.read(|view| view.chain()).op_seq, 3);
    assert_eq!(sent(&device, 1), ops);
    assert_eq!(device.read(|view| view.by_key(&CUSTOMER, "K-000002")).len(), 1);
    // The hub answers what it had answered before, and the rest.
    let applied = wire::encode(&Receipt::Applied { version: 1 }).unwrap();
    let answers: Vec<_> = ops.iter().map(|op| (*op, applied.clone())).collect();
    assert_eq!(device.store().save_receipts(&answers, 9).unwrap().unanswered, 0);
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn a_file_that_was_set_back_goes_on_behind_and_takes_along_what_was_written_meanwhile() {
    let (device, _, ops) = at_work();
    // The hub was told of two, and holds nine; the third came while it was asked.
    let end = ChainEnd { op_seq: 9, hash: Hash([7; 32]) };
    device.store().go_on_behind(2, end).unwrap();
    assert_eq!(sent(&device, 10), ops[2..]);
    // Those that it was told of stay: it holds them.
    assert_eq!(device.read(|view| view.first_unanswered()), Some(2));
    device.edit(
        &CUSTOMER,
        device.read(|view| view.waiting(10))[0].op.intent.id,
        &[("name", "Neu")],
    );
    assert_eq!(sent(&device, 10).len(), 2);
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}
