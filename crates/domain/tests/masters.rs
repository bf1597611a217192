//! The declarations themselves, and each rule of the masters with a value it accepts and one it refuses.

#![allow(clippy::unwrap_used)] // a test may stop at once

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::DateTime;
use domain::masters::{ACCOUNT, BRANCH, COMPANY, CURRENCY, CUSTOMER, ITEM, SUPPLIER, UNIT};
use domain::record::{
    Cell, Change, ChildAction, ChildChange, ChildRow, EntityDef, Found, Kind, Lookup, Record,
    RecordChanges, Value, Values, fold_code, validate, validate_relations,
};
use domain::synced;
use uuid::Uuid;

/// Words that Postgres does not take as the name of a column, as far as a field could be called so.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "any",
    "array",
    "as",
    "asc",
    "both",
    "case",
    "cast",
    "check",
    "column",
    "constraint",
    "default",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "into",
    "lateral",
    "leading",
    "limit",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

#[test]
fn every_declaration_is_whole() {
    let known: BTreeSet<_> = synced::all().map(|entity| entity.name).collect();
    // Ops and "any record" are nothing that has a table; whoever owns them checks them.
    let outside = ["op", "record"];
    let mut tables = BTreeSet::new();
    for entity in synced::tables() {
        let name = entity.name;
        assert!(tables.insert(name), "{name} is declared twice");
        assert!(!entity.label.en.is_empty() && !entity.label.de.is_empty(), "{name} has no label");
        assert!(entity.field(entity.key).is_some(), "{name} has no field {}", entity.key);
        assert!(entity.tree.is_none_or(|tree| entity.field(tree).is_some()), "{name}: its tree");
        assert!(entity.children.iter().all(|child| child.parent == Some(name)), "{name}: parent");
        let mut fields = BTreeSet::new();
        for field in entity.all_fields() {
            let path = format!("{name}.{}", field.name);
            assert!(fields.insert(field.name), "{path} is declared twice");
            assert!(!field.label.en.is_empty() && !field.label.de.is_empty(), "{path}: label");
            let is_name = field.name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'));
            assert!(is_name, "{path} is no machine name");
            assert!(!RESERVED.contains(&field.name), "{path} is a word that SQL keeps for itself");
            if let Some(text) = field.default {
                let read = field.kind.read(&Cell::from(text));
                assert!(read.is_ok_and(|value| !value.is_null()), "{path}: its default");
            }
            if let Kind::Reference(target) = field.kind {
                let found = known.contains(target) || outside.contains(&target);
                assert!(found, "{path} refers to {target}, which is nowhere");
            }
            if let Kind::Choice(choices) = field.kind {
                let values: BTreeSet<_> = choices.iter().map(|choice| choice.value).collect();
                assert_eq!(values.len(), choices.len(), "{path} offers a choice twice");
            }
        }
    }
}

/// The other records that relations ask for.
#[derive(Default)]
struct World(Vec<Record>);

impl Lookup for World {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        let found = self.0.iter().find(|r| r.entity().name == entity.name && r.id() == id);
        found.map_or(Found::No, |record| Found::Yes(Cow::Borrowed(record)))
    }

    fn holder(
        &self,
        entity: &'static EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Found<Uuid> {
        let found = self.0.iter().find(|record| {
            record.entity().name == entity.name
                && record.id() != except
                && record.get(field).text().is_some_and(|text| fold_code(text) == folded)
                && (company.is_none() || record.get("company_id").id() == company)
        });
        found.map_or(Found::No, |record| Found::Yes(record.id()))
    }

    fn peers(
        &self,
        entity: &'static EntityDef,
        field: &'static str,
        value: &Value,
    ) -> Found<Vec<Cow<'_, Record>>> {
        let of_entity = self.0.iter().filter(|record| record.entity().name == entity.name);
        let peers = of_entity.filter(|record| record.get(field) == value);
        Found::Yes(peers.map(Cow::Borrowed).collect())
    }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn fill(values: &mut Values, fields: &[(&str, &str)]) {
    for (name, text) in fields {
        let field = values.entity().field(name).unwrap_or_else(|| panic!("no field {name}"));
        let value = field.kind.read(&Cell::from(*text));
        values.set(name, value.unwrap_or_else(|fault| panic!("{name}: {fault}")));
    }
}

