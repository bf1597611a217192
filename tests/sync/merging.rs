//! Two records turn out to be one while somebody else, offline, works with the one that goes.

use serde_json::{Value, json};
use system_tests::office::{Device, Hub};

fn parity(device: &Device) {
    let verified = device.run(&["verify"]).expect_done();
    assert_eq!(verified["ok"], true, "{verified}");
}

#[test]
fn an_offline_edit_of_the_loser_and_a_new_item_that_refers_to_it_are_not_lost() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("merging");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    let stays = anna.create("item_category", &["name=Bolts", "code=BOLTS"]);
    let goes = anna.create("item_category", &["name=Bolt", "code=BOLT-OLD"]);
    anna.sync();
    ben.sync();

    // Anna finds them, and at her desk they are one at once.
    let found = anna.run(&["duplicates", "item_category"]).expect_done();
    assert_eq!(found["compared"], json!(anna.list("item_category").len()));
    hub.stop();
    anna.run(&["merge", "item_category", &stays, &goes]).expect_done();
    assert_eq!(anna.get("item_category", &goes)["retired"], true);
    // Ben knows nothing of it.
    ben.update("item_category", &goes, &["notes=for the roof"]);
    let category = format!("category={goes}");
    let item = ben.create("item", &["name=Bolt M8", "sku=B-8", "uom=C62", &category]);
    hub.open();

    anna.sync();
    ben.sync();
    anna.sync();
    for device in [&anna, &ben] {
        assert_eq!(device.get("item", &item)["fields"]["category"], json!(stays));
        let merged = device.get("item_category", &stays);
        assert_eq!(merged["fields"]["aliases"], json!(["BOLT-OLD"]));
        assert_eq!(merged["fields"]["notes"], Value::Null);
        // The old code leads to the record that stays.
        assert_eq!(device.get("item_category", "bolt-old")["id"], json!(stays));
        parity(device);
    }
    // What Ben wrote asks him on the record that stays.
    let items = ben.attention();
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(items[0]["row_id"], json!(stays));
    assert_eq!(items[0]["fields"]["notes"]["mine"], "for the roof");
    assert!(anna.attention().is_empty());
    let id = items[0]["id"].as_str().unwrap_or_default();
    ben.run(&["attention", "resolve", id, "--keep", "mine"]).expect_done();
    ben.sync();
    anna.sync();
    assert_eq!(anna.get("item_category", &stays)["fields"]["notes"], "for the roof");
    parity(&anna);
}

#[test]
fn what_two_people_call_different_is_not_asked_again_on_any_device() {
    let hub = Hub::start();
    let tenant = hub.tenant("distinct");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    let one = anna.create("customer", &["name=Stern GmbH", "email=info@stern.example"]);
    let other = anna.create("customer", &["name=Stern", "email=info@stern.example"]);
    anna.sync();
    ben.sync();
    let groups =
        |device: &Device| device.run(&["duplicates", "customer"]).expect_done()["total"].clone();
    assert_eq!((groups(&anna), groups(&ben)), (json!(1), json!(1)));
    let left = anna.run(&["distinct", "customer", &one, &other]).expect_done();
    assert_eq!(left["total"], 0);
    anna.sync();
    ben.sync();
    assert_eq!(groups(&ben), json!(0));
    parity(&ben);
}
