//! Unit of measure, by UN/ECE Recommendation 20. How many of one make another is said per item.

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Kind, Label, OwnerRule, Unique, choice, field,
};

use super::fields::MASTER;

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static UNIT: EntityDef = EntityDef::new("unit", Area::Items, GUARD)
    .called(Label { en: "Unit", de: "Einheit" }, Label { en: "Units", de: "Einheiten" })
    .fields(MASTER, OWN)
    .key("unece_code")
    .owned_by(OwnerRule::Nobody);

const OWN: &[FieldDef] = &[
    field("unece_code", "UN/ECE code", "UN/ECE-Code", Kind::UnitCode)
        .required()
        .unique(Unique::Tenant)
        .search()
        .listed(),
    field("symbol", "Symbol", "Zeichen", Kind::text(12)).listed(),
    field("dimension", "Dimension", "Größe", Kind::Choice(DIMENSIONS)).required().listed(),
    field("whole_only", "Whole numbers only", "Nur ganze Zahlen", Kind::Bool).listed(),
];

pub const COUNT: &str = "count";

const DIMENSIONS: &[Choice] = &[
    choice(COUNT, "Count", "Anzahl"),
    choice("mass", "Mass", "Masse"),
    choice("length", "Length", "Länge"),
    choice("area", "Area", "Fläche"),
    choice("volume", "Volume", "Volumen"),
    choice("time", "Time", "Zeit"),
    choice("energy", "Energy", "Energie"),
    choice("power", "Power", "Leistung"),
    choice("temperature", "Temperature", "Temperatur"),
    choice("data", "Data", "Daten"),
    choice("other", "Other", "Sonstige"),
];
