//! What stands in the file, and for whom: nothing without the key, nothing that was purged even with it.

use std::path::Path;

use domain::masters::{CUSTOMER, OWN_FIELD};
use local_store::{Disk, Key, Store, StoreError};

use crate::device::{Device, KEY};
use crate::hub::{Hub, OWN};

const PLANTED: &str = "Xylophonwerk Quittenbaum";

fn everything_in(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .filter(|(path, _)| !path.ends_with("-shm"))
        .collect();
    files.sort();
    files
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

/// Every page of the file as it stands decrypted, free pages included.
fn decrypted(path: &Path) -> Vec<u8> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
    connection.serialize("main").unwrap().to_vec()
}

fn words_of(text: &str) -> Vec<String> {
    // The search index holds each word folded, and its beginnings.
    text.split(' ').map(|word| word[..word.len() - 3].to_lowercase()).collect()
}

#[test]
fn no_file_of_the_device_shows_what_was_typed() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.put(device.new_record(&CUSTOMER, &[("name", PLANTED), ("city", "Quittenau")]));
    hub.pull_into(device.store());
    let (id, _) = device.create(&device.new_record(&CUSTOMER, &[("name", PLANTED)]));
    device.edit(&CUSTOMER, id, &[("city", "Quittenau")]);
    let _unfinished = device.store().begin_fill(1).unwrap();
    let files = everything_in(device.folder.path());
    assert!(files.iter().any(|(path, bytes)| path.ends_with("-wal") && !bytes.is_empty()));
    for (path, bytes) in files {
        for planted in ["Xylophonwerk", "Quitten", "customer", "SQLite format"] {
            assert!(!holds(&bytes, planted), "{planted} stands in {path}");
        }
    }
}

#[test]
fn a_wrong_key_is_refused_and_touches_nothing() {
    let mut device = Device::new(1);
    device.create(&device.new_record(&CUSTOMER, &[("name", PLANTED)]));
    // As a killed program leaves it: with a log beside the file.
    let copy = tempfile::tempdir().unwrap();
    for (path, bytes) in everything_in(device.folder.path()) {
        let name = Path::new(&path).file_name().unwrap().to_owned();
        std::fs::write(copy.path().join(name), bytes).unwrap();
    }
    device.store = None;
    for folder in [copy.path(), device.folder.path()] {
        let before = everything_in(folder);
        assert!(!before.is_empty());
        let path = folder.join("daybook.db");
        let refused = Store::open(&path, Key::new([1; 32]), Disk::default());
        assert!(matches!(refused, Err(StoreError::CannotOpen)));
        assert!(everything_in(folder) == before, "the files were touched");
        let opened = Store::open(&path, Key::new(KEY), Disk::default()).unwrap();
        assert_eq!(opened.read(|view| view.unanswered()).unwrap(), 1);
    }
}

#[test]
fn a_store_is_neither_made_over_a_file_nor_opened_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daybook.db");
    let absent = Store::open(&path, Key::new(KEY), Disk::default());
    assert!(matches!(absent, Err(StoreError::Absent)));
    assert!(!path.exists());
    std::fs::write(&path, b"somebody's notes").unwrap();
    let exists = Store::create(&path, Key::new(KEY), Disk::default());
    assert!(matches!(exists, Err(StoreError::Exists)));
    let refused = Store::open(&path, Key::new(KEY), Disk::default());
    assert!(matches!(refused, Err(StoreError::CannotOpen)));
    assert_eq!(std::fs::read(&path).unwrap(), b"somebody's notes");
}

#[test]
fn a_key_is_never_printed() {
    assert_eq!(format!("{:?}", Key::new([0xab; 32])), "Key(…)");
}

