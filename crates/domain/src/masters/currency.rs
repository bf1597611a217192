//! Currency and its exchange rates. A missing rate is an error elsewhere, never 1.

use chrono::NaiveDate;
use rust_decimal::Decimal;

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
    .rank(9)
    .fields(MASTER, OWN)
    .never_merged()
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
    .versions("date", None, &["to_currency", "rate_type"])
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

/// A rate as it was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many of the other currency for one of this.
    pub rate: Decimal,
    /// The day it was entered for: the asked one, or the last before it that has a rate.
    pub date: NaiveDate,
    pub source: Option<String>,
}

/// There is no rate to convert with. It names the pair and the date, for a person to enter it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {rate_type} rate from {from} to {to} for {date}; enter it at {from}")]
pub struct MissingRate {
    pub from: String,
    pub to: String,
    pub rate_type: String,
    pub date: NaiveDate,
}

/// The rate of a type (`buy`, `sell`, `mid`) that holds on a day.
///
/// # Errors
/// [`MissingRate`]: no rate is ever made up, not even 1.
pub fn rate_on(
    from: &Record,
    to: &Record,
    rate_type: &str,
    date: NaiveDate,
) -> Result<Rate, MissingRate> {
    let entered = from.collection(EXCHANGE_RATES.name).into_iter().filter_map(|row| {
        let of_pair = row.values.get("to_currency").id() == Some(to.id());
        let of_type = row.values.get("rate_type").text() == Some(rate_type);
        let on = row.values.get("date").date().filter(|on| *on <= date)?;
        let rate = row.values.get("rate").decimal()?;
        let source = row.values.get("source").text().map(str::to_owned);
        (of_pair && of_type).then_some(Rate { rate, date: on, source })
    });
    entered.max_by_key(|rate| rate.date).ok_or_else(|| {
        let code = |currency: &Record| currency.get("iso_code").text().unwrap_or("?").to_owned();
        MissingRate { from: code(from), to: code(to), rate_type: rate_type.to_owned(), date }
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::record::{Cell, ChildRow, Value};

    fn currency(id: u128, code: &str) -> Record {
        let mut currency =
            Record::new(&CURRENCY, Uuid::from_u128(id), Uuid::nil(), DateTime::UNIX_EPOCH);
        currency.values.set("iso_code", Value::Text(code.to_owned()));
        currency
    }

    fn enter(from: &mut Record, to: &Record, date: &str, rate: &str) {
        let mut values = EXCHANGE_RATES.defaults();
        let to = to.id().to_string();
        for (name, text) in [("to_currency", to.as_str()), ("date", date), ("rate", rate)] {
            let kind = EXCHANGE_RATES.field(name).unwrap().kind;
            values.set(name, kind.read(&Cell::from(text)).unwrap());
        }
        let id = Uuid::from_u128(from.children().len() as u128 + 1);
        from.put_child(ChildRow { id, values });
    }

    #[test]
    fn the_last_rate_entered_holds_and_says_its_day() {
        let (mut dollar, euro) = (currency(1, "USD"), currency(2, "EUR"));
        enter(&mut dollar, &euro, "2026-03-27", "0.9234567891");
        enter(&mut dollar, &euro, "2026-03-31", "0.93");
        let on = |day: &str| rate_on(&dollar, &euro, "mid", day.parse().unwrap());
        let sunday = on("2026-03-29").unwrap();
        assert_eq!((sunday.rate.to_string(), sunday.date.to_string()), {
            ("0.9234567891".to_owned(), "2026-03-27".to_owned())
        });
        assert_eq!(on("2026-03-31").unwrap().rate.to_string(), "0.93");
    }

    #[test]
    fn a_rate_that_is_missing_is_named_and_never_taken_for_1() {
        let (mut dollar, euro) = (currency(1, "USD"), currency(2, "EUR"));
        enter(&mut dollar, &euro, "2026-03-31", "0.93");
        for (kind, day) in [("mid", "2026-03-30"), ("sell", "2026-03-31")] {
            let missing = rate_on(&dollar, &euro, kind, day.parse().unwrap()).unwrap_err();
            let told = missing.to_string();
            assert!(told.contains(&format!("no {kind} rate from USD to EUR for {day}")), "{told}");
        }
        assert!(rate_on(&euro, &dollar, "mid", "2026-03-31".parse().unwrap()).is_err());
    }
}
