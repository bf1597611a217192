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

#[test]
fn two_suppliers_paid_to_different_accounts_are_one_when_their_person_knows_that_payments_wait() {
    const OURS: &str = "DE89370400440532013000";
    let hub = Hub::start();
    let tenant = hub.tenant("paid");
    let anna = hub.device_of(&tenant.admin);
    let mia = hub.device_of(&hub.user(&tenant, "mia", "manager"));
    let accounts = [("T-1", OURS), ("T-2", "GB82WEST12345698765432"), ("T-3", "")];
    for (code, iban) in accounts {
        let words = [format!("code={code}"), format!("name=Stern {code}"), format!("iban={iban}")];
        anna.create("supplier", &words.each_ref().map(String::as_str));
    }
    anna.sync();
    mia.sync();
    for code in ["T-1", "T-2"] {
        mia.run(&["approve", "supplier", code]).expect_done();
    }
    mia.sync();
    anna.sync();
    let paid = |device: &Device| device.get("supplier", "T-1")["fields"]["iban"].clone();
    assert_eq!(paid(&anna), OURS);

    // One without an account changes nothing of it.
    anna.run(&["merge", "supplier", "T-1", "T-3"]).expect_done();
    anna.sync();
    assert_eq!(paid(&anna), OURS);
    assert_eq!(anna.get("supplier", "T-1")["fields"]["payment_hold"], false);

    // Mia approves accounts and reads none that is in force: the sync server refuses what she cannot look at.
    mia.sync();
    let unsure = mia.run(&["merge", "supplier", "T-1", "T-2"]).expect_code(5);
    assert_eq!(unsure["error"]["problems"][0]["rule"], "accounts_untold", "{unsure}");
    mia.run(&["merge", "supplier", "T-1", "T-2", "--yes"]).expect_done();
    mia.sync();
    assert_eq!(mia.attention()[0]["reasons"][0]["rule"], "accounts_unread");

    let asked = anna.run(&["merge", "supplier", "T-1", "T-2"]).expect_code(5);
    assert_eq!(asked["error"]["problems"][0]["rule"], "account_waits", "{asked}");
    assert!(asked["error"]["message"].as_str().is_some_and(|said| said.contains("Stern T-1")));
    anna.run(&["merge", "supplier", "T-1", "T-2", "--yes"]).expect_done();
    anna.sync();
    assert_eq!(paid(&anna), Value::Null);
    assert_eq!(anna.get("supplier", "T-1")["fields"]["payment_hold"], true);
    mia.sync();
    mia.run(&["approve", "supplier", "T-1"]).expect_done();
    mia.sync();
    anna.sync();
    assert_eq!(paid(&anna), OURS);
    parity(&anna);
    parity(&mia);
}
