//! Cases of number series.

use domain::masters::NUMBER_SERIES;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given(
        "orders",
        &NUMBER_SERIES,
        &[
            ("code", "RULES ORDERS"),
            ("name", "Orders"),
            ("company_id", "@company"),
            ("document_type", "sales_order"),
            ("prefix", "RULES-"),
        ],
    ),
    given(
        "other_orders",
        &NUMBER_SERIES,
        &[
            ("code", "OTHER RULES ORDERS"),
            ("name", "Orders elsewhere"),
            ("company_id", "@other_company"),
            ("document_type", "sales_order"),
            ("prefix", "RULES-"),
        ],
    ),
];

const BASE: Lines = &[
    ("name", "Series {n}"),
    ("company_id", "@company"),
    ("document_type", "sales_order"),
    ("prefix", "S{n}-"),
];

const CODES: Lines = &[
    ("name", "Codes {n}"),
    ("company_id", "@company"),
    ("document_type", "warehouse"),
    ("prefix", "S{n}-"),
];

pub static CASES: &[Case] = &[
    case(&NUMBER_SERIES, "required", "company_id")
        .on(&[("name", "Series {n}"), ("document_type", "quotation"), ("prefix", "S{n}-")])
        .accepts(&[("company_id", "@company")])
        .refuses(&[]),
    case(&NUMBER_SERIES, "prefix_form", "prefix")
        .on(BASE)
        .accepts(&[("prefix", "S{n}-{FY}{YYYY}{MM}{BRANCH}{DEVICE}-")])
        .refuses(&[("prefix", "S{n}-{YY}-")]),
    case(&NUMBER_SERIES, "token_of_reset", "prefix")
        .on(BASE)
        .accepts(&[("prefix", "S{n}-{FY}-"), ("reset_rule", "fiscal_year")])
        .refuses(&[("prefix", "S{n}-{YYYY}-"), ("reset_rule", "fiscal_year")]),
    case(&NUMBER_SERIES, "token_of_reset", "prefix")
        .on(BASE)
        .accepts(&[("prefix", "S{n}-{YYYY}{MM}-"), ("reset_rule", "month")])
        .refuses(&[("prefix", "S{n}-{MM}-"), ("reset_rule", "month")]),
    case(&NUMBER_SERIES, "prefix_taken", "prefix")
        .on(BASE)
        .after(&[given(
            "series_there",
            &NUMBER_SERIES,
            &[
                ("name", "Series {n}"),
                ("company_id", "@company"),
                ("document_type", "sales_order"),
                ("prefix", "TAKEN-"),
            ],
        )])
        .accepts(&[("prefix", "FREE-")])
        .refuses(&[("prefix", "taken-")]),
    case(&NUMBER_SERIES, "prefix_taken", "prefix")
        .on(CODES)
        .after(&[given(
            "codes_there",
            &NUMBER_SERIES,
            &[
                ("name", "Codes {n}"),
                ("company_id", "@other_company"),
                ("document_type", "warehouse"),
                ("prefix", "W-TAKEN-"),
            ],
        )])
        .accepts(&[("prefix", "W-FREE-")])
        .refuses(&[("prefix", "w-taken-")]),
    case(&NUMBER_SERIES, "reset_of_token", "reset_rule")
        .on(CODES)
        .accepts(&[("prefix", "S{n}-{YYYY}-"), ("reset_rule", "calendar_year")])
        .refuses(&[("prefix", "S{n}-{YYYY}-"), ("reset_rule", "never")]),
    case(&NUMBER_SERIES, "branch_of_token", "branch_id")
        .on(CODES)
        .accepts(&[("prefix", "S{n}-{DEVICE}-")])
        .refuses(&[("prefix", "S{n}-{BRANCH}-")]),
    case(&NUMBER_SERIES, "only_upward", "next")
        .on(BASE)
        .edits()
        .accepts(&[("next", "200")])
        .refuses(&[("next", "199")]),
    case(&NUMBER_SERIES, "gapless_in_use", "gapless")
        .on(&[
            ("name", "Series {n}"),
            ("company_id", "@company"),
            ("document_type", "sales_order"),
            ("prefix", "S{n}-"),
            ("next", "2"),
        ])
        .edits()
        .accepts(&[("gapless", "no")])
        .refuses(&[("gapless", "yes")]),
    case(&NUMBER_SERIES, "too_wide", "next")
        .on(BASE)
        .accepts(&[("width", "3"), ("next", "999")])
        .refuses(&[("width", "3"), ("next", "1000")]),
    case(&NUMBER_SERIES, "out_of_range", "device_block_size")
        .on(BASE)
        .accepts(&[("device_block_size", "50")])
        .refuses(&[("device_block_size", "0")]),
];
