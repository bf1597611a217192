//! The hub sends very much at once.

use domain::masters::CUSTOMER;
use domain::record::Record;
use local_store::{RowState, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::message::Frame;

use crate::device::Device;
use crate::hub::{Hub, schemas};

#[test]
fn very_much_that_comes_is_put_together_beside_and_takes_nothing_from_whoever_works() {
    let mut device = Device::new(1);
    let mut hub = Hub::default();
    let mine = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber"), ("city", "Graz")]));
    hub.pull_into(device.store());
    device.edit(&CUSTOMER, mine.id(), &[("city", "Wien")]);
    let mut theirs = mine.clone();
    testkit::records::set(&mut theirs.values, &[("name", "Weber & Co")]);
    hub.put(theirs);
    let many: Vec<Record> = (0..6_000)
        .map(|number| hub.put(device.new_record(&CUSTOMER, &[("name", &format!("C{number}"))])))
        .collect();
    let frames = hub.take_changes();
    let token = ByteBuf::from(vec![1]);
    // The second half comes after the program was started again, and somebody works meanwhile.
    let mut intake = device.store().begin_pull(None).unwrap();
    for frame in frames[..3_000].iter().cloned() {
        device.store().take(&mut intake, frame).unwrap();
    }
    let page = Frame::Page { token: token.clone(), left: None };
    device.store().take(&mut intake, page).unwrap();
    device.restart();
    let (_, new) = device.create(&device.new_record(&CUSTOMER, &[("name", "Just now")]));
    let mut intake = device.store().begin_pull(Some(&token)).unwrap();
    for frame in schemas().into_iter().chain(frames[3_000..].iter().cloned()) {
        device.store().take(&mut intake, frame).unwrap();
    }
    let taken = device.store().take(&mut intake, hub.checkpoint()).unwrap();
    let Taken::Checkpoint(applied) = taken else { panic!("{taken:?}") };
    assert_eq!((applied.mismatches.len(), applied.received), (0, 6_001));
    let held = device.get(&CUSTOMER, mine.id()).unwrap();
    assert_eq!(held.record.get("name").text(), Some("Weber & Co"));
    assert_eq!((held.record.get("city").text(), held.state), (Some("Wien"), RowState::Pending));
    assert!(many.iter().all(|row| device.get(&CUSTOMER, row.id()).is_some()));
    assert!(device.read(|view| view.waiting(10)).iter().any(|waiting| waiting.op.op_id == new));
    assert_eq!(device.read(|view| view.staged_page()), None);
}
