//! What a person is shown when they decide: what stands now and who wrote it, and that nothing is overwritten which
//! they were never shown.

use serde_json::{Value, json};
use system_tests::office::{Device, Hub};

const PHONES: [&str; 4] = ["+49 30 1111111", "+49 30 2222222", "+49 30 3333333", "+49 30 4444444"];

/// The one item that is open.
fn one(device: &Device) -> Value {
    let items = device.attention();
    let [item] = items.as_slice() else { panic!("one item, not {items:?}") };
    item.clone()
}

fn id(item: &Value) -> &str {
    item["id"].as_str().unwrap_or_default()
}

fn write_phone(device: &Device, supplier: &str, phone: &str) {
    device.update("supplier", supplier, &[&format!("phone={phone}")]);
}

fn phone(device: &Device, supplier: &str) -> Value {
    device.get("supplier", supplier)["fields"]["phone"].clone()
}

/// What a person at a terminal reads.
fn read(device: &Device, words: &[&str]) -> String {
    let output = device.spoken(words).output().unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn nobody_overwrites_a_value_that_they_were_never_shown() {
    let hub = Hub::start();
    let tenant = hub.tenant("unseen");
    let admin = hub.device_of(&tenant.admin);
    let max = hub.device_of(&hub.user(&tenant, "max", "admin"));
    let mia = hub.device_of(&hub.user(&tenant, "mia", "admin"));
    let supplier = admin.create("supplier", &["name=Kontor", "code=S1"]);
    for device in [&admin, &max, &mia] {
        device.sync();
    }
    write_phone(&admin, &supplier, PHONES[0]);
    write_phone(&max, &supplier, PHONES[1]);
    admin.sync();
    max.sync();
    let item = one(&max);
    assert_eq!(item["fields"]["phone"]["theirs"], PHONES[0]);
    assert_eq!(item["by_user"], admin.run(&["status"]).json["user_id"]);

    // Mia writes a third while Max still thinks of the first.
    mia.sync();
    write_phone(&mia, &supplier, PHONES[2]);
    mia.sync();
    max.sync();
    let early = max.run(&["attention", "resolve", id(&item), "--keep", "mine"]).expect_code(5);
    assert_eq!(early["error"]["problems"][0]["rule"], "changed_since", "{early}");
    assert_eq!(phone(&max, &supplier), PHONES[2]);
    let item = one(&max);
    let shown = &item["fields"]["phone"];
    assert_eq!((&shown["mine"], &shown["theirs"]), (&json!(PHONES[1]), &json!(PHONES[2])));
    assert_eq!(item["by_name"], Value::Null, "nobody rather than the wrong one: {item}");
    let words = read(&max, &["attention", "show", id(&item)]);
    assert!(words.contains(PHONES[2]) && words.contains("mia"), "{words}");

    // And a fourth, before Max's decision about the third arrives.
    write_phone(&mia, &supplier, PHONES[3]);
    mia.sync();
    max.run(&["attention", "resolve", id(&item), "--keep", "mine"]).expect_done();
    max.sync();
    mia.sync();
    assert_eq!(phone(&mia, &supplier), PHONES[3]);
    let again = one(&max);
    assert_ne!(id(&again), id(&item));
    let shown = &again["fields"]["phone"];
    assert_eq!((&shown["mine"], &shown["theirs"]), (&json!(PHONES[1]), &json!(PHONES[3])));
    assert_eq!(shown["base"], PHONES[2], "what Max had been shown");

    let done = max.run(&["attention", "resolve", id(&again), "--keep", "theirs"]).expect_done();
    assert_eq!(done["stands"]["phone"], PHONES[3], "{done}");
    for device in [&max, &mia, &admin] {
        device.sync();
        assert_eq!(phone(device, &supplier), PHONES[3]);
        assert_eq!(device.attention(), Vec::<Value>::new());
    }
}

#[test]
fn who_deleted_is_shown_what_somebody_else_changed() {
    let hub = Hub::start();
    let tenant = hub.tenant("told");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    let phone = format!("phone={}", PHONES[0]);
    let customer = anna.create("customer", &["name=Ada", &phone, "email=ada@example.com"]);
    anna.sync();
    ben.sync();
    anna.run(&["delete", "customer", &customer]).expect_done();
    let changes = [&format!("phone={}", PHONES[1]), "email="];
    ben.update("customer", &customer, &changes);
    anna.sync();
    ben.sync();
    anna.sync();
    let item = one(&anna);
    let both = |path: &str| {
        let field = &item["fields"][path];
        (field["base"].clone(), field["theirs"].clone(), field["untold"].clone())
    };
    assert_eq!(both("phone"), (json!(PHONES[0]), json!(PHONES[1]), Value::Null), "{item}");
    assert_eq!(both("email"), (json!("ada@example.com"), Value::Null, Value::Null), "{item}");
    let words = read(&anna, &["attention", "show", id(&item)]);
    assert!(words.contains(PHONES[0]) && words.contains(PHONES[1]), "{words}");
    assert!(!words.contains("null") && !words.contains('*'), "{words}");
}

#[test]
fn who_changed_another_field_is_not_named_beside_a_value() {
    let hub = Hub::start();
    let tenant = hub.tenant("named");
    let admin = hub.device_of(&tenant.admin);
    let second = hub.device_of(&tenant.admin);
    let max = hub.device_of(&hub.user(&tenant, "max", "admin"));
    let supplier = admin.create("supplier", &["name=Kontor", "code=S1"]);
    for device in [&admin, &second, &max] {
        device.sync();
    }
    write_phone(&second, &supplier, PHONES[1]);
    write_phone(&admin, &supplier, PHONES[0]);
    admin.sync();
    max.update("supplier", &supplier, &["city=Bonn"]);
    max.sync();
    second.sync();
    let item = one(&second);
    assert_eq!(item["fields"]["phone"]["theirs"], PHONES[0]);
    assert_eq!((&item["by_user"], &item["by_name"]), (&Value::Null, &Value::Null), "{item}");
    let words = read(&second, &["attention", "show", id(&item)]);
    assert!(!words.contains("max"), "{words}");
}

#[test]
fn a_deleted_record_that_an_import_brings_back_is_deleted_again_when_the_import_is_taken_back() {
    let hub = Hub::start();
    let tenant = hub.tenant("revives");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    let customer = anna.create("customer", &["name=Ada", "code=C1", "city=Bonn"]);
    anna.sync();
    ben.sync();
    ben.run(&["delete", "customer", &customer]).expect_done();
    ben.sync();
    let path = anna.folder().join("customers.csv");
    let file = path.to_string_lossy().into_owned();
    for sends_first in [true, false] {
        anna.sync();
        std::fs::write(&path, "code,name,city\nC1,Ada,Essen\n")
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let report = anna.run(&["import", "customer", &file]).expect_done();
        let batch = report["batch"].as_str().unwrap_or_default();
        if sends_first {
            anna.sync();
            ben.sync();
            let record = ben.get("customer", &customer);
            let fields = &record["fields"];
            assert_eq!((&fields["city"], &fields["active"]), (&json!("Essen"), &json!(true)));
            // Anna knew that it was deleted: nobody did anything unknowing.
            assert_eq!(ben.attention(), Vec::<Value>::new());
        }
        let undone = anna.run(&["imports", "undo", batch]).expect_done();
        assert_eq!((&undone["retired"], &undone["restored"]), (&json!(1), &json!(0)), "{undone}");
        anna.sync();
        ben.sync();
        for device in [&anna, &ben] {
            let record = device.get("customer", &customer);
            assert_eq!(
                (&record["retired"], &record["fields"]["city"]),
                (&json!(true), &json!("Bonn"))
            );
            assert_eq!(device.attention(), Vec::<Value>::new(), "sent first: {sends_first}");
        }
    }
}

#[test]
fn unsent_work_is_by_who_is_signed_in() {
    let hub = Hub::start();
    let tenant = hub.tenant("authors");
    let admin = hub.device_of(&tenant.admin);
    let max = hub.device_of(&hub.user(&tenant, "max", "admin"));
    let supplier = admin.create("supplier", &["name=Kontor", "code=S1"]);
    admin.sync();
    max.sync();
    let me = max.run(&["status"]).json["user_id"].clone();
    assert!(me.is_string());
    max.update("supplier", &supplier, &["iban=DE89370400440532013000"]);
    let edited = max.get("supplier", &supplier);
    assert_eq!(edited["updated_by"], me);
    assert_ne!(edited["created_by"], me);
    assert_eq!(edited["children"]["supplier_bank_change"][0]["fields"]["proposed_by"], me);
    let words = read(&max, &["get", "supplier", &supplier]);
    assert!(!words.contains("ffffffff"), "{words}");
    let made = max.create("supplier", &["name=Mehl", "code=S2"]);
    let made = max.get("supplier", &made);
    assert_eq!((&made["created_by"], &made["updated_by"]), (&me, &me));
}

#[test]
fn what_was_decided_about_an_account_is_shown_with_who_decided_it() {
    const IBANS: [&str; 2] = ["DE89370400440532013000", "GB82WEST12345698765432"];
    let hub = Hub::start();
    let tenant = hub.tenant("decided");
    let clerk = hub.device_of(&tenant.admin);
    let boss = hub.device_of(&hub.user(&tenant, "boss", "manager"));
    let other = hub.device_of(&hub.user(&tenant, "olga", "admin"));
    let propose = |iban: &str| {
        clerk.update("supplier", "S1", &[&format!("iban={iban}")]);
        for device in [&clerk, &boss, &other] {
            device.sync();
        }
    };
    clerk.create("supplier", &["name=Kontor", "code=S1"]);
    propose(IBANS[0]);
    boss.run(&["approve", "supplier", "S1"]).expect_done();
    boss.sync();
    other.run(&["refuse", "supplier", "S1"]).expect_done();
    other.sync();
    let item = one(&other);
    assert_eq!(item["proposal"]["proposed"]["iban"], IBANS[0], "{item}");
    assert_eq!(item["proposal"]["state"], "approved");
    assert_eq!(item["proposal"]["decided_by_name"], "boss");
    let words = read(&other, &["attention", "show", id(&item)]);
    assert!(words.contains(IBANS[0]) && words.contains("approved by boss"), "{words}");
    let words = read(&other, &["attention", "resolve", id(&item), "--keep", "mine"]);
    assert!(words.contains("nothing was changed"), "{words}");

    clerk.sync();
    propose(IBANS[1]);
    boss.run(&["refuse", "supplier", "S1", "--reason", "call them"]).expect_done();
    boss.sync();
    clerk.sync();
    let item = one(&clerk);
    assert_eq!(item["proposal"]["proposed"]["iban"], IBANS[1], "{item}");
    assert_eq!(item["proposal"]["state"], "refused");
    assert_eq!(item["proposal"]["decided_by_name"], "boss");
    let words = read(&clerk, &["attention", "show", id(&item)]);
    assert!(words.contains(IBANS[1]) && words.contains("call them"), "{words}");
}