fn record(entity: &'static EntityDef, number: u128, fields: &[(&str, &str)]) -> Record {
    let mut record = Record::new(entity, id(number), Uuid::nil(), DateTime::UNIX_EPOCH);
    fill(&mut record.values, fields);
    record.normalise();
    record
}

fn with_rows(mut record: Record, child: &str, rows: &[&[(&str, &str)]]) -> Record {
    let entity = record.entity().child(child).unwrap();
    for (number, fields) in (1_000..).zip(rows) {
        let mut values = entity.defaults();
        fill(&mut values, fields);
        record.put_child(ChildRow { id: id(number), values });
    }
    record
}

const COMPANY_ID: &str = "00000000-0000-0000-0000-000000000010";
const OTHER_COMPANY_ID: &str = "00000000-0000-0000-0000-000000000011";
const PIECE_ID: &str = "00000000-0000-0000-0000-000000000020";
const KILOGRAM_ID: &str = "00000000-0000-0000-0000-000000000021";
const METRE_ID: &str = "00000000-0000-0000-0000-000000000022";
const GROUP_ID: &str = "00000000-0000-0000-0000-000000000030";
const RECEIVABLE_ID: &str = "00000000-0000-0000-0000-000000000031";
const BANK_ID: &str = "00000000-0000-0000-0000-000000000032";
const EUR_ID: &str = "00000000-0000-0000-0000-000000000040";

fn company(fields: &[(&str, &str)]) -> Record {
    let given = [
        ("name", "Acme"),
        ("legal_name", "Acme Ltd"),
        ("country", "DE"),
        ("base_currency", EUR_ID),
    ];
    record(&COMPANY, 0x10, &[&given, fields].concat())
}

fn account(number: u128, fields: &[(&str, &str)]) -> Record {
    let given = [("name", "Account"), ("root_type", "asset"), ("company_id", COMPANY_ID)];
    record(&ACCOUNT, number, &[&given, fields].concat())
}

fn unit(number: u128, code: &str, dimension: &str) -> Record {
    record(&UNIT, number, &[("name", code), ("unece_code", code), ("dimension", dimension)])
}

fn world() -> World {
    let group = [("number", "1"), ("is_group", "yes")];
    let receivable = [("number", "11"), ("parent", GROUP_ID), ("account_type", "receivable")];
    let bank = [("number", "12"), ("parent", GROUP_ID), ("account_type", "bank")];
    World(vec![
        record(&CURRENCY, 0x40, &[("name", "Euro"), ("iso_code", "EUR")]),
        company(&[]),
        unit(0x20, "C62", "count"),
        unit(0x21, "KGM", "mass"),
        unit(0x22, "MTR", "length"),
        account(0x30, &group),
        account(0x31, &receivable),
        account(0x32, &bank),
        record(&SUPPLIER, 0x50, &[("name", "Rival"), ("country", "DE"), ("tax_id", "DE136695976")]),
    ])
}

/// All rules broken, each as `field:rule`.
fn broken(record: &Record) -> Vec<String> {
    let mut problems = validate(record);
    problems.0.extend(validate_relations(record, &world()).0);
    problems.0.iter().map(|problem| format!("{}:{}", problem.field, problem.rule)).collect()
}

fn accepted(record: &Record) {
    assert_eq!(broken(record), Vec::<String>::new());
}

/// `by` names a row by its place in `with_rows`; a problem names it by its id.
fn refused(record: &Record, by: &str) {
    let by = (0..2).fold(by.to_owned(), |by, place| {
        by.replace(&format!("[{place}]"), &format!("[{}]", id(1_000 + place)))
    });
    let broken = broken(record);
    assert!(broken.contains(&by), "{by} is not among {broken:?}");
}

