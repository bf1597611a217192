//! What every master and every child row has before its own fields, and rules that several share.

use crate::person;
use crate::record::{DecimalKind, FieldDef, Kind, Problems, Unique, Value, Values, field};
use crate::standards::{self, Fault};
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
        .unique(Unique::Entries)
        .section("more"),
    field("attachments", "Attachments", "Anhänge", Kind::Attachments).section("more"),
    field("aliases", "Also known as", "Auch bekannt als", Kind::Tags)
        .search()
        .kept()
        .section("more"),
    field("merged_into", "Merged into", "Aufgegangen in", Kind::Reference("record"))
        .kept()
        .section("more"),
    field("company_id", "Company", "Firma", Kind::Reference("company")).section("ownership"),
    field("branch_id", "Branch", "Niederlassung", Kind::Reference("branch")).section("ownership"),
    field("department_id", "Department", "Abteilung", Kind::Reference("branch"))
        .section("ownership"),
    field("owner_id", "Owner", "Zuständig", Kind::Reference(person::NAME)).section("ownership"),
    field("extra", "Own fields", "Eigene Felder", Kind::Own).section("own"),
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

/// Reads a text by the country given first.
type ReadByCountry = fn(&str, &str) -> Result<String, Fault>;

/// Fields whose form depends on the country beside them, and the standard that says how.
const BY_COUNTRY: [(&str, ReadByCountry); 2] =
    [("tax_id", standards::tax_id::read), ("postal_code", standards::postal_code::read)];

/// Each such field that is present, with its country's reading of it.
fn by_country(values: &Values) -> Vec<(&'static str, Result<String, Fault>)> {
    if values.entity().position("country").is_none() {
        return Vec::new();
    }
    let Some(country) = values.get("country").text() else { return Vec::new() };
    let present = BY_COUNTRY.iter().filter_map(|(name, read)| {
        values.entity().position(name)?;
        Some((*name, read(country, values.get(name).text()?)))
    });
    present.collect()
}

/// Writes tax id and postal code in the canonical form of their country.
pub fn canonical_by_country(values: &mut Values) {
    for (name, read) in by_country(values) {
        if let Ok(text) = read {
            values.set(name, Value::Text(text));
        }
    }
}

/// Refuses a tax id or postal code that its country does not have.
pub fn valid_by_country(values: &Values, problems: &mut Problems) {
    for (name, read) in by_country(values) {
        if let Err(fault) = read {
            problems.add(name, fault.rule, fault.message);
        }
    }
}
