//! Cases of accounts and of what refers to them.

use domain::masters::ACCOUNT;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given(
        "assets",
        &ACCOUNT,
        &[
            ("number", "RULES 1"),
            ("name", "Assets"),
            ("company_id", "@company"),
            ("root_type", "asset"),
            ("is_group", "yes"),
        ],
    ),
    given(
        "receivable",
        &ACCOUNT,
        &[
            ("number", "RULES 11"),
            ("name", "Receivables"),
            ("company_id", "@company"),
            ("parent", "@assets"),
            ("root_type", "asset"),
            ("account_type", "receivable"),
        ],
    ),
    given(
        "bank",
        &ACCOUNT,
        &[
            ("number", "RULES 12"),
            ("name", "Bank"),
            ("company_id", "@company"),
            ("parent", "@assets"),
            ("root_type", "asset"),
            ("account_type", "bank"),
        ],
    ),
    given(
        "stock",
        &ACCOUNT,
        &[
            ("number", "RULES 13"),
            ("name", "Stock"),
            ("company_id", "@company"),
            ("parent", "@assets"),
            ("root_type", "asset"),
            ("account_type", "stock"),
        ],
    ),
    given(
        "payable",
        &ACCOUNT,
        &[
            ("number", "RULES 31"),
            ("name", "Payables"),
            ("company_id", "@company"),
            ("root_type", "liability"),
            ("account_type", "payable"),
        ],
    ),
    given(
        "income",
        &ACCOUNT,
        &[
            ("number", "RULES 41"),
            ("name", "Sales"),
            ("company_id", "@company"),
            ("root_type", "income"),
            ("account_type", "income"),
        ],
    ),
    given(
        "other_receivable",
        &ACCOUNT,
        &[
            ("number", "OTHER RULES 11"),
            ("name", "Receivables elsewhere"),
            ("company_id", "@other_company"),
            ("root_type", "asset"),
            ("account_type", "receivable"),
        ],
    ),
];

const BASE: Lines = &[
    ("number", "A {n}"),
    ("name", "Account {n}"),
    ("company_id", "@company"),
    ("root_type", "asset"),
];

pub static CASES: &[Case] = &[
    case(&ACCOUNT, "required", "company_id")
        .on(&[("number", "A {n}"), ("name", "Account {n}"), ("root_type", "asset")])
        .accepts(&[("company_id", "@company")])
        .refuses(&[]),
    case(&ACCOUNT, "unique", "number")
        .on(BASE)
        .accepts(&[("number", "rules 11a")])
        .refuses(&[("number", "rules 11")]),
    case(&ACCOUNT, "wrong_root", "account_type")
        .on(BASE)
        .accepts(&[("account_type", "cash")])
        .refuses(&[("account_type", "payable")]),
    case(&ACCOUNT, "not_a_group", "parent")
        .on(BASE)
        .accepts(&[("parent", "@assets")])
        .refuses(&[("parent", "@bank")]),
    case(&ACCOUNT, "other_company", "parent")
        .on(BASE)
        .accepts(&[("parent", "@assets")])
        .refuses(&[("parent", "@assets"), ("company_id", "@other_company")]),
    case(&ACCOUNT, "other_root", "root_type")
        .on(BASE)
        .accepts(&[("parent", "@assets")])
        .refuses(&[("parent", "@assets"), ("root_type", "expense")]),
    case(&ACCOUNT, "cycle", "parent")
        .on(&[
            ("number", "A {n}"),
            ("name", "Account {n}"),
            ("company_id", "@company"),
            ("root_type", "asset"),
            ("is_group", "yes"),
        ])
        .after(&[given(
            "group_below",
            &ACCOUNT,
            &[
                ("number", "A {n}"),
                ("name", "Account {n}"),
                ("company_id", "@company"),
                ("root_type", "asset"),
                ("is_group", "yes"),
                ("parent", "@self"),
            ],
        )])
        .accepts(&[("parent", "@assets")])
        .refuses(&[("parent", "@group_below")]),
    case(&ACCOUNT, "has_accounts", "is_group")
        .on(GROUP)
        .after(BELOW)
        .accepts(&[("tags", "a")])
        .refuses(&[("is_group", "no")]),
    case(&ACCOUNT, "other_below", "root_type")
        .on(GROUP)
        .after(BELOW)
        .accepts(&[("tags", "a")])
        .refuses(&[("root_type", "expense")]),
    case(&ACCOUNT, "other_below", "company_id")
        .on(GROUP)
        .after(BELOW)
        .accepts(&[("tags", "a")])
        .refuses(&[("company_id", "@other_company")]),
];

const GROUP: Lines = &[
    ("number", "A {n}"),
    ("name", "Account {n}"),
    ("company_id", "@company"),
    ("root_type", "asset"),
    ("is_group", "yes"),
];

const BELOW: &[Given] = &[given(
    "account_below",
    &ACCOUNT,
    &[
        ("number", "A {n}"),
        ("name", "Account {n}"),
        ("company_id", "@company"),
        ("root_type", "asset"),
        ("parent", "@self"),
    ],
)];
