//! Warehouse: where stock lies, in a tree. Only leaves hold stock; groups add up.

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    Value, Values, choice, field,
};

use super::account::{self, must_be};
use super::fields::{MASTER, canonical_by_country, valid_by_country};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_WAREHOUSE_VIEW, Permission::MASTER_WAREHOUSE_MANAGE);

pub static WAREHOUSE: EntityDef = EntityDef::new("warehouse", Area::Items, GUARD)
    .called(Label { en: "Warehouse", de: "Lager" }, Label { en: "Warehouses", de: "Lager" })
    .rank(4)
    .fields(MASTER, OWN)
    .tree("parent")
    .peers(&["parent"])
    .owned_by(OwnerRule::Nobody)
    .normalise(canonical_by_country)
    .row_rules(|values, problems| {
        if values.get("company_id").is_null() {
            problems.add("company_id", "required", "is required; a warehouse belongs to a company");
        }
        valid_by_country(values, problems);
        groups_hold_no_stock(values, problems);
    })
    .relations(|record, lookup, problems| {
        below_a_group(record, lookup, problems);
        above_warehouses(record, lookup, problems);
        let company = record.get("company_id").id();
        let wanted = must_be(&[account::STOCK]).of_company(company);
        wanted.check("stock_account", record.get("stock_account"), lookup, problems);
    });

const OWN: &[FieldDef] = &[
    field("parent", "Above", "Übergeordnet", Kind::Reference("warehouse")).group("tree").listed(),
    field("is_group", "Group", "Gruppe", Kind::Bool).group("tree").listed(),
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().default("stock").listed(),
    field("keeper", "Keeper", "Lagerist", Kind::Reference("employee")).listed(),
    field("stock_account", "Stock account", "Bestandskonto", Kind::Reference("account"))
        .section("stock"),
    field("negative_allowed", "Stock below zero allowed", "Minusbestand erlaubt", Kind::Bool)
        .section("stock"),
    field("street", "Street", "Straße", Kind::text(200)).section("address"),
    field("postal_code", "Postal code", "Postleitzahl", Kind::text(20)).section("address"),
    field("city", "City", "Ort", Kind::text(100)).listed().section("address"),
    field("region", "Region", "Region", Kind::text(100)).section("address"),
    field("country", "Country", "Land", Kind::Country).group("country").section("address"),
];

const KINDS: &[Choice] = &[
    choice("stock", "Stock", "Lager"),
    choice("transit", "In transit", "Unterwegs"),
    choice("virtual", "Virtual", "Virtuell"),
    choice("van", "Van", "Fahrzeug"),
];

fn groups_hold_no_stock(values: &Values, problems: &mut Problems) {
    if !values.get("is_group").is_true() {
        return;
    }
    if !values.get("stock_account").is_null() {
        let message = "a group holds no stock; name the account at the warehouses below it";
        problems.add("stock_account", "group_holds_no_stock", message);
    }
    if values.get("negative_allowed").is_true() {
        let message = "a group holds no stock; allow this at the warehouses below it";
        problems.add("negative_allowed", "group_holds_no_stock", message);
    }
}

fn below_a_group(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("parent").id() else { return };
    let Found::Yes(parent) = lookup.record(&WAREHOUSE, id) else { return };
    if !parent.get("is_group").is_true() {
        let message = "is not a group; only groups have warehouses below them";
        problems.add("parent", "not_a_group", message);
    }
    if parent.get("company_id") != record.get("company_id") {
        problems.add("parent", "other_company", "belongs to another company");
    }
}

/// What has warehouses below it stays a group, and in their company.
fn above_warehouses(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let below = lookup.peers(&WAREHOUSE, "parent", &Value::Id(record.id()));
    let Found::Yes(below) = below else { return };
    let below = below.iter().filter(|warehouse| !warehouse.is_retired());
    if below.clone().next().is_some() && !record.get("is_group").is_true() {
        problems.add("is_group", "has_warehouses", "has warehouses below it; move them first");
    }
    if below.clone().any(|other| other.get("company_id") != record.get("company_id")) {
        let message = "differs from the warehouses below; move them first";
        problems.add("company_id", "other_below", message);
    }
}
