//! Cases of units of measure.

use domain::masters::UNIT;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given("piece", &UNIT, &[("name", "Piece"), ("unece_code", "C62"), ("dimension", "count")]),
    given("kilogram", &UNIT, &[("name", "Kilogram"), ("unece_code", "KGM"), ("dimension", "mass")]),
    given(
        "leaf",
        &UNIT,
        &[("name", "Leaf"), ("unece_code", "LEF"), ("dimension", "count"), ("whole_only", "yes")],
    ),
    given("metre", &UNIT, &[("name", "Metre"), ("unece_code", "MTR"), ("dimension", "length")]),
];

const BASE: Lines = &[("name", "Unit"), ("dimension", "other")];

pub static CASES: &[Case] = &[
    case(&UNIT, "unit_unknown", "unece_code")
        .on(BASE)
        .accepts(&[("unece_code", "KMH")])
        .refuses(&[("unece_code", "QQQ")]),
    case(&UNIT, "unit_withdrawn", "unece_code")
        .on(BASE)
        .accepts(&[("unece_code", "MIK")])
        .refuses(&[("unece_code", "BO")]),
    case(&UNIT, "unique", "unece_code")
        .on(BASE)
        .accepts(&[("unece_code", "KNT")])
        .refuses(&[("unece_code", "knt")]),
    case(&UNIT, "required", "dimension")
        .on(&[("name", "Unit"), ("unece_code", "FAH")])
        .accepts(&[("dimension", "temperature")])
        .refuses(&[("unece_code", "KEL")]),
];
