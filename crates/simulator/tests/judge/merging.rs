//! Two records that were one all along: what a merge carries over, what refuses it, and what becomes of work that
//! did not know of it.

mod paid;

use domain::attention;
use domain::masters::{ACCOUNT, COMPANY, CUSTOMER, ITEM, ITEM_CATEGORY, SUPPLIER, UNIT};
use domain::permissions::StandardRole;
use domain::record::{Cell, ChildRow, Record, Value, approval};
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use crate::office::{Office, edited, set};

fn rejected(receipts: &[Receipt]) -> (RejectCode, String, String) {
    let [Receipt::Rejected { code, problems, .. }] = receipts else { panic!("{receipts:?}") };
    (*code, problems[0].rule.clone(), problems[0].message.clone())
}

/// The record with a row of this child.
fn with_row(mut record: Record, child: &str, id: u128, fields: &[(&str, &str)]) -> Record {
    let child = record.entity().child(child).unwrap();
    let mut values = child.defaults();
    for (name, text) in fields {
        let value = child.field(name).unwrap().kind.read(&Cell::from(*text)).unwrap();
        values.set(name, value);
    }
    record.put_child(ChildRow { id: Uuid::from_u128(id), values });
    record
}

/// A unit, and two items that are one.
fn bolts(office: &mut Office) -> (Record, Record) {
    let unit = office
        .laid_down(&UNIT, &[("name", "Piece"), ("unece_code", "C62"), ("dimension", "count")]);
    let uom = unit.id().to_string();
    let item = |office: &mut Office, sku: &str| {
        office.laid_down(&ITEM, &[("name", "Bolt"), ("sku", sku), ("uom", &uom)])
    };
    (item(office, "B-1"), item(office, "B-OLD"))
}

fn priced(office: &mut Office, name: &str, item: &Record) -> Record {
    let supplier = office.record(&SUPPLIER, &[("name", name)]);
    let item = item.id().to_string();
    let supplier = with_row(
        supplier,
        "supplier_price",
        office.id().as_u128(),
        &[("item", &item), ("price", "2")],
    );
    office.hub.lay_down(supplier.clone());
    office.standing(&supplier)
}

#[test]
fn what_refers_to_the_loser_refers_to_the_survivor_also_where_the_author_may_not_look() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let (stays, goes) = bolts(&mut office);
    let supplier = priced(&mut office, "Kontor", &goes);
    let receipts = office.push(&mut desk, vec![draft::merge(&stays, &goes, &[])]);
    assert_eq!(receipts, [Receipt::Applied { version: 2 }]);
    let price = office.standing(&supplier);
    assert_eq!(price.head.version, 2);
    let row = price.collection("supplier_price")[0];
    assert_eq!(row.values.get("item").id(), Some(stays.id()));
    let gone = office.standing(&goes);
    assert!(gone.is_retired());
    assert_eq!(gone.merged_into(), Some(stays.id()));
    let aliases = office.standing(&stays).get("aliases").to_cell();
    assert_eq!(aliases, Cell::List(vec!["B-OLD".to_owned()]));
    // The old number stays taken.
    let mut again = office.record(&ITEM, &[("name", "Nut"), ("sku", "b-old")]);
    again.values.set("uom", stays.get("uom").clone());
    office.push(&mut desk, vec![draft::create(&again)]);
    assert_ne!(office.standing(&again).get("sku").text(), Some("b-old"));
    // Said a second time it is done.
    let receipts = office.push(&mut desk, vec![draft::merge(&stays, &goes, &[])]);
    assert_eq!(receipts, [Receipt::Applied { version: 2 }]);
}

