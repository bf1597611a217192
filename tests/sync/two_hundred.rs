//! A week of work at a branch without a network, one mistake in it: nothing but what builds on the mistake waits for
//! it, and once a person has mended it, all of it is done.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use system_tests::office::{Device, Hub};

/// Brings customers in from a file, as many operations.
fn brings_in(device: &Device, numbers: std::ops::Range<usize>) {
    let mut text = "code,name,city\n".to_owned();
    let count = numbers.len();
    for n in numbers {
        writeln!(text, "K{n},Customer {n},Bonn").unwrap_or_else(|error| panic!("{error}"));
    }
    let path = device.folder().join("customers.csv");
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let report = device.run(&["import", "customer", &path.to_string_lossy()]).expect_done();
    assert_eq!(report["counts"]["new"], count, "{report}");
}

/// How many ops of a round were answered how.
fn verdicts(round: &Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for receipt in round["receipts"].as_array().into_iter().flatten() {
        let verdict = receipt["receipt"]["verdict"].as_str().unwrap_or_default();
        *counts.entry(verdict.to_owned()).or_default() += 1;
    }
    counts
}

fn counted<const N: usize>(verdicts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    verdicts.into_iter().map(|(verdict, count)| (verdict.to_owned(), count)).collect()
}

#[test]
fn of_two_hundred_one_is_refused_two_wait_for_it_and_all_are_done_once_it_is_mended() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("week");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    hub.stop();
    anna.create("unit", &["unece_code=SMI", "name=Mile", "dimension=length"]);
    brings_in(&ben, 0..100);
    ben.create("unit", &["unece_code=SMI", "name=Long mile", "dimension=length"]);
    let item = ben.create("item", &["name=Freight", "sku=F1", "uom=SMI"]);
    brings_in(&ben, 100..197);
    ben.update("item", &item, &["sales_price=1.25"]);
    assert_eq!(ben.run(&["status"]).json["pending"], 200);

    hub.open();
    anna.sync();
    let round = ben.sync();
    assert_eq!(verdicts(&round), counted([("applied", 197), ("rejected", 1), ("waiting", 2)]));
    let refused = ben.attention().into_iter().find(|item| item["kind"] == "rejected");
    let refused = refused.unwrap_or_else(|| panic!("{:?}", ben.attention()));
    assert_eq!(
        (&refused["reasons"][0]["field"], &refused["reasons"][0]["rule"]),
        (&"unece_code".into(), &"unique".into())
    );
    // What was no mistake is there for everyone by now.
    anna.sync();
    assert_eq!(anna.list("customer").len(), 197);
    assert_eq!(anna.list("item").len(), 0);

    let id = refused["id"].as_str().unwrap_or_default();
    let words = ["attention", "resolve", id, "--keep", "mine", "--set", "unece_code=NMI"];
    ben.run(&words).expect_done();
    let round = ben.sync();
    assert!(!verdicts(&round).contains_key("rejected"), "{round}");
    assert_eq!(round["attention"], 0, "{round}");
    for device in [&ben, &anna] {
        device.sync();
        assert_eq!(device.list("customer").len(), 197);
        let record = device.get("item", &item);
        assert_eq!(
            (&record["fields"]["sales_price"], &record["version"]),
            (&"1.25".into(), &2.into())
        );
        assert_eq!(record["fields"]["uom"], device.get("unit", "NMI")["id"]);
        assert_eq!(device.get("unit", "NMI")["fields"]["name"], "Long mile");
        assert_eq!(device.run(&["status"]).json["pending"], 0);
        assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
        assert_eq!(device.attention(), Vec::<Value>::new());
    }
    // Nothing waits on the hub either, and each was done once.
    let database = hub.database_of(&tenant);
    assert_eq!(hub.sql(&database, "SELECT count(*) FROM sync_op WHERE waits_for IS NOT NULL"), "0");
    let twice =
        "SELECT count(*) FROM (SELECT FROM audit_entry WHERE outcome = 'done' AND op_id IS NOT NULL
                 GROUP BY op_id, entity, row_id HAVING count(*) > 1) AS twice";
    assert_eq!(hub.sql(&database, twice), "0");
}
