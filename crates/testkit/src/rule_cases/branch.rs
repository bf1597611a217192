//! Cases of branches and departments.

use domain::masters::BRANCH;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given(
        "north",
        &BRANCH,
        &[("code", "RULES NORTH"), ("name", "North"), ("company_id", "@company")],
    ),
    given(
        "department",
        &BRANCH,
        &[
            ("code", "RULES SALES"),
            ("name", "Sales"),
            ("company_id", "@company"),
            ("kind", "department"),
        ],
    ),
];

const BASE: Lines = &[("name", "Branch {n}"), ("company_id", "@company")];

pub static CASES: &[Case] = &[
    case(&BRANCH, "required", "company_id")
        .on(&[("name", "Branch {n}")])
        .accepts(&[("company_id", "@company")])
        .refuses(&[]),
    case(&BRANCH, "cycle", "parent")
        .on(BASE)
        .after(&[given(
            "below",
            &BRANCH,
            &[("name", "Below {n}"), ("company_id", "@company"), ("parent", "@self")],
        )])
        .accepts(&[("name", "At the top")])
        .refuses(&[("parent", "@below")]),
    case(&BRANCH, "other_company", "parent")
        .on(BASE)
        .after(&[
            given("beside", &BRANCH, BASE),
            given("abroad", &BRANCH, &[("name", "Abroad {n}"), ("company_id", "@other_company")]),
        ])
        .accepts(&[("parent", "@beside")])
        .refuses(&[("parent", "@abroad")]),
    case(&BRANCH, "below_a_department", "parent")
        .on(BASE)
        .accepts(&[("parent", "@department"), ("kind", "department")])
        .refuses(&[("parent", "@department")]),
    case(&BRANCH, "unique", "series_prefix")
        .on(BASE)
        .accepts(&[("series_prefix", "RN")])
        .refuses(&[("series_prefix", "rn")]),
    case(&BRANCH, "postal_code_form", "postal_code")
        .on(BASE)
        .accepts(&[("country", "DE"), ("postal_code", "50667")])
        .refuses(&[("country", "DE"), ("postal_code", "506")]),
];
