//! A first fill and a rebuild beside the live file.

use std::path::Path;
use std::sync::Arc;

use domain::masters::CUSTOMER;
use local_store::{
    Disk, DiskFiles, Files, FillStage, Key, RowState, Start, Store, StoreError, Taken,
};
use serde_bytes::ByteBuf;
use sync_protocol::message::Frame;
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;

use crate::device::{Device, KEY};
use crate::hub::{Hub, take_page};

fn hub_with(device: &Device, customers: usize) -> Hub {
    let mut hub = Hub::default();
    for number in 0..customers {
        let at = device.clock.now();
        hub.put(testkit::records::customer(number, device.ids.next(), at));
    }
    hub
}

#[test]
fn a_first_fill_appears_as_a_whole() {
    let mut device = Device::new(1);
    let mut hub = hub_with(&device, 50);
    let mut side = device.store().begin_fill(7).unwrap();
    for page in hub.snapshot(20) {
        take_page(&mut side, page);
        let query = local_store::ListQuery::default();
        assert_eq!(device.read(|view| view.count(&CUSTOMER, &query)), 0);
    }
    // One more is written on the hub while the snapshot is on its way.
    let late = hub.put(device.new_record(&CUSTOMER, &[("name", "Spät"), ("code", "K-LATE")]));
    let applied = hub.complete(&mut side);
    assert_eq!(applied.mismatches, []);
    device.store().swap_in(side).unwrap();
    let all = local_store::ListQuery::default();
    assert_eq!(device.read(|view| view.count(&CUSTOMER, &all)), 51);
    assert_eq!(device.read(|view| view.by_key(&CUSTOMER, "k-late")), [late.id()]);
    assert!(!device.read(|view| view.search("Müller", None, 10)).complete);
    while device.store().index_more(10).unwrap() {}
    let hits = device.read(|view| view.search("Müller", None, 10));
    assert!(hits.complete && hits.hits.len() == 7);
    device.restart();
    assert_eq!(device.read(|view| view.epoch()), 7);
    assert_eq!(device.read(|view| view.cursor()), Some(hub.position));
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
    assert!(device.store().filling().unwrap().is_none());
}

#[test]
fn a_fill_that_broke_off_goes_on_at_the_last_stored_page() {
    let mut device = Device::new(1);
    // More than one commit's worth of rows before the break.
    let mut hub = hub_with(&device, 21_000);
    let pages = hub.snapshot(5_000);
    let mut side = device.store().begin_fill(1).unwrap();
    for page in pages.iter().take(4) {
        take_page(&mut side, page.clone());
    }
    let mut broken = pages[4].clone();
    broken.truncate(broken.len() - 1);
    take_page(&mut side, broken);
    drop(side);
    device.restart();

    let filling = device.store().filling().unwrap().unwrap();
    let FillStage::Snapshot { page: Some(page) } = filling.stage else { panic!("{filling:?}") };
    let next = usize::from(page[0]) + 1;
    assert_eq!((filling.epoch, next), (1, 4));
    let mut side = device.store().resume_fill().unwrap().unwrap();
    for page in pages.into_iter().skip(next) {
        take_page(&mut side, page);
    }
    // It breaks off once more, before the pull that makes it whole.
    drop(side);
    let mut side = device.store().resume_fill().unwrap().unwrap();
    assert_eq!(
        side.stage(),
        &FillStage::CatchUp { cursor: hub.position, policy_version: 1, page: None }
    );
    assert_eq!(hub.complete(&mut side).mismatches, []);
    device.store().swap_in(side).unwrap();
    let all = local_store::ListQuery::default();
    assert_eq!(device.read(|view| view.count(&CUSTOMER, &all)), 21_000);
}

#[test]
fn a_fill_that_is_cut_keeps_every_page_and_takes_what_followed_a_second_time() {
    let device = Device::new(1);
    let mut hub = hub_with(&device, 40);
    let pages = hub.snapshot(10);
    let mut side = device.store().begin_fill(1).unwrap();
    for page in &pages[..2] {
        take_page(&mut side, page.clone());
    }
    // Some of the third page came, and then nothing more.
    let cut = pages[2].len() - 4;
    take_page(&mut side, pages[2][..cut].to_vec());
    side.keep_page().unwrap();
    drop(side);
    let mut side = device.store().resume_fill().unwrap().unwrap();
    let FillStage::Snapshot { page: Some(page) } = side.stage().clone() else { panic!() };
    assert_eq!(page[0], 1);
    for page in pages.into_iter().skip(2) {
        take_page(&mut side, page);
    }
    assert_eq!(hub.complete(&mut side).mismatches, []);
    device.store().swap_in(side).unwrap();
    let all = local_store::ListQuery::default();
    assert_eq!(device.read(|view| view.count(&CUSTOMER, &all)), 40);
}

