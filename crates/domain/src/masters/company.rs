//! Company: a legal entity that keeps books. Its default accounts are where posting looks first.

use crate::permissions::Sensitivity::TaxId;
use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    choice, field,
};

use super::account::{self, must_be};
use super::fields::{MASTER, canonical_by_country, valid_by_country};

const GUARD: Guard =
    Guard::manage(Permission::ADMIN_SETTINGS_VIEW, Permission::ADMIN_SETTINGS_EDIT);

pub static COMPANY: EntityDef = EntityDef::new("company", Area::Organisation, GUARD)
    .called(Label { en: "Company", de: "Firma" }, Label { en: "Companies", de: "Firmen" })
    .rank(1)
    .fields(MASTER, OWN)
    .never_merged()
    .owned_by(OwnerRule::Nobody)
    .normalise(canonical_by_country)
    .row_rules(valid_by_country)
    .relations(|record, lookup, problems| {
        default_accounts(record, lookup, problems);
        locked_for_good(record, lookup, problems);
    });

/// How long payments to a supplier wait after a change of its bank account was approved.
pub const BANK_COOLING_HOURS: &str = "bank_cooling_hours";

const OWN: &[FieldDef] = &[
    field("legal_name", "Legal name", "Firmierung", Kind::text(200)).required().search().listed(),
    field("tax_id", "Tax id", "Steuernummer", Kind::TaxId).sensitive(TaxId).group("country"),
    field("registration_no", "Registration number", "Registernummer", Kind::text(60)),
    field("base_currency", "Base currency", "Hauswährung", Kind::Reference("currency"))
        .required()
        .listed(),
    field("locale", "Language and formats", "Sprache und Formate", Kind::Language).default("en"),
    field("time_zone", "Time zone", "Zeitzone", Kind::TimeZone).required().default("UTC"),
    field("logo", "Logo", "Logo", Kind::Attachments),
    field("street", "Street", "Straße", Kind::text(200)).section("address"),
    field("postal_code", "Postal code", "Postleitzahl", Kind::text(20)).section("address"),
    field("city", "City", "Ort", Kind::text(100)).listed().section("address"),
    field("region", "Region", "Region", Kind::text(100)).section("address"),
    field("country", "Country", "Land", Kind::Country)
        .required()
        .group("country")
        .listed()
        .section("address"),
    field(
        "fiscal_year_start",
        "Fiscal year starts in month",
        "Geschäftsjahr beginnt im Monat",
        Kind::Int { min: 1, max: 12 },
    )
    .required()
    .default("1")
    .section("books"),
    field("tax_rounding_mode", "Tax rounding", "Steuerrundung", Kind::Choice(TAX_ROUNDING))
        .required()
        .default("document")
        .section("books"),
    field(
        BANK_COOLING_HOURS,
        "Hours before a supplier's new bank account is paid",
        "Stunden, bevor ein neues Lieferantenkonto bezahlt wird",
        Kind::Int { min: 0, max: 720 },
    )
    .required()
    .default("24")
    .section("bank"),
    account_field("ar_account", "Receivables", "Forderungen"),
    account_field("ap_account", "Payables", "Verbindlichkeiten"),
    account_field("inventory_account", "Inventory", "Vorräte"),
    account_field("cogs_account", "Cost of goods sold", "Wareneinsatz"),
    account_field("rounding_account", "Rounding", "Rundung"),
    account_field("fx_realised_account", "Realised exchange", "Realisierte Kursdifferenz"),
    account_field("fx_unrealised_account", "Unrealised exchange", "Unrealisierte Kursdifferenz"),
    account_field("retained_earnings_account", "Retained earnings", "Gewinnvortrag"),
    account_field("suspense_account", "Suspense", "Zwischenkonto"),
    lock_field("lock_sales", "Sales locked up to", "Verkauf gesperrt bis"),
    lock_field("lock_purchase", "Purchases locked up to", "Einkauf gesperrt bis"),
    lock_field("lock_bank", "Bank locked up to", "Bank gesperrt bis"),
    lock_field("lock_stock", "Stock locked up to", "Lager gesperrt bis"),
    lock_field("lock_tax", "Tax locked up to", "Steuer gesperrt bis"),
    lock_field("lock_all", "Everything locked up to", "Alles gesperrt bis"),
    lock_field("lock_hard", "Locked for good up to", "Endgültig gesperrt bis"),
];

const fn account_field(name: &'static str, en: &'static str, de: &'static str) -> FieldDef {
    field(name, en, de, Kind::Reference("account")).section("accounts")
}

const fn lock_field(name: &'static str, en: &'static str, de: &'static str) -> FieldDef {
    field(name, en, de, Kind::Date).section("locks")
}

/// The three ways to round tax (EN 16931 for the last).
const TAX_ROUNDING: &[Choice] = &[
    choice("line", "Per line", "Je Zeile"),
    choice("document", "Per document", "Je Beleg"),
    choice("en16931", "Per category and rate (EN 16931)", "Je Kategorie und Satz (EN 16931)"),
];

/// Each default account and the account types it may have.
const DEFAULT_ACCOUNTS: &[(&str, &[&str])] = &[
    ("ar_account", &[account::RECEIVABLE]),
    ("ap_account", &[account::PAYABLE]),
    ("inventory_account", &[account::STOCK]),
    ("cogs_account", &[account::COGS]),
    ("rounding_account", &["rounding"]),
    ("fx_realised_account", &["exchange"]),
    ("fx_unrealised_account", &["exchange"]),
    ("retained_earnings_account", &[account::EQUITY]),
    ("suspense_account", &["clearing"]),
];

fn default_accounts(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    for (field, types) in DEFAULT_ACCOUNTS {
        let wanted = must_be(types).of_company(Some(record.id()));
        wanted.check(field, record.get(field), lookup, problems);
    }
}

/// What is locked for good stays locked: the day only moves on.
fn locked_for_good(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Found::Yes(before) = lookup.record(&COMPANY, record.id()) else { return };
    let (was, is) = (before.get("lock_hard").date(), record.get("lock_hard").date());
    if let Some(was) = was
        && is.is_none_or(|is| is < was)
    {
        let message = format!("is {was} already and only moves on; what is locked stays locked");
        problems.add("lock_hard", "hard_locked", message);
    }
}
