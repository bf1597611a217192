//! The files of a real company, brought in by the command line and looked at on another device: every value of
//! every line is there, in the field, child row or own field that it was given.

use serde_json::Value;
use system_tests::company_files::{self, File};
use system_tests::office::{Device, Hub};

#[test]
fn the_files_of_a_company_are_imported_and_every_value_is_on_the_second_device() {
    let Some(folder) = company_files::folder() else {
        println!("DAYBOOK_TRIAL_DATA names no folder: there was nothing to read");
        return;
    };
    let hub = Hub::start();
    let tenant = hub.tenant("northwind");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    company_files::declare_own_fields(&anna);
    for file in &company_files::FILES {
        let path = folder.join(file.name);
        let count = company_files::rows(&path).len();
        let path = path.to_string_lossy();
        let options = options(file);
        let mut words = vec!["import", file.entity, &path];
        words.extend(options.iter().map(String::as_str));
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
    for file in &company_files::FILES {
        company_files::compare(&ben, file, &company_files::rows(&folder.join(file.name)));
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

const FIRST: &str = "DE89370400440532013000";
const SECOND: &str = "GB82WEST12345698765432";
const ROWS: &str = "supplier_bank_change";

/// The accounts that wait, as a device knows them.
fn waiting(device: &Device) -> Vec<Value> {
    let waiting = device.run(&["approvals"]).expect_done();
    let rows = waiting.as_array().cloned().unwrap_or_default();
    rows.into_iter().map(|row| row["proposed"]["iban"].clone()).collect()
}

#[test]
fn an_account_that_an_import_replaced_waits_again_when_the_import_is_taken_back() {
    let hub = Hub::start();
    let tenant = hub.tenant("accounts");
    let clerk = hub.device_of(&tenant.admin);
    let boss = hub.device_of(&hub.user(&tenant, "boss", "manager"));
    let path = clerk.folder().join("suppliers.csv");
    let file = path.to_string_lossy().into_owned();
    let import = |iban: &str| {
        let text = format!("code,name,iban\nS1,Kontor,{iban}\n");
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{file}: {error}"));
        clerk.run(&["import", "supplier", &file]).expect_done()
    };
    assert_eq!(import(FIRST)["awaiting_approval"], 1);
    clerk.sync();
    let same = import(FIRST);
    assert_eq!((&same["counts"]["unchanged"], &same["awaiting_approval"]), (&1.into(), &0.into()));
    // Taken back before the hub has heard of it, and after.
    for sends_first in [false, true] {
        let report = import(SECOND);
        assert_eq!(
            (&report["counts"]["changed"], &report["awaiting_approval"]),
            (&1.into(), &1.into())
        );
        if sends_first {
            clerk.sync();
            boss.sync();
            assert_eq!(waiting(&boss), [SECOND]);
        }
        let batch = report["batch"].as_str().unwrap_or_default();
        let undone = clerk.run(&["imports", "undo", batch]).expect_done();
        assert_eq!(
            (&undone["withdrawn"], &undone["proposed_anew"]),
            (&1.into(), &1.into()),
            "{undone}"
        );
        clerk.sync();
        boss.sync();
        for device in [&clerk, &boss] {
            assert_eq!(waiting(device), [FIRST], "sent first: {sends_first}");
            assert_eq!(device.attention(), Vec::<Value>::new());
        }
    }
    // The other one decides on it as on any.
    boss.run(&["approve", "supplier", "S1"]).expect_done();
    boss.sync();
    clerk.sync();
    let supplier = clerk.get("supplier", "S1");
    assert_eq!(supplier["fields"]["iban"], FIRST);
    assert_eq!(supplier["children"][ROWS].as_array().map(Vec::len), Some(5), "{supplier}");
}

/// What the command line is told of a file.
fn options(file: &File) -> Vec<String> {
    let maps = file.maps.iter().map(|(column, path)| ("--map", format!("{column}={path}")));
    let set = file.set.iter().map(|(field, value)| ("--set", format!("{field}={value}")));
    let notes = file.refused_to_notes.then(|| ("--refused-to", "notes".to_owned()));
    maps.chain(set).chain(notes).flat_map(|(option, text)| [option.to_owned(), text]).collect()
}