#[test]
fn a_pull_that_makes_a_fill_whole_goes_on_at_its_page() {
    let device = Device::new(1);
    let mut hub = hub_with(&device, 3);
    let mut side = device.store().begin_fill(1).unwrap();
    for page in hub.snapshot(10) {
        take_page(&mut side, page);
    }
    let first = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    let token = ByteBuf::from(vec![9]);
    let mut intake = side.begin(None).unwrap();
    for frame in hub.take_changes() {
        side.take(&mut intake, frame).unwrap();
    }
    side.take(&mut intake, Frame::Page { token: token.clone(), left: Some(1) }).unwrap();
    drop(side);
    let mut side = device.store().resume_fill().unwrap().unwrap();
    let FillStage::CatchUp { page: Some(page), .. } = side.stage().clone() else { panic!() };
    assert_eq!(page, token);
    let mut intake = side.begin(Some(&page)).unwrap();
    let taken = side.take(&mut intake, hub.checkpoint()).unwrap();
    assert!(matches!(taken, Taken::Checkpoint(applied) if applied.mismatches.is_empty()));
    device.store().swap_in(side).unwrap();
    assert!(device.get(&CUSTOMER, first.id()).is_some());
}

#[test]
fn a_fill_is_not_put_in_place_before_it_is_whole() {
    let device = Device::new(1);
    let mut hub = hub_with(&device, 3);
    let mut side = device.store().begin_fill(1).unwrap();
    for page in hub.snapshot(10) {
        take_page(&mut side, page);
    }
    let refused = device.store().swap_in(side);
    assert!(matches!(refused, Err(StoreError::FillIncomplete)));

    let mut side = device.store().resume_fill().unwrap().unwrap();
    let mut intake = side.begin(None).unwrap();
    let mut wrong = hub_with(&device, 4);
    wrong.take_changes();
    let taken = side.take(&mut intake, wrong.checkpoint()).unwrap();
    assert!(matches!(taken, Taken::Checkpoint(applied) if applied.mismatches.len() == 1));
    assert!(matches!(device.store().swap_in(side), Err(StoreError::FillIncomplete)));
}

#[test]
fn a_rebuild_keeps_the_persons_work_and_what_is_kept() {
    let mut device = Device::new(1);
    let mut hub = hub_with(&device, 10);
    hub.fill(device.store());
    let known = device.read(|view| view.by_key(&CUSTOMER, "K-000003"))[0];
    device.store().keep(&[("lease", Some(b"signed"))]).unwrap();
    device.edit(&CUSTOMER, known, &[("city", "Wien")]);
    let (made, made_by) = device.create(&device.new_record(&CUSTOMER, &[("name", "Neu")]));
    let brought = device.edit(&CUSTOMER, known, &[("region", "AT-9")]);
    let receipt = wire::encode(&Receipt::Applied { version: 2 }).unwrap();
    device.store().save_receipts(&[(brought, receipt.clone())], hub.position + 1).unwrap();
    let mut done = hub.rows[&("customer", known)].1.clone();
    testkit::records::set(&mut done.values, &[("region", "AT-9")]);
    hub.put(done);

    let mut side = device.store().begin_fill(1).unwrap();
    for page in hub.snapshot(4) {
        take_page(&mut side, page);
    }
    // Work goes on while the side file is filled.
    let late = device.edit(&CUSTOMER, known, &[("phone", "+43 1 5550100")]);
    assert_eq!(hub.complete(&mut side).mismatches, []);
    device.store().swap_in(side).unwrap();
    device.restart();

    let held = device.get(&CUSTOMER, known).unwrap();
    assert_eq!((held.state, held.record.head.version), (RowState::Pending, 2));
    assert_eq!(held.record.get("city").text(), Some("Wien"));
    assert_eq!(held.record.get("region").text(), Some("AT-9"));
    assert_eq!(held.record.get("phone").text(), Some("+43 1 5550100"));
    assert_eq!(device.text(&CUSTOMER, made, "name").as_deref(), Some("Neu"));
    let waiting = device.read(|view| view.waiting(10));
    let waiting: Vec<_> = waiting.iter().map(|waiting| waiting.op.op_id).collect();
    assert_eq!((waiting.len(), waiting[1], waiting[2]), (3, made_by, late));
    assert_eq!(device.read(|view| view.kept("lease")).as_deref(), Some(b"signed".as_slice()));
    assert_eq!(device.read(|view| view.chain()).op_seq, 4);
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());

    // The images below are the new ones: refused work leaves the hub's row.
    let refused = Receipt::Waiting { needs: made, attention: made };
    let refused = wire::encode(&refused).unwrap();
    let answers: Vec<_> = waiting.iter().map(|op| (*op, refused.clone())).collect();
    device.store().save_receipts(&answers, 99).unwrap();
    assert_eq!(device.get(&CUSTOMER, known).unwrap().record, hub.rows[&("customer", known)].1);
    assert!(device.get(&CUSTOMER, made).is_none());
}

