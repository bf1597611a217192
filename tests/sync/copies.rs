//! A profile of which there are two, a machine that was set back, a keyring that is lost: each ends with all that was
//! typed, and with words that a clerk understands.

use std::path::Path;

use serde_json::Value;
use system_tests::office::{Device, Hub, PASSWORD, Tenant};

fn login(device: &Device, tenant: &Tenant, more: &[&str]) -> system_tests::office::Answer {
    let words = ["login", "--tenant", &tenant.slug, "--email", &tenant.admin.email];
    device.login(&[&words[..], more].concat(), PASSWORD)
}

/// Every file of one folder into another, in the place of what is there.
pub fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap_or_else(|error| panic!("no folder: {error}"));
    for file in std::fs::read_dir(from).into_iter().flatten().flatten() {
        std::fs::copy(file.path(), to.join(file.file_name()))
            .unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
    }
}

/// Customers are given codes by each device.
fn numbered(admin: &Device) {
    admin.sync();
    let company = admin.list("company")[0]["id"].as_str().unwrap_or_default().to_owned();
    let fields = ["name=Codes", "document_type=customer", "prefix=K-", "width=4"];
    let own = ["device_block_size=10", &format!("company_id={company}")];
    admin.create("number_series", &[&fields[..], &own].concat());
    admin.sync();
}

/// A new customer; the code that it was given.
fn enter(device: &Device, name: &str) -> String {
    let made = device.run(&["create", "customer", &format!("name={name}")]).expect_done();
    made["fields"]["code"].as_str().unwrap_or_default().to_owned()
}

/// The names of all customers, and how many different codes they have.
fn customers(device: &Device) -> (Vec<String>, usize) {
    let text = |row: &Value, field: &str| row["fields"][field].as_str().unwrap_or("").to_owned();
    let rows = device.list("customer");
    let mut names: Vec<String> = rows.iter().map(|row| text(row, "name")).collect();
    names.sort();
    let codes: std::collections::BTreeSet<String> =
        rows.iter().map(|row| text(row, "code")).collect();
    (names, codes.len())
}

fn is_whole(device: &Device) {
    let status = device.run(&["status"]).expect_done();
    assert_eq!((&status["pending"], &status["refused"]), (&0.into(), &Value::Null), "{status}");
    assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
}

fn is_told(device: &Device, words: &str, code: &str) {
    let answer = device.run(&["sync"]);
    assert!(answer.said.contains(words), "{}", answer.said);
    answer.expect_code(5);
    let status = device.run(&["status"]).expect_done();
    assert_eq!(status["refused_code"], code, "{status}");
    assert!(status["refused"].as_str().unwrap_or_default().contains(words), "{status}");
}

#[test]
fn of_two_copies_one_goes_on_and_the_other_becomes_its_own_with_all_that_was_typed_on_both() {
    let hub = Hub::start();
    let tenant = hub.tenant("copied");
    let anna = hub.device_of(&tenant.admin);
    numbered(&anna);
    enter(&anna, "Before");
    anna.sync();
    enter(&anna, "On both");
    let other = hub.device();
    copy(&anna.home(), &other.home());
    // Nobody knows of the other: both give the same code.
    assert_eq!(enter(&anna, "Here"), enter(&other, "There"));
    enter(&other, "There, too");
    anna.sync();

    is_told(&other, "in use twice", "two_copies");
    let listed = || hub.ask(&["device", "list", &tenant.slug, "--json"]);
    assert!(listed()[0]["frozen_at"].is_string(), "{}", listed());
    // What is done meanwhile is kept, on both.
    enter(&other, "There, while it waits");
    enter(&anna, "Here, while it waits");
    let told = login(&anna, &tenant, &[]);
    assert!(told.said.contains("in use twice"), "{}", told.said);
    told.expect_code(7);
    login(&anna, &tenant, &["--original"]).expect_done();
    is_whole(&anna);

    is_told(&other, "copy of a Daybook", "is_copy");
    let told = login(&other, &tenant, &[]);
    assert!(told.said.contains("--copy"), "{}", told.said);
    told.expect_code(5);
    let begun = login(&other, &tenant, &["--copy"]);
    let begun = match begun.code {
        // One of the two codes was taken: that stands in Attention.
        7 => begun.expect_code(7),
        _ => begun.expect_done(),
    };
    assert!(begun["recovery_code"].is_string(), "{begun}");
    assert_eq!(listed().as_array().map(Vec::len), Some(2), "{}", listed());
    for device in [&other, &anna] {
        device.sync();
    }
    let all = [
        "Before",
        "Here",
        "Here, while it waits",
        "On both",
        "There",
        "There, too",
        "There, while it waits",
    ];
    let (names, codes) = customers(&anna);
    assert_eq!(names, all);
    assert_eq!(codes, names.len(), "a code was given twice: {:?}", anna.list("customer"));
    assert_eq!(customers(&other), (names, codes));
    // Both go on by themselves, and what they give is new.
    assert_ne!(enter(&anna, "Later here"), enter(&other, "Later there"));
    for device in [&anna, &other, &anna] {
        device.sync();
        is_whole(device);
    }
    assert_eq!(customers(&anna).1, 9);
    assert_eq!(customers(&anna), customers(&other));
    let void = "select count(*) > 0 from number_void where reason = 'forked'";
    assert_eq!(hub.sql(&hub.database_of(&tenant), void), "t");
}

