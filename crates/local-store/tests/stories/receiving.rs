//! The hub sends: whole states only, below the person's own work.

use std::sync::atomic::{AtomicBool, Ordering};

use domain::attention::ATTENTION;
use domain::masters::{CUSTOMER, SUPPLIER};
use domain::record::Record;
use local_store::{Draft, RowState, Sealing, Store, StoreError, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::message::Frame;
use uuid::Uuid;

use crate::device::{Device, ids};
use crate::hub::{COMMON, Hub, OWN, schemas};

#[test]
fn what_the_hub_changes_appears_below_the_persons_own_work() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let fields = [("name", "Weber"), ("city", "Graz"), ("phone", "+43 1 5550100")];
    let record = hub.put(device.new_record(&CUSTOMER, &fields));
    hub.pull_into(device.store());
    device.edit(&CUSTOMER, record.id(), &[("phone", "+43 1 777777")]);

    let mut theirs = record.clone();
    testkit::records::set(&mut theirs.values, &[("city", "Wien"), ("phone", "+43 1 888888")]);
    hub.put(theirs);
    let applied = hub.pull_into(device.store());
    assert_eq!(applied.mismatches, []);
    assert_eq!(ids(&applied.touched), [record.id()]);
    let held = device.get(&CUSTOMER, record.id()).unwrap();
    assert_eq!(held.record.get("city").text(), Some("Wien"));
    assert_eq!(held.record.get("phone").text(), Some("+43 1 777777"));
    assert_eq!((held.record.head.version, held.state), (2, RowState::Pending));
}

#[test]
fn nothing_is_shown_before_the_checkpoint_and_pages_survive_a_restart() {
    let mut device = Device::new(1);
    let mut hub = Hub::default();
    let first = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    let page = hub.take_changes();
    let second = hub.put(device.new_record(&CUSTOMER, &[("name", "Fontana")]));
    let rest = hub.take_changes();

    let token = ByteBuf::from(vec![1]);
    let mut intake = device.store().begin_pull(None).unwrap();
    for frame in page {
        device.store().take(&mut intake, frame).unwrap();
    }
    let next = Frame::Page { token: token.clone(), left: None };
    let taken = device.store().take(&mut intake, next).unwrap();
    assert!(matches!(taken, Taken::Page(page) if page == token));
    assert!(device.get(&CUSTOMER, first.id()).is_none());
    device.restart();
    assert!(device.get(&CUSTOMER, first.id()).is_none());
    assert_eq!(device.read(|view| view.staged_page()), Some(token.clone()));

    let mut intake = device.store().begin_pull(Some(&token)).unwrap();
    for frame in rest {
        device.store().take(&mut intake, frame).unwrap();
    }
    let taken = device.store().take(&mut intake, hub.checkpoint()).unwrap();
    let Taken::Checkpoint(applied) = taken else { panic!("{taken:?}") };
    assert_eq!((applied.mismatches.len(), applied.received), (0, 2));
    assert!(device.get(&CUSTOMER, first.id()).is_some());
    assert!(device.get(&CUSTOMER, second.id()).is_some());
    assert_eq!(device.read(|view| view.cursor()), Some(hub.position));
    assert_eq!(device.read(|view| view.staged_page()), None);
}

#[test]
fn a_pull_for_parts_that_did_not_match_is_not_gone_on_with_by_another_round() {
    let device = Device::new(1);
    let store = device.store();
    let mut intake = store.begin_pull(None).unwrap().for_this_round();
    let next = Frame::Page { token: ByteBuf::from(vec![1]), left: Some(7) };
    assert!(matches!(store.take(&mut intake, next).unwrap(), Taken::Page(_)));
    assert_eq!(device.read(|view| view.staged_page()), None);
}

#[test]
fn a_pull_that_starts_anew_forgets_what_the_broken_one_had_left() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    let store = device.store();
    let mut broken = store.begin_pull(None).unwrap();
    let mut stale = record.clone();
    testkit::records::set(&mut stale.values, &[("name", "Stale")]);
    let mut wrong = Hub::default();
    wrong.put(stale);
    for frame in wrong.take_changes() {
        store.take(&mut broken, frame).unwrap();
    }
    store.take(&mut broken, Frame::Page { token: ByteBuf::from(vec![1]), left: None }).unwrap();
    let applied = hub.pull_into(store);
    assert_eq!((applied.received, applied.mismatches.len()), (1, 0));
    assert_eq!(device.text(&CUSTOMER, record.id(), "name").as_deref(), Some("Weber"));
}

