//! Lists at a device: what they add up to, many records changed at once, and lists kept by name.

use contract::{
    BulkAct, BulkReport, Cell, Chosen, Command, Failure, FailureCode, FieldValue, Filter,
    ListRequest, Relation, Reply, SavedView, Sum, Totals, ViewColumn,
};
use domain::masters::{CURRENCY, CUSTOMER};
use domain::permissions::StandardRole;
use domain::record::{Record, Value};
use uuid::Uuid;

use crate::desk::{BEN, Desk};

fn request(filters: Vec<Filter>) -> ListRequest {
    ListRequest {
        entity: "customer".to_owned(),
        filters,
        search: None,
        sort: None,
        offset: 0,
        limit: 100,
        retired: false,
    }
}

fn filter(field: &str, relation: Relation, value: &str) -> Filter {
    Filter { field: field.to_owned(), value: value.to_owned(), relation }
}

fn customers(desk: &Desk) -> Vec<Record> {
    let euro = desk.record(&CURRENCY, &[("iso_code", "EUR"), ("name", "Euro")]);
    let mut records: Vec<Record> = [
        ("K1", "Ada", "Bonn", "1000"),
        ("K2", "Bo", "Köln", "250.5"),
        ("K3", "Cleo", "Bonn", "30"),
    ]
    .iter()
    .map(|(code, name, city, limit)| {
        let fields = [("code", *code), ("name", *name), ("city", *city), ("credit_limit", *limit)];
        let mut record = desk.record(&CUSTOMER, &fields);
        record.values.set("currency", Value::Id(euro.id()));
        record
    })
    .collect();
    desk.receive(std::slice::from_ref(&euro));
    desk.receive(&records);
    records.sort_by_key(|record| record.title().to_owned());
    records
}

fn names(desk: &Desk, request: ListRequest) -> Vec<String> {
    match desk.call(Command::List(request)).unwrap() {
        Reply::List(page) => page.records.into_iter().map(|record| record.title).collect(),
        reply => panic!("a list answers with a page, not {reply:?}"),
    }
}

fn totals(desk: &Desk, filters: Vec<Filter>, fields: &[&str]) -> Result<Totals, Failure> {
    let fields = fields.iter().map(|&field| field.to_owned()).collect();
    match desk.call(Command::Totals { list: request(filters), fields })? {
        Reply::Totals(totals) => Ok(totals),
        reply => panic!("totals, not {reply:?}"),
    }
}

fn bulk(desk: &Desk, chosen: Chosen, act: BulkAct, dry_run: bool) -> Result<BulkReport, Failure> {
    let entity = "customer".to_owned();
    match desk.call(Command::Bulk { entity, chosen, act, dry_run })? {
        Reply::Bulk(report) => Ok(report),
        reply => panic!("a report, not {reply:?}"),
    }
}

fn set(field: &str, value: &str) -> BulkAct {
    BulkAct::Set(vec![FieldValue { field: field.to_owned(), value: Cell::from(value) }])
}

#[tokio::test]
async fn a_list_is_narrowed_by_each_kind_of_question_and_sorted_by_two_columns() {
    let desk = Desk::of(StandardRole::Manager);
    customers(&desk);
    let asked = |filters: Vec<Filter>| names(&desk, request(filters));
    assert_eq!(asked(vec![filter("credit_limit", Relation::From, "250.5")]), ["Ada", "Bo"]);
    assert_eq!(asked(vec![filter("name", Relation::Starts, "c")]), ["Cleo"]);
    assert_eq!(asked(vec![filter("city", Relation::IsNot, "bonn")]), ["Bo"]);
    assert_eq!(asked(vec![filter("phone", Relation::Filled, "")]), [""; 0]);
    assert_eq!(asked(vec![filter("phone", Relation::Empty, "")]).len(), 3);
    let sorted = ListRequest { sort: Some("city,-name".to_owned()), ..request(Vec::new()) };
    assert_eq!(names(&desk, sorted), ["Cleo", "Ada", "Bo"]);
    let unfit = request(vec![filter("active", Relation::From, "yes")]);
    let refused = desk.call(Command::List(unfit)).unwrap_err();
    assert_eq!(refused.code, FailureCode::Usage);
    let nothing = request(vec![filter("credit_limit", Relation::From, "")]);
    assert_eq!(desk.call(Command::List(nothing)).unwrap_err().problems[0].field, "credit_limit");
}

#[tokio::test]
async fn a_field_that_is_hidden_is_answered_like_one_that_there_is_not() {
    let refused = |desk: &Desk, asked: ListRequest| desk.call(Command::List(asked)).unwrap_err();
    let by = |field: &str| request(vec![filter(field, Relation::Is, "1")]);
    let desk = Desk::of(StandardRole::Manager);
    let mistyped = refused(&desk, by("credit_limt"));
    assert_eq!(mistyped.code, FailureCode::Usage);
    assert_eq!(
        mistyped.message,
        "there is no field credit_limt of a customer; is credit_limit meant?"
    );
    assert_eq!(mistyped.problems[0].rule, "unknown_field");
    assert!(refused(&desk, by("Town")).message.ends_with("of a customer"), "nothing is near it");
    let sorted = ListRequest { sort: Some("-cty".to_owned()), ..request(Vec::new()) };
    assert!(refused(&desk, sorted).message.ends_with("is city meant?"));

    let desk = Desk::of(StandardRole::InventoryManager);
    let said = |field: &str| format!("{:?}", refused(&desk, by(field))).replace(field, "*");
    assert_eq!(said("credit_limit"), said("qqqqqq"), "in the same words");
    assert_eq!(said("credit_limt"), said("qqqqqq"), "nor is it proposed");
}

