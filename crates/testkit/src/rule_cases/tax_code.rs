//! Cases of tax codes, their rates and what they are made of.

use domain::masters::{ACCOUNT, TAX_CODE};

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given(
        "tax",
        &ACCOUNT,
        &[
            ("number", "RULES 33"),
            ("name", "Output tax"),
            ("company_id", "@company"),
            ("root_type", "liability"),
            ("account_type", "tax"),
        ],
    ),
    given(
        "city_tax",
        &TAX_CODE,
        &[
            ("code", "RULES CITY"),
            ("name", "City tax"),
            ("tax_rate#1.valid_from", "2020-01-01"),
            ("tax_rate#1.rate", "2"),
        ],
    ),
];

const BASE: Lines = &[("name", "Tax {n}"), ("tax_rate#1.valid_from", "2021-01-01")];
const STANDARD: Lines =
    &[("name", "Tax {n}"), ("tax_rate#1.valid_from", "2021-01-01"), ("tax_rate#1.rate", "19")];
const COMPOUND: Lines = &[("name", "Taxes {n}"), ("kind", "compound")];

pub static CASES: &[Case] = &[
    case(&TAX_CODE, "required", "tax_rate")
        .on(&[("name", "Tax {n}")])
        .accepts(&[("tax_rate#1.valid_from", "2021-01-01"), ("tax_rate#1.rate", "19")])
        .refuses(&[]),
    case(&TAX_CODE, "required", "tax_rate.rate")
        .on(BASE)
        .accepts(&[("tax_rate#1.rate", "19")])
        .refuses(&[]),
    case(&TAX_CODE, "overlap", "tax_rate.valid_from")
        .on(&[
            ("name", "Tax {n}"),
            ("tax_rate#1.valid_from", "2007-01-01"),
            ("tax_rate#1.valid_to", "2020-06-30"),
            ("tax_rate#1.rate", "19"),
            ("tax_rate#2.rate", "16"),
        ])
        .accepts(&[("tax_rate#2.valid_from", "2020-07-01")])
        .refuses(&[("tax_rate#2.valid_from", "2020-06-30")]),
    case(&TAX_CODE, "ends_before_start", "tax_rate.valid_to")
        .on(STANDARD)
        .accepts(&[("tax_rate#1.valid_to", "2021-01-01")])
        .refuses(&[("tax_rate#1.valid_to", "2020-12-31")]),
    case(&TAX_CODE, "negative", "tax_rate.rate")
        .on(BASE)
        .accepts(&[("tax_rate#1.rate", "0.0001")])
        .refuses(&[("tax_rate#1.rate", "-19")]),
    case(&TAX_CODE, "not_below_zero", "tax_rate.rate")
        .on(&[
            ("name", "Withheld {n}"),
            ("kind", "withholding"),
            ("tax_rate#1.valid_from", "2021-01-01"),
        ])
        .accepts(&[("tax_rate#1.rate", "-20")])
        .refuses(&[("tax_rate#1.rate", "0")]),
    case(&TAX_CODE, "withheld", "inclusive")
        .on(&[
            ("name", "Withheld {n}"),
            ("kind", "withholding"),
            ("tax_rate#1.valid_from", "2021-01-01"),
            ("tax_rate#1.rate", "-20"),
        ])
        .accepts(&[("inclusive", "no")])
        .refuses(&[("inclusive", "yes")]),
    case(&TAX_CODE, "rate_of_category", "tax_rate.rate")
        .on(&[("name", "Zero {n}"), ("category", "Z"), ("tax_rate#1.valid_from", "2021-01-01")])
        .accepts(&[("tax_rate#1.rate", "0")])
        .refuses(&[("tax_rate#1.rate", "7")]),
    case(&TAX_CODE, "rate_of_category", "tax_rate.rate")
        .on(BASE)
        .accepts(&[("tax_rate#1.rate", "7")])
        .refuses(&[("tax_rate#1.rate", "0")]),
    case(&TAX_CODE, "not_used", "tax_rate.amount")
        .on(STANDARD)
        .accepts(&[])
        .refuses(&[("tax_rate#1.amount", "3")]),
    case(&TAX_CODE, "not_used", "tax_rate.rate")
        .on(&[
            ("name", "Deposit {n}"),
            ("kind", "fixed"),
            ("tax_rate#1.valid_from", "2021-01-01"),
            ("tax_rate#1.amount", "0.25"),
        ])
        .accepts(&[])
        .refuses(&[("tax_rate#1.rate", "3")]),
    case(&TAX_CODE, "reason_required", "exemption_reason")
        .on(&[
            ("name", "Exempt {n}"),
            ("category", "E"),
            ("tax_rate#1.valid_from", "2021-01-01"),
            ("tax_rate#1.rate", "0"),
        ])
        .accepts(&[("exemption_reason", "Insurance, article 135")])
        .refuses(&[]),
    case(&TAX_CODE, "reason_required", "exemption_reason")
        .on(&[
            ("name", "Reverse {n}"),
            ("kind", "reverse_charge"),
            ("category", "AE"),
            ("tax_rate#1.valid_from", "2021-01-01"),
            ("tax_rate#1.rate", "19"),
        ])
        .accepts(&[("exemption_reason", "Reverse charge")])
        .refuses(&[]),
    case(&TAX_CODE, "reason_required", "exemption_reason")
        .on(&[
            ("name", "Outside {n}"),
            ("category", "O"),
            ("tax_rate#1.valid_from", "2021-01-01"),
            ("tax_rate#1.rate", "0"),
        ])
        .accepts(&[("exemption_reason", "Supplied abroad")])
        .refuses(&[]),
    case(&TAX_CODE, "required", "tax_component")
        .on(COMPOUND)
        .accepts(&[("tax_component#1.component", "@city_tax")])
        .refuses(&[]),
    case(&TAX_CODE, "no_rate", "tax_rate.rate")
        .on(COMPOUND)
        .accepts(&[("tax_component#1.component", "@city_tax")])
        .refuses(&[
            ("tax_component#1.component", "@city_tax"),
            ("tax_rate#1.valid_from", "2021-01-01"),
            ("tax_rate#1.rate", "2"),
        ]),
    case(&TAX_CODE, "not_compound", "tax_component")
        .on(STANDARD)
        .accepts(&[])
        .refuses(&[("tax_component#1.component", "@city_tax")]),
    case(&TAX_CODE, "twice", "tax_component.component")
        .on(COMPOUND)
        .accepts(&[("tax_component#1.component", "@city_tax")])
        .refuses(&[
            ("tax_component#1.component", "@city_tax"),
            ("tax_component#2.component", "@city_tax"),
        ]),
    case(&TAX_CODE, "cycle", "tax_component")
        .on(&[
            ("name", "Taxes {n}"),
            ("kind", "compound"),
            ("tax_component#1.component", "@city_tax"),
        ])
        .after(&[given(
            "taxes_above",
            &TAX_CODE,
            &[
                ("name", "All taxes {n}"),
                ("kind", "compound"),
                ("tax_component#1.component", "@self"),
            ],
        )])
        .accepts(&[("jurisdiction", "Elsewhere")])
        .refuses(&[("tax_component#1.component", "@taxes_above")]),
    case(&TAX_CODE, "wrong_account_type", "sales_account")
        .on(STANDARD)
        .accepts(&[("sales_account", "@tax")])
        .refuses(&[("sales_account", "@bank")]),
    case(&TAX_CODE, "wrong_account_type", "purchase_account")
        .on(STANDARD)
        .accepts(&[("purchase_account", "@tax")])
        .refuses(&[("purchase_account", "@income")]),
];
