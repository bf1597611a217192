//! `verify` finds what is wrong.

use domain::masters::CUSTOMER;
use local_store::{Disk, Key, Store, StoreError};

use crate::device::{Device, KEY};
use crate::hub::Hub;

/// Changes the file behind the store's back, with its key.
fn meddle(device: &mut Device, sql: &str) -> Vec<String> {
    device.store = None;
    let connection = rusqlite::Connection::open(device.path()).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    device.restart();
    device.read(|view| view.verify()).findings
}

fn device() -> Device {
    let device = Device::new(1);
    let mut hub = Hub::default();
    for number in 0..20 {
        hub.put(testkit::records::customer(number, device.ids.next(), device.clock.now()));
    }
    hub.fill(device.store());
    let id = device.read(|view| view.by_key(&CUSTOMER, "K-000001"))[0];
    device.edit(&CUSTOMER, id, &[("city", "Wien")]);
    device.edit(&CUSTOMER, id, &[("city", "Graz")]);
    device
}

#[test]
fn a_sound_file_has_no_findings_and_says_what_was_read() {
    let mut device = device();
    assert_eq!(meddle(&mut device, "SELECT 1"), Vec::<String>::new());
    let report = device.read(|view| view.verify());
    assert_eq!((report.rows, report.ops), (20, 2));
    device.restart();
    let bytes = std::fs::metadata(device.path()).unwrap().len();
    assert_eq!(device.read(|view| view.file_bytes()), bytes);
}

#[test]
fn a_reader_that_has_searched_before_finds_no_fault_in_what_changed_since() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let mut ids = Vec::new();
    for number in 0..2_000 {
        let record = testkit::records::customer(number, device.ids.next(), device.clock.now());
        ids.push(hub.put(record).id());
    }
    hub.fill(device.store());
    device.read(|view| view.search("weber", None, 5));
    for (number, id) in ids.iter().enumerate().take(200) {
        device.edit(&CUSTOMER, *id, &[("city", &format!("Ort{number}"))]);
    }
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn a_changed_value_is_named() {
    let findings =
        meddle(&mut device(), "UPDATE customer SET credit_limit = 1 WHERE code = 'K-000007'");
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].starts_with("customer ") && findings[0].ends_with("is not what the hub sent")
    );
}

#[test]
fn a_missing_row_and_a_wrong_sum_are_named() {
    let findings = meddle(
        &mut device(),
        "UPDATE customer SET id = randomblob(16) WHERE code = 'K-000007'; UPDATE digest_sum SET rows = 5",
    );
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].ends_with("is missing"));
    assert_eq!(findings[1], "the sum of customer is not that of its 20 rows");
}

#[test]
fn a_broken_chain_is_found() {
    let findings = meddle(&mut device(), "UPDATE outbox SET hash = zeroblob(32) WHERE op_seq = 1");
    assert_eq!(
        findings,
        ["operation 1 does not fit into the chain", "operation 2 does not fit into the chain"]
    );
    let findings = meddle(&mut device(), "UPDATE chain SET op_seq = 1");
    assert_eq!(findings, ["the chain ends at 1, before its last operation"]);
}

#[test]
fn a_damaged_page_is_found() {
    let mut device = device();
    device.store = None;
    let mut bytes = std::fs::read(device.path()).unwrap();
    let last_page = bytes.len() - 2_000;
    bytes[last_page] ^= 1;
    std::fs::write(device.path(), bytes).unwrap();
    device.restart();
    let verified = device.store().read(|view| view.verify());
    assert!(matches!(verified, Err(StoreError::Damaged(_))), "{verified:?}");
}

#[test]
fn a_page_that_cannot_be_read_is_said_to_be_damaged_by_whoever_reads_it() {
    let mut device = device();
    device.store = None;
    let mut bytes = std::fs::read(device.path()).unwrap();
    // All but the first page, by which the key is proven.
    bytes[4096..].iter_mut().step_by(512).for_each(|byte| *byte ^= 0x5A);
    std::fs::write(device.path(), bytes).unwrap();
    let opened = Store::open(&device.path(), Key::new(KEY), Disk::default());
    let read = opened.and_then(|store| store.read(|view| view.waiting(10)));
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let device = device();
    let folder = device.path().parent().unwrap().to_owned();
    for file in std::fs::read_dir(folder).unwrap().flatten() {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
}
