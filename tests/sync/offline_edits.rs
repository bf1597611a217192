//! Two devices, both offline: what they do to the same records, and what is left after sync.

use serde_json::{Value, json};
use system_tests::office::{Device, Hub};

/// All masters of a device as (id, version, fields), for a comparison of whole copies.
fn copy_of(device: &Device) -> Vec<Value> {
    let mut all = Vec::new();
    for entity in ["currency", "unit", "company", "account", "item", "customer", "supplier"] {
        for record in device.list(entity) {
            assert_ne!(record["sync"]["state"], "pending", "{entity}: {record}");
            all.push(json!([entity, record["id"], record["version"], record["fields"]]));
        }
    }
    all.sort_by_key(Value::to_string);
    all
}

fn parity(device: &Device) {
    let verified = device.run(&["verify"]).expect_done();
    assert_eq!(verified["ok"], true, "{verified}");
}

#[test]
fn what_was_deleted_and_sent_waits_no_more() {
    let hub = Hub::start();
    let tenant = hub.tenant("deleted");
    let anna = hub.device_of(&tenant.admin);
    let sent = anna.create("customer", &["name=Ada", "code=C1"]);
    anna.sync();
    let unsent = anna.create("customer", &["name=Bo", "code=C2"]);
    let state = |id: &str| anna.get("customer", id)["sync"]["state"].clone();
    for id in [&sent, &unsent] {
        anna.run(&["delete", "customer", id]).expect_done();
        assert_eq!(state(id), "pending");
    }
    anna.sync();
    assert_eq!(anna.run(&["status"]).expect_done()["pending"], 0);
    for id in [&sent, &unsent] {
        assert_eq!(
            (state(id), &anna.get("customer", id)["retired"]),
            (json!("clean"), &json!(true))
        );
    }
    // The same again, and a bulk of them, change nothing on the sync server.
    anna.run(&["delete", "customer", &sent]).expect_done();
    anna.sync();
    assert_eq!(state(&sent), "clean");
}

#[test]
fn phone_and_city_survive_and_only_the_email_and_the_item_need_a_person() {
    let mut hub = Hub::start();
    for (slug, second_first) in [("order-one", false), ("order-two", true)] {
        let tenant = hub.tenant(slug);
        let anna = hub.device_of(&tenant.admin);
        let user = hub.user(&tenant, "ben", "admin");
        let ben = hub.device_of(&user);
        let customer = anna.create("customer", &["name=Ada", "code=C1", "email=ada@example.com"]);
        let item = anna.create("item", &["name=Bolt", "sku=B1", "uom=C62", "sales_price=2"]);
        anna.sync();
        ben.sync();

        hub.stop();
        anna.update("customer", &customer, &["phone=+49 30 1234567", "email=anna@example.com"]);
        ben.update("customer", &customer, &["city=Bonn", "email=ben@example.com"]);
        anna.run(&["delete", "item", &item]).expect_done();
        ben.update("item", &item, &["sales_price=2.50"]);
        // What was typed shows at once, without a network.
        assert_eq!(anna.get("customer", &customer)["fields"]["phone"], "+49 30 1234567");
        assert_eq!(anna.run(&["sync"]).code, 6);
        hub.open();

        let (first, second) = if second_first { (&ben, &anna) } else { (&anna, &ben) };
        for device in [first, second, first, second] {
            device.sync();
        }

        for device in [&anna, &ben] {
            let record = device.get("customer", &customer);
            assert_eq!(record["fields"]["phone"], "+49 30 1234567");
            assert_eq!(record["fields"]["city"], "Bonn");
            let kept = if second_first { "ben@example.com" } else { "anna@example.com" };
            assert_eq!(record["fields"]["email"], kept);
            let record = device.get("item", &item);
            assert_eq!(record["fields"]["active"], false);
            assert_eq!(record["fields"]["sales_price"], "2.5");
            parity(device);
        }
        assert_eq!(copy_of(&anna), copy_of(&ben));

        // The e-mail is in the Attention of whoever came second, the item in that of who deleted it.
        let of_second = second.attention();
        let email: Vec<_> = of_second.iter().filter(|i| i["kind"] == "conflict").collect();
        assert_eq!(email.len(), 1, "{of_second:?}");
        let both = &email[0]["fields"]["email"];
        assert_eq!(both["base"], "ada@example.com");
        let (mine, theirs) = match second_first {
            true => ("anna@example.com", "ben@example.com"),
            false => ("ben@example.com", "anna@example.com"),
        };
        assert_eq!((&both["mine"], &both["theirs"]), (&json!(mine), &json!(theirs)));
        let deleted: Vec<_> =
            anna.attention().into_iter().filter(|i| i["kind"] == "retired_edit").collect();
        assert_eq!(deleted.len(), 1);
        assert_eq!(deleted[0]["row_id"], json!(item));
        let price = &deleted[0]["fields"]["sales_price"];
        assert_eq!((&price["base"], &price["theirs"]), (&json!("2"), &json!("2.5")));
        assert_eq!(anna.attention().len() + ben.attention().len(), 2);

        // Who deleted decides about the record as a whole: it goes for good, or is in use again as edited.
        let (keep, left) = if second_first { ("mine", 0) } else { ("theirs", 1) };
        let id = deleted[0]["id"].as_str().unwrap_or_default();
        anna.run(&["attention", "resolve", id, "--keep", keep]).expect_done();
        anna.sync();
        ben.sync();
        for device in [&anna, &ben] {
            let items = device.list("item");
            assert_eq!(items.len(), left, "{items:?}");
            for item in items {
                assert_eq!(item["fields"]["active"], true);
                assert_eq!(item["fields"]["sales_price"], "2.5");
            }
        }
    }
}

#[test]
fn a_decision_is_made_once_and_reaches_the_other_device() {
    let hub = Hub::start();
    let tenant = hub.tenant("decides");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    let customer = anna.create("customer", &["name=Ada"]);
    anna.sync();
    ben.sync();
    anna.update("customer", &customer, &["city=Bonn"]);
    ben.update("customer", &customer, &["city=Köln"]);
    anna.sync();
    assert_eq!(ben.run(&["sync"]).code, 7);
    let items = ben.attention();
    let item = items[0]["id"].as_str().unwrap_or_default().to_owned();
    ben.run(&["attention", "resolve", &item, "city=mine"]).expect_done();
    ben.sync();
    anna.sync();
    assert_eq!(anna.get("customer", &customer)["fields"]["city"], "Köln");
    assert_eq!(ben.attention().len() + anna.attention().len(), 0);
    assert_eq!(copy_of(&anna), copy_of(&ben));
}

#[test]
fn work_done_before_the_hub_was_ever_reached_again_is_all_there() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("weeks");
    let anna = hub.device_of(&tenant.admin);
    hub.stop();
    let made: Vec<_> = (0..25)
        .map(|n| {
            let id = anna.create("customer", &[&format!("name=Customer {n}")]);
            anna.update("customer", &id, &["city=Bonn", &format!("notes=note {n}")]);
            id
        })
        .collect();
    let status = anna.run(&["status"]).json;
    assert_eq!(status["pending"], 50);
    assert_eq!(status["online"], false);
    hub.open();
    let round = anna.sync();
    assert_eq!(round["pushed"], 50, "{round}");
    let other = hub.device_of(&tenant.admin);
    other.sync();
    for (n, id) in made.iter().enumerate() {
        assert_eq!(other.get("customer", id)["fields"]["notes"], format!("note {n}"));
    }
    parity(&anna);
    parity(&other);
}
