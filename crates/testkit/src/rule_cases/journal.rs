//! Cases of journals.

use domain::masters::JOURNAL;

use super::{Case, Lines, case};

const BASE: Lines = &[
    ("code", "J{n}"),
    ("name", "Journal {n}"),
    ("company_id", "@company"),
    ("kind", "sales_order"),
];

pub static CASES: &[Case] = &[
    case(&JOURNAL, "required", "code").on(BASE).accepts(&[]).refuses(&[("code", "")]),
    case(&JOURNAL, "required", "company_id").on(BASE).accepts(&[]).refuses(&[("company_id", "")]),
    case(&JOURNAL, "other_type", "series")
        .on(BASE)
        .accepts(&[("series", "@orders")])
        .refuses(&[("series", "@orders"), ("kind", "sales_invoice")]),
    case(&JOURNAL, "other_company", "series")
        .on(BASE)
        .accepts(&[("series", "@orders")])
        .refuses(&[("series", "@other_orders")]),
    case(&JOURNAL, "not_a_leaf", "debit_account")
        .on(BASE)
        .accepts(&[("debit_account", "@receivable")])
        .refuses(&[("debit_account", "@assets")]),
    case(&JOURNAL, "other_company", "credit_account")
        .on(BASE)
        .accepts(&[("credit_account", "@income")])
        .refuses(&[("credit_account", "@other_receivable")]),
];
