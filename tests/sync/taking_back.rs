//! What a device writes into a file it finds unchanged in it: every master of the sample, in every format.

use domain::masters;
use serde_json::json;
use system_tests::office::{Hub, run};

#[test]
fn every_master_that_was_exported_is_imported_again_unchanged() {
    let hub = Hub::start();
    let tenant = hub.tenant("fernweh");
    let loaded = run(&mut hub.command(&["tenant", "sample", &tenant.slug]));
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    let anna = hub.device_of(&tenant.admin);
    anna.sync();
    // What only the hub writes: an account that waits, and the alias of a record that became another.
    anna.create("supplier", &["code=RT-1", "name=Rundlauf", "iban=DE89370400440532013000"]);
    for code in ["RT-1", "RT-2"] {
        anna.create("customer", &[&format!("code={code}"), "name=Rundlauf"]);
    }
    anna.sync();
    anna.run(&["merge", "customer", "RT-1", "RT-2"]).expect_done();
    anna.sync();
    let (mut told, mut filled) = (Vec::new(), 0);
    for entity in masters::ALL {
        let records = anna.list(entity.name).len();
        filled += usize::from(records > 0);
        for (format, more) in [
            ("csv", &[] as &[&str]),
            // As Excel has it in Germany.
            ("csv", &["--decimal", "comma"]),
            ("xlsx", &[]),
            ("xlsx", &["--language", "de"]),
            ("jsonl", &[]),
        ] {
            let path = anna.folder().join(format!("{}.{format}", entity.name));
            let path = path.to_string_lossy();
            anna.run(&[&["export", entity.name, "--to", &path], more].concat()).expect_done();
            if records == 0 {
                continue;
            }
            let report = anna.run(&["import", entity.name, &path, "--dry-run"]).expect_done();
            let counts = &report["counts"];
            let same =
                json!({ "new": 0, "changed": 0, "unchanged": counts["unchanged"], "refused": 0 });
            if *counts != same || counts["unchanged"] == 0 || report["problems"] != json!([]) {
                let first = report["problems"].as_array().and_then(|problems| problems.first());
                told.push(format!("{} as {format}: {counts} {first:?}", entity.name));
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(filled > 12, "the sample has records of {filled} masters");
}
