//! Gauge type: what is measured with which instrument. A throw-away: it is put among the masters of a copy of
//! this project, to show what a new master takes.

use crate::permissions::{Guard, Permission};
use crate::record::{Area, Choice, EntityDef, FieldDef, Kind, Label, choice, field};

use super::fields::{MASTER, QUANTITY, not_negative};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static GAUGE_TYPE: EntityDef = EntityDef::new("gauge_type", Area::Items, GUARD)
    .called(
        Label { en: "Gauge type", de: "Messgerätetyp" },
        Label { en: "Gauge types", de: "Messgerätetypen" },
    )
    .fields(MASTER, OWN)
    .row_rules(|values, problems| not_negative(values, "range", problems));

const OWN: &[FieldDef] = &[
    field("description", "Description", "Beschreibung", Kind::LongText).search(),
    field("measures", "Measures", "Misst", Kind::Choice(QUANTITIES))
        .required()
        .default("length")
        .listed(),
    field("range", "Range", "Messbereich", QUANTITY).listed(),
    field("made_in", "Made in", "Hergestellt in", Kind::Country).listed(),
    field("since", "In use since", "In Gebrauch seit", Kind::Date).listed(),
    field("reference", "Reference gauge", "Bezugsnormal", Kind::Reference("item")),
];

const QUANTITIES: &[Choice] = &[
    choice("length", "Length", "Länge"),
    choice("mass", "Mass", "Masse"),
    choice("pressure", "Pressure", "Druck"),
];
