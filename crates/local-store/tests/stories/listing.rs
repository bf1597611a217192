//! Lists and lookups.

use domain::masters::{ACCOUNT, BRANCH, COMPANY, CURRENCY, CUSTOMER};
use domain::permissions::{OwnershipColumn, RowFilter};
use domain::record::{Found, Lookup, Value, fold_entry};
use local_store::{Cursor, Filter, ListQuery, Order, Retired, Start, StoreError, Sum, Test};
use rust_decimal::Decimal;
use sync_protocol::device::draft;
use uuid::Uuid;

use crate::device::Device;
use crate::hub::Hub;

fn order(field: &str, descending: bool) -> Vec<Order> {
    vec![Order { field: field.to_owned(), descending }]
}

fn only(field: &str, test: Test) -> Vec<Filter> {
    vec![Filter { field: field.to_owned(), test }]
}

fn names(device: &Device, query: &ListQuery) -> Vec<String> {
    let listed = device.read(|view| view.list(&CUSTOMER, query, &Start::Offset(0), 100));
    assert_eq!(
        device.read(|view| view.count(&CUSTOMER, query)),
        u64::try_from(listed.rows.len()).unwrap()
    );
    listed.rows.iter().map(|held| held.record.title().to_owned()).collect()
}

fn device_with_customers() -> Device {
    let device = Device::new(1);
    let rows: [&[(&str, &str)]; 5] = [
        &[("code", "b-2"), ("name", "Ärzteladen"), ("city", "Köln"), ("credit_limit", "10.5")],
        &[("code", "A-1"), ("name", "zebra"), ("city", "KÖLN"), ("credit_limit", "9")],
        &[("code", "c-3"), ("name", "Bauhof"), ("city", "Graz")],
        &[("code", "d-4"), ("name", "aalfang"), ("credit_hold", "yes")],
        &[("name", "Öl & Mehr"), ("city", "Bad Köln"), ("credit_limit", "100")],
    ];
    for fields in rows {
        device.create(&device.new_record(&CUSTOMER, fields));
    }
    device
}

#[test]
fn names_are_in_the_order_of_a_dictionary() {
    let device = device_with_customers();
    let query = ListQuery { order: order("name", false), ..ListQuery::default() };
    assert_eq!(names(&device, &query), ["aalfang", "Ärzteladen", "Bauhof", "Öl & Mehr", "zebra"]);
    let query = ListQuery { order: order("credit_limit", true), ..ListQuery::default() };
    let by_limit = names(&device, &query);
    assert_eq!(by_limit[..3], ["Öl & Mehr", "Ärzteladen", "zebra"], "numbers, not texts");
    let by_key = names(&device, &ListQuery::default());
    assert_eq!(by_key, ["Öl & Mehr", "zebra", "Ärzteladen", "Bauhof", "aalfang"]);
}

#[test]
fn filters_ask_for_values_as_people_mean_them() {
    let device = device_with_customers();
    let asked = |field: &str, test: Test| {
        let query = ListQuery {
            filters: only(field, test),
            order: order("name", false),
            ..ListQuery::default()
        };
        names(&device, &query)
    };
    assert_eq!(asked("city", Test::Is(Value::Text("köln".into()))), ["Ärzteladen", "zebra"]);
    assert_eq!(asked("city", Test::Contains("koln".into())), ["Ärzteladen", "Öl & Mehr", "zebra"]);
    assert_eq!(asked("city", Test::Is(Value::Null)), ["aalfang"]);
    assert_eq!(asked("credit_hold", Test::Is(Value::Bool(true))), ["aalfang"]);
    assert_eq!(asked("credit_hold", Test::Is(Value::Bool(false))).len(), 4);
    let amount = Value::Decimal("10.50".parse().unwrap());
    assert_eq!(asked("credit_limit", Test::Is(amount)), ["Ärzteladen"]);
    let query = ListQuery { filters: only("hue", Test::Is(Value::Null)), ..ListQuery::default() };
    let unknown = device.store().read(|view| view.count(&CUSTOMER, &query));
    assert_eq!(unknown.unwrap_err().to_string(), "customer has no field hue");
    let query = ListQuery { search: Some("o".into()), ..ListQuery::default() };
    assert_eq!(names(&device, &query), ["Öl & Mehr"]);
}

