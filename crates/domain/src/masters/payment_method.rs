//! Payment method: how money comes and goes, and the account where it lands first. What it costs is entered
//! here; what a payment was is said by the payment.

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Kind, Label, Lookup, OwnerRule, Problems, Record, choice,
    field,
};

use super::account::{self, must_be};
use super::fields::{AMOUNT, MASTER, PERCENT, not_negative, percentage};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static PAYMENT_METHOD: EntityDef = EntityDef::new("payment_method", Area::Finance, GUARD)
    .called(
        Label { en: "Payment method", de: "Zahlungsart" },
        Label { en: "Payment methods", de: "Zahlungsarten" },
    )
    .rank(7)
    .fields(MASTER, OWN)
    .owned_by(OwnerRule::Nobody)
    .row_rules(|values, problems| {
        percentage(values, "fees_percent", problems);
        not_negative(values, "surcharge", problems);
    })
    .relations(lands_on_money);

const OWN: &[FieldDef] = &[
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().default("bank_transfer").listed(),
    field("account", "Account", "Konto", Kind::Reference("account")).section("posting").listed(),
    field("fees_percent", "Fees %", "Gebühren %", PERCENT).section("terms").listed(),
    field("surcharge", "Surcharge", "Aufschlag", AMOUNT).section("terms"),
    field("clearing_days", "Clearing, days", "Wertstellung, Tage", Kind::Int { min: 0, max: 365 })
        .section("terms")
        .listed(),
];

const KINDS: &[Choice] = &[
    choice("cash", "Cash", "Bar"),
    choice("bank_transfer", "Bank transfer", "Überweisung"),
    choice("direct_debit", "Direct debit", "Lastschrift"),
    choice("card", "Card", "Karte"),
    choice("cheque", "Cheque", "Scheck"),
    choice("payment_service", "Payment service", "Zahlungsdienst"),
];

/// The account is one on which money lies or passes through.
fn lands_on_money(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    must_be(&[account::BANK, account::CASH, account::CLEARING])
        .of_company(record.get("company_id").id())
        .check("account", record.get("account"), lookup, problems);
}
