//! Cases of a tenant's own fields.

use domain::masters::OWN_FIELD;

use super::{Case, Lines, case};

const BASE: Lines =
    &[("name", "Own field {n}"), ("entity", "customer"), ("field", "own_{n}"), ("kind", "text")];

pub static CASES: &[Case] = &[
    case(&OWN_FIELD, "own_field_name", "field")
        .on(BASE)
        .accepts(&[("field", "shoe_size_{n}")])
        .refuses(&[("field", "Shoe size {n}")]),
    case(&OWN_FIELD, "unique", "code")
        .on(BASE)
        .accepts(&[("field", "stands_once")])
        .refuses(&[("field", "stands_once")]),
    case(&OWN_FIELD, "required", "choices")
        .on(BASE)
        .accepts(&[("kind", "text")])
        .refuses(&[("kind", "choice")]),
    case(&OWN_FIELD, "hidden_required", "required")
        .on(BASE)
        .accepts(&[("required", "yes")])
        .refuses(&[("required", "yes"), ("readers", "tax_id")]),
    case(&OWN_FIELD, "frozen", "kind")
        .on(BASE)
        .edits()
        .accepts(&[("name", "Called otherwise {n}")])
        .refuses(&[("kind", "date")]),
];
