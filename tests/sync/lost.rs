//! Files that were lost or damaged: what the person is told, and the ways on.

use system_tests::office::{Device, Hub, PASSWORD, Tenant};

fn words(tenant: &Tenant) -> [&str; 5] {
    ["login", "--tenant", &tenant.slug, "--email", &tenant.admin.email]
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
        assert!(answer.said.contains("It held 1 change "), "{}", answer.said);
        answer.expect_code(8);
    }
    begins_anew(&device, &tenant, 1);
}
