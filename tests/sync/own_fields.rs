//! Fields that a tenant gives its own records: declared at one desk, filled in at another, and never on the
//! device of a person who may not read them.

use serde_json::{Value, json};
use system_tests::office::{Device, Hub};

fn declare(device: &Device, name: &str, more: &[&str]) -> String {
    let called = [format!("name={name}"), "entity=customer".to_owned(), format!("field={name}")];
    let words: Vec<&str> = called.iter().map(String::as_str).chain(more.iter().copied()).collect();
    device.create("own_field", &words)
}

fn own(device: &Device, id: &str, name: &str) -> Value {
    device.get("customer", id)["fields"][format!("extra.{name}")].clone()
}

#[test]
fn two_fill_in_own_fields_offline_and_only_the_same_one_needs_a_person() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("own-fields");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "manager"));
    declare(&anna, "colour", &["kind=choice", r#"choices={"red":"Rot","blue":"Blau"}"#]);
    declare(&anna, "fee", &["kind=amount"]);
    declare(&anna, "vip", &["kind=flag"]);
    let words = ["name=Ada", "code=C1", "extra.colour=blue", "extra.fee=10.50", "extra.vip=yes"];
    let customer = anna.create("customer", &words);
    anna.sync();
    ben.sync();
    assert_eq!(own(&ben, &customer, "fee"), "10.5");
    assert_eq!(own(&ben, &customer, "vip"), true);

    hub.stop();
    anna.update("customer", &customer, &["extra.colour=red", "extra.fee=11"]);
    ben.update("customer", &customer, &["extra.colour=", "extra.vip=no"]);
    // The rules of a declaration hold without a network.
    let refused = anna.run(&["update", "customer", &customer, "extra.colour=green"]);
    assert!(refused.said.contains("extra.colour"), "{}", refused.said);
    assert!(refused.said.contains("blue, red"), "{}", refused.said);
    let refused = ben.run(&["update", "customer", &customer, "extra.size=9"]);
    assert!(refused.said.contains("no own field"), "{}", refused.said);
    hub.open();

    for device in [&anna, &ben, &anna, &ben] {
        device.sync();
    }
    for device in [&anna, &ben] {
        assert_eq!(own(device, &customer, "colour"), "red");
        assert_eq!(own(device, &customer, "fee"), "11");
        assert_eq!(own(device, &customer, "vip"), false);
        let verified = device.run(&["verify"]).expect_done();
        assert_eq!(verified["ok"], true, "{verified}");
    }
    assert_eq!(anna.attention(), Vec::<Value>::new());
    let items = ben.attention();
    let both = &items[0]["fields"]["extra.colour"];
    assert_eq!((&both["base"], &both["mine"]), (&json!("blue"), &Value::Null));
    assert_eq!(both["theirs"], "red");
    let item = items[0]["id"].as_str().unwrap_or_default();
    ben.run(&["attention", "resolve", item, "extra.colour=mine"]).expect_done();
    ben.sync();
    anna.sync();
    assert_eq!(own(&anna, &customer, "colour"), Value::Null);

    // Lists take them like any other field.
    let other = anna.create("customer", &["name=Bea", "extra.fee=9"]);
    let listed = anna.run(&["list", "customer", "--sort", "extra.fee", "--where", "extra.vip=no"]);
    assert_eq!(listed.code, 0, "{}", listed.said);
    let found = anna.run(&["list", "customer", "--where", "extra.fee=9.00"]);
    assert_eq!(found.json["id"], json!(other), "{}", found.said);
}

#[test]
fn who_may_not_read_an_own_field_never_has_it_on_the_device() {
    let hub = Hub::start();
    let tenant = hub.tenant("own-masks");
    let admin = hub.device_of(&tenant.admin);
    let clerk = hub.device_of(&hub.user(&tenant, "clerk", "sales"));
    let (hidden, open) = ("Zwielichtwertung", "Zimtfarbe");
    let rating = declare(&admin, "rating", &["readers=credit_limit"]);
    let colour = declare(&admin, "colour", &[]);
    admin.sync();
    clerk.sync();
    let customer = clerk.create("customer", &["name=Ada", "code=C1", "extra.colour=x"]);
    clerk.sync();
    admin.sync();
    let words = [format!("extra.rating={hidden}"), format!("extra.colour={open}")];
    admin.update("customer", &customer, &[&words[0], &words[1]]);
    admin.sync();
    clerk.sync();
    assert_eq!(own(&admin, &customer, "rating"), hidden);
    assert_eq!(own(&clerk, &customer, "colour"), open);
    let fields = &clerk.get("customer", &customer)["fields"];
    assert!(fields.get("extra.rating").is_none(), "{fields}");
    let update = ["update", "customer", &customer, "extra.rating=good"];
    assert_eq!(clerk.run(&update).code, 4);
    // What is hidden is answered like what there is not.
    for words in [["--sort", "extra.rating"], ["--where", "extra.rating=x"]] {
        let asked = |words: [&str; 2]| clerk.run(&[&["list", "customer"], &words[..]].concat());
        let (hidden, none) = (asked(words), words.map(|word| word.replace("rating", "nowhere")));
        let none = asked([&none[0], &none[1]]);
        assert_eq!((hidden.code, none.code), (2, 2), "{words:?}");
        let (hidden, none) = (hidden.json.to_string(), none.json.to_string());
        assert_eq!(hidden.replace("rating", "nowhere"), none);
    }
    let found = clerk.run(&["list", "customer", "--search", hidden]);
    assert_eq!((found.code, found.json), (0, Value::Null));
    // Who does not keep the settings is not shown them, and declares nothing.
    assert_eq!(clerk.run(&["list", "own_field"]).code, 4);
    assert_eq!(clerk.run(&["create", "own_field", "name=Mine"]).code, 4);

    // The mask moves: what one reads and the other does not is exchanged at the next contact.
    admin.update("own_field", &colour, &["readers=credit_limit"]);
    admin.update("own_field", &rating, &["readers=none"]);
    admin.sync();
    clerk.sync();
    clerk.sync();
    assert_eq!(own(&clerk, &customer, "rating"), hidden);
    let fields = &clerk.get("customer", &customer)["fields"];
    assert!(fields.get("extra.colour").is_none(), "{fields}");
    let found = clerk.run(&["list", "customer", "--search", open]);
    assert_eq!((found.code, found.json), (0, Value::Null));
    let verified = clerk.run(&["verify"]).expect_done();
    assert_eq!(verified["ok"], true, "{verified}");
}