#[test]
fn the_survivor_takes_what_was_chosen_and_unites_lists_and_rows() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let stays = office.record(&CUSTOMER, &[("name", "Stern"), ("code", "K-1"), ("tags", "north")]);
    let address = [("address_type", "billing"), ("city", "Bonn"), ("is_default", "yes")];
    let stays = with_row(stays, "customer_address", 1, &address);
    let stays = with_row(stays, "customer_contact", 2, &[("name", "Ada")]);
    office.hub.lay_down(stays.clone());
    let goes = office.record(
        &CUSTOMER,
        &[
            ("name", "Stern GmbH"),
            ("code", "K-2"),
            ("tags", "north,key"),
            ("phone", "+49 30 1234567"),
            ("city", "Kiel"),
            ("notes", "pays late"),
        ],
    );
    let other = [("address_type", "billing"), ("city", "Kiel"), ("is_default", "yes")];
    let goes = with_row(goes, "customer_address", 3, &other);
    let mut goes = with_row(goes, "customer_contact", 4, &[("name", "Ada")]);
    goes.values.set("external_ids", Value::Map([("shop".to_owned(), "77".to_owned())].into()));
    office.hub.lay_down(goes.clone());
    let (stays, goes) = (office.standing(&stays), office.standing(&goes));
    let receipts = office.push(&mut desk, vec![draft::merge(&stays, &goes, &["phone", "city"])]);
    assert_eq!(receipts, [Receipt::Applied { version: 2 }]);
    let now = office.standing(&stays);
    assert_eq!(now.get("phone").text(), Some("+49 30 1234567"));
    assert_eq!(now.get("city").text(), Some("Kiel"));
    assert!(now.get("notes").is_null());
    assert_eq!(now.get("tags").to_cell(), Cell::List(vec!["north".into(), "key".into()]));
    assert_eq!(now.get("aliases").to_cell(), Cell::List(vec!["K-2".into(), "77".into()]));
    let shop = Cell::Map([("shop".to_owned(), "77".to_owned())].into());
    assert_eq!(now.get("external_ids").to_cell(), shop);
    assert!(office.standing(&goes).get("external_ids").is_null());
    // The contact was there; the address came and is no second default.
    assert_eq!(now.collection("customer_contact").len(), 1);
    let defaults = now.collection("customer_address");
    let defaults: Vec<_> =
        defaults.iter().map(|row| row.values.get("is_default").is_true()).collect();
    assert_eq!((defaults.len(), defaults.iter().filter(|d| **d).count()), (2, 1));
    // The loser keeps its own.
    assert_eq!(office.standing(&goes).collection("customer_address").len(), 1);
}

#[test]
fn a_unique_value_that_is_taken_over_is_given_up_by_the_loser() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let stays = office.laid_down(&SUPPLIER, &[("name", "Kontor"), ("country", "DE")]);
    let tax = [("name", "Kontor KG"), ("country", "DE"), ("tax_id", "DE136695976")];
    let goes = office.laid_down(&SUPPLIER, &tax);
    let merge = draft::merge(&stays, &goes, &["country", "tax_id", "postal_code"]);
    assert_eq!(office.push(&mut desk, vec![merge]), [Receipt::Applied { version: 2 }]);
    assert_eq!(office.standing(&stays).get("tax_id").text(), Some("DE136695976"));
    assert!(office.standing(&goes).get("tax_id").is_null());
}

#[test]
fn where_money_goes_is_never_taken_over() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let stays = office.laid_down(&SUPPLIER, &[("name", "Kontor")]);
    let bank = [("name", "Kontor KG"), ("iban", "DE89370400440532013000")];
    let goes = office.laid_down(&SUPPLIER, &bank);
    let (code, rule, _) =
        rejected(&office.push(&mut desk, vec![draft::merge(&stays, &goes, &["iban"])]));
    assert_eq!((code, rule.as_str()), (RejectCode::Invalid, "not_taken"));
    assert_eq!(office.standing(&stays).head.version, 1);
}

#[test]
fn who_may_not_merge_changes_nothing() {
    for role in [StandardRole::Sales, StandardRole::Accountant] {
        let mut office = Office::new();
        let mut desk = office.desk(role);
        let stays = office.laid_down(&CUSTOMER, &[("name", "Stern")]);
        let goes = office.laid_down(&CUSTOMER, &[("name", "Stern GmbH")]);
        let (code, _, _) =
            rejected(&office.push(&mut desk, vec![draft::merge(&stays, &goes, &[])]));
        assert!(matches!(code, RejectCode::NotPermitted | RejectCode::NotFound), "{code:?}");
        assert!(!office.standing(&goes).is_retired());
    }
}

#[test]
fn two_that_can_never_be_one_are_refused_with_the_reason() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let one = office.laid_down(&CUSTOMER, &[("name", "Stern")]);
    let other = office.laid_down(&CUSTOMER, &[("name", "Stern GmbH")]);
    let mut refused =
        |office: &mut Office, intent| rejected(&office.push(&mut desk, vec![intent])).1;
    assert_eq!(refused(&mut office, draft::merge(&one, &one, &[])), "merge_self");
    let company = |office: &mut Office, name: &str| {
        let euro = Uuid::from_u128(0xE0).to_string();
        let fields =
            [("name", name), ("legal_name", name), ("country", "DE"), ("base_currency", &euro)];
        office.laid_down(&COMPANY, &fields)
    };
    let (north, south) = (company(&mut office, "North"), company(&mut office, "South"));
    assert_eq!(refused(&mut office, draft::merge(&north, &south, &[])), "never_merged");
    let of = |office: &mut Office, company: &Record| {
        office.laid_down(&CUSTOMER, &[("name", "Mond"), ("company_id", &company.id().to_string())])
    };
    let (in_north, in_south) = (of(&mut office, &north), of(&mut office, &south));
    assert_eq!(refused(&mut office, draft::merge(&in_north, &in_south, &[])), "other_company");
    let mut clerk = office.desk(StandardRole::Admin);
    office.push(&mut clerk, vec![draft::retire(&other)]);
    assert_eq!(refused(&mut office, draft::merge(&other, &one, &[])), "merge_retired");
    assert_eq!(refused(&mut office, draft::merge(&one, &other, &[])), "merge_retired");
}