#[test]
fn a_row_that_leaves_is_purged_with_all_that_repeats_its_content() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let mut record = device.new_record(&SUPPLIER, &[("name", "Kontor")]);
    let contact = SUPPLIER.child("supplier_contact").unwrap();
    record.put_child(testkit::records::child(contact, device.ids.next(), &[("name", "Ida")]));
    let (_, op) = device.create(&record);
    let record = hub.put(record);
    let receipt = sync_protocol::receipt::Receipt::Applied { version: 1 };
    let receipt = sync_protocol::wire::encode(&receipt).unwrap();
    device.store().save_receipts(&[(op, receipt)], hub.position).unwrap();
    hub.pull_into(device.store());
    assert_eq!(device.read(|view| view.sent(10)).len(), 1);
    for id in [record.id(), Uuid::nil()] {
        device.store().keep_draft(id, "anna.supplier", Uuid::max(), Some(b"Ida B")).unwrap();
    }

    hub.leave(&record);
    let applied = hub.pull_into(device.store());
    assert_eq!((applied.purged, applied.mismatches.len()), (1, 0));
    assert!(device.get(&SUPPLIER, record.id()).is_none());
    assert!(device.read(|view| view.sent(10)).is_empty());
    assert!(device.read(|view| view.search("Ida", None, 10)).hits.is_empty());
    let drafts = |id| device.read(|view| view.kept_drafts(id, "anna.supplier")).len();
    assert_eq!((drafts(record.id()), drafts(Uuid::nil())), (0, 1), "forms go with their record");
    assert_eq!(device.read(|view| view.chain()).op_seq, 1, "the chain goes on after it");
}

