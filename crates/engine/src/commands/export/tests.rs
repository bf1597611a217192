//! No list leaves a device without a note of it in the outbox.

use std::path::Path;

use contract::{
    Command, ExportRequest, Exported, Failure, FailureCode, FileFormat, Language, Reply,
};
use domain::export_note::{EXPORT_NOTE, Taken};
use domain::masters::CUSTOMER;
use domain::permissions::{Permission, RowRule, StandardRole};
use domain::person::PERSON;
use domain::record::{ChildRow, Record, Value};
use sync_protocol::op::{Op, Verb};

use crate::desk::{ANNA, BEN, Desk, rights};

fn request(file: &Path) -> ExportRequest {
    ExportRequest {
        entity: "customer".to_owned(),
        file: file.to_string_lossy().into_owned(),
        format: None,
        filters: Vec::new(),
        search: None,
        sort: None,
        columns: None,
        retired: false,
        decimal: None,
        language: None,
    }
}

fn export(desk: &Desk, file: &Path) -> Result<Exported, Failure> {
    take(desk, request(file))
}

fn take(desk: &Desk, request: ExportRequest) -> Result<Exported, Failure> {
    match desk.call(Command::Export(request))? {
        Reply::Exported(exported) => Ok(exported),
        reply => panic!("{reply:?}"),
    }
}

/// The note as the hub will read it.
fn noted(op: &Op) -> Record {
    assert_eq!((op.intent.verb, op.intent.entity.as_str()), (Verb::Create, "export_note"));
    let mut note = Record::new(&EXPORT_NOTE, op.intent.id, ANNA, op.occurred_at);
    op.intent.changes.apply(&mut note).unwrap();
    note
}

fn knows_a_customer(desk: &Desk) {
    let fields = [("code", "K-1"), ("name", "Zebra Quartz"), ("city", "Oslo")];
    desk.receive(&[desk.record(&CUSTOMER, &fields)]);
}

#[tokio::test]
async fn an_export_leaves_one_op_that_says_what_was_taken_and_no_value() {
    let desk = Desk::of(StandardRole::Admin);
    knows_a_customer(&desk);
    let folder = tempfile::tempdir().unwrap();
    export(&desk, &folder.path().join("out.csv")).unwrap();
    let ops = desk.waiting();
    let [op] = ops.as_slice() else { panic!("{ops:?}") };
    let note = noted(op);
    assert_eq!(domain::record::validate(&note).0, []);
    assert_eq!(note.get("owner_id").id(), Some(ANNA));
    let taken = Taken::of(&note).unwrap();
    assert_eq!((taken.entity, taken.records, taken.format), ("customer", 1, "csv"));
    for column in ["id", "code", "name", "city"] {
        assert!(taken.columns.contains(&column), "{column}: {taken:?}");
    }
    let told = format!("{:?}", op.intent);
    assert!(!told.contains("Zebra") && !told.contains("Oslo"), "{told}");
    assert!(!told.contains(&folder.path().to_string_lossy().into_owned()), "{told}");
}

