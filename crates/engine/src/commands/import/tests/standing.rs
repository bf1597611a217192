//! What stands already, on the device or further up in the file: ids of other systems, and what only the hub
//! writes.

use domain::permissions::{FieldKey, FieldRight, Permission};
use domain::record::Record;
use domain::record::approval::{self, Act};
use sync_protocol::op::Verb;
use uuid::Uuid;

use super::*;
use crate::desk::{ANNA, BEN, rights};

const OLD: &str = "DE89370400440532013000";
const NEW: &str = "GB82WEST12345698765432";

fn told(report: &ImportReport) -> Vec<(u64, &str, &str)> {
    let problems = report.problems.iter();
    problems.map(|p| (p.line, p.column.as_deref().unwrap_or_default(), p.rule.as_str())).collect()
}

fn with_id(record: &mut Record, system: &str, id: &str) {
    let mut ids = match record.get("external_ids") {
        Value::Map(ids) => ids.clone(),
        _ => BTreeMap::new(),
    };
    ids.insert(system.to_owned(), id.to_owned());
    record.values.set("external_ids", Value::Map(ids));
}

#[tokio::test]
async fn an_id_of_another_system_that_is_taken_is_told_at_once() {
    let office = Office::of(StandardRole::Admin);
    let mut known = office.desk.record(&CUSTOMER, &[("code", "K1"), ("name", "Ada")]);
    with_id(&mut known, "crm", "601");
    office.desk.receive(&[known]);
    let text = "code,name,external_ids.crm\nB1,Bo,601\nB2,Cy,602\nB3,Di,602\nB4,Ed,603\n";
    office.file("c.csv", text);
    let report = office.preview("customer", "c.csv", ImportOptions::default());
    let expected = [(2, "external_ids.crm", "unique"), (4, "external_ids.crm", "unique")];
    assert_eq!(told(&report), expected);
    assert_eq!(counts(&report), [2, 0, 0, 2]);
    let report = office.import("customer", "c.csv", ImportOptions::default());
    assert_eq!((counts(&report), told(&report)), ([2, 0, 0, 2], expected.to_vec()));

    // By hand as well; and what was given up is free.
    let save = |id: Option<Uuid>, name: &str, crm: &str| {
        let crm = BTreeMap::from([("crm".to_owned(), crm.to_owned())]);
        let change = |field: &str, to: contract::Cell| contract::Change {
            field: field.to_owned(),
            from: None,
            to,
        };
        let fields =
            vec![change("name", name.into()), change("external_ids", contract::Cell::Map(crm))];
        let changes = contract::RecordChanges { fields, children: Vec::new() };
        office.desk.call(Command::Save { entity: "customer".to_owned(), id, changes })
    };
    let refused = save(None, "Fay", "602").unwrap_err();
    assert_eq!(refused.problems[0].field, "external_ids");
    let holder = office.get("customer", "B2").id;
    save(Some(holder), "Cy", "602").expect("it is its own");
    save(Some(holder), "Cy", "604").unwrap();
    save(None, "Fay", "602").expect("nobody has it any more");
}

#[tokio::test]
async fn ids_of_another_system_are_told_apart_by_every_letter() {
    let office = Office::of(StandardRole::Admin);
    let crm = ImportOptions { system: Some("crm".to_owned()), ..ImportOptions::default() };
    let file = |name: &str| format!("external_id,name\na1,{name} klein\nA1,{name} groß\n");
    office.file("c.csv", file("Ada"));
    assert_eq!(counts(&office.import("customer", "c.csv", crm.clone())), [2, 0, 0, 0]);
    office.file("c.csv", file("Bo"));
    assert_eq!(counts(&office.import("customer", "c.csv", crm)), [0, 2, 0, 0]);
}

