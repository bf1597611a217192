//! Stories of a tenant's own fields at one desk: declared, filled in, listed, found, and refused.

use contract::{
    Cell, Change, Command, EntityView, Failure, FailureCode, FieldView, Filter, KindView,
    ListRequest, RecordChanges, RecordView, Relation, Reply,
};
use domain::permissions::{FieldKey, FieldRight, StandardRole};
use uuid::Uuid;

use crate::desk::{Desk, rights};

fn save(
    desk: &Desk,
    entity: &str,
    id: Option<Uuid>,
    words: &[(&str, Cell)],
) -> Result<RecordView, Failure> {
    let change = |(field, to): &(&str, Cell)| Change {
        field: (*field).to_owned(),
        from: None,
        to: to.clone(),
    };
    let changes = RecordChanges { fields: words.iter().map(change).collect(), children: vec![] };
    match desk.call(Command::Save { entity: entity.to_owned(), id, changes })? {
        Reply::Saved(saved) => Ok(saved.record),
        reply => panic!("a save answers with what was saved, not {reply:?}"),
    }
}

fn declare(desk: &Desk, name: &str, more: &[(&str, Cell)]) -> Uuid {
    let base = [("name", name), ("entity", "customer"), ("field", name)];
    let base = base.map(|(field, text)| (field, Cell::from(text)));
    save(desk, "own_field", None, &[&base[..], more].concat()).unwrap().id
}

fn customer(desk: &Desk) -> EntityView {
    let Reply::Entities(entities) = desk.call(Command::Describe).unwrap() else { panic!() };
    entities.into_iter().find(|entity| entity.name == "customer").unwrap()
}

fn field(desk: &Desk, name: &str) -> Option<FieldView> {
    customer(desk).fields.into_iter().find(|field| field.name == name)
}

fn listed(desk: &Desk, field: &str, relation: Relation, value: &str) -> Result<usize, Failure> {
    let filter = Filter { field: field.to_owned(), value: value.to_owned(), relation };
    let request = ListRequest {
        entity: "customer".to_owned(),
        filters: vec![filter],
        search: None,
        sort: Some(format!("-{field}")),
        offset: 0,
        limit: 100,
        retired: false,
    };
    match desk.call(Command::List(request))? {
        Reply::List(page) => Ok(page.records.len()),
        reply => panic!("a list answers with a page, not {reply:?}"),
    }
}

#[tokio::test]
async fn a_declared_field_is_in_forms_lists_and_filters_at_once() {
    let desk = Desk::of(StandardRole::Admin);
    let translations = Cell::Map([("de".to_owned(), "Farbe".to_owned())].into());
    let words = Cell::Map([("red".to_owned(), "Rot".to_owned())].into());
    let more = [("kind", Cell::from("choice")), ("choices", words), ("translations", translations)];
    declare(&desk, "colour", &more);
    let fee = [("kind", Cell::from("amount")), ("listed", Cell::Bool(true))];
    declare(&desk, "fee", &fee);

    let colour = field(&desk, "extra.colour").unwrap();
    assert_eq!((colour.label.en.as_str(), colour.label.de.as_str()), ("colour", "Farbe"));
    assert_eq!(colour.section.en, "Own fields");
    let KindView::Choice { choices } = colour.kind else { panic!("{:?}", colour.kind) };
    assert_eq!((choices[0].value.as_str(), choices[0].label.de.as_str()), ("red", "Rot"));
    let fee = field(&desk, "extra.fee").unwrap();
    assert!(fee.listed && fee.writable && !fee.sensitive);
    assert_eq!(fee.kind, KindView::Decimal { scale: 4 });
    assert_eq!(field(&desk, "extra"), None, "the map itself is nothing to fill in");

    let fields = [
        ("name", Cell::from("Ada")),
        ("extra.colour", Cell::from("red")),
        ("extra.fee", Cell::from("12.50")),
    ];
    let saved = save(&desk, "customer", None, &fields).unwrap();
    assert_eq!(saved.fields["extra.fee"], Cell::from("12.5"));
    assert_eq!(saved.fields["extra.colour"], Cell::from("red"));
    assert!(!saved.fields.contains_key("extra"));
    assert_eq!(listed(&desk, "extra.fee", Relation::From, "9"), Ok(1));
    assert_eq!(listed(&desk, "extra.fee", Relation::From, "100"), Ok(0));
    assert_eq!(listed(&desk, "extra.colour", Relation::Is, "red"), Ok(1));
    let refused = listed(&desk, "extra.fee", Relation::Is, "much").unwrap_err();
    assert_eq!(refused.problems[0].rule, "not_a_number");
    assert!(listed(&desk, "extra.size", Relation::Is, "1").is_err());
}