#[tokio::test]
async fn who_holds_the_right_to_export_and_no_other_but_to_see_exports() {
    let mut grants = rights(StandardRole::Admin);
    grants.permissions.clear();
    grants.permissions.insert(Permission::MASTER_CUSTOMER_VIEW, RowRule::All);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.jsonl");

    let desk = Desk::with(grants.clone());
    knows_a_customer(&desk);
    assert_eq!(export(&desk, &file).unwrap_err().code, FailureCode::NotPermitted);
    assert!(desk.waiting().is_empty() && !file.exists());

    grants.permissions.insert(Permission::MASTER_RECORD_EXPORT, RowRule::OwnOrDepartment);
    let desk = Desk::with(grants);
    knows_a_customer(&desk);
    assert_eq!(export(&desk, &file).unwrap().records, 1);
    assert_eq!(Taken::of(&noted(&desk.waiting()[0])).unwrap().records, 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_leaves_its_note() {
    let desk = Desk::of(StandardRole::Admin);
    knows_a_customer(&desk);
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("gone").join("out.csv");
    assert_eq!(export(&desk, &nowhere).unwrap_err().code, FailureCode::Usage);
    assert_eq!(desk.waiting().len(), 1);
}

#[tokio::test]
async fn a_workbook_speaks_the_language_of_the_person_and_is_imported_again() {
    let desk = Desk::of(StandardRole::Admin);
    let fields = [
        ("code", "K-1"),
        ("name", "Ada"),
        ("country", "AT"),
        ("credit_limit", "1234.5"),
        ("mandate_date", "2026-05-01"),
    ];
    let mut customer = desk.record(&CUSTOMER, &fields);
    let contact = CUSTOMER.child("customer_contact").unwrap();
    let mut values = contact.defaults();
    for (field, text) in [("name", "Grace"), ("title", "Owner")] {
        let kind = contact.field(field).unwrap().kind;
        values.set(field, kind.read(&text.into()).unwrap());
    }
    customer.put_child(ChildRow { id: uuid::Uuid::from_u128(7), values });
    customer.normalise();
    desk.receive(&[customer]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kunden.xlsx");
    for (language, sheet, headings) in [
        (Language::De, "Kunden", ["Kreditlimit", "Ansprechpartner 1: Name", "Mandat vom"]),
        (Language::En, "Customers", ["Credit limit", "Contact 1: Name", "Mandate signed on"]),
    ] {
        let asked = ExportRequest { language: Some(language), ..request(&file) };
        let exported = take(&desk, asked).unwrap();
        for heading in headings {
            assert!(exported.columns.iter().any(|known| known == heading), "{exported:?}");
        }
        let bytes = std::fs::read(&file).unwrap();
        let table = tabular::read(&bytes, None, &tabular::Given::default()).unwrap();
        assert_eq!(table.recognised.sheet.as_deref(), Some(sheet));
        assert_eq!(table.columns, exported.columns);
        let cells = &table.rows[0].cells;
        let day = chrono::NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        for cell in [
            tabular::Cell::Number("1234.5".to_owned()),
            tabular::Cell::Date(day),
            // In every language the same, and no two countries share one.
            tabular::Cell::text("AT"),
        ] {
            assert!(cells.contains(&cell), "{cells:?}");
        }
        let again = contract::ImportRequest {
            entity: "customer".to_owned(),
            file: file.to_string_lossy().into_owned(),
            content: None,
            options: contract::ImportOptions::default(),
        };
        let Ok(Reply::Import(report)) = desk.call(Command::ImportPreview(again)) else { panic!() };
        assert_eq!((report.problems.as_slice(), report.counts.unchanged), (&[] as &[_], 1));
    }
    let noted = noted(&desk.waiting()[0]);
    let columns = Taken::of(&noted).unwrap().columns;
    assert!(columns.contains(&"credit_limit"), "the audit speaks of fields: {columns:?}");
}

#[tokio::test]
async fn a_list_is_taken_out_as_it_is_shown() {
    let desk = Desk::of(StandardRole::Admin);
    let customer = |code: &str, name: &str, city: &str| {
        desk.record(&CUSTOMER, &[("code", code), ("name", name), ("city", city)])
    };
    desk.receive(&[customer("K-1", "Ada", "Oslo"), customer("K-2", "=1+1", "Bern")]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.csv");
    let columns = ["name", "website", "code"].map(str::to_owned).to_vec();
    let shown =
        ExportRequest { sort: Some("city".to_owned()), columns: Some(columns), ..request(&file) };
    let exported = take(&desk, shown.clone()).unwrap();
    assert_eq!(exported.columns, ["name", "website", "code"]);
    let written = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = written.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines, ["name,website,code", "'=1+1,,K-2", "Ada,,K-1"]);
    assert_eq!(Taken::of(&noted(&desk.waiting()[0])).unwrap().columns, exported.columns);

    let line = ExportRequest { format: Some(FileFormat::Jsonl), ..shown.clone() };
    take(&desk, line).unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(!written.contains("\"id\"") && written.contains("Ada"), "{written}");

    for columns in [vec![], vec!["no_such".to_owned()]] {
        let refused = take(&desk, ExportRequest { columns: Some(columns), ..shown.clone() });
        assert_eq!(refused.unwrap_err().code, FailureCode::Usage);
    }
}

#[tokio::test]
async fn deleted_records_say_when_they_were_deleted() {
    let desk = Desk::of(StandardRole::Admin);
    let mut gone = desk.record(&CUSTOMER, &[("code", "K-2"), ("name", "Ada")]);
    let at: chrono::DateTime<chrono::Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
    gone.head.retired_at = Some(at);
    desk.receive(&[desk.record(&CUSTOMER, &[("code", "K-1"), ("name", "Bo")]), gone]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.csv");
    let asked = ExportRequest {
        retired: true,
        sort: Some("-code".to_owned()),
        columns: Some(vec!["code".to_owned()]),
        decimal: Some(contract::DecimalSign::Comma),
        ..request(&file)
    };
    take(&desk, asked.clone()).unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = written.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines, ["code;retired_at", "K-2;2026-03-01T10:00:00Z", "K-1;"]);

    let json = ExportRequest { format: Some(FileFormat::Jsonl), columns: None, ..asked };
    take(&desk, json).unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    let gone = written.lines().next().unwrap();
    assert!(gone.contains("\"retired_at\":\"2026-03-01T10:00:00Z\""), "{gone}");
    assert_eq!(written.matches("retired_at").count(), 1, "{written}");

    let request = contract::ImportRequest {
        entity: "customer".to_owned(),
        file: "out.csv".to_owned(),
        content: Some(
            "Y29kZTtuYW1lO3JldGlyZWRfYXQKSy0xO0JvOzIwMjYtMDMtMDFUMTA6MDA6MDBaCg==".to_owned(),
        ),
        options: contract::ImportOptions::default(),
    };
    let Ok(Reply::Import(report)) = desk.call(Command::ImportPreview(request)) else { panic!() };
    assert_eq!((report.problems.as_slice(), report.counts.unchanged), (&[] as &[_], 1));
    assert_eq!(report.notes[0].rule, "not_imported");
}

#[tokio::test]
async fn an_owner_is_exported_by_a_name_that_is_theirs_alone_and_found_again_by_it() {
    let desk = Desk::of(StandardRole::Admin);
    let person = |id, name: &str| {
        let mut person = desk.record(&PERSON, &[("name", name)]);
        person.head.id = id;
        person
    };
    let double = uuid::Uuid::from_u128(0xd0);
    desk.receive(&[person(ANNA, "Anna"), person(BEN, "Ben Okafor"), person(double, "ben okafor")]);
    let owned = |code: &str, owner| {
        let mut customer = desk.record(&CUSTOMER, &[("code", code), ("name", code)]);
        customer.values.set("owner_id", Value::Id(owner));
        customer
    };
    desk.receive(&[owned("K-1", ANNA), owned("K-2", BEN)]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("customers.csv");
    take(&desk, request(&file)).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().any(|line| line.contains("K-1") && line.contains("Anna")), "{text}");
    let ben = BEN.to_string();
    assert!(lines.iter().any(|line| line.contains("K-2") && line.contains(&ben)), "{text}");
}
