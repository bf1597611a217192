//! Work that the hub refuses and work that builds on it: a person mends the one, and both arrive.

use serde_json::Value;
use system_tests::office::{Device, Hub, Tenant};

/// Anna and Ben both entered the mile while the hub was away, Ben also an item that is sold by it. Anna's came
/// first.
fn two_made_one_unit(hub: &mut Hub, tenant: &Tenant) -> (Device, Device, String) {
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(tenant, "ben", "admin"));
    hub.stop();
    anna.create("unit", &["unece_code=SMI", "name=Mile", "dimension=length"]);
    ben.create("unit", &["unece_code=SMI", "name=Long mile", "dimension=length"]);
    let words =
        ["name=Freight", "sku=F1", "uom=SMI", "item_barcode=[{\"gtin\":\"4006381333931\"}]"];
    let item = ben.create("item", &words);
    ben.update("item", &item, &["sales_price=1.25"]);
    hub.open();
    anna.sync();
    let round = ben.sync();
    let verdict = |place: usize| round["receipts"][place]["receipt"]["verdict"].clone();
    assert_eq!([verdict(0), verdict(1), verdict(2)], ["rejected", "waiting", "waiting"], "{round}");
    assert_eq!(round["receipts"][0]["receipt"]["problems"][0]["field"], "unece_code");
    let kept: Vec<_> = ben.attention().into_iter().map(|item| item["kind"].clone()).collect();
    assert_eq!(kept.len(), 3, "{kept:?}");
    // Whoever says it in another language has the rule and the field, as the receipt has them.
    let items = ben.attention();
    let Some(refused) = items.iter().find(|item| item["kind"] == "rejected") else {
        panic!("{items:?}")
    };
    assert_eq!(refused["reasons"], round["receipts"][0]["receipt"]["problems"]);
    let reason = &refused["reasons"][0];
    assert_eq!(reason["rule"], "unique");
    let said = reason["message"].as_str().unwrap_or_default();
    assert_eq!(refused["message"], format!("unece_code: {said}"));
    (anna, ben, item)
}

fn open(device: &Device, kind: &str, path: &str) -> String {
    let items = device.attention();
    let found =
        items.iter().find(|item| item["kind"] == kind && item["fields"][path] != Value::Null);
    let id = found.and_then(|item| item["id"].as_str());
    id.unwrap_or_else(|| panic!("no {kind} item about {path} in {items:?}")).to_owned()
}

/// On the hub, as another device gets it.
fn arrived(device: &Device, item: &str, unit: &str) {
    device.sync();
    let record = device.get("item", item);
    assert_eq!(record["fields"]["name"], "Freight");
    assert_eq!(record["fields"]["sales_price"], "1.25");
    assert_eq!(record["children"]["item_barcode"][0]["fields"]["gtin"], "4006381333931");
    let used = device.get("unit", unit);
    assert_eq!(record["fields"]["uom"], used["id"]);
    assert_eq!(record["sync"]["state"], "clean");
    assert_eq!(device.attention(), Vec::<Value>::new());
    assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
}

#[test]
fn mending_what_was_refused_brings_what_waited_for_it() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("mends");
    let (anna, ben, item) = two_made_one_unit(&mut hub, &tenant);

    let refused = open(&ben, "rejected", "unece_code");
    // As it was it is refused again, here and now, by the field.
    let again = ben.run(&["attention", "resolve", &refused, "--keep", "mine"]).expect_code(5);
    assert_eq!(again["error"]["problems"][0]["field"], "unece_code");
    // An edit of an item that is not there yet has nothing to be kept in.
    let edit = open(&ben, "waiting", "sales_price");
    let early = ben.run(&["attention", "resolve", &edit, "--keep", "mine"]).expect_code(5);
    let message = early["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("decide that first"), "{message}");

    let set = ["--keep", "mine", "--set", "unece_code=NMI"];
    ben.run(&[&["attention", "resolve", &refused], &set[..]].concat()).expect_done();
    assert_eq!(ben.get("unit", "NMI")["fields"]["name"], "Long mile");
    let round = ben.sync();
    assert_eq!(round["attention"], 0, "{round}");
    arrived(&ben, &item, "NMI");
    arrived(&anna, &item, "NMI");
    assert_eq!(anna.get("unit", "SMI")["fields"]["name"], "Mile");
}

#[test]
fn what_waited_is_done_without_what_was_refused_where_a_person_says_so() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("drops");
    let (anna, ben, item) = two_made_one_unit(&mut hub, &tenant);

    let refused = open(&ben, "rejected", "unece_code");
    ben.run(&["attention", "resolve", &refused, "--keep", "theirs"]).expect_done();
    // The item is sold by Anna's mile instead; the edit of it follows by itself.
    let made = open(&ben, "waiting", "sku");
    let set = ["--keep", "mine", "--set", "uom=SMI"];
    ben.run(&[&["attention", "resolve", &made], &set[..]].concat()).expect_done();
    ben.sync();
    arrived(&ben, &item, "SMI");
    arrived(&anna, &item, "SMI");
    assert_eq!(anna.get("unit", "SMI")["fields"]["name"], "Mile");
}

#[test]
fn everything_may_be_decided_before_the_next_round() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("atonce");
    let (anna, ben, item) = two_made_one_unit(&mut hub, &tenant);

    let set = ["--keep", "mine", "--set", "unece_code=NMI"];
    let refused = open(&ben, "rejected", "unece_code");
    ben.run(&[&["attention", "resolve", &refused], &set[..]].concat()).expect_done();
    let made = open(&ben, "waiting", "sku");
    ben.run(&["attention", "resolve", &made, "--keep", "mine"]).expect_done();
    let edit = open(&ben, "waiting", "sales_price");
    ben.run(&["attention", "resolve", &edit, "--keep", "mine"]).expect_done();
    // The item is there again, before anyone was asked.
    assert_eq!(ben.get("item", &item)["fields"]["sales_price"], "1.25");
    ben.sync();
    arrived(&ben, &item, "NMI");
    arrived(&anna, &item, "NMI");
}
