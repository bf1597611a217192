//! The files of a real company, brought in by the command line and looked at on another device: every value of
//! every line is there, in the field, child row or own field that it was given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::standards::{country, postal_code};
use serde_json::Value;
use system_tests::office::{Device, Hub};

type Row = BTreeMap<String, String>;

/// The folder of the files, where `DAYBOOK_TRIAL_DATA` names one.
fn folder() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("DAYBOOK_TRIAL_DATA")?).join("northwind"))
}

fn rows(path: &std::path::Path) -> Vec<Row> {
    let read = || csv::Reader::from_path(path)?.deserialize().collect::<Result<Vec<Row>, _>>();
    read().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One master's file: what it is called, its options, and where each column is found in an export.
struct File {
    entity: &'static str,
    name: &'static str,
    options: &'static [&'static str],
    key: (&'static str, &'static str),
    places: &'static [(&'static str, &'static str)],
}

const ADDRESS: [(&str, &str); 5] = [
    ("address", "/street"),
    ("city", "/city"),
    ("region", "/region"),
    ("postal_code", "/postal_code"),
    ("country", "/country"),
];

const FILES: [File; 5] = [
    File {
        entity: "item_category",
        name: "categories.csv",
        options: &[],
        key: ("category_id", "code"),
        places: &[("category_name", "/name"), ("description", "/description")],
    },
    File {
        entity: "supplier",
        name: "suppliers.csv",
        options: &["--map", "homepage=extra.homepage", "--refused-to", "notes"],
        key: ("supplier_id", "code"),
        places: &[
            ("company_name", "/name"),
            ("contact_name", "/supplier_contact/0/name"),
            ("contact_title", "/supplier_contact/0/title"),
            ("phone", "/phone"),
            ("fax", "/supplier_contact/0/fax"),
            ("homepage", "/extra/homepage"),
        ],
    },
    File {
        entity: "customer",
        name: "customers.csv",
        options: &["--refused-to", "notes"],
        key: ("customer_id", "code"),
        places: &[
            ("company_name", "/name"),
            ("contact_name", "/customer_contact/0/name"),
            ("contact_title", "/customer_contact/0/title"),
            ("phone", "/phone"),
            ("fax", "/customer_contact/0/fax"),
        ],
    },
    File {
        entity: "item",
        name: "products.csv",
        options: &[
            "--set",
            "uom=H87",
            "--map",
            "quantity_per_unit=extra.quantity_per_unit",
            "--map",
            "units_in_stock=extra.units_in_stock",
            "--map",
            "units_on_order=extra.units_on_order",
        ],
        key: ("product_id", "sku"),
        places: &[
            ("product_name", "/name"),
            ("supplier_id", "/item_supplier/0/supplier"),
            ("category_id", "/category"),
            ("quantity_per_unit", "/extra/quantity_per_unit"),
            ("unit_price", "/sales_price"),
            ("units_in_stock", "/extra/units_in_stock"),
            ("units_on_order", "/extra/units_on_order"),
            ("reorder_level", "/reorder_level"),
        ],
    },
    File {
        entity: "employee",
        name: "employees.csv",
        options: &["--map", "photo_path=extra.photo_path", "--refused-to", "notes"],
        key: ("employee_id", "code"),
        places: &[
            ("title", "/job_title"),
            ("title_of_courtesy", "/salutation"),
            ("birth_date", "/birth_date"),
            ("hire_date", "/start_date"),
            ("home_phone", "/phone"),
            ("extension", "/extension"),
            ("notes", "/notes"),
            ("reports_to", "/manager"),
            ("photo_path", "/extra/photo_path"),
        ],
    },
];

const OWN_FIELDS: [(&str, &str, &str); 5] = [
    ("supplier", "homepage", "text"),
    ("item", "quantity_per_unit", "text"),
    ("item", "units_in_stock", "quantity"),
    ("item", "units_on_order", "quantity"),
    ("employee", "photo_path", "text"),
];

/// The records of an entity on a device, as an export of theirs, by key.
fn exported(device: &Device, entity: &str, key: &str) -> BTreeMap<String, Value> {
    let path = device.folder().join(format!("{entity}.jsonl"));
    let to = path.to_string_lossy();
    device.run(&["export", entity, "--to", &to]).expect_done();
    let text = std::fs::read_to_string(&path).expect("it was written");
    let records =
        text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record a line"));
    records.map(|record| (record[key].as_str().unwrap_or_default().to_owned(), record)).collect()
}