#[test]
fn after_a_new_life_of_the_hub_answered_work_is_offered_again() {
    let device = Device::new(1);
    let mut hub = hub_with(&device, 2);
    hub.fill(device.store());
    let id = device.read(|view| view.by_key(&CUSTOMER, "K-000001"))[0];
    let op = device.edit(&CUSTOMER, id, &[("city", "Wien")]);
    let receipt = wire::encode(&Receipt::Applied { version: 2 }).unwrap();
    device.store().save_receipts(&[(op, receipt)], 1_000).unwrap();
    assert_eq!(device.read(|view| view.unanswered()), 0);

    let mut side = device.store().begin_fill(2).unwrap();
    for page in hub.snapshot(10) {
        take_page(&mut side, page);
    }
    hub.complete(&mut side);
    device.store().swap_in(side).unwrap();
    assert_eq!(device.read(|view| view.epoch()), 2);
    assert_eq!(device.read(|view| view.first_unanswered()), Some(1));
    assert_eq!(device.text(&CUSTOMER, id, "city").as_deref(), Some("Wien"));
}

/// The system's files, which fail at one operation.
struct Failing {
    left: std::sync::atomic::AtomicUsize,
}

impl Failing {
    fn step(&self) -> std::io::Result<()> {
        match self.left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) {
            1 => Err(std::io::Error::other("the cable was pulled")),
            _ => Ok(()),
        }
    }
}

impl Files for Failing {
    fn exists(&self, path: &Path) -> std::io::Result<bool> {
        self.step()?;
        DiskFiles.exists(path)
    }

    fn replace(&self, from: &Path, to: &Path) -> std::io::Result<()> {
        self.step()?;
        DiskFiles.replace(from, to)
    }

    fn remove(&self, path: &Path) -> std::io::Result<()> {
        self.step()?;
        DiskFiles.remove(path)
    }

    fn sync_folder(&self, path: &Path) -> std::io::Result<()> {
        self.step()?;
        DiskFiles.sync_folder(path)
    }
}

