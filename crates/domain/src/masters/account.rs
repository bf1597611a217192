//! Account: one line of a company's chart. Groups add up, leaves are posted to.

use std::borrow::Cow;

use uuid::Uuid;

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    Unique, Value, choice, field,
};

use super::fields::MASTER;

const GUARD: Guard = Guard::crud(
    Permission::FINANCE_ACCOUNT_VIEW,
    Permission::FINANCE_ACCOUNT_CREATE,
    Permission::FINANCE_ACCOUNT_EDIT,
    Permission::FINANCE_ACCOUNT_DEACTIVATE,
);

pub static ACCOUNT: EntityDef = EntityDef::new("account", Area::Finance, GUARD)
    .called(Label { en: "Account", de: "Konto" }, Label { en: "Accounts", de: "Konten" })
    .rank(1)
    .fields(MASTER, OWN)
    .key("number")
    .tree("parent")
    .peers(&["parent"])
    .owned_by(OwnerRule::Nobody)
    .keeps(|record, lookup, problems| {
        if !below(record, lookup).is_empty() {
            problems.add("is_group", "has_accounts", "has accounts below it; move them first");
        }
    })
    .row_rules(|values, problems| {
        if values.get("company_id").is_null() {
            problems.add("company_id", "required", "is required; an account belongs to a company");
        }
        type_fits_root(values.get("root_type"), values.get("account_type"), problems);
    })
    .relations(|record, lookup, problems| {
        below_a_group(record, lookup, problems);
        above_accounts(record, lookup, problems);
    });

const OWN: &[FieldDef] = &[
    field("number", "Number", "Nummer", Kind::Code)
        .required()
        .unique(Unique::Company)
        .search()
        .listed(),
    field("parent", "Above", "Übergeordnet", Kind::Reference("account")).group("tree").listed(),
    field("root_type", "Root type", "Kontenklasse", Kind::Choice(ROOT_TYPES))
        .required()
        .group("tree")
        .listed(),
    field("account_type", "Account type", "Kontenart", Kind::Choice(ACCOUNT_TYPES))
        .group("tree")
        .listed(),
    field("is_group", "Group", "Gruppe", Kind::Bool).group("tree").listed(),
    field("currency", "Currency", "Währung", Kind::Reference("currency")),
    field("reconcilable", "Reconcilable", "Ausziffern", Kind::Bool).section("posting"),
    field("party_required", "Party required", "Geschäftspartner nötig", Kind::Bool)
        .section("posting"),
    field("cost_centre_required", "Cost centre required", "Kostenstelle nötig", Kind::Bool)
        .section("posting"),
    field("blocked", "Blocked from manual posting", "Gesperrt für manuelle Buchung", Kind::Bool)
        .section("posting"),
];

const ROOT_TYPES: &[Choice] = &[
    choice("asset", "Asset", "Aktiva"),
    choice("liability", "Liability", "Verbindlichkeiten"),
    choice("equity", "Equity", "Eigenkapital"),
    choice("income", "Income", "Erträge"),
    choice("expense", "Expense", "Aufwendungen"),
];

pub const BANK: &str = "bank";
pub const CASH: &str = "cash";
pub const CLEARING: &str = "clearing";
pub const TAX: &str = "tax";
pub const RECEIVABLE: &str = "receivable";
pub const PAYABLE: &str = "payable";
pub const STOCK: &str = "stock";
pub const COGS: &str = "cogs";
pub const EQUITY: &str = "equity";
pub const INCOME: &str = "income";
pub const EXPENSE: &str = "expense";

const ACCOUNT_TYPES: &[Choice] = &[
    choice(BANK, "Bank", "Bank"),
    choice(CASH, "Cash", "Kasse"),
    choice(RECEIVABLE, "Receivable", "Forderungen"),
    choice(PAYABLE, "Payable", "Verbindlichkeiten"),
    choice(STOCK, "Stock", "Vorräte"),
    choice(TAX, "Tax", "Steuer"),
    choice("fixed_asset", "Fixed asset", "Anlagevermögen"),
    choice("accumulated_depreciation", "Accumulated depreciation", "Kumulierte Abschreibung"),
    choice(CLEARING, "Clearing", "Verrechnung"),
    choice(EQUITY, "Equity", "Eigenkapital"),
    choice(INCOME, "Income", "Ertrag"),
    choice(COGS, "Cost of goods sold", "Wareneinsatz"),
    choice("depreciation", "Depreciation", "Abschreibung"),
    choice("rounding", "Rounding", "Rundung"),
    choice("exchange", "Exchange differences", "Kursdifferenzen"),
    choice(EXPENSE, "Expense", "Aufwand"),
    choice("other", "Other", "Sonstige"),
];

