//! Machines whose clock is wrong, by libfaketime: at 1970, at 2099, and standing still.

use std::path::PathBuf;

use system_tests::office::{Answer, Device, Hub};

/// An absolute time stands still; with an `@` the clock goes on from it.
const CLOCKS: [&str; 3] = ["@1970-01-01 00:01:00", "@2099-06-01 12:00:00", "2026-03-01 12:00:00"];

/// A machine with this clock. What counts time without being set goes on, as in every machine.
fn at(clock: &str, device: &Device, words: &[&str]) -> Answer {
    let library = library().display().to_string();
    let around = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME", clock),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("NO_FAKE_STAT", "1"),
    ];
    device.run_in(&around, words, None)
}

fn library() -> PathBuf {
    let below = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut found = below.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    let found = found.find(|path| path.exists());
    found.unwrap_or_else(|| panic!("no libfaketime: ./daybook-dev test installs it"))
}

#[test]
fn a_device_works_and_syncs_whatever_its_clock_says() {
    let hub = Hub::start();
    let tenant = hub.tenant("clocks");
    let (anna, ben) = (hub.device_of(&tenant.admin), hub.device_of(&tenant.admin));
    let shared = anna.create("customer", &["name=Ada"]);
    anna.sync();
    ben.sync();
    for (turn, clock) in CLOCKS.into_iter().enumerate() {
        let (city, notes) = (format!("city=Town {turn}"), format!("notes=Note {turn}"));
        at(clock, &anna, &["sync"]).expect_done();
        at(clock, &anna, &["update", "customer", &shared, &city]).expect_done();
        let made =
            at(clock, &anna, &["create", "customer", &format!("name=Of {turn}")]).expect_done();
        let made = made["id"].as_str().unwrap_or_default();
        ben.update("customer", &shared, &[&notes]);
        ben.sync();
        at(clock, &anna, &["sync"]).expect_done();
        ben.sync();
        for device in [&anna, &ben] {
            let fields = &device.get("customer", &shared)["fields"];
            assert_eq!(fields["city"], city["city=".len()..], "{clock}: {fields}");
            assert_eq!(fields["notes"], notes["notes=".len()..], "{clock}: {fields}");
            assert_eq!(device.get("customer", made)["sync"]["state"], "clean", "{clock}");
            assert!(device.attention().is_empty(), "{clock}");
        }
        // The clock is set right, and the device was in touch with the hub while it was not.
        anna.update("customer", &shared, &[&format!("city=Right again {turn}")]);
        anna.sync();
    }
    ben.sync();
    assert_eq!(ben.get("customer", &shared)["fields"]["city"], "Right again 2");
    assert_eq!(ben.get("customer", &shared)["version"], 1 + 3 * CLOCKS.len());
}

#[test]
fn offline_a_clock_far_ahead_ends_the_rights_until_the_hub_is_met_again() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("ahead");
    let anna = hub.device_of(&tenant.admin);
    let id = anna.create("customer", &["name=Ada"]);
    anna.sync();
    hub.stop();
    let [past, future, still] = CLOCKS;
    at(past, &anna, &["update", "customer", &id, "city=Past"]).expect_done();
    at(still, &anna, &["update", "customer", &id, "city=Still"]).expect_done();
    at(future, &anna, &["update", "customer", &id, "city=Future"]).expect_code(3);
    // Setting it back gives no time back.
    anna.run(&["update", "customer", &id, "city=Back"]).expect_code(3);
    hub.open();
    anna.sync();
    let record = anna.get("customer", &id);
    assert_eq!((&record["fields"]["city"], &record["version"]), (&"Still".into(), &3.into()));
    anna.update("customer", &id, &["city=Now"]);
    anna.sync();
    assert_eq!(anna.get("customer", &id)["fields"]["city"], "Now");
}