#[test]
fn a_customer() {
    let customer = |fields: &[(&str, &str)]| {
        record(&CUSTOMER, 0x60, &[&[("name", "Ada"), ("country", "DE")], fields].concat())
    };
    accepted(&customer(&[("tax_id", "DE 136 695 976"), ("credit_limit", "0")]));
    refused(&customer(&[("tax_id", "DE136695975")]), "tax_id:tax_id_checksum");
    refused(&customer(&[("credit_limit", "-0.01")]), "credit_limit:negative");
    refused(&customer(&[("discount_percent", "100.01")]), "discount_percent:out_of_range");
    refused(&customer(&[("postal_code", "1234")]), "postal_code:postal_code_form");
    refused(&record(&CUSTOMER, 0x60, &[]), "name:required");
    let settings = |account: &str| {
        let row: &[(&str, &str)] = &[("company", COMPANY_ID), ("ar_account", account)];
        with_rows(customer(&[]), "customer_company", &[row])
    };
    accepted(&settings(RECEIVABLE_ID));
    refused(&settings(BANK_ID), "customer_company[0].ar_account:wrong_account_type");
    refused(&settings(GROUP_ID), "customer_company[0].ar_account:not_a_leaf");
    refused(&settings(METRE_ID), "customer_company[0].ar_account:unknown_reference");
    let row: &[(&str, &str)] = &[("company", COMPANY_ID)];
    let twice = with_rows(customer(&[]), "customer_company", &[row, row]);
    refused(&twice, "customer_company[1].company:one_per_company");
    let default: &[(&str, &str)] = &[("address_type", "billing"), ("is_default", "yes")];
    accepted(&with_rows(customer(&[]), "customer_address", &[default]));
    let twice = with_rows(customer(&[]), "customer_address", &[default, default]);
    refused(&twice, "customer_address[1].is_default:one_default");
    let consent: &[(&str, &str)] = &[("name", "Grace"), ("consent_mail", "yes")];
    let contact = with_rows(customer(&[]), "customer_contact", &[consent]);
    refused(&contact, "customer_contact[0].consent_at:required");
}

#[test]
fn a_customer_may_share_a_tax_id_and_a_supplier_may_not() {
    let same = [("name", "Ada"), ("country", "DE"), ("tax_id", "de136695976")];
    accepted(&record(&CUSTOMER, 0x60, &same));
    refused(&record(&SUPPLIER, 0x61, &same), "tax_id:unique");
}

#[test]
fn an_account() {
    let below = |fields: &[(&str, &str)]| {
        account(0x70, &[&[("number", "99"), ("parent", GROUP_ID)], fields].concat())
    };
    accepted(&below(&[("account_type", "cash")]));
    refused(&below(&[("account_type", "payable")]), "account_type:wrong_root");
    refused(&below(&[("root_type", "expense")]), "root_type:other_root");
    refused(&below(&[("number", "11")]), "number:unique");
    refused(&account(0x70, &[("number", "99"), ("parent", BANK_ID)]), "parent:not_a_group");
    let elsewhere = [("number", "99"), ("parent", GROUP_ID), ("company_id", OTHER_COMPANY_ID)];
    refused(&account(0x70, &elsewhere), "parent:other_company");
    let nowhere =
        record(&ACCOUNT, 0x70, &[("name", "A"), ("number", "99"), ("root_type", "asset")]);
    refused(&nowhere, "company_id:required");
    let circle = account(0x30, &[("number", "1"), ("is_group", "yes"), ("parent", RECEIVABLE_ID)]);
    refused(&circle, "parent:cycle");
}

#[test]
fn a_company_and_its_branches() {
    accepted(&company(&[("ar_account", RECEIVABLE_ID)]));
    refused(&company(&[("ar_account", BANK_ID)]), "ar_account:wrong_account_type");
    refused(&company(&[("suspense_account", GROUP_ID)]), "suspense_account:not_a_leaf");
    let other = record(
        &COMPANY,
        0x11,
        &[
            ("name", "Other"),
            ("legal_name", "Other"),
            ("country", "DE"),
            ("base_currency", EUR_ID),
            ("ar_account", RECEIVABLE_ID),
        ],
    );
    refused(&other, "ar_account:other_company");
    accepted(&record(&BRANCH, 0x80, &[("name", "North"), ("company_id", COMPANY_ID)]));
    refused(&record(&BRANCH, 0x80, &[("name", "North")]), "company_id:required");
}

