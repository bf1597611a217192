//! A supplier's bank account, changed away from the network and approved by a second person.

use serde_json::Value;
use system_tests::office::{Device, Hub};

const OLD: &str = "DE89370400440532013000";
const NEW: &str = "GB82WEST12345698765432";

fn approvals(device: &Device) -> Vec<Value> {
    let waiting = device.run(&["approvals"]).expect_done();
    waiting.as_array().cloned().unwrap_or_default()
}

#[test]
fn a_new_account_typed_offline_is_shown_as_waiting_until_a_second_person_approves_it() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("bank");
    let clerk = hub.device_of(&hub.user(&tenant, "clerk", "accountant"));
    let boss = hub.device_of(&hub.user(&tenant, "boss", "manager"));
    let store = hub.device_of(&hub.user(&tenant, "store", "inventory_manager"));
    let supplier =
        clerk.create("supplier", &["name=Quartz Yard", "code=S1", &format!("iban={OLD}")]);
    clerk.sync();
    boss.sync();
    boss.run(&["approve", "supplier", "S1"]).expect_done();
    boss.sync();
    clerk.sync();
    assert_eq!(clerk.get("supplier", &supplier)["fields"]["iban"], OLD);

    hub.stop();
    clerk.update("supplier", &supplier, &[&format!("iban={NEW}")]);
    // The old account stands, the new one waits: also here, and before anybody else knows.
    let record = clerk.get("supplier", &supplier);
    assert_eq!(record["fields"]["iban"], OLD);
    assert_eq!(record["fields"]["payment_hold"], true);
    let waiting = approvals(&clerk);
    assert_eq!((&waiting[0]["proposed"]["iban"], &waiting[0]["own"]), (&NEW.into(), &true.into()));
    assert_eq!(clerk.run(&["approve", "supplier", "S1"]).code, 4);
    hub.open();
    clerk.sync();
    boss.sync();
    store.sync();

    // She decides on what she sees in full; what is in force she sees the end of, or nothing.
    let waiting = approvals(&boss);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["proposed"]["iban"], NEW);
    assert_eq!(waiting[0]["may_approve"], true);
    assert_eq!(waiting[0]["standing"]["iban"], "•••• 3000");
    assert!(!boss.holds(OLD.as_bytes()));
    assert!(!store.holds(NEW.as_bytes()) && !store.holds(OLD.as_bytes()));
    assert_eq!(store.get("supplier", "S1")["fields"]["payment_hold"], true);

    boss.run(&["approve", "supplier", "S1"]).expect_done();
    boss.sync();
    clerk.sync();
    let record = clerk.get("supplier", &supplier);
    assert_eq!(record["fields"]["iban"], NEW);
    assert_eq!(record["fields"]["payment_hold"], false);
    assert!(record["fields"]["payment_hold_until"].is_string(), "{record}");
    assert!(approvals(&clerk).is_empty());

    // And one that is refused.
    clerk.update("supplier", &supplier, &[&format!("iban={OLD}")]);
    clerk.sync();
    boss.sync();
    boss.run(&["refuse", "supplier", "S1", "--reason", "they did not write this"]).expect_done();
    boss.sync();
    clerk.sync();
    assert_eq!(clerk.get("supplier", &supplier)["fields"]["iban"], NEW);
    let items = clerk.attention();
    assert!(items[0].to_string().contains("they did not write this"), "{items:?}");
    for device in [&clerk, &boss, &store] {
        assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
    }
}
