//! Cases of cost centres.

use domain::masters::COST_CENTRE;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[given(
    "works",
    &COST_CENTRE,
    &[
        ("code", "RULES WORKS"),
        ("name", "Works"),
        ("company_id", "@company"),
        ("valid_from", "2026-01-01"),
        ("valid_to", "2026-12-31"),
    ],
)];

const BASE: Lines = &[("name", "Centre {n}"), ("company_id", "@company")];
const BELOW: Lines = &[
    ("name", "Centre {n}"),
    ("company_id", "@company"),
    ("parent", "@works"),
    ("valid_from", "2026-01-01"),
    ("valid_to", "2026-12-31"),
];

pub static CASES: &[Case] = &[
    case(&COST_CENTRE, "required", "company_id")
        .on(&[("name", "Centre {n}")])
        .accepts(&[("company_id", "@company")])
        .refuses(&[]),
    case(&COST_CENTRE, "ends_before_start", "valid_to")
        .on(BASE)
        .accepts(&[("valid_from", "2026-01-01"), ("valid_to", "2026-01-01")])
        .refuses(&[("valid_from", "2026-01-01"), ("valid_to", "2025-12-31")]),
    case(&COST_CENTRE, "negative", "budget")
        .on(BASE)
        .accepts(&[("budget", "0")])
        .refuses(&[("budget", "-1")]),
    case(&COST_CENTRE, "other_company", "parent")
        .on(BELOW)
        .accepts(&[])
        .refuses(&[("company_id", "@other_company")]),
    case(&COST_CENTRE, "other_dimension", "parent")
        .on(BELOW)
        .accepts(&[("dimension", "cost_centre")])
        .refuses(&[("dimension", "project")]),
    case(&COST_CENTRE, "outlives_parent", "valid_to")
        .on(BELOW)
        .accepts(&[("valid_to", "2026-12-31")])
        .refuses(&[("valid_to", "2027-01-01")]),
    case(&COST_CENTRE, "before_parent", "valid_from")
        .on(BELOW)
        .accepts(&[("valid_from", "2026-06-01")])
        .refuses(&[("valid_from", "")]),
    case(&COST_CENTRE, "cycle", "parent")
        .on(BASE)
        .after(&[given(
            "centre_below",
            &COST_CENTRE,
            &[("name", "Centre {n}"), ("company_id", "@company"), ("parent", "@self")],
        )])
        .accepts(&[("tags", "moved")])
        .refuses(&[("parent", "@centre_below")]),
];
