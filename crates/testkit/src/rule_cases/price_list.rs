//! Cases of price lists and their prices.

use domain::masters::PRICE_LIST;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given("retail", &PRICE_LIST, &[("code", "RULES"), ("name", "Retail"), ("currency", "@eur")]),
    given(
        "dollar_prices",
        &PRICE_LIST,
        &[("code", "RULES USD"), ("name", "US"), ("currency", "@usd")],
    ),
    given(
        "bought",
        &PRICE_LIST,
        &[("code", "RULES BUY"), ("name", "Bought"), ("currency", "@eur"), ("kind", "purchase")],
    ),
];

const BASE: Lines = &[("name", "Prices {n}"), ("currency", "@eur")];
const PRICED: Lines = &[
    ("name", "Prices {n}"),
    ("currency", "@eur"),
    ("price_row#1.item", "@nut"),
    ("price_row#1.price", "1"),
    ("price_row#1.valid_to", "2026-06-30"),
];

pub static CASES: &[Case] = &[
    case(&PRICE_LIST, "required", "currency")
        .on(&[("name", "Prices {n}")])
        .accepts(&[("currency", "@eur")])
        .refuses(&[]),
    case(&PRICE_LIST, "ends_before_start", "valid_to")
        .on(BASE)
        .accepts(&[("valid_from", "2026-01-01"), ("valid_to", "2026-01-01")])
        .refuses(&[("valid_from", "2026-01-02"), ("valid_to", "2026-01-01")]),
    case(&PRICE_LIST, "both_or_none", "cost_base")
        .on(BASE)
        .accepts(&[("cost_plus_percent", "25"), ("cost_base", "last_cost")])
        .refuses(&[("cost_plus_percent", "25")]),
    case(&PRICE_LIST, "negative", "cost_plus_percent")
        .on(BASE)
        .accepts(&[("cost_plus_percent", "0"), ("cost_base", "last_cost")])
        .refuses(&[("cost_plus_percent", "-1"), ("cost_base", "last_cost")]),
    case(&PRICE_LIST, "negative", "price_row.price")
        .on(PRICED)
        .accepts(&[("price_row#1.price", "0")])
        .refuses(&[("price_row#1.price", "-0.01")]),
    case(&PRICE_LIST, "not_positive", "price_row.min_quantity")
        .on(PRICED)
        .accepts(&[("price_row#1.min_quantity", "10")])
        .refuses(&[("price_row#1.min_quantity", "0")]),
    case(&PRICE_LIST, "not_whole", "price_row.min_quantity")
        .on(PRICED)
        .accepts(&[("price_row#1.min_quantity", "12")])
        .refuses(&[("price_row#1.min_quantity", "1.5")]),
    case(&PRICE_LIST, "overlap", "price_row.valid_from")
        .on(PRICED)
        .accepts(&[
            ("price_row#2.item", "@nut"),
            ("price_row#2.price", "2"),
            ("price_row#2.valid_from", "2026-07-01"),
        ])
        .refuses(&[
            ("price_row#2.item", "@nut"),
            ("price_row#2.price", "2"),
            ("price_row#2.valid_from", "2026-06-30"),
        ]),
    case(&PRICE_LIST, "in_use", "currency")
        .on(PRICED)
        .edits()
        .accepts(&[("inclusive", "yes")])
        .refuses(&[("currency", "@usd")]),
];
