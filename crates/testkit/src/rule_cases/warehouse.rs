//! Cases of warehouses.

use domain::masters::WAREHOUSE;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given(
        "warehouses",
        &WAREHOUSE,
        &[
            ("code", "RULES"),
            ("name", "All warehouses"),
            ("company_id", "@company"),
            ("is_group", "yes"),
        ],
    ),
    given(
        "shelf",
        &WAREHOUSE,
        &[("code", "RULES SHELF"), ("name", "Shelf"), ("company_id", "@company")],
    ),
];

const BASE: Lines = &[("name", "Warehouse {n}"), ("company_id", "@company")];
const GROUP: Lines = &[("name", "Warehouse {n}"), ("company_id", "@company"), ("is_group", "yes")];
const BELOW: &[Given] = &[given(
    "warehouse_below",
    &WAREHOUSE,
    &[("name", "Below {n}"), ("company_id", "@company"), ("parent", "@self"), ("is_group", "yes")],
)];

pub static CASES: &[Case] = &[
    case(&WAREHOUSE, "required", "company_id")
        .on(&[("name", "Warehouse {n}")])
        .accepts(&[("company_id", "@company")])
        .refuses(&[]),
    case(&WAREHOUSE, "group_holds_no_stock", "stock_account")
        .on(BASE)
        .accepts(&[("stock_account", "@stock")])
        .refuses(&[("stock_account", "@stock"), ("is_group", "yes")]),
    case(&WAREHOUSE, "group_holds_no_stock", "negative_allowed")
        .on(BASE)
        .accepts(&[("negative_allowed", "yes")])
        .refuses(&[("negative_allowed", "yes"), ("is_group", "yes")]),
    case(&WAREHOUSE, "wrong_account_type", "stock_account")
        .on(BASE)
        .accepts(&[("stock_account", "@stock")])
        .refuses(&[("stock_account", "@bank")]),
    case(&WAREHOUSE, "not_a_group", "parent")
        .on(BASE)
        .accepts(&[("parent", "@warehouses")])
        .refuses(&[("parent", "@shelf")]),
    case(&WAREHOUSE, "other_company", "parent")
        .on(BASE)
        .accepts(&[("parent", "@warehouses")])
        .refuses(&[("parent", "@warehouses"), ("company_id", "@other_company")]),
    case(&WAREHOUSE, "cycle", "parent")
        .on(GROUP)
        .after(BELOW)
        .accepts(&[("parent", "@warehouses")])
        .refuses(&[("parent", "@warehouse_below")]),
    case(&WAREHOUSE, "has_warehouses", "is_group")
        .on(GROUP)
        .after(BELOW)
        .accepts(&[("name", "Still a group")])
        .refuses(&[("is_group", "no")]),
    case(&WAREHOUSE, "other_below", "company_id")
        .on(GROUP)
        .after(BELOW)
        .accepts(&[("name", "Still here")])
        .refuses(&[("company_id", "@other_company")]),
];