#[tokio::test]
async fn what_only_the_hub_writes_is_exported_and_left_out_of_an_import() {
    let office = Office::of(StandardRole::Admin);
    let mut paid =
        office.desk.record(&SUPPLIER, &[("code", "S1"), ("name", "Kontor"), ("iban", OLD)]);
    let act = |by| Act { by, at: office.desk.now() };
    approval::set_aside(None, &mut paid, Uuid::from_u128(5), act(BEN));
    let row = approval::pending(&paid).remove(0);
    approval::approve(&mut paid, row, act(BEN), false, approval::COOLING);
    let mut waiting =
        office.desk.record(&SUPPLIER, &[("code", "S2"), ("name", "Werft"), ("iban", NEW)]);
    approval::set_aside(None, &mut waiting, Uuid::from_u128(6), act(BEN));
    waiting.values.set("aliases", Value::List(vec!["S3".to_owned()]));
    with_id(&mut paid, "a", "1");
    with_id(&mut waiting, "A", "2");
    office.desk.receive(&[paid, waiting]);
    for name in ["s.csv", "s.jsonl", "s.xlsx"] {
        office.export("supplier", name).unwrap();
        // Each line as often as one likes: what is remembered of the columns says the same.
        for _ in 0..2 {
            let report = office.import("supplier", name, ImportOptions::default());
            assert_eq!(report.problems, [], "{name}");
            assert_eq!(counts(&report), [0, 0, 2, 0], "{name}");
            let left_out = report.notes.iter().filter(|note| note.rule == "not_imported");
            let columns: Vec<_> = left_out.filter_map(|note| note.column.as_deref()).collect();
            for (column, heading) in [
                ("payment_hold", "Payments on hold"),
                ("payment_hold_until", "Payments wait until"),
                ("aliases", "Also known as"),
                ("bank_change.1.state", "Change of the bank account 1: State"),
            ] {
                // Lines of JSON have the child's whole name, and a workbook the words that people read.
                let is_said = |said: &&&str| {
                    said.trim_start_matches("supplier_") == column || **said == heading
                };
                let said = columns.iter().filter(is_said).count();
                assert_eq!(said, 1, "{name}: {column} of {columns:?}");
            }
        }
    }
    // Also where it says otherwise by now: it is read nowhere.
    office.file("s.csv", "code,name,payment_hold,aliases\nS2,Werft,no,S9\n");
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!((counts(&report), report.notes.len()), ([0, 0, 1, 0], 2));
}

#[tokio::test]
async fn an_account_that_an_import_proposed_is_taken_back_with_it() {
    let office = Office::of(StandardRole::Admin);
    let known = office.desk.record(&SUPPLIER, &[("code", "S0"), ("name", "Altbau"), ("iban", OLD)]);
    let same = office.desk.record(&SUPPLIER, &[("code", "S3"), ("name", "Speicher")]);
    office.desk.receive(&[known, same]);
    office.file(
        "s.csv",
        format!(
            "code,name,city,iban\nS0,Altbau,Bonn,{NEW}\nS1,Kontor,Kiel,{NEW}\nS3,Speicher,,{NEW}\n"
        ),
    );
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!(counts(&report), [1, 2, 0, 0]);
    let undone = office.undo(&report);
    assert_eq!(undone.left, []);
    assert_eq!((undone.retired, undone.restored), (1, 2));
    assert_eq!((undone.withdrawn, undone.proposed_anew), (3, 0));
    assert!(office.get("supplier", "S1").retired);
    for (code, iban) in [("S0", OLD), ("S3", "")] {
        assert_eq!(office.text("supplier", code, "iban"), iban);
        assert_eq!(office.text("supplier", code, "city"), "");
        let record = office.get("supplier", code);
        assert_eq!(record.fields["payment_hold"], contract::Cell::Bool(false), "{code}");
        let rows = &record.children["supplier_bank_change"];
        assert_eq!(rows[0].fields["state"], "withdrawn".into(), "{code}");
    }
}

