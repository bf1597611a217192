//! The files of a real company, brought in by the command line and looked at on another device: every value of
//! every line is there, in the field, child row or own field that it was given.

use serde_json::Value;
use system_tests::company_files::{self, File};
use system_tests::office::Hub;

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

/// What the command line is told of a file.
fn options(file: &File) -> Vec<String> {
    let maps = file.maps.iter().map(|(column, path)| ("--map", format!("{column}={path}")));
    let set = file.set.iter().map(|(field, value)| ("--set", format!("{field}={value}")));
    let notes = file.refused_to_notes.then(|| ("--refused-to", "notes".to_owned()));
    maps.chain(set).chain(notes).flat_map(|(option, text)| [option.to_owned(), text]).collect()
}
