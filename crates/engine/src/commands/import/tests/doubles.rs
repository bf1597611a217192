//! Rows that mean one record.

use super::*;

type Told<'r> = (u64, Option<&'r str>, &'r str, &'r str);

fn told(report: &ImportReport) -> Vec<Told<'_>> {
    let problems = report.problems.iter();
    problems.map(|p| (p.line, p.column.as_deref(), p.rule.as_str(), p.message.as_str())).collect()
}

#[tokio::test]
async fn a_row_that_stands_twice_is_told_once_and_its_record_imported() {
    let office = Office::of(StandardRole::Admin);
    // One value, written in two ways, is no difference.
    let text = "Kundennummer;Name;Land;Kreditlimit;contact.1.name\n\
        K1;Ada;Deutschland;1.234,50;Grace\n\
        K1;Ada;DE;1234,5;Grace\n\
        K2;Bo;AT;;\n";
    office.file("k.csv", text);
    let report = office.import("customer", "k.csv", ImportOptions::default());
    assert_eq!((counts(&report), report.problems.as_slice()), ([2, 0, 0, 0], &[] as &[_]));
    let same: Vec<_> = report.notes.iter().filter(|note| note.rule == "same_row").collect();
    let [note] = same.as_slice() else { panic!("{:?}", report.notes) };
    assert_eq!((note.line, note.column.as_deref()), (3, Some("Kundennummer")));
    assert_eq!(note.words, ["2"]);
    assert_eq!(office.text("customer", "K1", "credit_limit"), "1234.5");
    assert_eq!(office.get("customer", "K1").children["customer_contact"].len(), 1);
}

#[tokio::test]
async fn rows_that_differ_are_told_in_one_line_that_names_the_other() {
    let office = Office::of(StandardRole::Admin);
    let text = "code,name,country,city,phone\n\
        K1,Ada,Germany,Kiel,030 1234\n\
        K1,Ada,AT,Wien,030 1234\n\
        K2,Bo,AT,Linz,\n";
    office.file("k.csv", text);
    let report = office.import("customer", "k.csv", ImportOptions::default());
    assert_eq!(counts(&report), [1, 0, 0, 1]);
    let message = "means the same record as line 2 with another country, city, so neither is \
                   imported; take one of the two out";
    assert_eq!(told(&report), [(3, Some("code"), "double_row_differs", message)]);
    assert_eq!(report.problems[0].value.as_deref(), Some("K1"));
}

#[tokio::test]
async fn a_record_named_in_two_ways_is_imported_by_the_first() {
    let office = Office::of(StandardRole::Admin);
    office.file("k.csv", "code,name\nK1,Ada\n");
    office.import("customer", "k.csv", ImportOptions::default());
    let id = office.get("customer", "K1").id;
    office.file("l.csv", format!("id,code,city\n{id},,Kiel\n,K1,Ulm\n"));
    let report = office.import("customer", "l.csv", ImportOptions::default());
    assert_eq!(counts(&report), [0, 1, 0, 1]);
    let message = "means the same record as line 2; take one of the two out";
    assert_eq!(told(&report), [(3, Some("code"), "double_row", message)]);
    assert_eq!(office.text("customer", "K1", "city"), "Kiel");
}
