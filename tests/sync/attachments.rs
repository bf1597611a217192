//! Files that people attach: offline, to another device byte for byte, through kills, and never to who may not
//! see the record.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use system_tests::office::{Device, Hub};

/// Bytes that no packing makes small, the same for the same seed.
fn content(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..size).map(|_| next()).collect()
}

fn written(device: &Device, name: &str, content: &[u8]) -> String {
    let path = device.folder().join(name);
    std::fs::write(&path, content).unwrap_or_else(|error| panic!("{name}: {error}"));
    path.display().to_string()
}

/// The files of a record: name and state.
fn files(device: &Device, entity: &str, id: &str) -> Vec<(String, String)> {
    let output = system_tests::office::run(&mut device.command(&["attachments", entity, id]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let file = |line: &str| {
        let file: Value = serde_json::from_str(line).unwrap_or_default();
        (text(&file["name"]), text(&file["state"]))
    };
    lines.lines().map(file).collect()
}

fn file(name: &str, state: &str) -> (String, String) {
    (name.to_owned(), state.to_owned())
}

/// The content of a record's file, written out.
fn opened(device: &Device, entity: &str, id: &str, name: &str) -> Vec<u8> {
    let to: PathBuf = device.folder().join(format!("opened-{name}"));
    let _ = std::fs::remove_file(&to);
    let path = to.display().to_string();
    device.run(&["attachment", "save", entity, id, name, "--to", &path]).expect_done();
    std::fs::read(&to).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_file_attached_offline_arrives_on_the_other_device_byte_for_byte() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("files");
    let (anna, ben) = (hub.device_of(&tenant.admin), hub.device_of(&tenant.admin));
    let id = anna.create("customer", &["name=Ada", "code=C1"]);
    anna.sync();
    ben.sync();
    hub.stop();
    let offer = content(3_000_000, 1);
    let path = written(&anna, "Offer, signed.pdf", &offer);
    anna.run(&["attach", "customer", "C1", &path]).expect_done();
    assert_eq!(files(&anna, "customer", &id), [file("Offer, signed.pdf", "waiting_to_send")]);
    assert_eq!(opened(&anna, "customer", &id, "Offer, signed.pdf"), offer);
    // Twice is once, and a file of which nothing stays cannot be attached.
    anna.run(&["attach", "customer", "C1", &path]).expect_code(5);
    anna.run(&["attach", "customer", "C1", "/nowhere/at all.pdf"]).expect_code(5);
    // Nothing of it can be read beside.
    assert!(!anna.holds(&offer[1_000_000..1_000_032]));
    hub.open();
    anna.sync();
    assert_eq!(files(&anna, "customer", &id), [file("Offer, signed.pdf", "here")]);
    ben.sync();
    assert_eq!(files(&ben, "customer", &id), [file("Offer, signed.pdf", "here")]);
    assert!(!ben.holds(&offer[1_000_000..1_000_032]));
    hub.stop();
    assert_eq!(opened(&ben, "customer", &id, "Offer, signed.pdf"), offer);
    // What is there is never written over.
    let there = ben.folder().join("opened-Offer, signed.pdf").display().to_string();
    let again = ["attachment", "save", "customer", &id, "Offer, signed.pdf", "--to", &there];
    ben.run(&again).expect_code(5);
}

#[test]
fn a_transfer_that_is_killed_goes_on_and_what_is_not_sent_yet_is_said_to_be() {
    let hub = Hub::start();
    let tenant = hub.tenant("killed-files");
    let (anna, ben) = (hub.device_of(&tenant.admin), hub.device_of(&tenant.admin));
    let id = anna.create("customer", &["name=Ada", "code=C1"]);
    anna.sync();
    let plan = content(12_000_000, 2);
    let path = written(&anna, "plan.bin", &plan);
    anna.run(&["attach", "customer", "C1", &path]).expect_done();
    let database = hub.database_of(&tenant);
    let sent = || {
        let sent = hub.sql(&database, "SELECT coalesce(sum(received), 0) FROM attachment");
        sent.parse::<usize>().unwrap_or_default()
    };
    // The first try is killed once some of it is there.
    let mut first = anna.start(&["sync"]);
    while sent() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    first.kill();
    let before = sent();
    assert!(0 < before && before < plan.len(), "{before}");
    // The other device sees it named, and that nobody has all of it yet.
    ben.sync();
    assert_eq!(files(&ben, "customer", &id), [file("plan.bin", "missing")]);
    ben.run(&["attachment", "save", "customer", &id, "plan.bin"]).expect_code(5);
    assert_eq!(files(&anna, "customer", &id), [file("plan.bin", "waiting_to_send")]);
    anna.sync();
    assert_eq!(sent(), plan.len());
    assert_eq!(hub.sql(&database, "SELECT count(*) FROM attachment"), "1");
    // Nor is the way to the other device one that must be gone in one go.
    let mut second = ben.start(&["sync"]);
    let arriving = ben.home().join("attachments");
    let came = || {
        let files = std::fs::read_dir(&arriving).into_iter().flatten().flatten();
        files.filter_map(|file| Some(file.metadata().ok()?.len())).sum::<u64>()
    };
    while came() < 1_000_000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    second.kill();
    assert!(came() < 12_000_000, "{}", came());
    assert_eq!(files(&ben, "customer", &id).len(), 1);
    ben.sync();
    assert_eq!(files(&ben, "customer", &id), [file("plan.bin", "here")]);
    assert_eq!(opened(&ben, "customer", &id, "plan.bin"), plan);
}

#[test]
fn two_people_attach_to_one_record_and_what_is_taken_away_leaves_both_devices() {
    let hub = Hub::start();
    let tenant = hub.tenant("both-files");
    let (anna, ben) = (hub.device_of(&tenant.admin), hub.device_of(&tenant.admin));
    let id = anna.create("customer", &["name=Ada", "code=C1"]);
    anna.sync();
    ben.sync();
    for (device, name) in [(&anna, "a.txt"), (&ben, "b.txt")] {
        let path = written(device, name, name.as_bytes());
        device.run(&["attach", "customer", "C1", &path]).expect_done();
    }
    for device in [&anna, &ben, &anna, &ben] {
        device.sync();
    }
    for device in [&anna, &ben] {
        assert_eq!(files(device, "customer", &id), [file("a.txt", "here"), file("b.txt", "here")]);
        assert_eq!(opened(device, "customer", &id, "b.txt"), b"b.txt");
        assert_eq!(device.attention().len(), 0);
    }
    anna.run(&["attachment", "remove", "customer", "C1", "b.txt"]).expect_done();
    anna.sync();
    ben.sync();
    for device in [&anna, &ben] {
        assert_eq!(files(device, "customer", &id), [file("a.txt", "here")]);
        let left = std::fs::read_dir(device.home().join("attachments")).into_iter().flatten();
        assert_eq!(left.count(), 1);
    }
}

#[test]
fn a_person_without_the_right_gets_nothing_by_a_hash() {
    let hub = Hub::start();
    let tenant = hub.tenant("foreign-files");
    let anna = hub.device_of(&tenant.admin);
    let supplier = anna.create("supplier", &["name=Steel", "code=S1"]);
    let secret = content(50_000, 3);
    let path = written(&anna, "contract.pdf", &secret);
    anna.run(&["attach", "supplier", "S1", &path]).expect_done();
    anna.sync();
    let entry = &anna.get("supplier", &supplier)["fields"]["attachments"][0];
    let entry = entry.as_str().unwrap_or_default();
    let hash = entry.split(' ').next().unwrap_or_default().to_owned();
    let clerk = hub.user(&tenant, "clerk", "sales");
    let device = hub.device_of(&clerk);
    device.run(&["attachments", "supplier", &supplier]).expect_code(4);
    // The clerk has heard of it and names it in a record of their own.
    let own = device.create("customer", &["name=Mine", "code=M1", &format!("attachments={entry}")]);
    device.sync();
    // Nor do the devices of those who have it hand it on.
    anna.sync();
    device.sync();
    assert_eq!(files(&device, "customer", &own), [file("contract.pdf", "missing")]);
    device.run(&["attachment", "save", "customer", &own, "contract.pdf"]).expect_code(5);
    assert!(!device.holds(&secret[..32]));
    let database = hub.database_of(&tenant);
    assert_eq!(hub.sql(&database, "SELECT entity FROM attachment"), "supplier", "{hash}");
}
