//! Cases of payment methods.

use domain::masters::PAYMENT_METHOD;

use super::{Case, Lines, case};

const BASE: Lines = &[("name", "Method {n}"), ("kind", "card"), ("company_id", "@company")];

pub static CASES: &[Case] = &[
    case(&PAYMENT_METHOD, "out_of_range", "fees_percent")
        .on(BASE)
        .accepts(&[("fees_percent", "1.4")])
        .refuses(&[("fees_percent", "100.1")]),
    case(&PAYMENT_METHOD, "negative", "surcharge")
        .on(BASE)
        .accepts(&[("surcharge", "0.35")])
        .refuses(&[("surcharge", "-0.35")]),
    case(&PAYMENT_METHOD, "out_of_range", "clearing_days")
        .on(BASE)
        .accepts(&[("clearing_days", "3")])
        .refuses(&[("clearing_days", "-1")]),
    case(&PAYMENT_METHOD, "wrong_account_type", "account")
        .on(BASE)
        .accepts(&[("account", "@bank")])
        .refuses(&[("account", "@receivable")]),
    case(&PAYMENT_METHOD, "not_a_leaf", "account")
        .on(BASE)
        .accepts(&[("account", "@bank")])
        .refuses(&[("account", "@assets")]),
    case(&PAYMENT_METHOD, "other_company", "account")
        .on(BASE)
        .accepts(&[("account", "@bank")])
        .refuses(&[("account", "@bank"), ("company_id", "@other_company")]),
];