/// What the accounts of a supplier's proposals are, with what became of each, oldest first.
fn proposals(office: &Office, code: &str) -> Vec<(String, String)> {
    let record = office.get("supplier", code);
    let rows = record.children.get("supplier_bank_change").cloned().unwrap_or_default();
    let mut rows: Vec<_> = rows.into_iter().map(|row| row.fields).collect();
    rows.sort_by_key(|row| format!("{:?}", row["proposed_at"]));
    let text = |cell: &contract::Cell| match cell {
        contract::Cell::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    rows.iter().map(|row| (text(&row["iban"]), text(&row["state"]))).collect()
}

/// A supplier as the hub has it after these accounts were proposed by Anna, one after the other, each by an op.
fn proposed_one_after_the_other(office: &Office, ops: &[(Uuid, &str)]) -> Record {
    let mut supplier = office.desk.record(&SUPPLIER, &[("code", "S1"), ("name", "Kontor")]);
    for (op, iban) in ops {
        office.desk.pass(chrono::TimeDelta::minutes(1));
        let before = supplier.clone();
        let kind = SUPPLIER.field("iban").unwrap().kind;
        supplier.values.set("iban", kind.read(&(*iban).into()).unwrap());
        let act = Act { by: ANNA, at: office.desk.now() };
        approval::set_aside(Some(&before), &mut supplier, *op, act);
    }
    supplier
}

#[tokio::test]
async fn a_file_that_says_what_waits_already_changes_nothing() {
    let office = Office::of(StandardRole::Admin);
    office.file("s.csv", format!("code,name,iban\nS1,Kontor,{NEW}\nS2,Werft,\n"));
    let preview = office.preview("supplier", "s.csv", ImportOptions::default());
    assert_eq!((counts(&preview), preview.awaiting_approval), ([2, 0, 0, 0], 1));
    let first = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!((counts(&first), first.awaiting_approval), ([2, 0, 0, 0], 1));
    let again = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!((counts(&again), again.awaiting_approval), ([0, 0, 2, 0], 0));
    assert_eq!(again.batch, None);

    // Likewise when the hub has it, with what else was proposed along with it.
    let office = Office::of(StandardRole::Admin);
    let supplier = proposed_one_after_the_other(&office, &[(Uuid::from_u128(5), NEW)]);
    office.desk.receive(&[supplier]);
    office.file("s.csv", format!("code,city,iban\nS1,Kiel,{NEW}\n"));
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!((counts(&report), report.awaiting_approval), ([0, 1, 0, 0], 0));
    let [op] = office.desk.waiting().try_into().unwrap();
    let written: Vec<&str> = op.intent.changes.fields.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(written, ["city"], "the account waits already");
}

#[tokio::test]
async fn what_an_import_had_replaced_is_proposed_anew_when_it_is_taken_back() {
    let office = Office::of(StandardRole::Admin);
    let first = Uuid::from_u128(5);
    office.desk.receive(&[proposed_one_after_the_other(&office, &[(first, OLD)])]);
    office.file("s.csv", format!("code,name,iban\nS1,Kontor,{NEW}\n"));
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    assert_eq!((counts(&report), report.awaiting_approval), ([0, 1, 0, 0], 1));
    let [import] = office.desk.waiting().try_into().unwrap();

    // The hub has taken it by now: the first proposal is closed.
    let ops = [(first, OLD), (import.op_id, NEW)];
    let mut taken = proposed_one_after_the_other(&office, &ops);
    taken.head.id = import.intent.id;
    taken.head.version = 2;
    office.desk.sent();
    office.desk.receive(&[taken.clone()]);
    office.desk.pass(chrono::TimeDelta::minutes(1));
    let undone = office.undo(&report);
    assert_eq!(undone.left, []);
    assert_eq!((undone.restored, undone.withdrawn, undone.proposed_anew), (1, 1, 1));
    let verbs: Vec<_> = office.desk.waiting().iter().map(|op| op.intent.verb).collect();
    assert_eq!(verbs, [Verb::Refuse, Verb::Update], "one is open at a time");
    let rows = proposals(&office, "S1");
    let accounts: Vec<&str> = rows.iter().map(|(iban, _)| iban.as_str()).collect();
    let waits: Vec<bool> = rows.iter().map(|(_, state)| state == "pending").collect();
    assert_eq!((accounts, waits), (vec![OLD, NEW, OLD], vec![false, false, true]), "{rows:?}");
    assert_eq!(office.get("supplier", "S1").fields["payment_hold"], contract::Cell::Bool(true));
}

#[tokio::test]
async fn what_was_taken_back_by_hand_is_not_told_as_left() {
    let office = Office::of(StandardRole::Admin);
    let known = office.desk.record(&SUPPLIER, &[("code", "S1"), ("name", "Kontor")]);
    let id = known.id();
    office.desk.receive(&[known]);
    office.file("s.csv", format!("code,city,iban\nS1,Kiel,{NEW}\n"));
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    let act = contract::ProposalAct::Refuse { reason: None };
    let (entity, id_or_code) = ("supplier".to_owned(), "S1".to_owned());
    let decide = Command::Decide { entity, id: id_or_code, proposal: None, act };
    office.desk.call(decide).unwrap();
    let undone = office.undo(&report);
    assert_eq!((undone.restored, undone.left.len()), (0, 1), "the town is still Kiel: {undone:?}");

    office.file("s.csv", "code,city\nS1,Ulm\n");
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    let fields = vec![contract::Change { field: "city".into(), from: None, to: "Kiel".into() }];
    let changes = contract::RecordChanges { fields, children: Vec::new() };
    office.desk.call(Command::Save { entity: "supplier".into(), id: Some(id), changes }).unwrap();
    let undone = office.undo(&report);
    assert_eq!((undone.restored, undone.left.len()), (0, 0), "{undone:?}");
}

#[tokio::test]
async fn two_imports_are_taken_back_one_after_the_other() {
    let office = Office::of(StandardRole::Admin);
    let file = |iban: &str| format!("code,name,iban\nS1,Kontor,{iban}\n");
    office.file("s.csv", file(OLD));
    let first = office.import("supplier", "s.csv", ImportOptions::default());
    office.desk.pass(chrono::TimeDelta::minutes(1));
    office.file("s.csv", file(NEW));
    let second = office.import("supplier", "s.csv", ImportOptions::default());
    office.desk.pass(chrono::TimeDelta::minutes(1));
    let undone = office.undo(&second);
    assert_eq!((undone.withdrawn, undone.proposed_anew, undone.left.len()), (1, 1, 0));
    let waiting: Vec<_> =
        proposals(&office, "S1").into_iter().filter(|(_, state)| state == "pending").collect();
    assert_eq!(waiting, [(OLD.to_owned(), "pending".to_owned())]);
    office.desk.pass(chrono::TimeDelta::minutes(1));
    let undone = office.undo(&first);
    assert_eq!((undone.retired, undone.withdrawn, undone.proposed_anew), (1, 1, 0), "{undone:?}");
    assert!(proposals(&office, "S1").iter().all(|(_, state)| state != "pending"));
}

#[tokio::test]
async fn who_may_not_read_what_was_proposed_is_told_that_it_stays() {
    let mut grants = rights(StandardRole::Admin);
    grants.permissions.remove(&Permission::MASTER_SUPPLIER_APPROVE_BANK);
    for entity in ["supplier", "supplier_bank_change"] {
        grants.fields.insert(FieldKey::new(entity, "iban"), FieldRight::WRITE);
    }
    let office = Office { desk: Desk::with(grants), folder: tempfile::tempdir().unwrap() };
    office.desk.receive(&[proposed_one_after_the_other(&office, &[(Uuid::from_u128(5), OLD)])]);
    office.file("s.csv", format!("code,name,iban\nS1,Kontor,{NEW}\n"));
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    let undone = office.undo(&report);
    let left: Vec<_> = undone.left.iter().map(|left| left.rule.as_str()).collect();
    assert_eq!((left, undone.withdrawn), (vec!["not_readable"], 0), "{undone:?}");
}

#[tokio::test]
async fn an_account_that_somebody_decided_on_is_not_undone() {
    let office = Office::of(StandardRole::Admin);
    office.file("s.csv", format!("code,name,iban\nS1,Kontor,{NEW}\n"));
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    let op = office.desk.waiting().remove(0);
    // The hub has taken it, and Ben has approved it.
    let mut supplier =
        office.desk.record(&SUPPLIER, &[("code", "S1"), ("name", "Kontor"), ("iban", NEW)]);
    supplier.head.id = op.intent.id;
    approval::set_aside(None, &mut supplier, op.op_id, Act { by: ANNA, at: office.desk.now() });
    let row = approval::pending(&supplier).remove(0);
    let act = Act { by: BEN, at: office.desk.now() };
    approval::approve(&mut supplier, row, act, false, approval::COOLING);
    office.desk.receive(&[supplier]);
    let undone = office.undo(&report);
    assert_eq!((undone.retired, undone.left.len()), (0, 1), "{undone:?}");
}

/// An import into a supplier with an account, which the hub has taken and Ben has decided on.
fn decided_since(decide: impl FnOnce(&mut Record, Act)) -> (Office, contract::ImportReport) {
    let office = Office::of(StandardRole::Admin);
    let known = [("code", "S1"), ("name", "Kontor"), ("iban", OLD)];
    let before = office.desk.record(&SUPPLIER, &known);
    office.desk.receive(std::slice::from_ref(&before));
    office.file("s.csv", format!("code,city,notes,iban\nS1,Kiel,pays late,{NEW}\n"));
    let report = office.import("supplier", "s.csv", ImportOptions::default());
    let op = office.desk.waiting().remove(0);
    let mut taken = before.clone();
    for (name, text) in [("city", "Kiel"), ("notes", "pays late"), ("iban", NEW)] {
        let kind = SUPPLIER.field(name).unwrap().kind;
        taken.values.set(name, kind.read(&text.into()).unwrap());
    }
    let act = |by| Act { by, at: office.desk.now() };
    approval::set_aside(Some(&before), &mut taken, op.op_id, act(ANNA));
    decide(&mut taken, act(BEN));
    taken.head.version = 3;
    office.desk.sent();
    office.desk.receive(&[taken]);
    office.desk.pass(chrono::TimeDelta::minutes(1));
    (office, report)
}

#[tokio::test]
async fn an_account_that_was_approved_since_stays_in_force_and_the_rest_is_put_back() {
    let (office, report) = decided_since(|taken, act| {
        let row = approval::pending(taken).remove(0);
        approval::approve(taken, row, act, false, approval::COOLING);
    });
    let undone = office.undo(&report);
    assert_eq!((undone.restored, undone.withdrawn, undone.proposed_anew), (1, 0, 0), "{undone:?}");
    let left: Vec<_> =
        undone.left.iter().map(|left| (left.rule.as_str(), left.message.as_str())).collect();
    assert_eq!(left, [("approved_since", "IBAN was approved since and stays in force")]);
    assert_eq!(office.text("supplier", "S1", "iban"), NEW);
    assert_eq!(office.text("supplier", "S1", "city"), "");
    assert_eq!(office.text("supplier", "S1", "notes"), "");
    assert_eq!(office.get("supplier", "S1").fields["payment_hold"], contract::Cell::Bool(false));
}

#[tokio::test]
async fn an_account_that_was_refused_keeps_nothing_from_being_put_back() {
    let (office, report) = decided_since(|taken, act| {
        let row = approval::pending(taken).remove(0);
        approval::refuse(taken, row, act, Some("ask them first"));
    });
    let undone = office.undo(&report);
    assert_eq!((undone.restored, undone.left.len()), (1, 0), "{undone:?}");
    assert_eq!(office.text("supplier", "S1", "iban"), OLD);
    assert_eq!(office.text("supplier", "S1", "city"), "");
    assert_eq!(office.text("supplier", "S1", "notes"), "");
}
