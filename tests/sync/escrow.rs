//! Somebody is shut out while they are away with work that was not sent: it reaches the hub all the same, and others
//! decide about it.

use serde_json::Value;
use system_tests::office::{Device, Hub};

fn reviews(device: &Device) -> Vec<Value> {
    device.attention().into_iter().filter(|item| item["kind"] == "review").collect()
}

fn names(device: &Device) -> Vec<String> {
    let name = |record: &Value| record["fields"]["name"].as_str().unwrap_or_default().to_owned();
    let mut names: Vec<String> = device.list("customer").iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn what_a_disabled_user_typed_offline_is_applied_or_returned_by_another_on_their_device() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("escrow");
    let boss = hub.device_of(&tenant.admin);
    let clerk = hub.user(&tenant, "clerk", "manager");
    let laptop = hub.device_of(&clerk);
    laptop.create("customer", &["name=Before", "code=C0"]);
    laptop.sync();
    boss.sync();

    hub.stop();
    for (name, code) in
        [("name=One", "code=C1"), ("name=Two", "code=C2"), ("name=Three", "code=C3")]
    {
        laptop.create("customer", &[name, code]);
    }
    hub.open();
    hub.ask(&["user", "disable", "escrow", &clerk.email, "--json"]);
    let told = laptop.run(&["sync"]);
    assert_ne!(told.code, 0, "{told:?}");
    assert!(told.said.contains("3 changes that had not been sent were handed in"), "{}", told.said);
    // All of it is out; another round brings nothing more.
    let again = laptop.run(&["sync"]);
    assert_ne!(again.code, 0);
    assert!(!again.said.contains("handed in"), "{}", again.said);
    boss.sync();
    assert_eq!(names(&boss), ["Before"]);

    let waiting = reviews(&boss);
    assert_eq!(waiting.len(), 3, "{waiting:?}");
    for item in &waiting {
        assert_eq!(item["reasons"][0]["rule"], "review_access_ended", "{item}");
        assert_eq!(item["by_name"], "clerk", "{item}");
        let id = item["id"].as_str().unwrap_or_default();
        match item["title"].as_str() {
            Some("Three") => {
                let words =
                    ["attention", "review", id, "--return", "--reason", "no customer of ours"];
                boss.run(&words).expect_done()
            }
            _ => boss.run(&["attention", "review", id, "--apply"]).expect_done(),
        };
    }
    boss.sync();
    assert_eq!(names(&boss), ["Before", "One", "Two"]);
    assert!(reviews(&boss).is_empty());
    assert_eq!(boss.run(&["verify"]).expect_done()["ok"], true);

    // Let in again, its author finds what came back, with the reason.
    hub.ask(&["user", "enable", "escrow", &clerk.email, "--json"]);
    let words = ["login", "--tenant", "escrow", "--email", &clerk.email];
    laptop.login(&words, system_tests::office::PASSWORD).expect_done();
    laptop.sync();
    assert_eq!(names(&laptop), ["Before", "One", "Two"]);
    let items = laptop.attention();
    let [item] = &items[..] else { panic!("{items:?}") };
    assert_eq!((item["kind"].as_str(), item["title"].as_str()), (Some("rejected"), Some("Three")));
    assert!(item["message"].as_str().unwrap_or_default().contains("no customer of ours"), "{item}");
    let id = item["id"].as_str().unwrap_or_default();
    laptop.run(&["attention", "show", id]).expect_done();
    laptop.run(&["attention", "resolve", id, "--keep", "mine"]).expect_done();
    laptop.sync();
    boss.sync();
    assert_eq!(names(&boss), ["Before", "One", "Three", "Two"]);
}
