//! Files as people have them, on one device.

mod doubles;
mod standing;

use std::collections::BTreeMap;
use std::path::PathBuf;

use contract::{
    Command, ExportRequest, Failure, FailureCode, ImportOptions, ImportReport, ImportRequest,
    ImportUndone, Reply,
};
use domain::masters::{CUSTOMER, SUPPLIER};
use domain::permissions::StandardRole;
use domain::record::Value;
use tempfile::TempDir;

use crate::desk::Desk;

struct Office {
    desk: Desk,
    folder: TempDir,
}

impl Office {
    fn of(role: StandardRole) -> Self {
        Self { desk: Desk::of(role), folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn request(&self, entity: &str, name: &str, options: ImportOptions) -> ImportRequest {
        let file = self.folder.path().join(name).to_string_lossy().into_owned();
        ImportRequest { entity: entity.to_owned(), file, content: None, options }
    }

    fn preview(&self, entity: &str, name: &str, options: ImportOptions) -> ImportReport {
        match self.desk.call(Command::ImportPreview(self.request(entity, name, options))) {
            Ok(Reply::Import(report)) => report,
            other => panic!("{other:?}"),
        }
    }

    fn import(&self, entity: &str, name: &str, options: ImportOptions) -> ImportReport {
        self.try_import(entity, name, options).unwrap()
    }

    fn try_import(
        &self,
        entity: &str,
        name: &str,
        options: ImportOptions,
    ) -> Result<ImportReport, Failure> {
        match self.desk.call(Command::Import(self.request(entity, name, options)))? {
            Reply::Import(report) => Ok(report),
            other => panic!("{other:?}"),
        }
    }

    fn undo(&self, report: &ImportReport) -> ImportUndone {
        match self.desk.call(Command::ImportUndo { batch: report.batch.unwrap() }) {
            Ok(Reply::ImportUndone(undone)) => undone,
            other => panic!("{other:?}"),
        }
    }

    fn export(&self, entity: &str, name: &str) -> Result<PathBuf, Failure> {
        let path = self.folder.path().join(name);
        let request = ExportRequest {
            entity: entity.to_owned(),
            file: path.to_string_lossy().into_owned(),
            format: None,
            filters: Vec::new(),
            search: None,
            sort: None,
            columns: None,
            retired: false,
            decimal: None,
            language: None,
        };
        self.desk.call(Command::Export(request)).map(|_| path)
    }

    fn get(&self, entity: &str, key: &str) -> contract::RecordView {
        let get = Command::Get { entity: entity.to_owned(), id: key.to_owned() };
        match self.desk.call(get) {
            Ok(Reply::Record(record)) => record,
            other => panic!("{key}: {other:?}"),
        }
    }

    fn text(&self, entity: &str, key: &str, field: &str) -> String {
        match &self.get(entity, key).fields[field] {
            contract::Cell::Text(text) => text.clone(),
            contract::Cell::Null => String::new(),
            other => format!("{other:?}"),
        }
    }
}

fn counts(report: &ImportReport) -> [u32; 4] {
    let counts = report.counts;
    [counts.new, counts.changed, counts.unchanged, counts.refused]
}

fn mapping(pairs: &[(&str, &str)]) -> ImportOptions {
    let mapping = pairs.iter().map(|(column, path)| ((*column).to_owned(), (*path).to_owned()));
    ImportOptions { mapping: mapping.collect(), ..ImportOptions::default() }
}

const CUSTOMERS: &str = "customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax\n\
    ALFKI,Alfreds Futterkiste,Maria Anders,Sales Representative,Obere Str. 57,Berlin,,12209,Germany,030-0074321,030-0076545\n\
    AROUT,Around the Horn,Thomas Hardy,Owner,120 Hanover Sq.,London,,WA1 1DP,UK,(171) 555-7788,\n";

#[tokio::test]
async fn a_file_is_imported_once_and_the_second_time_changes_nothing() {
    let office = Office::of(StandardRole::Admin);
    office.file("customers.csv", CUSTOMERS);
    let preview = office.preview("customer", "customers.csv", ImportOptions::default());
    assert_eq!(preview.problems, []);
    assert_eq!((counts(&preview), preview.dry_run, preview.batch), ([2, 0, 0, 0], true, None));
    assert!(office.desk.waiting().is_empty(), "a dry run writes nothing");
    let said: Vec<_> =
        preview.notes.iter().map(|note| (note.line, note.message.as_str())).collect();
    assert_eq!(said, [(2, "\"Germany\" is read as DE"), (3, "\"UK\" is read as GB")]);

    let report = office.import("customer", "customers.csv", ImportOptions::default());
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    let alfki = office.get("customer", "alfki");
    assert_eq!(office.text("customer", "ALFKI", "country"), "DE");
    assert_eq!(office.text("customer", "ALFKI", "region"), "");
    let contact = &alfki.children["customer_contact"][0].fields;
    assert_eq!(contact["name"], "Maria Anders".into());
    assert_eq!(contact["title"], "Sales Representative".into());
    assert_eq!(contact["fax"], "030-0076545".into());

    let again = office.import("customer", "customers.csv", ImportOptions::default());
    assert_eq!((counts(&again), again.batch), ([0, 0, 2, 0], None));
    assert_eq!(office.desk.waiting().len(), 2);
}

#[tokio::test]
async fn what_has_no_place_must_be_given_one() {
    let office = Office::of(StandardRole::Admin);
    office.file("s.csv", "code,name,favourite\nS1,Kontor,red\n");
    let preview = office.preview("supplier", "s.csv", ImportOptions::default());
    let [problem] = preview.problems.as_slice() else { panic!("{:?}", preview.problems) };
    assert_eq!((problem.line, problem.column.as_deref()), (1, Some("favourite")));
    assert_eq!(problem.rule, "unmapped_column");
    assert_eq!(counts(&preview), [0, 0, 0, 0], "as the import itself, which writes nothing");
    let refused = office.try_import("supplier", "s.csv", ImportOptions::default()).unwrap_err();
    assert_eq!(
        (refused.code, refused.problems[0].field.as_str()),
        (FailureCode::Refused, "favourite")
    );
    assert!(office.desk.waiting().is_empty());
    let report = office.import("supplier", "s.csv", mapping(&[("favourite", "notes")]));
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    assert_eq!(office.text("supplier", "S1", "notes"), "red");
    // The mapping is remembered for this header.
    office.file("t.csv", "code,name,favourite\nS2,Werft,blue\n");
    office.import("supplier", "t.csv", ImportOptions::default());
    assert_eq!(office.text("supplier", "S2", "notes"), "blue");
}

#[tokio::test]
async fn errors_are_told_by_line_and_column_and_the_rest_is_written() {
    let office = Office::of(StandardRole::Admin);
    let text = "Kundennummer;Name;Land;E-Mail;Kreditlimit\r\n\
        K1;Ada;Österreich;ada@example.org;1.234,50\r\n\
        K2;Bo;Atlantis;bo;1,5\r\n\
        K3;;DE;;12,3,4\r\n\
        K4;Eve;CH;;-5\r\n";
    office.file("kunden.csv", text);
    let report = office.import("customer", "kunden.csv", ImportOptions::default());
    assert_eq!(counts(&report), [1, 0, 0, 3]);
    let told: Vec<(u64, &str, &str)> = report
        .problems
        .iter()
        .map(|p| (p.line, p.column.as_deref().unwrap_or(""), p.rule.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (3, "Land", "country_unknown"),
            (3, "E-Mail", "email_form"),
            (4, "Kreditlimit", "not_a_number"),
            (4, "", "required"),
            (5, "Kreditlimit", "negative"),
        ]
    );
    assert_eq!(office.text("customer", "K1", "credit_limit"), "1234.5");
    assert_eq!(office.text("customer", "K1", "country"), "AT");
    let all = ImportOptions { all_or_nothing: true, ..ImportOptions::default() };
    office.file("more.csv", "Kundennummer;Name\r\nK8;Ada\r\nK9;\r\n");
    assert_eq!(office.import("customer", "more.csv", all).batch, None);
    assert_eq!(office.desk.waiting().len(), 1);
}

#[tokio::test]
async fn child_rows_stand_in_columns_or_in_further_lines() {
    let office = Office::of(StandardRole::Admin);
    let text = "code,name,contact.1.name,contact.2.name,contact.2.email,address.street,address.city\n\
        C1,Ada,Grace,Edsger,e@example.org,Kai 1,Kiel\n\
        C1,,,,,Hof 2,Ulm\n\
        C2,Bo,,,,,\n\
        C2,Bo,,,,,\n\
        C2,Bob,Alan,,,,\n";
    office.file("c.csv", text);
    let report = office.preview("customer", "c.csv", ImportOptions::default());
    let told: Vec<(u64, &str)> =
        report.problems.iter().map(|p| (p.line, p.rule.as_str())).collect();
    assert_eq!(told, [(6, "double_row_differs")]);
    office.import("customer", "c.csv", ImportOptions::default());
    let ada = office.get("customer", "C1");
    let rows = |child: &str, field: &str| -> Vec<contract::Cell> {
        ada.children[child].iter().map(|row| row.fields[field].clone()).collect()
    };
    assert_eq!(rows("customer_contact", "name"), ["Grace".into(), "Edsger".into()]);
    assert_eq!(rows("customer_address", "city"), ["Kiel".into(), "Ulm".into()]);
}

#[tokio::test]
async fn records_are_found_by_the_ids_of_another_system() {
    let office = Office::of(StandardRole::Admin);
    office.file("s.csv", "supplier_id,name,city\n17,Kontor,Kiel\n18,Werft,Ulm\n");
    let missing = office.preview("supplier", "s.csv", mapping(&[("supplier_id", "external_id")]));
    assert_eq!(missing.problems[0].rule, "system_missing");
    let shop = ImportOptions { system: Some("shop".to_owned()), ..ImportOptions::default() };
    assert_eq!(counts(&office.import("supplier", "s.csv", shop.clone())), [2, 0, 0, 0]);
    office.file("s.csv", "supplier_id,name,city\n17,Kontor Nord,Kiel\n18,Werft,\n");
    assert_eq!(counts(&office.import("supplier", "s.csv", shop.clone())), [0, 1, 1, 0]);
    // What the file leaves empty stays, unless it is told to be emptied.
    let clear = ImportOptions { clear_empty: true, ..shop };
    assert_eq!(counts(&office.import("supplier", "s.csv", clear)), [0, 1, 1, 0]);
}

#[tokio::test]
async fn a_reference_may_point_further_down_in_the_file() {
    let office = Office::of(StandardRole::Admin);
    office.file(
        "groups.csv",
        "code,name,parent\nB,Bolts,A\nA,Hardware,\nC,Lost,Nowhere\nD,Below lost,C\n",
    );
    let report = office.import("item_category", "groups.csv", ImportOptions::default());
    assert_eq!(counts(&report), [2, 0, 0, 2]);
    let told: Vec<(u64, &str)> =
        report.problems.iter().map(|p| (p.line, p.rule.as_str())).collect();
    assert_eq!(told, [(4, "unknown_reference"), (5, "refused_reference")]);
    let order: Vec<_> = office.desk.waiting().iter().map(|op| op.needs.len()).collect();
    assert_eq!(order, [0, 1], "the upper group goes first, and the lower one needs it");
}

#[tokio::test]
async fn an_import_is_undone_where_nobody_has_changed_anything_since() {
    let office = Office::of(StandardRole::Admin);
    let known =
        office.desk.record(&SUPPLIER, &[("code", "S0"), ("name", "Altbau"), ("city", "Bonn")]);
    office.desk.receive(&[known]);
    office.file("s.csv", "code,name,city\nS0,Altbau,Köln\nS1,Kontor,Kiel\nS2,Werft,Ulm\n");
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!(counts(&report), [2, 1, 0, 0]);
    let changes = contract::RecordChanges {
        fields: vec![contract::Change { field: "city".into(), from: None, to: "Jena".into() }],
        children: Vec::new(),
    };
    let id = Some(office.get("supplier", "S2").id);
    office.desk.call(Command::Save { entity: "supplier".into(), id, changes }).unwrap();
    let undone = office.undo(&report);
    assert_eq!((undone.retired, undone.restored), (1, 1));
    let left: Vec<_> = undone.left.iter().map(|l| (l.title.as_str(), l.rule.as_str())).collect();
    assert_eq!(left, [("Werft", "changed_since")]);
    assert_eq!(office.text("supplier", "S0", "city"), "Bonn");
    assert!(office.get("supplier", "S1").retired);
    assert_eq!(office.text("supplier", "S2", "city"), "Jena");
    let again = office.desk.call(Command::ImportUndo { batch: report.batch.unwrap() });
    assert_eq!(again.unwrap_err().code, FailureCode::Refused);
    // An export of what was deleted brings nothing back; what was taken back may come once more.
    office.file("x.csv", "code,name,retired_at\nS1,Kontor,2026-03-01T10:00:00Z\n");
    let exported = office.import("supplier", "x.csv", ImportOptions::default());
    assert_eq!(counts(&exported), [0, 0, 1, 0]);
    assert!(office.get("supplier", "S1").retired);
    let again = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!(counts(&again), [0, 3, 0, 0]);
    assert!(again.notes.iter().any(|note| note.rule == "revived" && note.words == ["Kontor"]));
    assert!(!office.get("supplier", "S1").retired);
    let Ok(Reply::ImportBatches(batches)) = office.desk.call(Command::ImportBatches) else {
        panic!()
    };
    let shown: Vec<_> = batches.iter().map(|b| (b.undone, b.file.as_str())).collect();
    assert_eq!(shown, [(false, "s.csv"), (true, "s.csv")]);
}

#[tokio::test]
async fn a_value_that_its_field_does_not_take_may_be_kept_elsewhere() {
    let office = Office::of(StandardRole::Admin);
    let text = "code,name,country,postal_code,contact_name,fax,notes\n\
        C1,Ada,JP,100,Grace,none,Old friend\n\
        C2,Bo,Atlantis,1,,,\n";
    office.file("c.csv", text);
    let notes = ImportOptions { refused_to: Some("notes".to_owned()), ..ImportOptions::default() };
    let report = office.import("customer", "c.csv", notes.clone());
    assert_eq!(counts(&report), [1, 0, 0, 1], "a country that there is none of is refused");
    let kept = "Old friend\nfax: none\npostal_code: 100";
    assert_eq!(office.text("customer", "C1", "notes"), kept);
    assert_eq!(office.text("customer", "C1", "postal_code"), "");
    assert_eq!(report.problems[0].value.as_deref(), Some("Atlantis"));
    let told: Vec<_> =
        report.notes.iter().map(|note| (note.rule.as_str(), note.words[2].as_str())).collect();
    assert_eq!(told, [("kept", "phone_form"), ("kept", "postal_code_form")]);
    assert_eq!(counts(&office.import("customer", "c.csv", notes)), [0, 0, 1, 1]);
    let nowhere = ImportOptions { refused_to: Some("city".to_owned()), ..ImportOptions::default() };
    assert!(office.try_import("customer", "c.csv", nowhere).is_err());
}

#[tokio::test]
async fn who_may_not_import_or_export_does_neither() {
    let office = Office::of(StandardRole::Sales);
    office.file("c.csv", "code,name\nC1,Ada\n");
    let refused = office.try_import("customer", "c.csv", ImportOptions::default()).unwrap_err();
    assert_eq!(refused.code, FailureCode::NotPermitted);
    let said = "you may not import customers: you do not have the right master:record:import";
    assert!(refused.message.starts_with(said), "{refused:?}");
    let refused = office.export("customer", "out.csv").unwrap_err();
    assert_eq!(refused.code, FailureCode::NotPermitted);
    assert!(!office.folder.path().join("out.csv").exists());
}

#[tokio::test]
async fn doubles_are_told_and_not_refused() {
    let office = Office::of(StandardRole::Admin);
    let known = office.desk.record(&CUSTOMER, &[("code", "C0"), ("name", "Ada"), ("city", "Kiel")]);
    office.desk.receive(&[known]);
    office.file("c.csv", "code,name,city,email\nC1,ada,KIEL,a@example.org\nC2,Bo,,a@example.org\n");
    let report = office.import("customer", "c.csv", ImportOptions::default());
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    let told: Vec<_> = report.notes.iter().map(|note| (note.line, note.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (2, "Ada has the same name and town; is it the same?"),
            (3, "ada has the same e-mail address; is it the same?")
        ]
    );
}

#[tokio::test]
async fn what_may_not_be_read_is_not_exported() {
    let role = StandardRole::Manager;
    let office = Office::of(role);
    let known = office.desk.record(
        &SUPPLIER,
        &[
            ("code", "S0"),
            ("name", "=cmd()"),
            ("country", "DE"),
            ("iban", "DE89370400440532013000"),
        ],
    );
    office.desk.receive(&[known]);
    let text = std::fs::read_to_string(office.export("supplier", "s.csv").unwrap()).unwrap();
    assert!(text.contains("'=cmd()"), "{text}");
    // A manager sees the last four digits on the screen; a file holds the whole value or nothing.
    assert!(!text.contains("iban") && !text.contains("DE8937"), "{text}");
    let lines = std::fs::read_to_string(office.export("supplier", "s.jsonl").unwrap()).unwrap();
    let object: BTreeMap<String, serde_json::Value> = serde_json::from_str(&lines).unwrap();
    assert_eq!(object["name"], "=cmd()");
    assert!(!object.contains_key("iban"));
}

/// What is exported comes back as it was: a copy that has it already changes nothing.
#[tokio::test]
async fn an_export_imported_again_changes_nothing() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let text = "[ -~äöüßéЖ‘]{1,12}";
    let row =
        (text, text, "[a-z]{1,4}(, ?[a-z ,\\[\\]\"]{1,5})?", text, any::<i32>(), any::<bool>());
    let strategy = prop::collection::vec(row, 1..12);
    let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
    runner
        .run(&strategy, |rows| {
            let office = Office::of(StandardRole::Admin);
            let mut records = Vec::new();
            for (number, (name, notes, tags, contact, cents, portal)) in rows.iter().enumerate() {
                let mut record = office.desk.record(&CUSTOMER, &[("name", "x")]);
                let set = |record: &mut domain::record::Record, field: &str, text: &str| {
                    let kind = CUSTOMER.field(field).unwrap().kind;
                    if let Ok(value) = kind.read(&text.into()) {
                        record.values.set(field, value);
                    }
                };
                set(&mut record, "name", &format!("n{number} {name}"));
                set(&mut record, "legal_name", name);
                set(&mut record, "notes", &format!("{notes}\n{name}"));
                set(&mut record, "code", &format!("{number}{notes}"));
                set(&mut record, "mandate_date", "2024-02-29");
                let words = vec![tags.clone(), contact.trim().to_owned() + "x"];
                record.values.set(
                    "tags",
                    domain::record::Kind::Tags.read(&contract::Cell::List(words)).unwrap(),
                );
                let limit = rust_decimal(*cents);
                record.values.set("credit_limit", limit);
                record.values.set("portal", Value::Bool(*portal));
                let translations =
                    BTreeMap::from([("de".to_owned(), format!("Ü {}", name.trim()))]);
                let translations = contract::Cell::Map(translations);
                let translations = domain::record::Kind::Map.read(&translations).unwrap();
                record.values.set("translations", translations);
                for place in 0..(number % 3) {
                    let child = CUSTOMER.child("customer_contact").unwrap();
                    let mut values = child.defaults();
                    let person = child
                        .field("name")
                        .unwrap()
                        .kind
                        .read(&format!("p {contact}").as_str().into());
                    values.set("name", person.unwrap());
                    values.set("position", Value::Int(place as i64));
                    let id =
                        crate::desk::Desk::record(&office.desk, &CUSTOMER, &[("name", "id")]).id();
                    record.put_child(domain::record::ChildRow { id, values });
                }
                record.normalise();
                records.push(record);
            }
            office.desk.receive(&records);
            for name in ["c.csv", "c.jsonl", "c.xlsx"] {
                office.export("customer", name).unwrap();
                let report = office.preview("customer", name, ImportOptions::default());
                prop_assert_eq!(&report.problems, &[], "{}", name);
                prop_assert_eq!(counts(&report), [0, 0, rows.len() as u32, 0], "{}", name);
            }
            Ok(())
        })
        .unwrap();
}

fn rust_decimal(cents: i32) -> Value {
    let text = format!("{}.{:02}", (cents / 100).unsigned_abs(), (cents % 100).unsigned_abs());
    let kind = CUSTOMER.field("credit_limit").unwrap().kind;
    kind.read(&text.as_str().into()).unwrap()
}