#[test]
fn an_exchange_that_stops_anywhere_leaves_one_whole_file_with_all_the_work() {
    let mut exchanged = 0;
    for stop in 1..=7 {
        let mut device = Device::new(1);
        let mut hub = hub_with(&device, 5);
        hub.fill(device.store());
        let id = device.read(|view| view.by_key(&CUSTOMER, "K-000002"))[0];
        device.edit(&CUSTOMER, id, &[("city", "Wien")]);
        let (made, _) = device.create(&device.new_record(&CUSTOMER, &[("name", "Neu")]));
        device.store = None;

        let failing = Arc::new(Failing { left: usize::MAX.into() });
        let disk = Disk { vfs: None, files: failing.clone() };
        let store = Store::open(&device.path(), Key::new(KEY), disk).unwrap();
        hub.put(device.new_record(&CUSTOMER, &[("name", "Spät"), ("code", "K-LATE")]));
        let mut side = store.begin_fill(1).unwrap();
        for page in hub.snapshot(10) {
            take_page(&mut side, page);
        }
        hub.complete(&mut side);
        failing.left.store(stop, std::sync::atomic::Ordering::Relaxed);
        let stopped = store.swap_in(side);
        failing.left.store(usize::MAX, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(stopped.is_err(), stop < 7, "{stop}");
        device.store = Some(store);
        for _ in 0..2 {
            assert_eq!(device.text(&CUSTOMER, id, "city").as_deref(), Some("Wien"), "{stop}");
            assert_eq!(device.text(&CUSTOMER, made, "name").as_deref(), Some("Neu"), "{stop}");
            assert_eq!(device.read(|view| view.unanswered()), 2, "{stop}");
            assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
            device.restart();
        }
        // What was filled is there, or can still be put in place.
        if let Some(mut side) = device.store().resume_fill().unwrap() {
            device.edit(&CUSTOMER, id, &[("phone", "+43 1 5550100")]);
            hub.complete(&mut side);
            device.store().swap_in(side).unwrap();
            let phone = device.text(&CUSTOMER, id, "phone");
            assert_eq!(phone.as_deref(), Some("+43 1 5550100"), "{stop}");
        } else {
            exchanged += 1;
        }
        assert_eq!(device.read(|view| view.by_key(&CUSTOMER, "K-LATE")).len(), 1, "{stop}");
        assert_eq!(device.text(&CUSTOMER, id, "city").as_deref(), Some("Wien"), "{stop}");
        assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
    }
    assert_eq!(exchanged, 2, "the move itself is one step");
}

#[test]
fn people_read_and_save_while_the_file_is_exchanged() {
    let device = Device::new(1);
    let mut hub = hub_with(&device, 200);
    hub.fill(device.store());
    let id = device.read(|view| view.by_key(&CUSTOMER, "K-000002"))[0];
    let store = device.store();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|people| {
        for _ in 0..3 {
            people.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    let all = local_store::ListQuery::default();
                    // One view is one state: the page and the count agree.
                    let (page, count) = store
                        .read(|view| {
                            let page = view.list(&CUSTOMER, &all, &Start::Offset(0), 1_000)?;
                            Ok((page.rows.len(), view.count(&CUSTOMER, &all)?))
                        })
                        .unwrap();
                    assert_eq!(u64::try_from(page).unwrap(), count);
                    assert!(count >= 200);
                }
            });
        }
        for round in 0..5 {
            let late = device.new_record(&CUSTOMER, &[("name", "Spät")]);
            hub.put(late);
            let mut side = store.begin_fill(1).unwrap();
            for page in hub.snapshot(50) {
                take_page(&mut side, page);
                device.edit(&CUSTOMER, id, &[("city", &format!("Ort {round}"))]);
                device.edit(&CUSTOMER, id, &[("city", "Wien")]);
            }
            assert_eq!(hub.complete(&mut side).mismatches, []);
            store.swap_in(side).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(device.text(&CUSTOMER, id, "city").as_deref(), Some("Wien"));
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn a_frame_that_is_refused_leaves_the_fill_at_its_last_stored_page() {
    let device = Device::new(1);
    let mut hub = hub_with(&device, 30);
    let pages = hub.snapshot(10);
    let mut side = device.store().begin_fill(1).unwrap();
    take_page(&mut side, pages[0].clone());
    let mut intake = side.begin(None).unwrap();
    let change = Frame::Drop { entity: 0, bucket: None };
    assert!(matches!(side.take(&mut intake, change), Err(StoreError::Frame(_))));
    assert_eq!(side.stage(), &FillStage::Snapshot { page: None });
    for page in pages {
        take_page(&mut side, page);
    }
    assert_eq!(hub.complete(&mut side).mismatches, []);
    device.store().swap_in(side).unwrap();
    assert_eq!(device.read(|view| view.verify()).rows, 30);
}

#[test]
fn a_half_written_side_file_is_thrown_away() {
    let device = Device::new(1);
    std::fs::write(device.folder.path().join("daybook.db-fill"), b"half a page").unwrap();
    assert!(device.store().filling().unwrap().is_none());
    let mut hub = hub_with(&device, 2);
    hub.fill(device.store());
    let mut side = device.store().begin_fill(1).unwrap();
    let mut intake = side.begin(None).unwrap();
    let refused = side.take(&mut intake, Frame::Redact { fields: Vec::new() });
    assert!(matches!(refused, Err(StoreError::Frame(_))));
}