#[test]
fn pages_follow_each_other_without_a_gap_in_every_order() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    for number in 0..120 {
        let at = device.clock.now();
        let mut record = testkit::records::customer(number, device.ids.next(), at);
        if number % 7 == 0 {
            record.values.set("city", Value::Null);
        }
        hub.put(record);
    }
    hub.fill(device.store());
    for field in ["name", "code", "city", "credit_limit", "currency", "updated_at"] {
        for descending in [false, true] {
            let query = ListQuery { order: order(field, descending), ..ListQuery::default() };
            let whole = page(&device, &query, &Start::Offset(0), 1_000).0;
            assert_eq!(whole.len(), 120);
            let (mut walked, mut skipped) = (Vec::new(), Vec::new());
            let mut start = Start::Offset(0);
            loop {
                let offset = Start::Offset(u64::try_from(walked.len()).unwrap());
                skipped.extend(page(&device, &query, &offset, 17).0);
                let (ids, next) = page(&device, &query, &start, 17);
                walked.extend(ids);
                match next {
                    Some(cursor) => start = Start::After(cursor),
                    None => break,
                }
            }
            assert_eq!(walked, whole, "{field} {descending}");
            assert_eq!(skipped, whole, "{field} {descending}");
        }
    }
}

#[test]
fn a_list_is_sorted_by_several_columns_and_walked_without_a_gap() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let cities = ["Köln", "Aachen", "", "Bonn"];
    for number in 0..60 {
        let mut record = testkit::records::customer(number, device.ids.next(), device.clock.now());
        let city = cities[number % cities.len()];
        let limit = Value::Decimal((number / 10).into());
        record.values.set("city", Value::Text(city.to_owned()));
        if city.is_empty() {
            record.values.set("city", Value::Null);
        }
        record.values.set("credit_limit", limit);
        hub.put(record);
    }
    hub.fill(device.store());
    for (by_city, by_limit) in [(false, false), (false, true), (true, false), (true, true)] {
        let order = vec![
            Order { field: "city".to_owned(), descending: by_city },
            Order { field: "credit_limit".to_owned(), descending: by_limit },
        ];
        let query = ListQuery { order, ..ListQuery::default() };
        let rows = device.read(|view| view.list(&CUSTOMER, &query, &Start::Offset(0), 100)).rows;
        let seen: Vec<(String, Decimal)> = rows
            .iter()
            .map(|held| {
                let city = held.record.get("city").text().unwrap_or("").to_owned();
                let Value::Decimal(limit) = held.record.get("credit_limit") else {
                    panic!("each customer has a limit")
                };
                (city, *limit)
            })
            .collect();
        let mut wanted = seen.clone();
        wanted.sort_by(|a, b| {
            let city = if by_city { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) };
            let limit = if by_limit { b.1.cmp(&a.1) } else { a.1.cmp(&b.1) };
            city.then(limit)
        });
        assert_eq!(seen, wanted, "{by_city} {by_limit}");
        let whole: Vec<Uuid> = rows.iter().map(|held| held.record.id()).collect();
        let (mut walked, mut start) = (Vec::new(), Start::Offset(0));
        loop {
            let (ids, next) = page(&device, &query, &start, 7);
            walked.extend(ids);
            match next {
                Some(cursor) => start = Start::After(cursor),
                None => break,
            }
        }
        assert_eq!(walked, whole, "{by_city} {by_limit}");
    }
}

