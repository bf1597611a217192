//! Cost centre: what income and cost are told apart by, in a tree; projects and profit centres are of the same
//! kind. Its budget is read by few.

use crate::permissions::Sensitivity::Budget;
use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    choice, field, in_order,
};

use super::fields::{AMOUNT, MASTER, not_negative};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static COST_CENTRE: EntityDef = EntityDef::new("cost_centre", Area::Finance, GUARD)
    .called(
        Label { en: "Cost centre", de: "Kostenstelle" },
        Label { en: "Cost centres", de: "Kostenstellen" },
    )
    .rank(3)
    .fields(MASTER, OWN)
    .tree("parent")
    .owned_by(OwnerRule::Nobody)
    .row_rules(|values, problems| {
        if values.get("company_id").is_null() {
            let message = "is required; a cost centre belongs to a company";
            problems.add("company_id", "required", message);
        }
        in_order(values, "valid_from", "valid_to", problems);
        not_negative(values, "budget", problems);
    })
    .relations(as_above);

const OWN: &[FieldDef] = &[
    field("dimension", "Dimension", "Dimension", Kind::Choice(DIMENSIONS))
        .required()
        .default("cost_centre")
        .listed(),
    field("parent", "Above", "Übergeordnet", Kind::Reference("cost_centre")).listed(),
    field("valid_from", "Valid from", "Gültig von", Kind::Date).group("validity").listed(),
    field("valid_to", "Valid to", "Gültig bis", Kind::Date).group("validity").listed(),
    field("budget", "Budget", "Budget", AMOUNT).sensitive(Budget).section("books"),
];

const DIMENSIONS: &[Choice] = &[
    choice("cost_centre", "Cost centre", "Kostenstelle"),
    choice("profit_centre", "Profit centre", "Profitcenter"),
    choice("project", "Project", "Projekt"),
    choice("cost_object", "Cost object", "Kostenträger"),
];

/// A tree is of one company and one dimension, and nothing in it outlives what it stands below.
fn as_above(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("parent").id() else { return };
    let Found::Yes(parent) = lookup.record(&COST_CENTRE, id) else { return };
    if parent.get("company_id") != record.get("company_id") {
        problems.add("parent", "other_company", "belongs to another company");
    }
    if parent.get("dimension") != record.get("dimension") {
        problems.add("parent", "other_dimension", "is of another dimension");
    }
    let (own, above) = (record.get("valid_to").date(), parent.get("valid_to").date());
    if let Some(last) = above
        && own.is_none_or(|own| own > last)
    {
        let message = format!("is after {last}, when what it stands below ends");
        problems.add("valid_to", "outlives_parent", message);
    }
    let (own, above) = (record.get("valid_from").date(), parent.get("valid_from").date());
    if let Some(first) = above
        && own.is_none_or(|own| own < first)
    {
        let message = format!("is before {first}, when what it stands below begins");
        problems.add("valid_from", "before_parent", message);
    }
}
