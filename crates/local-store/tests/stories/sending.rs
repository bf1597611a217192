//! The hub answers: refused work leaves, done work stays until the hub's own row arrives.

use domain::masters::CUSTOMER;
use domain::record::Problem;
use local_store::{Limits, RowState, StoreError};
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;
use uuid::Uuid;

use crate::device::{Device, ids};
use crate::hub::Hub;

fn applied(version: i64) -> Vec<u8> {
    wire::encode(&Receipt::Applied { version }).unwrap()
}

fn rejected() -> Vec<u8> {
    let problems = vec![Problem::new("phone", "phone_form", "is no number")];
    let receipt = Receipt::Rejected {
        code: RejectCode::Invalid,
        problems,
        attention: Some(Uuid::from_u128(7)),
    };
    wire::encode(&receipt).unwrap()
}

#[test]
fn an_edit_stays_visible_between_its_receipt_and_its_checkpoint() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber"), ("city", "Graz")]));
    hub.pull_into(device.store());
    let op = device.edit(&CUSTOMER, record.id(), &[("city", "Wien")]);

    let mut done = record.clone();
    testkit::records::set(&mut done.values, &[("city", "Wien"), ("region", "AT-9")]);
    let done = hub.put(done);
    let settled = device.store().save_receipts(&[(op, applied(2))], hub.position).unwrap();
    assert_eq!(settled.unanswered, 0);
    assert!(ids(&settled.touched).is_empty());
    // Answered, not brought: an older checkpoint changes nothing about it.
    let held = device.get(&CUSTOMER, record.id()).unwrap();
    assert_eq!((held.state, held.record.get("city").text()), (RowState::Pending, Some("Wien")));
    assert!(held.record.get("region").is_null());

    let applied = hub.pull_into(device.store());
    assert_eq!(applied.mismatches, []);
    let held = device.get(&CUSTOMER, record.id()).unwrap();
    assert_eq!(held.state, RowState::Clean);
    assert_eq!(held.record, done);
    let sent = device.read(|view| view.sent(10));
    assert_eq!(sent.len(), 1);
    assert!(matches!(sent[0].receipt, Some(Receipt::Applied { version: 2 })));
}

#[test]
fn refused_work_leaves_the_row_and_later_work_stays() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let fields = [("name", "Weber"), ("phone", "+43 1 5550100")];
    let record = hub.put(device.new_record(&CUSTOMER, &fields));
    hub.pull_into(device.store());
    let id = record.id();
    let refused = device.edit(&CUSTOMER, id, &[("phone", "+43 1 999999")]);
    device.edit(&CUSTOMER, id, &[("city", "Wien")]);
    let settled = device.store().save_receipts(&[(refused, rejected())], 5).unwrap();
    assert_eq!(ids(&settled.touched), [id]);
    assert_eq!(settled.unanswered, 1);
    assert_eq!(device.text(&CUSTOMER, id, "phone").as_deref(), Some("+43 1 5550100"));
    assert_eq!(device.text(&CUSTOMER, id, "city").as_deref(), Some("Wien"));
}

#[test]
fn a_refused_creation_leaves_nothing_behind() {
    let device = Device::new(1);
    let (id, op) = device.create(&device.new_record(&CUSTOMER, &[("name", "Weber")]));
    device.store().save_receipts(&[(op, rejected())], 1).unwrap();
    assert!(device.get(&CUSTOMER, id).is_none());
    let hits = device.read(|view| view.search("Weber", None, 10));
    assert!(hits.hits.is_empty() && hits.complete);
}

#[test]
fn a_repeated_answer_changes_nothing_and_a_different_one_is_refused() {
    let device = Device::new(1);
    let (_, first) = device.create(&device.new_record(&CUSTOMER, &[("name", "Weber")]));
    let (_, second) = device.create(&device.new_record(&CUSTOMER, &[("name", "Fontana")]));
    let store = device.store();
    store.save_receipts(&[(first, applied(1))], 3).unwrap();
    let again = store.save_receipts(&[(first, applied(1)), (second, applied(1))], 4).unwrap();
    assert_eq!(again.receipts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [second]);

    let (_, third) = device.create(&device.new_record(&CUSTOMER, &[("name", "Novák")]));
    let other = store.save_receipts(&[(third, applied(1)), (first, applied(9))], 5);
    assert!(matches!(other, Err(StoreError::ReceiptDiffers(id)) if id == first));
    assert_eq!(device.read(|view| view.unanswered()), 1, "no answer of that push was stored");
    let stranger = store.save_receipts(&[(Uuid::from_u128(1), applied(1))], 5);
    assert!(matches!(stranger, Err(StoreError::Frame(_))));
}

#[test]
fn a_push_is_cut_by_count_and_bytes_and_goes_on_where_the_hub_stands() {
    let device = Device::new(1);
    for number in 0..5 {
        device.create(&testkit::records::customer(number, device.ids.next(), device.clock.now()));
    }
    let lengths = |limits| -> Vec<usize> {
        device.read(|view| view.ops_from(2, limits)).iter().map(Vec::len).collect()
    };
    let all = lengths(Limits { ops: 100, bytes: 1_000_000 });
    assert_eq!(all.len(), 4);
    assert_eq!(lengths(Limits { ops: 2, bytes: 1_000_000 }), all[..2]);
    assert_eq!(lengths(Limits { ops: 100, bytes: all[0] + all[1] }), all[..2]);
    assert_eq!(lengths(Limits { ops: 100, bytes: 1 }), all[..1], "one op always goes");
}

#[test]
fn answered_work_can_be_offered_again_to_a_hub_that_lost_it() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = device.new_record(&CUSTOMER, &[("name", "Weber")]);
    let (_, op) = device.create(&record);
    hub.put(record);
    device.store().save_receipts(&[(op, applied(1))], hub.position).unwrap();
    hub.pull_into(device.store());
    assert_eq!(device.read(|view| view.first_unanswered()), None);
    let all = Limits { ops: 100, bytes: 1_000_000 };
    assert_eq!(device.read(|view| view.ops_from(1, all)).len(), 1);
}