#[test]
fn filters_know_ranges_beginnings_and_empty_fields() {
    let device = device_with_customers();
    let asked = |filters: Vec<Filter>| {
        let query = ListQuery { filters, order: order("name", false), ..ListQuery::default() };
        names(&device, &query)
    };
    let amount = |text: &str| Value::Decimal(text.parse().unwrap());
    let town = |name: &str| Value::Text(name.to_owned());
    let filter = |field: &str, test: Test| Filter { field: field.to_owned(), test };
    assert_eq!(
        asked(vec![
            filter("credit_limit", Test::AtLeast(amount("9"))),
            filter("credit_limit", Test::AtMost(amount("10.5"))),
        ]),
        ["Ärzteladen", "zebra"]
    );
    assert_eq!(asked(only("name", Test::Starts("A".into()))), ["aalfang", "Ärzteladen"]);
    assert_eq!(asked(only("name", Test::Starts("%".into()))), [""; 0], "no sign is a joker");
    assert_eq!(asked(only("city", Test::IsNot(Value::Null))).len(), 4);
    assert_eq!(asked(only("city", Test::IsNot(town("koln")))), ["aalfang", "Bauhof", "Öl & Mehr"]);
    assert_eq!(
        asked(vec![
            filter("city", Test::Is(town("Graz"))),
            filter("city", Test::Is(town("Köln"))),
            filter("name", Test::Contains("a".into())),
        ]),
        ["Ärzteladen", "Bauhof", "zebra"],
        "one of the towns, and the letter"
    );
}

#[test]
fn tags_are_found_one_by_one() {
    let device = Device::new(1);
    for (name, tags) in [("Ada", vec!["VIP", "export"]), ("Bo", vec!["vipers"]), ("Cy", vec![])] {
        let mut record = device.new_record(&CUSTOMER, &[("name", name)]);
        let tags: Vec<String> = tags.into_iter().map(str::to_owned).collect();
        if !tags.is_empty() {
            record.values.set("tags", Value::List(tags));
        }
        device.create(&record);
    }
    let query =
        ListQuery { filters: only("tags", Test::Has("vip".into())), ..ListQuery::default() };
    assert_eq!(names(&device, &query), ["Ada"]);
}

#[test]
fn only_rows_that_may_be_seen_are_listed_counted_and_added_up() {
    let device = device_with_customers();
    let mine = device.new_record(&CUSTOMER, &[("name", "Mine"), ("credit_limit", "7")]);
    let owner = Uuid::from_u128(77);
    let mut mine = mine;
    mine.values.set("owner_id", Value::Id(owner));
    device.create(&mine);
    let one = RowFilter::OneOf(OwnershipColumn::Owner, [owner].into());
    let query = ListQuery { within: Some(one), ..ListQuery::default() };
    assert_eq!(names(&device, &query), ["Mine"]);
    let sums = device.read(|view| view.totals(&CUSTOMER, &query, "credit_limit", None));
    assert_eq!(sums, [Sum { measure: None, sum: 7.into() }]);
    let homeless = RowFilter::All(vec![
        RowFilter::Empty(OwnershipColumn::Branch),
        RowFilter::Empty(OwnershipColumn::Warehouse),
    ]);
    let query = ListQuery { within: Some(homeless), ..ListQuery::default() };
    assert_eq!(names(&device, &query).len(), 6, "a column that a table lacks is empty");
    let query = ListQuery { within: Some(RowFilter::Nothing), ..ListQuery::default() };
    assert!(names(&device, &query).is_empty());
}

#[test]
fn sums_are_exact_apart_by_currency_and_never_overflow() {
    let device = Device::new(1);
    let currency = |code: &str| {
        let record = device.new_record(&CURRENCY, &[("iso_code", code), ("name", code)]);
        device.create(&record).0
    };
    let (euro, yen) = (currency("EUR"), currency("JPY"));
    let rows = [
        ("A", Some(euro), "0.1"),
        ("B", Some(euro), "0.2"),
        ("C", Some(yen), "922337203685477.5807"),
        ("D", Some(yen), "922337203685477.5807"),
        ("E", None, "3"),
    ];
    for (name, currency, limit) in rows {
        let mut record = device.new_record(&CUSTOMER, &[("name", name), ("credit_limit", limit)]);
        if let Some(currency) = currency {
            record.values.set("currency", Value::Id(currency));
        }
        device.create(&record);
    }
    let sums = device.read(|view| {
        view.totals(&CUSTOMER, &ListQuery::default(), "credit_limit", Some("currency"))
    });
    let sum = |measure, text: &str| Sum { measure, sum: text.parse().unwrap() };
    assert_eq!(sums.len(), 3);
    for wanted in [sum(Some(euro), "0.3"), sum(Some(yen), "1844674407370955.1614"), sum(None, "3")]
    {
        assert!(sums.contains(&wanted), "{wanted:?} in {sums:?}");
    }
    let none = ListQuery { search: Some("nobody".into()), ..ListQuery::default() };
    assert!(device.read(|view| view.totals(&CUSTOMER, &none, "credit_limit", None)).is_empty());
    let text = device.store().read(|view| view.totals(&CUSTOMER, &none, "name", None));
    assert!(matches!(text, Err(StoreError::UnknownField { .. })));
}

