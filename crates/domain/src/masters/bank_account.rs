//! Bank account: an account at a bank, or a till, that one account of the books stands for. Its numbers are
//! shown in full to few.

use crate::permissions::Sensitivity::BankAccount;
use crate::permissions::{Guard, Permission};
use crate::person;
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    Value, choice, field,
};

use super::account::{self, ACCOUNT, must_be};
use super::company::COMPANY;
use super::fields::{AMOUNT, CHILD, MASTER, not_negative};

const GUARD: Guard = Guard::manage(Permission::FINANCE_BANK_VIEW, Permission::FINANCE_BANK_EDIT);

pub static BANK_ACCOUNT: EntityDef = EntityDef::new("bank_account", Area::Finance, GUARD)
    .called(
        Label { en: "Bank or cash account", de: "Bankkonto oder Kasse" },
        Label { en: "Bank and cash accounts", de: "Bankkonten und Kassen" },
    )
    .rank(4)
    .fields(MASTER, OWN)
    .never_merged()
    .children(&[&SIGNATORIES])
    .owned_by(OwnerRule::Nobody)
    .peers(&["gl_account"])
    .row_rules(|values, problems| {
        if values.get("company_id").is_null() {
            let message = "is required; a bank account belongs to a company";
            problems.add("company_id", "required", message);
        }
    })
    .relations(|record, lookup, problems| {
        let wanted = must_be(&[account::BANK, account::CASH]);
        wanted.of_company(record.get("company_id").id()).check(
            "gl_account",
            record.get("gl_account"),
            lookup,
            problems,
        );
        one_for_one(record, lookup, problems);
        same_currency(record, lookup, problems);
        numbered(record, lookup, problems);
    });

const OWN: &[FieldDef] = &[
    field("bank", "Bank", "Bank", Kind::text(200)).search().listed(),
    field("account_no", "Account number", "Kontonummer", Kind::Code)
        .sensitive(BankAccount)
        .group("bank")
        .search()
        .section("bank"),
    field("iban", "IBAN", "IBAN", Kind::Iban)
        .sensitive(BankAccount)
        .group("bank")
        .search()
        .listed()
        .section("bank"),
    field("bic", "BIC", "BIC", Kind::Bic).group("bank").section("bank"),
    field("routing_number", "Routing number", "Bankleitzahl (ABA)", Kind::RoutingNumber)
        .group("bank")
        .section("bank"),
    field("currency", "Currency", "Währung", Kind::Reference("currency"))
        .required()
        .group("books")
        .listed(),
    field(
        "gl_account",
        "Account in the books",
        "Konto der Buchführung",
        Kind::Reference("account"),
    )
    .required()
    .group("books")
    .listed(),
    field("statement_format", "Statement format", "Format der Auszüge", Kind::Choice(FORMATS))
        .section("books"),
    field("opening_balance", "Opening balance", "Anfangsbestand", AMOUNT).section("books"),
];

const FORMATS: &[Choice] = &[
    choice("camt053", "camt.053 (ISO 20022)", "camt.053 (ISO 20022)"),
    choice("mt940", "MT940", "MT940"),
    choice("ofx", "OFX", "OFX"),
    choice("csv", "CSV", "CSV"),
];

static SIGNATORIES: EntityDef = EntityDef::new("bank_signatory", Area::Finance, GUARD)
    .called(
        Label { en: "Signatory", de: "Zeichnungsberechtigte Person" },
        Label { en: "Signatories", de: "Zeichnungsberechtigte" },
    )
    .fields(
        CHILD,
        &[
            field("name", "Name", "Name", Kind::text(200)).required(),
            field("user_id", "User", "Benutzer", Kind::Reference(person::NAME)),
            field("jointly", "Only with another", "Nur gemeinschaftlich", Kind::Bool),
            field("limit_amount", "Up to", "Bis zu", AMOUNT),
        ],
    )
    .child_of("bank_account")
    .row_rules(|values, problems| not_negative(values, "limit_amount", problems));

/// One account of the books for each bank account, so that a statement can be matched with one ledger.
fn one_for_one(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let account = record.get("gl_account");
    if account.is_null() {
        return;
    }
    let Found::Yes(peers) = lookup.peers(&BANK_ACCOUNT, "gl_account", account) else { return };
    if peers.iter().any(|other| other.id() != record.id() && !other.is_retired()) {
        let message = "stands for another bank account already; choose or add another account";
        problems.add("gl_account", "account_taken", message);
    }
}

/// An account without a currency of its own is kept in that of its company.
fn same_currency(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("gl_account").id() else { return };
    let Found::Yes(account) = lookup.record(&ACCOUNT, id) else { return };
    let currency = match (account.get("currency"), account.get("company_id").id()) {
        (Value::Id(currency), _) => *currency,
        (_, Some(company)) => match lookup.record(&COMPANY, company) {
            Found::Yes(company) => match company.get("base_currency").id() {
                Some(currency) => currency,
                None => return,
            },
            Found::No | Found::CannotTell => return,
        },
        (_, None) => return,
    };
    if record.get("currency").id().is_some_and(|own| own != currency) {
        let message = "differs from that of the account in the books; choose the same";
        problems.add("currency", "other_currency", message);
    }
}

/// An account at a bank has a number; a till has none.
fn numbered(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    if !record.get("iban").is_null() || !record.get("account_no").is_null() {
        return;
    }
    let Some(id) = record.get("gl_account").id() else { return };
    let Found::Yes(account) = lookup.record(&ACCOUNT, id) else { return };
    if account.get("account_type").text() == Some(account::BANK) {
        problems.add("iban", "required", "is required at a bank, or the account number instead");
    }
}
