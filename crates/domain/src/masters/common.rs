//! What every master and every child row has before its own fields, and rules that several share.

use crate::record::{DecimalKind, FieldDef, Kind, Problems, Unique, Value, Values, field};
use rust_decimal::Decimal;

pub const AMOUNT: Kind = Kind::Decimal(DecimalKind::Amount);
pub const PRICE: Kind = Kind::Decimal(DecimalKind::Price);
pub const QUANTITY: Kind = Kind::Decimal(DecimalKind::Quantity);
pub const PERCENT: Kind = Kind::Decimal(DecimalKind::Percent);
pub const EXCHANGE_RATE: Kind = Kind::Decimal(DecimalKind::ExchangeRate);

/// Fields of every master.
pub const MASTER: &[FieldDef] = &[
    field("code", "Code", "Code", Kind::Code).unique(Unique::Tenant).search().listed(),
    field("name", "Name", "Name", Kind::text(200)).required().search().listed(),
    field("active", "Active", "Aktiv", Kind::Bool).default("yes"),
    field("translations", "Name in other languages", "Name in anderen Sprachen", Kind::Map)
        .section("more"),
    field("tags", "Tags", "Schlagwörter", Kind::Tags).search().section("more"),
    field("notes", "Notes", "Notizen", Kind::LongText).section("more"),
    field("external_ids", "Ids in other systems", "Kennungen in anderen Systemen", Kind::Map)
        .section("more"),
    field("attachments", "Attachments", "Anhänge", Kind::Attachments).section("more"),
    field("company_id", "Company", "Firma", Kind::Reference("company")).section("ownership"),
    field("branch_id", "Branch", "Niederlassung", Kind::Reference("branch")).section("ownership"),
    field("department_id", "Department", "Abteilung", Kind::Reference("branch"))
        .section("ownership"),
    field("owner_id", "Owner", "Zuständig", Kind::Reference("user")).section("ownership"),
    field("extra", "Own fields", "Eigene Felder", Kind::Map).section("more"),
];

/// Fields of every child row.
pub const CHILD: &[FieldDef] =
    &[field("position", "Position", "Position", Kind::Int { min: 0, max: 1_000_000 })];

/// Refuses a present value below zero.
pub fn not_negative(values: &Values, name: &str, problems: &mut Problems) {
    if values.get(name).decimal().is_some_and(|value| value < Decimal::ZERO) {
        problems.add(name, "negative", "may not be below zero");
    }
}

/// Refuses a present value of zero or below.
pub fn above_zero(values: &Values, name: &str, problems: &mut Problems) {
    if values.get(name).decimal().is_some_and(|value| value <= Decimal::ZERO) {
        problems.add(name, "not_positive", "must be above zero");
    }
}

/// Refuses a percentage outside 0 to 100.
pub fn percentage(values: &Values, name: &str, problems: &mut Problems) {
    let hundred = Decimal::ONE_HUNDRED;
    if values.get(name).decimal().is_some_and(|value| value < Decimal::ZERO || value > hundred) {
        problems.add(name, "out_of_range", "must be between 0 and 100");
    }
}

/// Checks a tax id by the country beside it (see `standards::tax_id`).
pub fn tax_id_of_country(values: &Values, problems: &mut Problems) {
    let (Value::Text(tax_id), Some(country)) = (values.get("tax_id"), values.get("country").text())
    else {
        return;
    };
    if let Err(fault) = crate::standards::tax_id::read(country, tax_id) {
        problems.add("tax_id", fault.rule, fault.message);
    }
}

/// Checks a postal code by the country beside it (see `standards::postal_code`).
pub fn postal_code_of_country(values: &Values, problems: &mut Problems) {
    let (Value::Text(code), Some(country)) =
        (values.get("postal_code"), values.get("country").text())
    else {
        return;
    };
    if let Err(fault) = crate::standards::postal_code::read(country, code) {
        problems.add("postal_code", fault.rule, fault.message);
    }
}
