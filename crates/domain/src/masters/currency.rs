//! Currency and its exchange rates. A missing rate is an error elsewhere, never 1.

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Kind, Label, OwnerRule, Problems, Record, Unique, choice,
    field,
};

use super::fields::{AMOUNT, CHILD, EXCHANGE_RATE, MASTER, above_zero, not_negative};

const GUARD: Guard =
    Guard::manage(Permission::FINANCE_CURRENCY_VIEW, Permission::FINANCE_CURRENCY_EDIT_RATE);

pub static CURRENCY: EntityDef = EntityDef::new("currency", Area::Finance, GUARD)
    .called(Label { en: "Currency", de: "Währung" }, Label { en: "Currencies", de: "Währungen" })
    .fields(MASTER, OWN)
    .children(&[&EXCHANGE_RATES])
    .key("iso_code")
    .owned_by(OwnerRule::Nobody)
    .row_rules(|values, problems| not_negative(values, "cash_rounding", problems))
    .record_rules(one_rate_a_day);

const OWN: &[FieldDef] = &[
    field("iso_code", "ISO code", "ISO-Code", Kind::CurrencyCode)
        .required()
        .unique(Unique::Tenant)
        .search()
        .listed(),
    field("minor_units", "Decimal places", "Nachkommastellen", Kind::Int { min: 0, max: 4 })
        .required()
        .default("2")
        .listed(),
    field("symbol", "Symbol", "Zeichen", Kind::text(8)).listed(),
    field("cash_rounding", "Cash rounding", "Bargeldrundung", AMOUNT),
];

static EXCHANGE_RATES: EntityDef = EntityDef::new("exchange_rate", Area::Finance, GUARD)
    .called(
        Label { en: "Exchange rate", de: "Wechselkurs" },
        Label { en: "Exchange rates", de: "Wechselkurse" },
    )
    .fields(
        CHILD,
        &[
            field("to_currency", "To", "Nach", Kind::Reference("currency")).required(),
            field("date", "Date", "Datum", Kind::Date).required(),
            field("rate_type", "Type", "Art", Kind::Choice(RATE_TYPES)).required().default("mid"),
            field("rate", "Rate", "Kurs", EXCHANGE_RATE).required(),
            field("source", "Source", "Quelle", Kind::text(100)),
        ],
    )
    .child_of("currency")
    .row_rules(|values, problems| above_zero(values, "rate", problems));

const RATE_TYPES: &[Choice] = &[
    choice("buy", "Buying", "Geld"),
    choice("sell", "Selling", "Brief"),
    choice("mid", "Middle", "Mittel"),
];

/// One rate for each pair, date and type; none from a currency to itself.
fn one_rate_a_day(record: &Record, problems: &mut Problems) {
    let mut seen = Vec::new();
    for row in record.collection(EXCHANGE_RATES.name) {
        let to = row.values.get("to_currency");
        if to.id() == Some(record.id()) {
            problems.add(row.path("to_currency"), "same_currency", "must be another currency");
        }
        let key = (to, row.values.get("date"), row.values.get("rate_type"));
        if seen.contains(&key) {
            let message = "this pair has a rate of this type on this date already; change that one";
            problems.add(row.path("date"), "one_rate_a_day", message);
        }
        seen.push(key);
    }
}
