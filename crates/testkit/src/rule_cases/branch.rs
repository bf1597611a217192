//! Cases of branches and departments.

use domain::masters::BRANCH;

use super::{Case, Lines, case, given};

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
    case(&BRANCH, "postal_code_form", "postal_code")
        .on(BASE)
        .accepts(&[("country", "DE"), ("postal_code", "50667")])
        .refuses(&[("country", "DE"), ("postal_code", "506")]),
];