#[test]
fn rows_of_two_records_may_have_the_same_id() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let address = CUSTOMER.child("customer_address").unwrap();
    let row = device.ids.next();
    let with = |mut record: domain::record::Record, city: &str| {
        record.put_child(testkit::records::child(address, row, &[("city", city)]));
        record
    };
    let theirs = with(device.new_record(&CUSTOMER, &[("name", "Weber")]), "Graz");
    let theirs = hub.put(theirs);
    let typed = with(device.new_record(&CUSTOMER, &[("name", "Fontana")]), "Wien");
    device.create(&typed);
    assert_eq!(hub.pull_into(device.store()).mismatches, []);
    let cities = |device: &Device, id| {
        let held = device.get(&CUSTOMER, id).unwrap().record;
        let rows = held.collection("customer_address").into_iter();
        rows.filter_map(|row| row.values.get("city").text().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(cities(&device, theirs.id()), ["Graz"]);
    assert_eq!(cities(&device, typed.id()), ["Wien"]);

    let mut left = typed.clone();
    left.remove_child("customer_address", row);
    device.write(sync_protocol::device::draft::update(&typed, &left).unwrap());
    assert_eq!(cities(&device, typed.id()), [""; 0]);
    assert_eq!(cities(&device, theirs.id()), ["Graz"], "a row of another record");
    let theirs = hub.put(with(theirs, "Linz"));
    hub.put(with(typed.clone(), "Wels"));
    assert_eq!(hub.pull_into(device.store()).mismatches, []);
    assert_eq!(cities(&device, theirs.id()), ["Linz"]);

    let second = Device::new(2);
    hub.fill(second.store());
    assert_eq!(cities(&second, theirs.id()), ["Linz"]);
    assert_eq!(cities(&second, typed.id()), ["Wels"]);
    assert_eq!(second.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn work_on_a_row_that_left_still_goes_to_the_hub() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    hub.pull_into(device.store());
    device.edit(&CUSTOMER, record.id(), &[("city", "Wien")]);
    hub.leave(&record);
    let applied = hub.pull_into(device.store());
    assert_eq!(applied.mismatches, []);
    assert!(device.get(&CUSTOMER, record.id()).is_none());
    assert_eq!(device.read(|view| view.unanswered()), 1);
}

#[test]
fn a_lost_bucket_takes_its_rows_and_leaves_the_others() {
    for rows in [3, 2_500] {
        let device = Device::new(1);
        let mut hub = Hub::default();
        let kept = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
        for number in 0..rows {
            let item = device.new_record(
                &ATTENTION,
                &[("kind", "rejected"), ("entity", "customer"), ("title", "Kontor")],
            );
            let _ = number;
            hub.put_in(OWN, item);
        }
        hub.pull_into(device.store());
        while device.store().index_more(10_000).unwrap() {}
        assert!(!device.read(|view| view.search("kontor", None, 10)).hits.is_empty());

        hub.drop_rows(&ATTENTION, Some(OWN));
        let applied = hub.pull_into(device.store());
        assert_eq!((applied.purged, applied.mismatches.len()), (rows, 0));
        while device.store().index_more(10_000).unwrap() {}
        assert!(device.read(|view| view.search("kontor", None, 10)).hits.is_empty());
        let hits = device.read(|view| view.search("weber", None, 10));
        assert_eq!(hits.hits.iter().map(|hit| hit.title.id).collect::<Vec<_>>(), [kept.id()]);
        assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
    }
}

#[test]
fn an_open_item_of_attention_marks_its_record() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    let row_id = record.id().to_string();
    let item = device.new_record(
        &ATTENTION,
        &[("kind", "conflict"), ("entity", "customer"), ("row_id", &row_id)],
    );
    let item = hub.put_in(OWN, item);
    hub.pull_into(device.store());
    assert_eq!(device.get(&CUSTOMER, record.id()).unwrap().state, RowState::Attention);
    let mut closed = item;
    closed.head.retired_at = Some(device.clock.now());
    closed.head.version = 2;
    hub.put_in(OWN, closed);
    hub.pull_into(device.store());
    assert_eq!(device.get(&CUSTOMER, record.id()).unwrap().state, RowState::Clean);
}

#[test]
fn a_copy_that_does_not_add_up_is_reported() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    hub.take_changes();
    let lost = hub.put(device.new_record(&CUSTOMER, &[("name", "Fontana")]));
    let applied = hub.pull_into(device.store());
    assert_eq!(applied.mismatches.len(), 1);
    let mismatch = applied.mismatches[0];
    assert_eq!((mismatch.entity, mismatch.bucket), ("customer", None));
    assert_eq!((mismatch.held_rows, mismatch.hub_rows), (1, 2));
    assert!(device.get(&CUSTOMER, lost.id()).is_some());
}

#[test]
fn only_the_bad_part_of_a_copy_is_sent_anew_and_work_on_it_stays() {
    let mut device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    hub.take_changes();
    let other = hub.put(device.new_record(&CUSTOMER, &[("name", "Fontana")]));
    let mine = hub.put_in(OWN, device.new_record(&CUSTOMER, &[("name", "Zimt")]));
    assert_eq!(hub.pull_into(device.store()).mismatches.len(), 1);
    device.edit(&CUSTOMER, other.id(), &[("city", "Graz")]);
    device.restart();
    assert_eq!(device.read(|view| view.doubtful()), ["customer"], "it is not forgotten");

    let told = hub.pull_doubted(device.store()).mismatches;
    assert_eq!(told.iter().map(|it| it.bucket).collect::<Vec<_>>(), [Some(COMMON)]);
    hub.send_anew(&CUSTOMER, COMMON);
    let mended = hub.pull_doubted(device.store());
    assert_eq!((mended.mismatches.len(), mended.received, mended.purged), (0, 2, 0));
    assert!(device.read(|view| view.doubtful()).is_empty());
    assert!(
        device.get(&CUSTOMER, record.id()).is_some() && device.get(&CUSTOMER, mine.id()).is_some()
    );
    let shown = device.get(&CUSTOMER, other.id()).unwrap().record;
    assert_eq!(shown.get("city").text(), Some("Graz"));
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn a_row_that_moves_to_another_bucket_is_counted_where_it_stands() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    hub.pull_into(device.store());
    hub.put_in(OWN, record.clone());
    let moved = hub.pull_doubted(device.store());
    assert_eq!((moved.mismatches.len(), moved.purged), (0, 0));
    hub.drop_rows(&CUSTOMER, Some(COMMON));
    assert_eq!(hub.pull_doubted(device.store()).purged, 0);
    hub.drop_rows(&CUSTOMER, None);
    assert_eq!(hub.pull_doubted(device.store()).purged, 1);
    assert!(device.get(&CUSTOMER, record.id()).is_none());
}