#[tokio::test]
async fn amounts_are_added_by_currency_and_what_has_no_sum_has_none() {
    let desk = Desk::of(StandardRole::Manager);
    customers(&desk);
    let totals = totals(&desk, Vec::new(), &["credit_limit", "discount_percent", "name"]).unwrap();
    let sum = Sum { measure: Some("EUR".to_owned()), sum: "1280.5".to_owned() };
    assert_eq!(totals.sums["credit_limit"], [sum]);
    assert_eq!(totals.sums.len(), 1, "per cents and names have no sum");
}

#[tokio::test]
async fn a_sum_is_made_of_what_one_may_read_only() {
    let desk = Desk::of(StandardRole::InventoryManager);
    customers(&desk);
    let refused = totals(&desk, Vec::new(), &["credit_limit"]).unwrap_err();
    assert_eq!(refused.code, FailureCode::NotPermitted);
    let desk = Desk::of(StandardRole::Sales);
    let mut records = customers(&desk);
    records[0].values.set("owner_id", Value::Id(BEN));
    records[0].head.version += 1;
    desk.receive(&records[..1]);
    assert_eq!(names(&desk, request(Vec::new())), ["Bo", "Cleo"]);
    let page = desk.call(Command::List(request(Vec::new()))).unwrap();
    assert!(matches!(page, Reply::List(page) if page.total == 2), "nobody else's is counted");
}

#[tokio::test]
async fn many_records_are_changed_at_once_after_a_look_at_what_would_come_of_it() {
    let desk = Desk::of(StandardRole::Manager);
    let records = customers(&desk);
    let bonn = || Chosen::All(request(vec![filter("city", Relation::Is, "bonn")]));
    let look = bulk(&desk, bonn(), set("territory", "West"), true).unwrap();
    assert_eq!((look.changed, look.same, look.refused.len()), (2, 0, 0));
    assert!(desk.waiting().is_empty(), "nothing was written yet");
    let done = bulk(&desk, bonn(), set("territory", "West"), false).unwrap();
    assert_eq!(done.changed, 2);
    assert_eq!(desk.waiting().len(), 2);
    let all = Chosen::Ids(records.iter().map(Record::id).collect());
    let again = bulk(&desk, all, set("territory", "West"), false).unwrap();
    assert_eq!((again.changed, again.same), (1, 2));
}

#[tokio::test]
async fn what_a_rule_refuses_of_one_record_is_told_and_does_not_stop_the_others() {
    let desk = Desk::of(StandardRole::Manager);
    let records = customers(&desk);
    let mut german = records[0].clone();
    german.values.set("country", Value::Text("DE".to_owned()));
    german.head.version += 1;
    desk.receive(&[german]);
    let mut ids: Vec<Uuid> = records.iter().map(Record::id).collect();
    ids.push(Uuid::from_u128(404));
    let report = bulk(&desk, Chosen::Ids(ids), set("postal_code", "SW1A 1AA"), false).unwrap();
    assert_eq!(report.changed, 2);
    let refused: Vec<_> = report.refused.iter().map(|r| (&*r.key, r.failure.code)).collect();
    assert_eq!(refused, [("K1", FailureCode::Refused), ("", FailureCode::NotFound)]);
    assert_eq!(report.refused[0].failure.problems[0].field, "postal_code");
    assert_eq!(desk.waiting().len(), 2);
}

#[tokio::test]
async fn a_value_that_must_be_unique_is_not_set_on_many() {
    let desk = Desk::of(StandardRole::Manager);
    let ids = customers(&desk).iter().map(Record::id).collect();
    let refused = bulk(&desk, Chosen::Ids(ids), set("code", "K9"), false).unwrap_err();
    assert_eq!(refused.problems[0].rule, "unique_in_bulk");
    assert!(desk.waiting().is_empty());
}

#[tokio::test]
async fn many_records_are_retired_at_once_by_whoever_may() {
    let desk = Desk::of(StandardRole::Manager);
    customers(&desk);
    let all = || Chosen::All(request(Vec::new()));
    assert_eq!(bulk(&desk, all(), BulkAct::Retire, true).unwrap().changed, 3);
    assert_eq!(names(&desk, request(Vec::new())).len(), 3);
    assert_eq!(bulk(&desk, all(), BulkAct::Retire, false).unwrap().changed, 3);
    assert!(names(&desk, request(Vec::new())).is_empty());
    let desk = Desk::of(StandardRole::User);
    customers(&desk);
    let refused = bulk(&desk, all(), BulkAct::Retire, false).unwrap_err();
    assert_eq!(refused.code, FailureCode::NotPermitted);
}

#[tokio::test]
async fn lists_are_kept_by_name_for_each_entity() {
    let desk = Desk::of(StandardRole::Manager);
    let views = |entity: &str| match desk.call(Command::Views { entity: entity.to_owned() }) {
        Ok(Reply::Views(views)) => views,
        other => panic!("views, not {other:?}"),
    };
    let west = SavedView {
        name: "West".to_owned(),
        search: "bau".to_owned(),
        filters: vec![filter("territory", Relation::Is, "West")],
        sort: Some("-credit_limit".to_owned()),
        retired: false,
        columns: vec![ViewColumn { field: "name".to_owned(), width: Some(220) }],
    };
    let keep = |views| Command::KeepViews { entity: "customer".to_owned(), views };
    desk.call(keep(vec![west.clone()])).unwrap();
    assert_eq!(views("customer"), std::slice::from_ref(&west));
    assert!(views("item").is_empty());
    let nameless = SavedView { name: " ".to_owned(), ..west };
    assert_eq!(desk.call(keep(vec![nameless])).unwrap_err().code, FailureCode::Usage);
    desk.call(keep(Vec::new())).unwrap();
    assert!(views("customer").is_empty());
}
