//! Cases of companies and of the accounts they name.

use domain::masters::COMPANY;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given(
        "company",
        &COMPANY,
        &[
            ("code", "RULES"),
            ("name", "Rules Ltd"),
            ("legal_name", "Rules Ltd"),
            ("country", "DE"),
            ("base_currency", "@eur"),
        ],
    ),
    given(
        "other_company",
        &COMPANY,
        &[
            ("code", "OTHER RULES"),
            ("name", "Other Rules Ltd"),
            ("legal_name", "Other Rules Ltd"),
            ("country", "DE"),
            ("base_currency", "@eur"),
        ],
    ),
];

const BASE: Lines = &[
    ("code", "COMPANY {n}"),
    ("name", "Company {n}"),
    ("legal_name", "Company {n}"),
    ("country", "DE"),
    ("base_currency", "@eur"),
];

pub static CASES: &[Case] = &[
    case(&COMPANY, "time_zone_unknown", "time_zone")
        .on(BASE)
        .accepts(&[("time_zone", "Europe/Vienna")])
        .refuses(&[("time_zone", "Europe/Nowhere")]),
    case(&COMPANY, "country_unknown", "country")
        .on(BASE)
        .accepts(&[("country", "AT")])
        .refuses(&[("country", "QX")]),
    case(&COMPANY, "language_unknown", "locale")
        .on(BASE)
        .accepts(&[("locale", "de-AT")])
        .refuses(&[("locale", "qqq")]),
    case(&COMPANY, "language_form", "locale")
        .on(BASE)
        .accepts(&[("locale", "en")])
        .refuses(&[("locale", "english, please")]),
    case(&COMPANY, "language_region", "locale")
        .on(BASE)
        .accepts(&[("locale", "de-CH")])
        .refuses(&[("locale", "de-QX")]),
    case(&COMPANY, "tax_id_form", "tax_id")
        .on(BASE)
        .accepts(&[("tax_id", "DE136695976")])
        .refuses(&[("tax_id", "DE1366")]),
    case(&COMPANY, "out_of_range", "fiscal_year_start")
        .on(BASE)
        .accepts(&[("fiscal_year_start", "12")])
        .refuses(&[("fiscal_year_start", "13")]),
    case(&COMPANY, "wrong_account_type", "suspense_account")
        .on(BASE)
        .edits()
        .accepts(&[("notes", "no account yet")])
        .refuses(&[("suspense_account", "@receivable")]),
    case(&COMPANY, "not_a_leaf", "ar_account")
        .on(BASE)
        .accepts(&[("notes", "no account yet")])
        .refuses(&[("ar_account", "@assets")]),
    case(&COMPANY, "other_company", "ar_account")
        .on(BASE)
        .after(&[given(
            "own_receivable",
            &domain::masters::ACCOUNT,
            &[
                ("number", "R {n}"),
                ("name", "Receivables"),
                ("company_id", "@self"),
                ("root_type", "asset"),
                ("account_type", "receivable"),
            ],
        )])
        .accepts(&[("ar_account", "@own_receivable")])
        .refuses(&[("ar_account", "@receivable")]),
    case(&COMPANY, "hard_locked", "lock_hard")
        .on(BASE)
        .edits()
        .accepts(&[("lock_hard", "2025-12-31")])
        .refuses(&[("lock_hard", "2025-12-30")]),
];