#[test]
fn a_purged_row_is_gone_from_every_page_and_from_the_log() {
    let mut device = Device::new(1);
    let mut hub = Hub::default();
    for number in 0..300 {
        let at = device.clock.now();
        hub.put(testkit::records::customer(number, device.ids.next(), at));
    }
    let fields = [("name", PLANTED), ("code", "QQ-77"), ("notes", "Kennwort: Sesamkringel")];
    let record = hub.put(device.new_record(&CUSTOMER, &fields));
    hub.pull_into(device.store());
    while device.store().index_more(1_000).unwrap() {}
    // An edit leaves words behind that the row no longer has.
    let mut edited = record.clone();
    testkit::records::set(&mut edited.values, &[("city", "Wurzelbach")]);
    hub.put(edited.clone());
    hub.pull_into(device.store());
    while device.store().index_more(1_000).unwrap() {}
    testkit::records::set(&mut edited.values, &[("city", "Graz")]);
    hub.put(edited);
    hub.pull_into(device.store());
    while device.store().index_more(1_000).unwrap() {}
    device.restart();
    let before = decrypted(&device.path());
    let words = ["Xylophonwerk", "Sesamkringel", "wurzelb"].into_iter();
    let planted: Vec<String> = words.map(str::to_owned).chain(words_of(PLANTED)).collect();
    for word in &planted {
        assert!(holds(&before, word), "{word} must be there first");
    }

    hub.leave(&record);
    assert_eq!(hub.pull_into(device.store()).purged, 1);
    // It is not forgotten where the program ends first.
    device.restart();
    device.store().scrub().unwrap();
    let log = device.folder.path().join("daybook.db-wal");
    assert_eq!(std::fs::metadata(log).unwrap().len(), 0);
    let after = decrypted(&device.path());
    for word in planted {
        assert!(!holds(&after, &word), "{word} is still in the file");
    }
    device.restart();
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn a_lost_bucket_is_gone_from_every_page() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    for _ in 0..2_100 {
        let fields = [("kind", "rejected"), ("title", PLANTED), ("message", "Sesamkringel")];
        hub.put_in(OWN, device.new_record(&domain::attention::ATTENTION, &fields));
    }
    hub.pull_into(device.store());
    while device.store().index_more(10_000).unwrap() {}
    hub.drop_rows(&domain::attention::ATTENTION, Some(OWN));
    assert_eq!(hub.pull_into(device.store()).purged, 2_100);
    device.store().scrub().unwrap();
    let after = decrypted(&device.path());
    for word in words_of(PLANTED).iter().map(String::as_str).chain(["Sesamkringel"]) {
        assert!(!holds(&after, word), "{word} is still in the file");
    }
}

#[test]
fn a_field_that_may_no_longer_be_held_is_gone_everywhere() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let fields = [("name", "Weber"), ("tax_id", "ATU98765432X"), ("city", "Graz")];
    let record = device.new_record(&CUSTOMER, &fields);
    let (id, op) = device.create(&record);
    let receipt = sync_protocol::receipt::Receipt::Applied { version: 1 };
    let receipt = sync_protocol::wire::encode(&receipt).unwrap();
    let kept = hub.put(record);
    device.store().save_receipts(&[(op, receipt)], hub.position).unwrap();
    hub.pull_into(device.store());
    // Work on top of another field keeps the image below it.
    device.edit(&CUSTOMER, id, &[("city", "Wien")]);
    assert!(holds(&decrypted(&device.path()), "ATU98765432X"));

    hub.redact("customer.tax_id");
    let applied = hub.pull_into(device.store());
    assert_eq!(applied.mismatches, []);
    device.store().scrub().unwrap();
    assert!(!holds(&decrypted(&device.path()), "ATU98765432X"));
    assert_eq!(device.text(&CUSTOMER, kept.id(), "tax_id"), None);
    assert_eq!(device.text(&CUSTOMER, kept.id(), "city").as_deref(), Some("Wien"));
    assert!(device.read(|view| view.search("ATU98765432X", None, 10)).hits.is_empty());
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn an_own_field_that_may_no_longer_be_held_is_gone_everywhere() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let fields = [
        ("name", "Weber"),
        ("extra.rating", "ATU98765432X"),
        ("extra.colour", "blue"),
        ("city", "Graz"),
    ];
    let record = device.new_record(&CUSTOMER, &fields);
    device.create(&device.new_record(
        &OWN_FIELD,
        &[("name", "Rating"), ("entity", "customer"), ("field", "rating")],
    ));
    let (id, op) = device.create(&record);
    let receipt = sync_protocol::receipt::Receipt::Applied { version: 1 };
    let receipt = sync_protocol::wire::encode(&receipt).unwrap();
    let kept = hub.put(record);
    device.store().save_receipts(&[(op, receipt)], hub.position).unwrap();
    hub.pull_into(device.store());
    // Work on top of another field keeps the image below it.
    device.edit(&CUSTOMER, id, &[("city", "Wien")]);
    assert!(holds(&decrypted(&device.path()), "ATU98765432X"));

    hub.redact("customer.extra.rating");
    let applied = hub.pull_into(device.store());
    assert_eq!(applied.mismatches, []);
    device.store().scrub().unwrap();
    assert!(!holds(&decrypted(&device.path()), "ATU98765432X"));
    let row = device.read(|view| view.get(&CUSTOMER, kept.id())).unwrap().record;
    assert_eq!((row.values.own("rating"), row.values.own("colour")), (None, Some("blue")));
    assert_eq!(device.text(&CUSTOMER, kept.id(), "city").as_deref(), Some("Wien"));
    assert!(device.read(|view| view.search("ATU98765432X", None, 10)).hits.is_empty());
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn a_destroyed_store_leaves_no_file() {
    let mut device = Device::new(1);
    device.create(&device.new_record(&CUSTOMER, &[("name", PLANTED)]));
    drop(device.store().begin_fill(1).unwrap());
    device.store.take().unwrap().destroy().unwrap();
    assert_eq!(std::fs::read_dir(device.folder.path()).unwrap().count(), 0);
}