#[test]
fn a_currency_and_its_rates() {
    let dollar = || record(&CURRENCY, 0x41, &[("name", "Dollar"), ("iso_code", "USD")]);
    let rate = |rate: &'static str| -> Vec<(&str, &str)> {
        vec![("to_currency", EUR_ID), ("date", "2026-03-31"), ("rate", rate)]
    };
    accepted(&with_rows(dollar(), "exchange_rate", &[&rate("0.9234567891")]));
    let zero = with_rows(dollar(), "exchange_rate", &[&rate("0")]);
    refused(&zero, "exchange_rate[0].rate:not_positive");
    let twice = with_rows(dollar(), "exchange_rate", &[&rate("0.92"), &rate("0.93")]);
    refused(&twice, "exchange_rate[1].date:one_rate_a_day");
    let again = record(&CURRENCY, 0x42, &[("name", "Euro"), ("iso_code", "EUR")]);
    refused(&again, "iso_code:unique");
    assert!(Kind::CurrencyCode.read(&Cell::from("XXZ")).is_err());
}

#[test]
fn an_item() {
    let item = |fields: &[(&str, &str)]| {
        let given = [("name", "Bolt"), ("sku", "B-1"), ("uom", KILOGRAM_ID)];
        record(&ITEM, 0x90, &[&given, fields].concat())
    };
    accepted(&item(&[("sales_price", "0"), ("margin_floor", "12.5")]));
    refused(&item(&[("sales_price", "-1")]), "sales_price:negative");
    refused(&item(&[("margin_floor", "101")]), "margin_floor:out_of_range");
    refused(&item(&[("kind", "service"), ("batch_tracked", "yes")]), "batch_tracked:not_stocked");
    refused(&item(&[("income_account", BANK_ID)]), "income_account:wrong_account_type");
    let conversion = |uom: &'static str, numerator: &'static str| {
        let row: &[(&str, &str)] = &[("uom", uom), ("numerator", numerator)];
        with_rows(item(&[]), "item_unit", &[row])
    };
    accepted(&conversion(PIECE_ID, "0.25"));
    refused(&conversion(METRE_ID, "2"), "item_unit[0].uom:other_dimension");
    refused(&conversion(PIECE_ID, "0"), "item_unit[0].numerator:not_positive");
    refused(&item(&[("kind", "kit")]), "item_component:required");
    let own = id(0x90).to_string();
    let component: &[(&str, &str)] = &[("item", &own), ("quantity", "1")];
    refused(
        &with_rows(item(&[("kind", "kit")]), "item_component", &[component]),
        "item_component:cycle",
    );
    refused(&with_rows(item(&[]), "item_component", &[component]), "item_component:not_a_kit");
    assert_eq!(Kind::Gtin.read(&Cell::from("4006381333932")).unwrap_err().rule, "gtin_checksum");
    assert!(Kind::Gtin.read(&Cell::from("4006381333931")).is_ok());
}

/// The same path from the reading of a change and from a rule, whatever the order of rows and of changes.
#[test]
fn what_is_wrong_in_a_row_names_the_row_by_its_id() {
    let ada = || record(&CUSTOMER, 0x60, &[("name", "Ada")]);
    let first: &[(&str, &str)] = &[("name", "Bo"), ("position", "2")];
    let second: &[(&str, &str)] = &[("name", "Cleo"), ("position", "1")];
    let mut customer = with_rows(ada(), "customer_contact", &[first, second]);
    let change = |row: u128, field: &str, to: Cell| ChildChange {
        entity: "customer_contact".to_owned(),
        id: id(row),
        action: ChildAction::Edit,
        fields: vec![Change { field: field.to_owned(), from: None, to }],
    };
    let children = vec![change(1_001, "phone", "none".into()), change(1_000, "name", Cell::Null)];
    let mut changes = RecordChanges { fields: Vec::new(), children };
    let refused = changes.apply(&mut customer).unwrap_err();
    assert_eq!(refused.0[0].field, format!("customer_contact[{}].phone", id(1_001)));
    changes.children.remove(0);
    changes.apply(&mut customer).unwrap();
    let paths: Vec<_> = validate(&customer).0.into_iter().map(|problem| problem.field).collect();
    assert_eq!(paths, [format!("customer_contact[{}].name", id(1_000))]);
}
