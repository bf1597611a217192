//! Files that were lost, damaged or copied: what the person is told, and the ways on.

use std::path::Path;

use system_tests::office::{Device, Hub, PASSWORD, Tenant};

fn words(tenant: &Tenant) -> [&str; 5] {
    ["login", "--tenant", &tenant.slug, "--email", &tenant.admin.email]
}

/// Every file of one folder into another.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap_or_else(|error| panic!("no folder: {error}"));
    for file in std::fs::read_dir(from).into_iter().flatten().flatten() {
        std::fs::copy(file.path(), to.join(file.file_name()))
            .unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
    }
}

/// Begins anew and has what the hub has; the work that it has not lies aside.
fn begins_anew(device: &Device, tenant: &Tenant, unsent: u64) {
    let begun = device.login(&[&words(tenant)[..], &["--set-aside"]].concat(), PASSWORD);
    let begun = begun.expect_done();
    assert_eq!(begun["set_aside_unsent"], unsent, "{begun}");
    assert!(begun["recovery_code"].is_string(), "{begun}");
    let status = device.run(&["status"]).expect_done();
    assert_eq!((&status["pending"], &status["refused"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!(device.get("customer", "C1")["fields"]["name"], "Ada");
    assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
}

#[test]
fn a_copied_profile_is_told_of_wherever_one_looks() {
    let hub = Hub::start();
    let tenant = hub.tenant("forked");
    let device = hub.device_of(&tenant.admin);
    device.create("customer", &["name=Ada", "code=C1"]);
    device.sync();
    let other = hub.device();
    copy(&device.home(), &other.home());
    device.create("customer", &["name=Ben", "code=C2"]);
    device.sync();
    other.create("customer", &["name=Carl", "code=C3"]);

    let login = other.login(&words(&tenant), PASSWORD);
    assert!(login.said.contains("another copy of this profile"), "{}", login.said);
    login.expect_code(7);
    let status = other.run(&["status"]).expect_done();
    let refused = status["refused"].as_str().unwrap_or_default();
    assert!(refused.contains("another copy of this profile"), "{status}");
    assert!(refused.contains("--set-aside"), "{status}");
    assert_eq!(status["pending"], 1);
    other.run(&["sync"]).expect_code(5);
    begins_anew(&other, &tenant, 1);
}

#[test]
fn a_revoked_device_says_so_in_its_status() {
    let hub = Hub::start();
    let tenant = hub.tenant("revoked");
    let device = hub.device_of(&tenant.admin);
    assert_eq!(device.run(&["status"]).expect_done()["refused"], serde_json::Value::Null);
    let listed = hub.ask(&["device", "list", "revoked", "--json"]);
    let id = listed[0]["id"].as_str().unwrap_or_default().to_owned();
    hub.ask(&["device", "revoke", "revoked", &id, "--json"]);
    let status = device.run(&["status"]).expect_done();
    assert!(status["refused"].is_string(), "{status}");
}

#[test]
fn a_damaged_copy_is_named_and_what_was_sent_comes_back() {
    let hub = Hub::start();
    let tenant = hub.tenant("damaged");
    let device = hub.device_of(&tenant.admin);
    device.create("customer", &["name=Ada", "code=C1"]);
    device.sync();
    device.create("customer", &["name=Ben", "code=C2"]);
    let path = device.home().join("daybook.db");
    let mut bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("no copy: {error}"));
    // Every page but the first few, which say what there is.
    bytes.iter_mut().skip(16 * 4096).step_by(1000).for_each(|byte| *byte ^= 0x5A);
    std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("not damaged: {error}"));
    for words in [&["verify"] as &[&str], &["list", "customer"]] {
        let answer = device.run(words);
        assert!(answer.said.contains("damaged"), "{words:?}: {}", answer.said);
        assert!(answer.said.contains("--set-aside"), "{words:?}: {}", answer.said);
        answer.expect_code(8);
    }
    begins_anew(&device, &tenant, 1);
}

#[test]
fn a_database_that_is_gone_is_not_taken_for_nobody() {
    let hub = Hub::start();
    let tenant = hub.tenant("gone");
    let device = hub.device_of(&tenant.admin);
    device.create("customer", &["name=Ada", "code=C1"]);
    device.sync();
    device.create("customer", &["name=Ben", "code=C2"]);
    for name in ["daybook.db", "daybook.db-wal", "daybook.db-shm"] {
        let _ = std::fs::remove_file(device.home().join(name));
    }
    for answer in [device.run(&["status"]), device.login(&words(&tenant), PASSWORD)] {
        assert!(answer.said.contains("It held 1 changes"), "{}", answer.said);
        answer.expect_code(8);
    }
    begins_anew(&device, &tenant, 1);
}