#[test]
fn a_tree_stays_a_tree() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let top = office.laid_down(&ITEM_CATEGORY, &[("name", "Metal")]);
    let middle =
        office.laid_down(&ITEM_CATEGORY, &[("name", "Screws"), ("parent", &top.id().to_string())]);
    let leaf = office
        .laid_down(&ITEM_CATEGORY, &[("name", "Bolts"), ("parent", &middle.id().to_string())]);
    let receipts = office.push(&mut desk, vec![draft::merge(&leaf, &top, &[])]);
    assert_eq!(rejected(&receipts).1, "cycle");
    for record in [&top, &middle, &leaf] {
        assert_eq!(office.standing(record), *record);
    }
    // Upwards it is one level less.
    let receipts = office.push(&mut desk, vec![draft::merge(&top, &middle, &[])]);
    assert_eq!(receipts, [Receipt::Applied { version: 2 }]);
    assert_eq!(office.standing(&leaf).get("parent").id(), Some(top.id()));
}

#[test]
fn one_rule_that_breaks_elsewhere_refuses_the_whole() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let euro = Uuid::from_u128(0xE0).to_string();
    let company = office.laid_down(
        &COMPANY,
        &[("name", "Acme"), ("legal_name", "Acme"), ("country", "DE"), ("base_currency", &euro)],
    );
    let company = company.id().to_string();
    let account = |office: &mut Office, number: &str, kind: &str, group: &str| {
        office.laid_down(
            &ACCOUNT,
            &[
                ("name", number),
                ("number", number),
                ("root_type", "asset"),
                ("account_type", kind),
                ("is_group", group),
                ("company_id", &company),
            ],
        )
    };
    let receivable = account(&mut office, "1200", "receivable", "no");
    let bank = account(&mut office, "1800", "bank", "no");
    let customer = office.record(&CUSTOMER, &[("name", "Stern")]);
    let ar = receivable.id().to_string();
    let settings = [("company", company.as_str()), ("ar_account", ar.as_str())];
    let customer = with_row(customer, "customer_company", 7, &settings);
    office.hub.lay_down(customer.clone());
    let receipts = office.push(&mut desk, vec![draft::merge(&bank, &receivable, &[])]);
    let (_, _, message) = rejected(&receipts);
    assert!(message.starts_with("Customer Stern:"), "{message}");
    assert!(!office.standing(&receivable).is_retired());
    assert_eq!(office.standing(&customer).head.version, 1);
}

#[test]
fn a_merge_of_what_was_changed_meanwhile_asks_to_look_again() {
    for changed in [0, 1] {
        let mut office = Office::new();
        let (mut one, mut two) =
            (office.desk(StandardRole::Admin), office.desk(StandardRole::Manager));
        let stays = office.laid_down(&CUSTOMER, &[("name", "Stern")]);
        let goes = office.laid_down(&CUSTOMER, &[("name", "Stern GmbH")]);
        let edit = edited([&stays, &goes][changed], &[("city", "Kiel")]);
        office.push(&mut two, vec![edit]);
        let receipts = office.push(&mut one, vec![draft::merge(&stays, &goes, &[])]);
        let (_, rule, message) = rejected(&receipts);
        assert_eq!(rule, "changed_meanwhile");
        assert!(message.contains("city"), "{message}");
        assert!(!office.standing(&goes).is_retired());
        let items = office.attention();
        assert_eq!((items.len(), items[0].0), (1, one.grants.user_id));
    }
}