/// Which root types an account type may stand under.
fn roots_of(account_type: &str) -> &'static [&'static str] {
    match account_type {
        BANK => &["asset", "liability"],
        CASH | "fixed_asset" | "accumulated_depreciation" | RECEIVABLE | STOCK => &["asset"],
        PAYABLE => &["liability"],
        TAX | CLEARING => &["asset", "liability"],
        EQUITY => &["equity"],
        INCOME => &["income"],
        COGS | "depreciation" | EXPENSE => &["expense"],
        "rounding" | "exchange" => &["income", "expense"],
        _ => &["asset", "liability", "equity", "income", "expense"],
    }
}

fn type_fits_root(root: &Value, account_type: &Value, problems: &mut Problems) {
    let (Some(root), Some(account_type)) = (root.text(), account_type.text()) else { return };
    let roots = roots_of(account_type);
    if !roots.contains(&root) {
        let message =
            format!("{account_type} stands under {}, not under {root}", roots.join(" or "));
        problems.add("account_type", "wrong_root", message);
    }
}

fn below_a_group(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("parent").id() else { return };
    let Found::Yes(parent) = lookup.record(&ACCOUNT, id) else { return };
    if !parent.get("is_group").is_true() {
        problems.add("parent", "not_a_group", "is not a group; only groups have accounts below");
    }
    if parent.get("company_id") != record.get("company_id") {
        problems.add("parent", "other_company", "belongs to another company");
    }
    if parent.get("root_type") != record.get("root_type") {
        problems.add("root_type", "other_root", "must be that of the account above");
    }
}

/// The accounts that stand right below, as far as they are known.
fn below<'a>(record: &Record, lookup: &'a dyn Lookup) -> Vec<Cow<'a, Record>> {
    match lookup.peers(&ACCOUNT, "parent", &Value::Id(record.id())) {
        Found::Yes(mut below) => {
            below.retain(|account| !account.is_retired());
            below
        }
        Found::No | Found::CannotTell => Vec::new(),
    }
}

/// A group that has accounts stays a group, with their root type and in their company.
fn above_accounts(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let below = below(record, lookup);
    if !below.is_empty() && !record.get("is_group").is_true() {
        problems.add("is_group", "has_accounts", "has accounts below it; move them first");
    }
    for field in ["root_type", "company_id"] {
        if below.iter().any(|account| account.get(field) != record.get(field)) {
            problems.add(field, "other_below", "differs from the accounts below; move them first");
        }
    }
}

/// What a reference to an account must point to.
pub struct Wanted {
    /// Empty where any will do.
    types: &'static [&'static str],
    company: Option<Uuid>,
}

/// A leaf of one of these account types.
pub fn must_be(types: &'static [&'static str]) -> Wanted {
    Wanted { types, company: None }
}

/// A leaf of any account type.
pub fn must_be_leaf() -> Wanted {
    must_be(&[])
}

impl Wanted {
    /// ... and of this company, where one is given.
    pub fn of_company(mut self, company: Option<Uuid>) -> Self {
        self.company = company;
        self
    }

    /// Adds a problem where `value` names an account that is no leaf, of another type or company.
    pub fn check(&self, field: &str, value: &Value, lookup: &dyn Lookup, problems: &mut Problems) {
        let Some(id) = value.id() else { return };
        let Found::Yes(account) = lookup.record(&ACCOUNT, id) else { return };
        if account.get("is_group").is_true() {
            problems.add(field, "not_a_leaf", "is a group; choose an account below it");
        }
        let account_type = account.get("account_type").text().unwrap_or("other");
        if !self.types.is_empty() && !self.types.contains(&account_type) {
            let message = format!(
                "must be an account of type {}, not {account_type}",
                self.types.join(" or ")
            );
            problems.add(field, "wrong_account_type", message);
        }
        if self.company.is_some() && account.get("company_id").id() != self.company {
            problems.add(field, "other_company", "belongs to another company");
        }
    }
}
