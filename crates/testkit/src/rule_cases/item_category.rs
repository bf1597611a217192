//! Cases of item categories.

use domain::masters::ITEM_CATEGORY;

use super::{Case, case, given};

pub static CASES: &[Case] = &[
    case(&ITEM_CATEGORY, "cycle", "parent")
        .on(&[("name", "Category {n}")])
        .after(&[given(
            "category_below",
            &ITEM_CATEGORY,
            &[("name", "Category {n}"), ("parent", "@self")],
        )])
        .accepts(&[("name", "At the top")])
        .refuses(&[("parent", "@category_below")]),
    case(&ITEM_CATEGORY, "wrong_account_type", "income_account")
        .on(&[("name", "Category {n}"), ("company_id", "@company")])
        .accepts(&[("income_account", "@income")])
        .refuses(&[("income_account", "@bank")]),
];
