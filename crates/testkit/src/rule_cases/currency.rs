//! Cases of currencies and their rates.

use domain::masters::CURRENCY;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given("eur", &CURRENCY, &[("name", "Euro"), ("iso_code", "EUR")]),
    given("usd", &CURRENCY, &[("name", "US dollar"), ("iso_code", "USD")]),
];

const RATE: Lines = &[
    ("exchange_rate#1.to_currency", "@eur"),
    ("exchange_rate#1.date", "2026-03-31"),
    ("exchange_rate#1.rate", "0.00625"),
];

pub static CASES: &[Case] = &[
    case(&CURRENCY, "required", "name")
        .on(&[("iso_code", "ISK")])
        .accepts(&[("name", "Króna")])
        .refuses(&[]),
    case(&CURRENCY, "currency_unknown", "iso_code")
        .on(&[("name", "Money")])
        .accepts(&[("iso_code", "BHD")])
        .refuses(&[("iso_code", "QQQ")]),
    case(&CURRENCY, "currency_withdrawn", "iso_code")
        .on(&[("name", "Money")])
        .accepts(&[("iso_code", "KWD")])
        .refuses(&[("iso_code", "HRK")]),
    case(&CURRENCY, "currency_not_money", "iso_code")
        .on(&[("name", "Money")])
        .accepts(&[("iso_code", "JOD")])
        .refuses(&[("iso_code", "XAU")]),
    case(&CURRENCY, "unique", "iso_code")
        .on(&[("name", "Money")])
        .accepts(&[("iso_code", "OMR")])
        .refuses(&[("iso_code", "omr")]),
    case(&CURRENCY, "negative", "cash_rounding")
        .on(&[("name", "Money")])
        .accepts(&[("iso_code", "TND"), ("cash_rounding", "0.05")])
        .refuses(&[("iso_code", "LYD"), ("cash_rounding", "-0.05")]),
    case(&CURRENCY, "unknown_reference", "exchange_rate.to_currency")
        .on(&[("name", "Money"), ("iso_code", "MVR")])
        .edits()
        .accepts(RATE)
        .refuses(&[
            ("exchange_rate#1.to_currency", "00000000-0000-7000-8000-000000000009"),
            ("exchange_rate#1.date", "2026-04-30"),
            ("exchange_rate#1.rate", "1"),
        ]),
    case(&CURRENCY, "same_currency", "exchange_rate.to_currency")
        .on(&[("name", "Money"), ("iso_code", "NPR")])
        .edits()
        .accepts(RATE)
        .refuses(&[
            ("exchange_rate#1.to_currency", "@self"),
            ("exchange_rate#1.date", "2026-04-30"),
            ("exchange_rate#1.rate", "1"),
        ]),
    case(&CURRENCY, "one_rate_a_day", "exchange_rate.date")
        .on(&[("name", "Money"), ("iso_code", "BTN")])
        .edits()
        .accepts(RATE)
        .refuses(RATE),
    case(&CURRENCY, "not_positive", "exchange_rate.rate")
        .on(&[("name", "Money"), ("iso_code", "LKR")])
        .edits()
        .accepts(RATE)
        .refuses(&[
            ("exchange_rate#1.to_currency", "@eur"),
            ("exchange_rate#1.date", "2026-03-31"),
            ("exchange_rate#1.rate", "0"),
        ]),
];
