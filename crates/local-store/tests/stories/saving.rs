//! A person saves: the row, its op and the image below it are one.

use domain::masters::{CUSTOMER, ITEM, UNIT};
use domain::record::{RecordChanges, Value};
use local_store::{RowState, StoreError};
use rust_decimal::Decimal;
use sync_protocol::device::draft;
use sync_protocol::op::{Intent, SealedOp, Verb};

use crate::device::{Device, ids};
use crate::hub::Hub;

const ALL: local_store::Limits = local_store::Limits { ops: 1_000, bytes: 10_000_000 };

#[test]
fn a_new_customer_is_there_after_a_restart_and_waits_to_be_sent() {
    let mut device = Device::new(1);
    let mut record = device.new_record(
        &CUSTOMER,
        &[
            ("code", "K-1"),
            ("name", "Bäckerei Öztürk"),
            ("credit_limit", "1250.5"),
            ("tags", "a,b"),
        ],
    );
    let contact = CUSTOMER.child("customer_contact").unwrap();
    let row = testkit::records::child(contact, device.ids.next(), &[("name", "Ayşe")]);
    record.put_child(row);
    let (id, op_id) = device.create(&record);
    device.restart();
    let held = device.get(&CUSTOMER, id).unwrap();
    assert_eq!(held.state, RowState::Pending);
    assert_eq!(held.record.values, record.values);
    assert_eq!(held.record.children(), record.children());
    assert_eq!(held.record.get("credit_limit"), &Value::Decimal(Decimal::new(12505, 1)));
    assert_eq!(device.read(|view| view.made_by(id)), Some(op_id));
    assert_eq!(device.read(|view| view.unanswered()), 1);
    assert_eq!(device.read(|view| view.by_key(&CUSTOMER, " k-1 ")), [id]);
}

#[test]
fn the_ops_of_a_device_form_one_chain_over_restarts() {
    let mut device = Device::new(1);
    let record = device.new_record(&CUSTOMER, &[("name", "Weber")]);
    let (id, _) = device.create(&record);
    device.restart();
    device.edit(&CUSTOMER, id, &[("city", "Graz")]);
    device.edit(&CUSTOMER, id, &[("city", "Wien"), ("phone", "+43 1 5550100")]);
    let bytes = device.read(|view| view.ops_from(1, ALL));
    let ops: Vec<SealedOp> =
        bytes.into_iter().map(|bytes| SealedOp::open(bytes).unwrap()).collect();
    assert_eq!(ops.iter().map(|op| op.op().op_seq).collect::<Vec<_>>(), [1, 2, 3]);
    for pair in ops.windows(2) {
        assert_eq!(pair[1].op().prev_hash, pair[0].hash());
    }
    let chain = device.read(|view| view.chain());
    assert_eq!((chain.op_seq, chain.hash), (3, ops[2].hash()));
    assert_eq!(device.text(&CUSTOMER, id, "city").as_deref(), Some("Wien"));
}

#[test]
fn drafts_that_are_written_together_are_written_all_or_none() {
    let device = Device::new(1);
    let unit = device
        .new_record(&UNIT, &[("unece_code", "KGM"), ("name", "Kilogram"), ("dimension", "mass")]);
    let item = device.new_record(&ITEM, &[("sku", "MEHL-405"), ("name", "Mehl")]);
    let stranger = device.new_record(&ITEM, &[("sku", "X"), ("name", "X")]);
    let refused = device.try_write(vec![
        draft::create(&unit),
        draft::create(&item),
        draft::retire(&stranger),
    ]);
    assert!(matches!(refused, Err(StoreError::NoSuchRecord { entity: "item", .. })));
    assert!(device.get(&UNIT, unit.id()).is_none() && device.get(&ITEM, item.id()).is_none());
    assert_eq!(device.read(|view| view.chain()).op_seq, 0);

    let (_, written) = device.try_write(vec![draft::create(&unit), draft::create(&item)]).unwrap();
    let mut touched = ids(&written.touched);
    touched.sort_unstable();
    assert_eq!(touched, [unit.id(), item.id()]);
    assert_eq!(written.chain.op_seq, 2);
}

#[test]
fn a_record_is_not_made_twice_and_an_op_id_not_used_twice() {
    let device = Device::new(1);
    let record = device.new_record(&CUSTOMER, &[("name", "Weber")]);
    device.create(&record);
    let again = device.try_write(vec![draft::create(&record)]);
    assert!(matches!(again, Err(StoreError::RecordExists { entity: "customer", .. })));

    let other = device.new_record(&CUSTOMER, &[("name", "Fontana")]);
    let op_id = device.read(|view| view.waiting(10))[0].op.op_id;
    let draft = local_store::Draft {
        op_id,
        intent: draft::create(&other),
        needs: Vec::new(),
        replaces: None,
        numbered_on: None,
    };
    let sealing = local_store::Sealing { lease_serial: 1, occurred_at: device.clock.now() };
    let used = device.store().write(&[draft], sealing);
    assert!(matches!(used, Err(StoreError::OpIdUsed(id)) if id == op_id));
    assert!(device.get(&CUSTOMER, other.id()).is_none());
}

#[test]
fn an_intent_of_an_unknown_entity_is_refused_by_name() {
    let device = Device::new(1);
    let intent = Intent {
        entity: "spaceship".to_owned(),
        verb: Verb::Create,
        kind_version: 1,
        id: device.ids.next(),
        base_version: 0,
        changes: RecordChanges::default(),
        loser: None,
    };
    let refused = device.try_write(vec![intent]);
    assert_eq!(refused.unwrap_err().to_string(), "there is no entity spaceship");
}

#[test]
fn a_retired_record_stays_and_is_seen_as_retired() {
    let mut device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    hub.pull_into(device.store());
    device.write(draft::retire(&record));
    device.restart();
    let held = device.get(&CUSTOMER, record.id()).unwrap();
    assert!(held.record.is_retired());
    assert_eq!(held.state, RowState::Pending);
}