#[test]
fn an_edit_of_what_was_merged_meanwhile_is_put_before_its_author_on_the_record_that_stays() {
    let mut office = Office::new();
    let (mut one, mut two) = (office.desk(StandardRole::Admin), office.desk(StandardRole::Manager));
    let stays = office.laid_down(&CUSTOMER, &[("name", "Stern"), ("city", "Bonn")]);
    let goes = office.laid_down(&CUSTOMER, &[("name", "Stern GmbH")]);
    office.push(&mut one, vec![draft::merge(&stays, &goes, &[])]);
    let merged = office.standing(&stays);
    let receipts = office.push(&mut two, vec![edited(&goes, &[("city", "Kiel")])]);
    let [Receipt::Conflict { attention, fields, .. }] = receipts.as_slice() else {
        panic!("{receipts:?}")
    };
    assert_eq!(fields, &["city"]);
    assert_eq!(office.standing(&stays), merged);
    assert!(office.standing(&goes).is_retired());
    let json = |text: &str| format!("\"{text}\"");
    let row = ("city".to_owned(), json("Kiel"), json("Bonn"));
    assert_eq!(
        office.attention(),
        [(two.grants.user_id, attention::CONFLICT.to_owned(), vec![row])]
    );
    // They keep what they wrote: it goes to the record that stays.
    let item = office.hub.standing(&attention::ATTENTION, *attention).cloned().unwrap();
    assert_eq!(item.get("row_id").id(), Some(stays.id()));
    let keep = draft::Decision { path: "city".to_owned(), keep: attention::MINE.to_owned() };
    let choice = draft::Choice { decisions: vec![keep], ..Default::default() };
    let work = draft::resolve(&item, Some(&merged), &choice).unwrap();
    office.push(&mut two, work.into_iter().map(|drafted| drafted.intent).collect());
    assert_eq!(office.standing(&stays).get("city").text(), Some("Kiel"));
    assert_eq!(office.attention(), []);
}

#[test]
fn new_work_that_refers_to_the_loser_refers_to_the_survivor_through_every_merge_since() {
    let mut office = Office::new();
    let (mut one, mut two) = (office.desk(StandardRole::Admin), office.desk(StandardRole::Manager));
    let category =
        |office: &mut Office, name: &str| office.laid_down(&ITEM_CATEGORY, &[("name", name)]);
    let [first, second, third] =
        ["Bolts", "Bolt", "Screws"].map(|name| category(&mut office, name));
    office.push(&mut one, vec![draft::merge(&second, &first, &[])]);
    let second = office.standing(&second);
    office.push(&mut one, vec![draft::merge(&third, &second, &[])]);
    let (stays, _) = bolts(&mut office);
    let mut item = office.record(&ITEM, &[("name", "Nut"), ("sku", "N-1")]);
    item.values.set("uom", stays.get("uom").clone());
    item.values.set("category", Value::Id(first.id()));
    let receipts = office.push(&mut two, vec![draft::create(&item)]);
    assert_eq!(receipts, [Receipt::Applied { version: 1 }]);
    assert_eq!(office.standing(&item).get("category").id(), Some(third.id()));
}

#[test]
fn a_new_account_that_waits_for_approval_is_decided_before_its_supplier_goes() {
    let mut office = Office::new();
    let (mut boss, mut clerk) =
        (office.desk(StandardRole::Admin), office.desk(StandardRole::Accountant));
    let stays = office.laid_down(&SUPPLIER, &[("name", "Kontor"), ("country", "DE")]);
    let goes = office.laid_down(&SUPPLIER, &[("name", "Kontor KG"), ("country", "DE")]);
    let mut typed = goes.clone();
    set(&mut typed, &[("iban", "DE89370400440532013000")]);
    office.push(&mut clerk, vec![draft::update(&goes, &typed).unwrap()]);
    let goes = office.standing(&goes);
    let [waits] = approval::pending(&goes).try_into().unwrap();
    let refused = rejected(&office.push(&mut boss, vec![draft::merge(&stays, &goes, &[])]));
    assert_eq!((refused.0, refused.1.as_str()), (RejectCode::Invalid, "waits_for_approval"));
    assert!(refused.2.contains("Kontor KG"), "{}", refused.2);
    assert!(!office.standing(&goes).is_retired());
    // Once it is decided, nothing of it comes along.
    office.push(&mut boss, vec![draft::refuse(&goes, &waits, Some("ask them first"))]);
    let goes = office.standing(&goes);
    let receipts = office.push(&mut boss, vec![draft::merge(&stays, &goes, &[])]);
    assert_eq!(receipts, [Receipt::Applied { version: 2 }]);
    assert!(office.standing(&stays).collection("supplier_bank_change").is_empty());
}

#[test]
fn nobody_writes_an_alias_by_hand() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let seen = office.laid_down(&CUSTOMER, &[("name", "Stern")]);
    let mut left = seen.clone();
    set(&mut left, &[("aliases", "K-9")]);
    let receipts = office.push(&mut desk, vec![draft::update(&seen, &left).unwrap()]);
    assert_eq!(rejected(&receipts).1, "kept");
}