#[test]
fn a_machine_that_was_set_back_goes_on_where_it_had_been() {
    let hub = Hub::start();
    let tenant = hub.tenant("setback");
    let anna = hub.device_of(&tenant.admin);
    numbered(&anna);
    enter(&anna, "Morning");
    anna.sync();
    enter(&anna, "Unsent in the morning");
    let morning = hub.device();
    copy(&anna.home(), &morning.home());
    anna.sync();
    enter(&anna, "Noon");
    anna.sync();

    // The machine is as it was in the morning, and is used only once it has asked.
    copy(&morning.home(), &anna.home());
    let ended = anna.run(&["sync"]);
    assert!(ended.said.contains("sign in again"), "{}", ended.said);
    ended.expect_code(3);
    login(&anna, &tenant, &[]).expect_done();
    is_whole(&anna);
    enter(&anna, "Afternoon");
    anna.sync();
    let day = ["Afternoon", "Morning", "Noon", "Unsent in the morning"];
    assert_eq!(customers(&anna), (day.map(str::to_owned).to_vec(), 4));

    // It is set back once more, and this time used before it asks.
    copy(&morning.home(), &anna.home());
    enter(&anna, "Evening");
    let told = login(&anna, &tenant, &[]);
    assert!(told.said.contains("set back to an earlier day"), "{}", told.said);
    told.expect_code(7);
    login(&anna, &tenant, &["--original"]);
    anna.sync();
    is_whole(&anna);
    enter(&anna, "Night");
    anna.sync();
    let day = ["Afternoon", "Evening", "Morning", "Night", "Noon", "Unsent in the morning"];
    assert_eq!(customers(&anna), (day.map(str::to_owned).to_vec(), 6));
    assert_eq!(
        hub.ask(&["device", "list", &tenant.slug, "--json"]).as_array().map(Vec::len),
        Some(1)
    );
    // Whatever the machine was, another sees the same.
    let other = hub.device_of(&tenant.admin);
    other.sync();
    assert_eq!(customers(&other), customers(&anna));
}

/// A device with twenty customers that the hub has not, and its recovery code.
fn with_twenty(hub: &Hub, tenant: &Tenant) -> (Device, String) {
    let device = hub.device();
    let begun = login(&device, tenant, &[]).expect_done();
    for number in 0..20 {
        device.create("customer", &[&format!("name=Customer {number}")]);
    }
    (device, begun["recovery_code"].as_str().unwrap_or_default().to_owned())
}

/// Loses what the keyring held.
fn lose_keys(device: &Device) -> Vec<u8> {
    std::fs::remove_file(device.home().join("secrets.json"))
        .unwrap_or_else(|error| panic!("no secrets: {error}"));
    bytes(&device.home().join("daybook.db"))
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn says_what_it_held(answer: system_tests::office::Answer) {
    let held = "It held 20 changes that the sync server had not received, the oldest of 20";
    assert!(answer.said.contains(held), "{}", answer.said);
    assert!(answer.said.contains("recovery code"), "{}", answer.said);
    answer.expect_code(8);
}

#[test]
fn a_lost_keyring_with_twenty_unsent_changes_is_opened_by_the_printed_code() {
    let hub = Hub::start();
    let tenant = hub.tenant("keyring");
    let (device, code) = with_twenty(&hub, &tenant);
    lose_keys(&device);
    says_what_it_held(device.run(&["status"]));
    says_what_it_held(login(&device, &tenant, &[]));
    let words = ["login", "--tenant", "keyring", "--email", &tenant.admin.email, "--recover"];
    let back = device.login(&words, &format!("{PASSWORD}\n{code}\n"));
    back.expect_done();
    is_whole(&device);
    let sent = "select count(*) from customer where name like 'Customer %'";
    assert_eq!(hub.sql(&hub.database_of(&tenant), sent), "20");
}

#[test]
fn without_the_code_the_copy_is_kept_and_its_person_told_what_it_held() {
    let hub = Hub::start();
    let tenant = hub.tenant("nocode");
    let (device, _) = with_twenty(&hub, &tenant);
    let before = lose_keys(&device);
    says_what_it_held(login(&device, &tenant, &[]));
    assert_eq!(bytes(&device.home().join("daybook.db")), before, "it was touched");
    let begun = login(&device, &tenant, &["--set-aside"]).expect_done();
    assert_eq!(begun["set_aside_unsent"], 20, "{begun}");
    let aside = begun["set_aside"].as_str().unwrap_or_default();
    assert_eq!(bytes(&Path::new(aside).join("daybook.db")), before, "it was touched");
    is_whole(&device);
}

#[test]
fn a_file_that_came_without_its_keys_is_kept_and_the_person_signs_in_anew() {
    let hub = Hub::start();
    let tenant = hub.tenant("keyless");
    let (device, _) = with_twenty(&hub, &tenant);
    let other = hub.device();
    copy(&device.home(), &other.home());
    let before = lose_keys(&other);
    says_what_it_held(other.run(&["list", "customer"]));
    let begun = login(&other, &tenant, &["--set-aside"]).expect_done();
    let aside = begun["set_aside"].as_str().unwrap_or_default();
    assert_eq!(bytes(&Path::new(aside).join("daybook.db")), before, "it was touched");
    is_whole(&other);
    // The one that has its keys has lost nothing by it.
    device.sync();
    is_whole(&device);
    other.sync();
    assert_eq!(customers(&other).0.len(), 20);
}
