//! A company's own lists, as untidy as they are: what two people type from them offline is in both copies after
//! a sync, and what a rule refuses is refused by the name of its field.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::standards::country;
use serde_json::Value;
use system_tests::office::{Device, Hub};

type Row = BTreeMap<String, String>;

/// A file of the folder that `DAYBOOK_TRIAL_DATA` names.
fn rows(file: &str) -> Option<Vec<Row>> {
    let folder = PathBuf::from(std::env::var_os("DAYBOOK_TRIAL_DATA")?);
    let path = folder.join("northwind").join(file);
    let read = || csv::Reader::from_path(&path)?.deserialize().collect::<Result<Vec<Row>, _>>();
    Some(read().unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// What a person types of a row, by field.
fn typed(row: &Row, code: &str) -> BTreeMap<&'static str, String> {
    let columns = [
        ("name", "company_name"),
        ("street", "address"),
        ("city", "city"),
        ("region", "region"),
        ("postal_code", "postal_code"),
        ("phone", "phone"),
        ("website", "homepage"),
    ];
    let filled = columns.into_iter().filter_map(|(field, column)| {
        let text = row.get(column)?.trim();
        (!text.is_empty()).then(|| (field, text.to_owned()))
    });
    let mut fields: BTreeMap<_, _> = filled.collect();
    fields.insert("code", row[code].clone());
    // The lists say UK and USA and name the others in English.
    fields.insert(
        "country",
        country::from_name(&row["country"]).unwrap_or_else(|fault| panic!("{fault:?}")),
    );
    fields
}

/// Enters a row; where a field is refused, it goes into the notes instead. Answers which were.
fn enter(device: &Device, entity: &str, mut fields: BTreeMap<&'static str, String>) -> Vec<String> {
    let mut refused = Vec::new();
    loop {
        let words: Vec<String> =
            fields.iter().map(|(field, text)| format!("{field}={text}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let answer = device.run(&[&["create", entity], words.as_slice()].concat());
        if answer.code == 0 {
            return refused;
        }
        assert_eq!(answer.code, 5, "{words:?}: {}", answer.said);
        let said = answer.said.trim().trim_start_matches("daybook: ");
        let problems = said.split("; ").filter_map(|problem| Some(problem.split_once(": ")?.0));
        let problems: Vec<&str> = problems.collect();
        let named: Vec<&str> =
            fields.keys().copied().filter(|field| problems.contains(field)).collect();
        assert!(!named.is_empty(), "no field is named: {}", answer.said);
        for field in named {
            let text = fields.remove(field).unwrap_or_default();
            refused.push(format!("{field}={text}: {said}"));
            fields.entry("notes").or_default().push_str(&format!("{field}: {text}\n"));
        }
    }
}

#[test]
fn the_lists_of_a_real_company_are_entered_offline_by_two_people() {
    let (Some(customers), Some(suppliers)) = (rows("customers.csv"), rows("suppliers.csv")) else {
        println!("DAYBOOK_TRIAL_DATA names no folder: there was nothing to read");
        return;
    };
    let mut hub = Hub::start();
    let tenant = hub.tenant("northwind");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    hub.stop();
    let refused = std::thread::scope(|people| {
        let anna = people.spawn(|| {
            let rows = customers.iter().map(|row| typed(row, "customer_id"));
            rows.flat_map(|row| enter(&anna, "customer", row)).collect::<Vec<_>>()
        });
        let ben = people.spawn(|| {
            let rows = suppliers.iter().map(|row| typed(row, "supplier_id"));
            rows.flat_map(|row| enter(&ben, "supplier", row)).collect::<Vec<_>>()
        });
        [anna.join().unwrap(), ben.join().unwrap()].concat()
    });
    println!("{} refused: {refused:#?}", refused.len());
    hub.open();
    for device in [&anna, &ben, &anna] {
        device.sync();
    }
    let named = |rows: &[Row]| {
        let mut names: Vec<_> =
            rows.iter().map(|row| row["company_name"].trim().to_owned()).collect();
        names.sort();
        names
    };
    let held = |device: &Device, entity: &str| {
        let names = device.list(entity).into_iter().map(|record| record["fields"]["name"].clone());
        let mut names: Vec<_> =
            names.map(|name| name.as_str().unwrap_or_default().to_owned()).collect();
        names.sort();
        names
    };
    for device in [&anna, &ben] {
        assert_eq!(held(device, "customer"), named(&customers));
        assert_eq!(held(device, "supplier"), named(&suppliers));
        assert_eq!(device.attention(), Vec::<Value>::new());
        let verified = device.run(&["verify"]).expect_done();
        assert_eq!(verified["ok"], true, "{verified}");
    }
    // Found as it is typed on another keyboard.
    let found = ben.run(&["list", "customer", "--search", "taqueria"]).expect_done();
    assert_eq!(found["fields"]["name"], "Antonio Moreno Taquería");
}
