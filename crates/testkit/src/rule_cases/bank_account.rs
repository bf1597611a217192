//! Cases of bank accounts. Each account of the books stands for one of them, so that each case has its own.

use domain::masters::{ACCOUNT, BANK_ACCOUNT};

use super::{Case, Given, Lines, case, given};

macro_rules! ledger {
    ($label:literal, $number:literal, $type:literal) => {
        given(
            $label,
            &ACCOUNT,
            &[
                ("number", $number),
                ("name", "Ledger"),
                ("company_id", "@company"),
                ("root_type", "asset"),
                ("account_type", $type),
            ],
        )
    };
}

pub static GIVEN: &[Given] = &[
    ledger!("ledger_1", "RULES 121", "bank"),
    ledger!("ledger_2", "RULES 122", "bank"),
    ledger!("ledger_3", "RULES 123", "bank"),
    ledger!("ledger_4", "RULES 124", "bank"),
    ledger!("ledger_5", "RULES 125", "bank"),
    ledger!("ledger_6", "RULES 126", "bank"),
    ledger!("till", "RULES 127", "cash"),
    given(
        "dollars",
        &ACCOUNT,
        &[
            ("number", "RULES 128"),
            ("name", "Dollars"),
            ("company_id", "@company"),
            ("root_type", "asset"),
            ("account_type", "bank"),
            ("currency", "@usd"),
        ],
    ),
];

const BASE: Lines = &[
    ("name", "Account {n}"),
    ("company_id", "@company"),
    ("bank", "Bank of Rules"),
    ("account_no", "{n}"),
    ("currency", "@eur"),
];

pub static CASES: &[Case] = &[
    case(&BANK_ACCOUNT, "required", "gl_account")
        .on(BASE)
        .accepts(&[("gl_account", "@ledger_1")])
        .refuses(&[]),
    case(&BANK_ACCOUNT, "required", "company_id")
        .on(BASE)
        .accepts(&[("gl_account", "@ledger_2")])
        .refuses(&[("gl_account", "@ledger_3"), ("company_id", "")]),
    case(&BANK_ACCOUNT, "required", "iban")
        .on(BASE)
        .accepts(&[("gl_account", "@till"), ("account_no", "")])
        .refuses(&[("gl_account", "@ledger_3"), ("account_no", "")]),
    case(&BANK_ACCOUNT, "account_taken", "gl_account")
        .on(BASE)
        .accepts(&[("gl_account", "@ledger_3")])
        .refuses(&[("gl_account", "@ledger_3")]),
    case(&BANK_ACCOUNT, "wrong_account_type", "gl_account")
        .on(BASE)
        .accepts(&[("gl_account", "@ledger_4")])
        .refuses(&[("gl_account", "@receivable")]),
    case(&BANK_ACCOUNT, "other_company", "gl_account")
        .on(BASE)
        .accepts(&[("gl_account", "@ledger_5")])
        .refuses(&[("gl_account", "@ledger_6"), ("company_id", "@other_company")]),
    case(&BANK_ACCOUNT, "other_currency", "currency")
        .on(BASE)
        .accepts(&[("gl_account", "@dollars"), ("currency", "@usd")])
        .refuses(&[("gl_account", "@ledger_6"), ("currency", "@usd")]),
    case(&BANK_ACCOUNT, "negative", "bank_signatory.limit_amount")
        .on(BASE)
        .accepts(&[
            ("gl_account", "@ledger_6"),
            ("bank_signatory#1.name", "Ada"),
            ("bank_signatory#1.limit_amount", "5000"),
        ])
        .refuses(&[
            ("gl_account", "@ledger_6"),
            ("bank_signatory#1.name", "Ada"),
            ("bank_signatory#1.limit_amount", "-1"),
        ]),
];