/// The text at a place of a record; nothing where there is none.
fn text_at(record: &Value, place: &str) -> String {
    match record.pointer(place) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The text as a record holds it: a country by its code, a postal code as its country writes it (`S-345 67` is
/// `345 67`), the rest as it stands.
fn expected(row: &Row, column: &str) -> String {
    let text = row[column].trim();
    let code = || country::from_name(&row["country"]).unwrap_or_else(|fault| panic!("{fault:?}"));
    match column {
        _ if text.is_empty() => String::new(),
        "country" => code(),
        // One that its country does not have is looked for in the notes as it stands.
        "postal_code" => postal_code::read(&code(), text).unwrap_or_else(|_| text.to_owned()),
        _ => text.to_owned(),
    }
}

#[test]
fn the_files_of_a_company_are_imported_and_every_value_is_on_the_second_device() {
    let Some(folder) = folder() else {
        println!("DAYBOOK_TRIAL_DATA names no folder: there was nothing to read");
        return;
    };
    let hub = Hub::start();
    let tenant = hub.tenant("northwind");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    for (entity, field, kind) in OWN_FIELDS {
        let words = [("entity", entity), ("field", field), ("kind", kind), ("name", field)];
        let words: Vec<String> =
            words.iter().map(|(name, text)| format!("{name}={text}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        anna.create("own_field", &words);
    }
    for file in &FILES {
        let path = folder.join(file.name);
        let count = rows(&path).len();
        let path = path.to_string_lossy();
        let words = [&["import", file.entity, &path], file.options].concat();
        let preview = anna.run(&[words.as_slice(), &["--dry-run"]].concat()).expect_done();
        assert_eq!(preview["problems"].as_array().map(Vec::len), Some(0), "{preview}");
        assert_eq!(preview["counts"]["new"], count, "{preview}");
        let report = anna.run(&words).expect_done();
        assert_eq!(report["counts"]["new"], count, "{report}");
        let again = anna.run(&words).expect_done();
        assert_eq!(again["counts"]["unchanged"], count, "{again}");
        // "UK" is no code of its own; what it was taken for is said.
        if file.entity == "customer" {
            let notes = again["notes"].to_string();
            assert!(notes.contains("\\\"UK\\\" is read as GB"), "{notes}");
        }
    }
    for device in [&anna, &ben] {
        device.sync();
    }
    assert_eq!(anna.attention(), Vec::<Value>::new());
    for file in &FILES {
        compare(&ben, file, &rows(&folder.join(file.name)));
    }
    // What one device wrote out, another that has it all finds unchanged.
    let path = anna.folder().join("suppliers.csv");
    let path = path.to_string_lossy();
    anna.run(&["export", "supplier", "--to", &path]).expect_done();
    let report = ben.run(&["import", "supplier", &path]).expect_done();
    assert_eq!(
        report["counts"],
        serde_json::json!({"new": 0, "changed": 0, "unchanged": 29, "refused": 0})
    );
}

fn compare(device: &Device, file: &File, rows: &[Row]) {
    let (key_column, key) = file.key;
    let records = exported(device, file.entity, key);
    assert_eq!(records.len(), rows.len(), "{}", file.entity);
    for row in rows {
        let record = &records[&row[key_column]];
        let address = ADDRESS.iter().filter(|(column, _)| row.contains_key(*column));
        for (column, place) in file.places.iter().chain(address) {
            let (wanted, found) = (expected(row, column), text_at(record, place));
            // What a rule of its field refuses is a line of the notes, under the column's name.
            let kept = format!("{column}: {wanted}");
            let notes = text_at(record, "/notes");
            let elsewhere = found.is_empty() && notes.lines().any(|line| line == kept);
            let whole = *column == "notes" && found.starts_with(&wanted);
            assert!(
                found == wanted || elsewhere || whole,
                "{} {} {column}: \"{found}\" is not \"{wanted}\": {record}",
                file.entity,
                row[key_column]
            );
        }
        let named = file.places.iter().chain(&ADDRESS).map(|(column, _)| *column);
        let named: Vec<&str> = named.chain([key_column]).collect();
        match file.entity {
            "item" => {
                let active = record["active"].as_bool();
                assert_eq!(active, Some(row["discontinued"] == "0"), "{record}");
            }
            "employee" => {
                let name = format!("{} {}", row["first_name"], row["last_name"]);
                assert_eq!(record["name"], name.as_str());
            }
            _ => {}
        }
        let beside = ["discontinued", "first_name", "last_name"];
        let missed = row
            .keys()
            .find(|column| !named.contains(&column.as_str()) && !beside.contains(&column.as_str()));
        assert_eq!(missed, None, "a column of {} was not compared", file.name);
    }
}