#[test]
fn a_frame_that_is_not_ours_leaves_the_file_as_it_was() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    let store = device.store();
    let mut intake = store.begin_pull(None).unwrap();
    for frame in hub.take_changes().into_iter().skip(schemas().len()) {
        store.take(&mut intake, frame).unwrap();
    }
    let refused = store.take(&mut intake, hub.checkpoint());
    assert!(matches!(refused, Err(StoreError::Frame(_))));
    assert!(device.get(&CUSTOMER, record.id()).is_none());
    assert_eq!(device.read(|view| view.cursor()), None);
}

#[test]
fn many_rows_arrive_while_saves_follow_each_other_and_nothing_of_either_is_lost() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let at = device.clock.now();
    let record = |number| testkit::records::customer(number, device.ids.next(), at);
    let rows: Vec<Record> = (0..3_000).map(|number| hub.put(record(number))).collect();
    hub.fill(device.store());
    for row in &rows {
        let mut row = row.clone();
        testkit::records::set(&mut row.values, &[("city", "Wien")]);
        hub.put(row);
    }
    let (done, store) = (AtomicBool::new(false), device.store());
    let (applied, saved) = std::thread::scope(|scope| {
        // Two people at one desk: somebody always waits.
        let savers: Vec<_> = (0..2_u16)
            .map(|who| {
                let (done, rows) = (&done, &rows);
                scope.spawn(move || {
                    let (ids, mut saved) = (testkit::Ids::seeded(900 + who), Vec::new());
                    for number in (usize::from(who)..rows.len()).step_by(2) {
                        if done.load(Ordering::Relaxed) {
                            break;
                        }
                        let id = rows[number].id();
                        let phone = format!("+43 1 {number:07}");
                        save_phone(store, &ids, id, &phone);
                        saved.push((id, phone));
                    }
                    saved
                })
            })
            .collect();
        let applied = hub.pull_into(store);
        done.store(true, Ordering::Relaxed);
        let saved = savers.into_iter().flat_map(|saver| saver.join().unwrap());
        (applied, saved.collect::<Vec<_>>())
    });
    assert_eq!((applied.received, applied.mismatches.len()), (3_000, 0));
    assert_eq!(device.read(|view| view.cursor()), Some(hub.position));
    for row in &rows {
        assert_eq!(device.text(&CUSTOMER, row.id(), "city").as_deref(), Some("Wien"));
    }
    for (id, phone) in &saved {
        assert_eq!(device.text(&CUSTOMER, *id, "phone").as_ref(), Some(phone));
    }
    assert_eq!(device.read(|view| view.unanswered()), saved.len() as u64);
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
    assert!(device.store().filling().unwrap().is_none());
    while device.store().index_more(1_000).unwrap() {}
    assert_eq!(device.read(|view| view.search("wien", Some(&CUSTOMER), 5)).hits.len(), 5);
}

fn save_phone(store: &Store, ids: &testkit::Ids, id: Uuid, phone: &str) {
    let seen = store.read(|view| view.get(&CUSTOMER, id)).unwrap().unwrap().record;
    let mut left = seen.clone();
    testkit::records::set(&mut left.values, &[("phone", phone)]);
    let intent = sync_protocol::device::draft::update(&seen, &left).unwrap();
    let draft =
        Draft { op_id: ids.next(), intent, needs: Vec::new(), replaces: None, numbered_on: None };
    let sealing = Sealing { lease_serial: 1, occurred_at: seen.head.updated_at };
    store.write(&[draft], sealing).unwrap();
}
