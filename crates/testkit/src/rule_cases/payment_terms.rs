//! Cases of payment terms and their instalments.

use domain::masters::PAYMENT_TERMS;

use super::{Case, Lines, case};

const BASE: Lines = &[("name", "Terms {n}")];
const AT_ONCE: Lines = &[
    ("name", "Terms {n}"),
    ("payment_instalment#1.portion", "100"),
    ("payment_instalment#1.days", "0"),
];

pub static CASES: &[Case] = &[
    case(&PAYMENT_TERMS, "required", "payment_instalment")
        .on(BASE)
        .accepts(&[("payment_instalment#1.portion", "100")])
        .refuses(&[]),
    case(&PAYMENT_TERMS, "portions", "payment_instalment")
        .on(BASE)
        .accepts(&[
            ("payment_instalment#1.portion", "33.3333"),
            ("payment_instalment#2.portion", "33.3333"),
            ("payment_instalment#3.portion", "33.3334"),
        ])
        .refuses(&[
            ("payment_instalment#1.portion", "33.3333"),
            ("payment_instalment#2.portion", "33.3333"),
            ("payment_instalment#3.portion", "33.3333"),
        ]),
    case(&PAYMENT_TERMS, "not_positive", "payment_instalment.portion")
        .on(AT_ONCE)
        .accepts(&[])
        .refuses(&[("payment_instalment#2.portion", "0")]),
    case(&PAYMENT_TERMS, "two_days", "payment_instalment.day_of_month")
        .on(AT_ONCE)
        .accepts(&[("payment_instalment#1.day_of_month", "15")])
        .refuses(&[
            ("payment_instalment#1.day_of_month", "15"),
            ("payment_instalment#1.end_of_month", "yes"),
        ]),
    case(&PAYMENT_TERMS, "out_of_range", "payment_instalment.day_of_month")
        .on(AT_ONCE)
        .accepts(&[("payment_instalment#1.day_of_month", "31")])
        .refuses(&[("payment_instalment#1.day_of_month", "32")]),
    case(&PAYMENT_TERMS, "both_or_none", "discount_days")
        .on(AT_ONCE)
        .accepts(&[("discount_percent", "2"), ("discount_days", "10")])
        .refuses(&[("discount_percent", "2")]),
    case(&PAYMENT_TERMS, "both_or_none", "discount_percent")
        .on(AT_ONCE)
        .accepts(&[])
        .refuses(&[("discount_days", "10")]),
    case(&PAYMENT_TERMS, "not_positive", "discount_percent")
        .on(AT_ONCE)
        .accepts(&[("discount_percent", "0.5"), ("discount_days", "10")])
        .refuses(&[("discount_percent", "0"), ("discount_days", "10")]),
    case(&PAYMENT_TERMS, "out_of_range", "discount_percent")
        .on(AT_ONCE)
        .accepts(&[("discount_percent", "100"), ("discount_days", "0")])
        .refuses(&[("discount_percent", "101"), ("discount_days", "10")]),
];
