//! Two people, and what each device calls the other.

use serde_json::{Value, json};
use system_tests::office::{Device, Hub};

fn history(device: &Device, id: &str) -> Vec<Value> {
    let told = device.run(&["history", "customer", id]).expect_done();
    told["entries"].as_array().cloned().unwrap_or_default()
}

fn names(device: &Device) -> Vec<Value> {
    device.list("person").into_iter().map(|person| person["title"].clone()).collect()
}

#[test]
fn a_colleague_is_owner_by_name_renamed_shut_out_and_still_called_by_name_offline() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("names");
    let anna = hub.device_of(&tenant.admin);
    let ben_user = hub.user(&tenant, "ben", "manager");
    let ben = hub.device_of(&ben_user);
    anna.sync();
    ben.sync();
    assert_eq!(names(&anna).len(), 2);
    assert_eq!(names(&anna), names(&ben));
    let customer = anna.create("customer", &["name=Ada", "code=C1", "owner_id=ben"]);
    let refused = anna.run(&["update", "customer", &customer, "owner_id=Bertram"]);
    assert!(refused.said.contains("no user is called \"Bertram\""), "{}", refused.said);
    anna.sync();
    ben.sync();

    // What two changed offline names the other one without a network.
    hub.stop();
    anna.update("customer", &customer, &["city=Bonn"]);
    ben.update("customer", &customer, &["city=Ulm"]);
    hub.open();
    anna.sync();
    ben.sync();
    hub.ask(&["user", "rename", &tenant.slug, &ben_user.email, "Benjamin Okafor", "--json"]);
    hub.ask(&["user", "disable", &tenant.slug, &ben_user.email, "--json"]);
    anna.sync();
    hub.stop();

    let record = anna.get("customer", &customer);
    let owner = record["fields"]["owner_id"].as_str().expect("an owner");
    assert_eq!(record["titles"][owner], "Benjamin Okafor");
    let by = record["created_by"].as_str().expect("an author");
    assert!(record["titles"][by].is_string(), "{record}");
    let [person] = anna.found("person", "okafor").try_into().expect("one is found");
    assert_eq!((&person["fields"]["active"], &person["id"]), (&json!(false), &json!(owner)));
    let mine = anna.run(&["list", "customer", "--where", "owner_id=Benjamin Okafor"]);
    assert_eq!(mine.code, 0, "{}", mine.said);

    // Ben's copy names who wrote the other value; it never met the hub since.
    let [item] = ben.attention().try_into().expect("one item");
    assert_eq!(item["kind"], "conflict");
    assert!(item["by_name"].is_string() && item["by_user"].is_string(), "{item}");
    hub.open();

    // When it was done, as its device says, and when the sync server had it.
    let entries = history(&anna, &customer);
    let edit = &entries[0];
    assert_eq!(edit["action"], "update");
    let time = |name: &str| edit[name].as_str().unwrap_or_default().to_owned();
    assert!(
        !time("occurred_at").is_empty() && time("occurred_at") <= time("received_at"),
        "{edit}"
    );
    assert_eq!(edit["user_id"], by);
    assert_eq!(anna.run(&["verify"]).expect_done()["ok"], true);
}