#[tokio::test]
async fn what_a_declaration_does_not_take_is_refused_before_anything_is_written() {
    let desk = Desk::of(StandardRole::Admin);
    declare(&desk, "due", &[("kind", Cell::from("date")), ("required", Cell::Bool(true))]);
    let name = ("name", Cell::from("Ada"));
    let refused = |words: &[(&str, Cell)]| {
        let failure = save(&desk, "customer", None, words).unwrap_err();
        assert_eq!(failure.code, FailureCode::Refused);
        let problem = failure.problems.into_iter().next().unwrap();
        (problem.field, problem.rule)
    };
    let told = |field: &str, rule: &str| (field.to_owned(), rule.to_owned());
    assert_eq!(refused(std::slice::from_ref(&name)), told("extra.due", "required"));
    let due = |text: &str| ("extra.due", Cell::from(text));
    let wrong = refused(&[name.clone(), due("2026-02-30")]);
    assert_eq!(wrong.0, "extra.due");
    let unknown = refused(&[name.clone(), due("2026-02-28"), ("extra.size", Cell::from("9"))]);
    assert_eq!(unknown, told("extra.size", "unknown_field"));
    let saved = save(&desk, "customer", None, &[name, due("2026-02-28")]).unwrap();
    let whole = save(&desk, "customer", Some(saved.id), &[("extra", Cell::Map([].into()))]);
    assert_eq!(whole.unwrap_err().problems[0].rule, "unknown_field");
}

#[tokio::test]
async fn a_field_that_one_may_not_read_is_nowhere_and_cannot_be_asked_for() {
    let mut grants = rights(StandardRole::Admin);
    grants.fields.insert(FieldKey::new("customer", "extra.rating"), FieldRight::NONE);
    let desk = Desk::with(grants);
    declare(&desk, "rating", &[("kind", Cell::from("date"))]);
    assert_eq!(field(&desk, "extra.rating"), None);
    let saved = save(&desk, "customer", None, &[("name", Cell::from("Ada"))]).unwrap();
    assert!(!saved.fields.contains_key("extra.rating"));
    let asked = |name: &str| listed(&desk, name, Relation::Is, "good").unwrap_err();
    let (hidden, none) = (asked("extra.rating"), asked("extra.nowhere"));
    assert_eq!(hidden.code, FailureCode::Usage);
    assert_eq!(format!("{hidden:?}").replace("rating", "nowhere"), format!("{none:?}"));
    let written = save(&desk, "customer", Some(saved.id), &[("extra.rating", Cell::from("x"))]);
    // Not even what it would take is told.
    assert_eq!(written.unwrap_err().code, FailureCode::NotPermitted);
}

#[tokio::test]
async fn a_retired_field_leaves_forms_and_its_content_stays() {
    let desk = Desk::of(StandardRole::Admin);
    let declared = declare(&desk, "colour", &[]);
    let words = [("name", Cell::from("Ada")), ("extra.colour", Cell::from("red"))];
    let ada = save(&desk, "customer", None, &words).unwrap();
    desk.call(Command::Retire { entity: "own_field".to_owned(), id: declared }).unwrap();
    assert_eq!(field(&desk, "extra.colour"), None);
    let edited = save(&desk, "customer", Some(ada.id), &[("city", Cell::from("Bonn"))]).unwrap();
    assert!(!edited.fields.contains_key("extra.colour"));
    // It is declared once and for all: another of this name would mean other values.
    let again = [("name", "Colour"), ("entity", "customer"), ("field", "colour")];
    let again = again.map(|(field, text)| (field, Cell::from(text)));
    assert_eq!(save(&desk, "own_field", None, &again).unwrap_err().code, FailureCode::Refused);
}
