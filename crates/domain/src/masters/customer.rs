//! Customer: whom we sell to. Credit figures are read by few; a duplicate tax id only warns.

use crate::permissions::Sensitivity::{BankAccount, CostRule, CreditLimit, TaxId};
use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    choice, field,
};

use super::account::{self, must_be};
use super::employee::EMPLOYEE;
use super::fields::{
    AMOUNT, MASTER, PERCENT, canonical_by_country, not_negative, percentage, valid_by_country,
};
use super::party;
use super::price_list::PRICE_LIST;

const GUARD: Guard = Guard::crud(
    Permission::MASTER_CUSTOMER_VIEW,
    Permission::MASTER_CUSTOMER_CREATE,
    Permission::MASTER_CUSTOMER_EDIT,
    Permission::MASTER_CUSTOMER_DELETE,
)
.merging(Permission::MASTER_CUSTOMER_MERGE);

pub static CUSTOMER: EntityDef = EntityDef::new("customer", Area::Partners, GUARD)
    .called(Label { en: "Customer", de: "Kunde" }, Label { en: "Customers", de: "Kunden" })
    .fields(MASTER, OWN)
    .children(&[&ADDRESSES, &CONTACTS, &COMPANY_SETTINGS])
    .owned_by(OwnerRule::UserOf { field: "salesperson" })
    .normalise(canonical_by_country)
    .row_rules(|values, problems| {
        valid_by_country(values, problems);
        not_negative(values, "credit_limit", problems);
        percentage(values, "discount_percent", problems);
    })
    .record_rules(|record, problems| {
        party::whole_party(record, ADDRESSES.name, COMPANY_SETTINGS.name, problems);
    })
    .relations(|record, lookup, problems| {
        receivable_accounts(record, lookup, problems);
        sold_by(record, lookup, problems);
        priced(record, lookup, problems);
    });

const MAIN: [FieldDef; 8] = party::main_address();
const BANK: [FieldDef; 3] = party::bank_account();

const OWN: &[FieldDef] = &[
    field("legal_name", "Legal name", "Firmierung", Kind::text(200)).search(),
    field("tax_id", "Tax id", "Steuernummer", Kind::TaxId)
        .sensitive(TaxId)
        .group("country")
        .search(),
    field("customer_group", "Group", "Kundengruppe", Kind::text(60)).listed(),
    field("salesperson", "Salesperson", "Verkäufer", Kind::Reference("employee")),
    field("territory", "Territory", "Gebiet", Kind::text(60)),
    field("language", "Language", "Sprache", Kind::Language),
    MAIN[0],
    MAIN[1],
    MAIN[2],
    MAIN[3],
    MAIN[4],
    MAIN[5],
    MAIN[6],
    MAIN[7],
    field("currency", "Currency", "Währung", Kind::Reference("currency"))
        .group("pricing")
        .section("terms"),
    field("price_list", "Price list", "Preisliste", Kind::Reference("price_list"))
        .group("pricing")
        .section("terms"),
    field("payment_terms", "Payment terms", "Zahlungsbedingung", Kind::Reference("payment_terms"))
        .section("terms"),
    field("tax_position", "Tax position", "Steuerliche Stellung", Kind::Choice(TAX_POSITIONS))
        .section("terms"),
    field("discount_percent", "Discount %", "Rabatt %", PERCENT)
        .sensitive(CostRule)
        .section("terms"),
    field("credit_limit", "Credit limit", "Kreditlimit", AMOUNT)
        .sensitive(CreditLimit)
        .section("terms"),
    field("credit_hold", "Credit hold", "Liefersperre", Kind::Bool)
        .sensitive(CreditLimit)
        .section("terms"),
    field("portal", "Portal access", "Portalzugang", Kind::Bool).section("terms"),
    BANK[0],
    BANK[1],
    BANK[2],
    field("mandate", "Direct debit mandate", "SEPA-Mandat", Kind::text(35))
        .sensitive(BankAccount)
        .group("bank")
        .section("bank"),
    field("mandate_date", "Mandate signed on", "Mandat vom", Kind::Date)
        .sensitive(BankAccount)
        .group("bank")
        .section("bank"),
];

/// How the customer stands towards our tax.
const TAX_POSITIONS: &[Choice] = &[
    choice("domestic", "Domestic", "Inland"),
    choice("eu_business", "EU business", "EU-Unternehmen"),
    choice("eu_consumer", "EU consumer", "EU-Verbraucher"),
    choice("export", "Export", "Drittland"),
    choice("exempt", "Exempt", "Befreit"),
];

static ADDRESSES: EntityDef = party::addresses("customer_address", "customer", GUARD);
static CONTACTS: EntityDef = party::contacts("customer_contact", "customer", GUARD);
static COMPANY_SETTINGS: EntityDef =
    party::company_settings("customer_company", "customer", GUARD, IN_A_COMPANY);

const IN_A_COMPANY: &[FieldDef] = &[
    party::company(),
    field("ar_account", "Receivables account", "Debitorenkonto", Kind::Reference("account")),
];

fn receivable_accounts(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    for row in record.collection(COMPANY_SETTINGS.name) {
        let field = row.path("ar_account");
        let wanted = must_be(&[account::RECEIVABLE]).of_company(row.values.get("company").id());
        wanted.check(&field, row.values.get("ar_account"), lookup, problems);
    }
}

fn sold_by(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("salesperson").id() else { return };
    let Found::Yes(employee) = lookup.record(&EMPLOYEE, id) else { return };
    if !employee.get("salesperson").is_true() {
        let message = "is no salesperson; choose one, or say so at the employee";
        problems.add("salesperson", "not_a_salesperson", message);
    }
}

/// A customer's prices are sales prices in the customer's currency.
fn priced(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("price_list").id() else { return };
    let Found::Yes(list) = lookup.record(&PRICE_LIST, id) else { return };
    if list.get("kind").text() != Some("sale") {
        problems.add("price_list", "not_for_sale", "holds purchase prices; choose a sales list");
    }
    let currency = record.get("currency");
    if !currency.is_null() && list.get("currency") != currency {
        let message = "is in another currency than the customer; choose another list";
        problems.add("price_list", "other_currency", message);
    }
}
