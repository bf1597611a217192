//! A tenant's own fields in lists and in the search box.

use domain::masters::{CUSTOMER, OWN_FIELD};
use domain::record::Value;
use local_store::{Filter, ListQuery, Order, Start, Test};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::device::Device;

fn declare(device: &Device, name: &str, kind: &str, more: &[(&str, &str)]) -> Uuid {
    let base = [("name", name), ("entity", "customer"), ("field", name), ("kind", kind)];
    let mut record = device.new_record(&OWN_FIELD, &[&base[..], more].concat());
    record.normalise();
    device.create(&record).0
}

fn office() -> Device {
    let device = Device::new(1);
    declare(&device, "colour", "text", &[]);
    declare(&device, "fee", "amount", &[("searched", "no")]);
    declare(&device, "visits", "whole_number", &[]);
    declare(&device, "vip", "flag", &[]);
    let rows: [&[(&str, &str)]; 4] = [
        &[("name", "Ada"), ("extra.colour", "Grün"), ("extra.fee", "9"), ("extra.visits", "10")],
        &[("name", "Bea"), ("extra.colour", "grau"), ("extra.fee", "10.5"), ("extra.vip", "true")],
        &[("name", "Cäcilie"), ("extra.fee", "100"), ("extra.visits", "9")],
        &[("name", "Dora")],
    ];
    for fields in rows {
        device.create(&device.new_record(&CUSTOMER, fields));
    }
    device
}

fn names(device: &Device, query: &ListQuery) -> Vec<String> {
    let listed = device.read(|view| view.list(&CUSTOMER, query, &Start::Offset(0), 100));
    listed.rows.iter().map(|held| held.record.title().to_owned()).collect()
}

fn sorted(device: &Device, field: &str, descending: bool) -> Vec<String> {
    let order = vec![Order { field: field.to_owned(), descending }];
    names(device, &ListQuery { order, ..ListQuery::default() })
}

fn asked(device: &Device, field: &str, test: Test) -> Vec<String> {
    let filters = vec![Filter { field: field.to_owned(), test }];
    let order = vec![Order { field: "name".to_owned(), descending: false }];
    names(device, &ListQuery { filters, order, ..ListQuery::default() })
}

#[test]
fn own_fields_order_and_filter_a_list_like_built_in_ones() {
    let device = office();
    assert_eq!(sorted(&device, "extra.fee", true)[..3], ["Cäcilie", "Bea", "Ada"], "as numbers");
    assert_eq!(sorted(&device, "extra.visits", true)[..2], ["Ada", "Cäcilie"], "as numbers");
    assert_eq!(sorted(&device, "extra.colour", true)[..2], ["Ada", "Bea"], "as words");
    let amount = |text: &str| Value::Decimal(text.parse::<Decimal>().unwrap());
    let fee = |test| asked(&device, "extra.fee", test);
    assert_eq!(fee(Test::Is(amount("10.50"))), ["Bea"]);
    assert_eq!(fee(Test::AtLeast(amount("10"))), ["Bea", "Cäcilie"]);
    assert_eq!(fee(Test::Is(Value::Null)), ["Dora"]);
    assert_eq!(asked(&device, "extra.colour", Test::Is(Value::Text("GRUN".into()))), ["Ada"]);
    assert_eq!(asked(&device, "extra.colour", Test::Starts("gr".into())), ["Ada", "Bea"]);
    assert_eq!(asked(&device, "extra.visits", Test::AtMost(Value::Int(9))), ["Cäcilie"]);
    assert_eq!(asked(&device, "extra.vip", Test::Is(Value::Bool(true))), ["Bea"]);
    assert_eq!(asked(&device, "extra.vip", Test::Is(Value::Bool(false))).len(), 3);
    let filters = vec![Filter { field: "extra.size".into(), test: Test::Is(Value::Null) }];
    let query = ListQuery { filters, ..ListQuery::default() };
    let unknown = device.store().read(|view| view.count(&CUSTOMER, &query)).unwrap_err();
    assert_eq!(unknown.to_string(), "customer has no field extra.size");
}

#[test]
fn a_page_goes_on_where_the_last_one_ended_by_an_own_field() {
    let device = office();
    let order = vec![Order { field: "extra.fee".to_owned(), descending: false }];
    let query = ListQuery { order, ..ListQuery::default() };
    let (mut start, mut seen) = (Start::Offset(0), Vec::new());
    loop {
        let page = device.read(|view| view.list(&CUSTOMER, &query, &start, 1));
        seen.extend(page.rows.iter().map(|held| held.record.title().to_owned()));
        match page.next {
            Some(next) => start = Start::After(next),
            None => break,
        }
    }
    assert_eq!(seen, ["Dora", "Ada", "Bea", "Cäcilie"]);
}

#[test]
fn the_search_box_knows_what_a_declaration_says_and_hears_when_it_changes() {
    let device = office();
    let found = |text: &str| {
        while device.store().index_more(100).unwrap() {}
        let hits = device.read(|view| view.search(text, Some(&CUSTOMER), 20));
        hits.hits.into_iter().map(|hit| hit.title.title).collect::<Vec<_>>()
    };
    assert_eq!(found("grun"), ["Ada"]);
    let size = declare(&device, "note_text", "text", &[("searched", "no")]);
    let record = device.new_record(&CUSTOMER, &[("name", "Eva"), ("extra.note_text", "Quitte")]);
    device.create(&record);
    assert_eq!(found("quitte"), [""; 0]);
    device.edit(&OWN_FIELD, size, &[("searched", "yes")]);
    assert_eq!(found("quitte"), ["Eva"]);
    device.edit(&OWN_FIELD, size, &[("active", "no")]);
    assert_eq!(found("quitte"), [""; 0]);
}