fn page(
    device: &Device,
    query: &ListQuery,
    start: &Start,
    limit: usize,
) -> (Vec<Uuid>, Option<Cursor>) {
    let listed = device.read(|view| view.list(&CUSTOMER, query, start, limit));
    (listed.rows.iter().map(|held| held.record.id()).collect(), listed.next)
}

#[test]
fn retired_records_are_listed_only_when_asked_for() {
    let device = device_with_customers();
    let id = device.read(|view| view.by_key(&CUSTOMER, "c-3"))[0];
    let seen = device.get(&CUSTOMER, id).unwrap().record;
    device.write(draft::retire(&seen));
    let count = |retired| {
        let query = ListQuery { retired, ..ListQuery::default() };
        device.read(|view| view.count(&CUSTOMER, &query))
    };
    assert_eq!((count(Retired::Without), count(Retired::With), count(Retired::Only)), (4, 5, 1));
}

#[test]
fn a_reference_is_ordered_and_titled_by_what_it_is_called() {
    let device = Device::new(1);
    let currency = |code: &str, name: &str| {
        let record = device.new_record(&CURRENCY, &[("iso_code", code), ("name", name)]);
        device.create(&record).0
    };
    let (yen, euro) = (currency("JPY", "Yen"), currency("EUR", "Euro"));
    for (name, id) in [("Nippon", yen), ("Weber", euro)] {
        let fields = [("name", name), ("currency", &id.to_string())];
        device.create(&device.new_record(&CUSTOMER, &fields));
    }
    let query = ListQuery { order: order("currency", false), ..ListQuery::default() };
    assert_eq!(names(&device, &query), ["Weber", "Nippon"]);
    let titles = device.read(|view| view.titles(&CURRENCY, &[yen, Uuid::nil(), euro]));
    let titles: Vec<_> = titles.iter().map(|title| (&*title.title, &*title.key)).collect();
    assert_eq!(titles, [("Yen", "JPY"), ("Euro", "EUR")]);
}

#[test]
fn rules_are_answered_from_what_is_held() {
    let device = Device::new(1);
    let company = |name: &str, code: &str| {
        let record = device.new_record(&COMPANY, &[("name", name), ("code", code)]);
        device.create(&record).0
    };
    let (north, south) = (company("Nord", "N"), company("Süd", "S"));
    let fields = [("number", "1200"), ("name", "Bank"), ("company_id", &*north.to_string())];
    let (bank, _) = device.create(&device.new_record(&ACCOUNT, &fields));
    device.read(|view| {
        let whole = |entity: &domain::record::EntityDef| entity.name != "branch";
        let lookup = view.lookup(&whole);
        let taken =
            |company, except| lookup.holder(&ACCOUNT, "number", Some(company), "1200", except);
        assert_eq!(taken(north, Uuid::nil()), Found::Yes(bank));
        assert_eq!(taken(north, bank), Found::No, "by itself");
        assert_eq!(taken(south, Uuid::nil()), Found::No, "in another company");
        let held = lookup.record(&ACCOUNT, bank);
        assert!(matches!(held, Found::Yes(record) if record.title() == "Bank"));
        assert!(matches!(lookup.record(&ACCOUNT, Uuid::nil()), Found::No));
        assert!(matches!(lookup.record(&BRANCH, Uuid::nil()), Found::CannotTell));
        let code = lookup.holder(&BRANCH, "code", None, "x", Uuid::nil());
        assert_eq!(code, Found::CannotTell);
        let of = |entity, company| lookup.peers(entity, "company_id", &Value::Id(company));
        assert!(matches!(of(&ACCOUNT, north), Found::Yes(all) if all.len() == 1));
        assert!(matches!(of(&ACCOUNT, south), Found::Yes(all) if all.is_empty()));
        assert_eq!(of(&BRANCH, north), Found::CannotTell);
        lookup.into_result()?;
        let lookup = view.lookup(&whole);
        assert_eq!(lookup.holder(&ACCOUNT, "name", None, "x", Uuid::nil()), Found::CannotTell);
        assert!(matches!(lookup.into_result(), Err(StoreError::UnknownField { .. })));
        Ok(())
    });
}

