//! Unit of measure, by UN/ECE Recommendation 20. How many of one make another is said per item.

use uuid::Uuid;

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, ChildRow, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems,
    Unique, Value, choice, field,
};

use super::fields::MASTER;
use super::item::ITEM;

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

/// Refuses a part of a unit that comes only whole.
pub fn whole(
    path: &str,
    quantity: &Value,
    unit: Option<Uuid>,
    lookup: &dyn Lookup,
    problems: &mut Problems,
) {
    let (Some(quantity), Some(unit)) = (quantity.decimal(), unit) else { return };
    let Found::Yes(unit) = lookup.record(&UNIT, unit) else { return };
    if unit.get("whole_only").is_true() && !quantity.is_integer() {
        let message = format!("must be a whole number; {} comes only whole", unit.title());
        problems.add(path, "not_whole", message);
    }
}

/// Refuses a quantity in a child row that its unit does not allow: the unit that the row names, or else that of
/// the `item`. `fields` name the row's unit (if it has one) and its quantity.
pub fn whole_units(
    row: &ChildRow,
    item: Option<Uuid>,
    (uom, quantity): (Option<&str>, &str),
    lookup: &dyn Lookup,
    problems: &mut Problems,
) {
    let named = uom.and_then(|uom| row.values.get(uom).id());
    let unit = named.or_else(|| match lookup.record(&ITEM, item?) {
        Found::Yes(item) => item.get("uom").id(),
        Found::No | Found::CannotTell => None,
    });
    whole(&row.path(quantity), row.values.get(quantity), unit, lookup, problems);
}
