//! Branch: a place or a department of a company, in a tree. Row rules and scopes are built on it.

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    Unique, choice, field,
};

use super::fields::{MASTER, canonical_by_country, valid_by_country};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static BRANCH: EntityDef = EntityDef::new("branch", Area::Organisation, GUARD)
    .called(
        Label { en: "Branch or department", de: "Niederlassung oder Abteilung" },
        Label { en: "Branches and departments", de: "Niederlassungen und Abteilungen" },
    )
    .rank(2)
    .fields(MASTER, OWN)
    .tree("parent")
    .owned_by(OwnerRule::Nobody)
    .normalise(canonical_by_country)
    .row_rules(|values, problems| {
        if values.get("company_id").is_null() {
            problems.add("company_id", "required", "is required; a branch belongs to a company");
        }
        valid_by_country(values, problems);
    })
    .relations(below_its_like);

const OWN: &[FieldDef] = &[
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().default("branch").listed(),
    field("parent", "Above", "Übergeordnet", Kind::Reference("branch")).listed(),
    field("head", "Head", "Leitung", Kind::Reference("employee")).listed(),
    field("series_prefix", "Number prefix", "Nummernpräfix", Kind::Code)
        .unique(Unique::Company)
        .listed(),
    field("street", "Street", "Straße", Kind::text(200)).section("address"),
    field("postal_code", "Postal code", "Postleitzahl", Kind::text(20)).section("address"),
    field("city", "City", "Ort", Kind::text(100)).listed().section("address"),
    field("region", "Region", "Region", Kind::text(100)).section("address"),
    field("country", "Country", "Land", Kind::Country).section("address"),
];

pub const DEPARTMENT: &str = "department";

const KINDS: &[Choice] =
    &[choice("branch", "Branch", "Niederlassung"), choice(DEPARTMENT, "Department", "Abteilung")];

fn below_its_like(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("parent").id() else { return };
    let Found::Yes(parent) = lookup.record(&BRANCH, id) else { return };
    if parent.get("company_id") != record.get("company_id") {
        problems.add("parent", "other_company", "belongs to another company");
    }
    let is_department = |record: &Record| record.get("kind").text() == Some(DEPARTMENT);
    if is_department(&parent) && !is_department(record) {
        let message = "is a department; a branch stands below a branch or at the top";
        problems.add("parent", "below_a_department", message);
    }
}