#[test]
fn deleted_records_are_found_by_their_words_where_they_are_asked_for() {
    let device = device_with_customers();
    let mut gone = device.new_record(
        &CUSTOMER,
        &[("code", "K-1001"), ("name", "Müller & Söhne"), ("phone", "+49 30 123-4567")],
    );
    let contact = CUSTOMER.child("customer_contact").unwrap();
    let person = testkit::records::child(contact, device.ids.next(), &[("name", "Łucja Nowak")]);
    gone.put_child(person);
    device.create(&gone);
    device.write(draft::retire(&gone));
    device.create(&device.new_record(&CUSTOMER, &[("name", "Müller & Zoo")]));
    let asked = |text: &str, retired| {
        let query = ListQuery {
            search: Some(text.to_owned()),
            order: order("name", false),
            retired,
            ..ListQuery::default()
        };
        names(&device, &query)
    };
    assert_eq!(asked("mull", Retired::Without), ["Müller & Zoo"]);
    assert_eq!(asked("mull", Retired::With), ["Müller & Söhne", "Müller & Zoo"]);
    assert_eq!(asked("mull", Retired::Only), ["Müller & Söhne"]);
    for text in ["söh müll", "K1001", "+49 30 123-4567", "49301234", "lucja", "1001"] {
        assert_eq!(asked(text, Retired::With), ["Müller & Söhne"], "{text}");
    }
    for text in ["mull nobody", "ohne", "mull zoo gone"] {
        assert_eq!(asked(text, Retired::With), [""; 0], "{text}");
    }
}

#[test]
fn an_id_of_another_system_is_found_by_the_record_that_holds_it() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let ids = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(system, id)| ((*system).to_owned(), (*id).to_owned()));
        Value::Map(pairs.collect())
    };
    let mut ada = device.new_record(&CUSTOMER, &[("name", "Ada")]);
    ada.values.set("external_ids", ids(&[("crm", "601"), ("shop", "7")]));
    let ada = hub.put(ada);
    hub.pull_into(device.store());
    let holder = |system: &str, id: &str, except: Uuid| {
        device.read(|view| {
            let whole = |_: &domain::record::EntityDef| true;
            let lookup = view.lookup(&whole);
            let folded = fold_entry(system, id);
            let found = lookup.holder(&CUSTOMER, "external_ids", None, &folded, except);
            lookup.into_result()?;
            Ok(found)
        })
    };
    let nobody = Uuid::nil();
    assert_eq!(holder("crm", "601", nobody), Found::Yes(ada.id()));
    assert_eq!(holder("shop", "7", nobody), Found::Yes(ada.id()));
    assert_eq!(holder("crm", "601", ada.id()), Found::No, "by itself");
    assert_eq!(holder("shop", "601", nobody), Found::No, "in another system");
    // What an edit on the device gives up and takes; what is deleted holds its own still; what leaves holds nothing.
    let seen = device.get(&CUSTOMER, ada.id()).unwrap().record;
    let mut left = seen.clone();
    left.values.set("external_ids", ids(&[("crm", "602")]));
    device.write(draft::update(&seen, &left).unwrap());
    assert_eq!(holder("crm", "601", nobody), Found::No);
    assert_eq!(holder("shop", "7", nobody), Found::No);
    assert_eq!(holder("crm", "602", nobody), Found::Yes(ada.id()));
    let mut bo = device.new_record(&CUSTOMER, &[("name", "Bo")]);
    bo.values.set("external_ids", ids(&[("crm", "700")]));
    let bo = hub.put(bo);
    hub.pull_into(device.store());
    assert_eq!(holder("crm", "700", nobody), Found::Yes(bo.id()));
    hub.leave(&bo);
    hub.pull_into(device.store());
    assert_eq!(holder("crm", "700", nobody), Found::No);
    hub.fill(device.store());
    assert_eq!(holder("crm", "602", nobody), Found::Yes(ada.id()), "carried over a fill");
}
