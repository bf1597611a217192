//! The files of a real company, and where each of their values belongs: what every way of importing them is
//! held to. It brings nothing in by itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::standards::{country, postal_code};
use serde_json::Value;

use crate::office::Device;

/// A line of a file, by the names of its columns.
pub type Row = BTreeMap<String, String>;

/// The folder of the files, where `DAYBOOK_TRIAL_DATA` names one.
pub fn folder() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("DAYBOOK_TRIAL_DATA")?).join("northwind"))
}

/// The lines of a file.
///
/// # Panics
/// Where it cannot be read.
pub fn rows(path: &Path) -> Vec<Row> {
    let read = || csv::Reader::from_path(path)?.deserialize().collect::<Result<Vec<Row>, _>>();
    read().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One master's file: what is said of it beforehand, and where each column is found in an export.
pub struct File {
    pub entity: &'static str,
    pub name: &'static str,
    /// Columns that no field is called like, with the paths where they go.
    pub maps: &'static [(&'static str, &'static str)],
    /// What holds for every record and is not in the file: the field and its value.
    pub set: &'static [(&'static str, &'static str)],
    /// Some of its values are refused by their fields: they are kept in the notes.
    pub refused_to_notes: bool,
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

/// In the order in which they refer to each other.
pub const FILES: [File; 5] = [
    File {
        entity: "item_category",
        name: "categories.csv",
        maps: &[],
        set: &[],
        refused_to_notes: false,
        key: ("category_id", "code"),
        places: &[("category_name", "/name"), ("description", "/description")],
    },
    File {
        entity: "supplier",
        name: "suppliers.csv",
        maps: &[("homepage", "extra.homepage")],
        set: &[],
        refused_to_notes: true,
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
        maps: &[],
        set: &[],
        refused_to_notes: true,
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
        maps: &[
            ("quantity_per_unit", "extra.quantity_per_unit"),
            ("units_in_stock", "extra.units_in_stock"),
            ("units_on_order", "extra.units_on_order"),
        ],
        set: &[("uom", "H87")],
        refused_to_notes: false,
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
        maps: &[("photo_path", "extra.photo_path")],
        set: &[],
        refused_to_notes: false,
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

/// What has no home among the built-in fields: entity, name and kind of the tenant's own ones.
const OWN_FIELDS: [(&str, &str, &str); 5] = [
    ("supplier", "homepage", "text"),
    ("item", "quantity_per_unit", "text"),
    ("item", "units_in_stock", "quantity"),
    ("item", "units_on_order", "quantity"),
    ("employee", "photo_path", "text"),
];

/// Declares the own fields that the files need, on this device.
///
/// # Panics
/// Where one is refused.
pub fn declare_own_fields(device: &Device) {
    for (entity, field, kind) in OWN_FIELDS {
        let words = [("entity", entity), ("field", field), ("kind", kind), ("name", field)];
        let words = words.map(|(name, text)| format!("{name}={text}"));
        device.create("own_field", &words.each_ref().map(String::as_str));
    }
}

/// The records of an entity on a device, as an export of theirs, by key.
fn exported(device: &Device, entity: &str, key: &str) -> BTreeMap<String, Value> {
    let path = device.folder().join(format!("{entity}.jsonl"));
    let to = path.to_string_lossy();
    device.run(&["export", entity, "--to", &to]).expect_done();
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{to}: {error}"));
    let record = |line| serde_json::from_str::<Value>(line);
    let records = text.lines().map(|line| record(line).unwrap_or_else(|e| panic!("{e}: {line}")));
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

/// Every line of the file is a record of this device, with every value in its place.
///
/// # Panics
/// Where one is missing or another value stands there.
pub fn compare(device: &Device, file: &File, rows: &[Row]) {
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
