//! Price list: what we sell or buy at, by item, unit, quantity and date. How it is worked out from cost is for
//! few to read.

use crate::permissions::Sensitivity::CostRule;
use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    Values, choice, field, in_order, without_overlap,
};

use super::fields::{CHILD, MASTER, PERCENT, PRICE, QUANTITY, above_zero, not_negative};
use super::unit::whole_units;

const GUARD: Guard = Guard::manage(Permission::SALES_PRICE_VIEW, Permission::SALES_PRICE_EDIT);

pub static PRICE_LIST: EntityDef = EntityDef::new("price_list", Area::Items, GUARD)
    .called(
        Label { en: "Price list", de: "Preisliste" },
        Label { en: "Price lists", de: "Preislisten" },
    )
    .rank(3)
    .fields(MASTER, OWN)
    .children(&[&ROWS])
    .owned_by(OwnerRule::Nobody)
    .row_rules(|values, problems| {
        in_order(values, "valid_from", "valid_to", problems);
        not_negative(values, "cost_plus_percent", problems);
        whole_cost_rule(values, problems);
    })
    .record_rules(|record, problems| {
        without_overlap(record, ROWS.name, ("valid_from", "valid_to"), key, problems);
    })
    .relations(|record, lookup, problems| {
        currency_stays(record, lookup, problems);
        for row in record.collection(ROWS.name) {
            let item = row.values.get("item").id();
            let fields = (Some("uom"), "min_quantity");
            whole_units(row, item, fields, lookup, problems);
        }
    });

const OWN: &[FieldDef] = &[
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().default("sale").listed(),
    field("currency", "Currency", "Währung", Kind::Reference("currency")).required().listed(),
    field("inclusive", "Prices include tax", "Preise inkl. Steuer", Kind::Bool).listed(),
    field("valid_from", "Valid from", "Gültig ab", Kind::Date).group("validity").listed(),
    field("valid_to", "Valid to", "Gültig bis", Kind::Date).group("validity").listed(),
    field("cost_base", "Worked out from", "Berechnet aus", Kind::Choice(COST_BASES))
        .sensitive(CostRule)
        .group("cost_plus")
        .section("prices"),
    field("cost_plus_percent", "Mark-up %", "Aufschlag %", PERCENT)
        .sensitive(CostRule)
        .group("cost_plus")
        .section("prices"),
];

const KINDS: &[Choice] =
    &[choice("sale", "Sales", "Verkauf"), choice("purchase", "Purchase", "Einkauf")];

/// Which cost of an item a mark-up is put on.
const COST_BASES: &[Choice] = &[
    choice("standard_cost", "Standard cost", "Standardkosten"),
    choice("last_cost", "Last cost", "Letzte Kosten"),
];

static ROWS: EntityDef = EntityDef::new("price_row", Area::Items, GUARD)
    .called(Label { en: "Price", de: "Preis" }, Label { en: "Prices", de: "Preise" })
    .fields(
        CHILD,
        &[
            field("item", "Item", "Artikel", Kind::Reference("item")).required().group("price"),
            field("uom", "Unit", "Einheit", Kind::Reference("unit")).group("price"),
            field("min_quantity", "From quantity", "Ab Menge", QUANTITY).group("price"),
            field("price", "Price", "Preis", PRICE).required().group("price"),
            field("valid_from", "Valid from", "Gültig ab", Kind::Date).group("price"),
            field("valid_to", "Valid to", "Gültig bis", Kind::Date).group("price"),
        ],
    )
    .child_of("price_list")
    .versions("valid_from", Some("valid_to"), KEY)
    .row_rules(|values, problems| {
        not_negative(values, "price", problems);
        above_zero(values, "min_quantity", problems);
        in_order(values, "valid_from", "valid_to", problems);
    });

/// A mark-up without the cost it is put on, or a cost without a mark-up, is no rule.
fn whole_cost_rule(values: &Values, problems: &mut Problems) {
    for (name, other) in [("cost_base", "cost_plus_percent"), ("cost_plus_percent", "cost_base")] {
        if values.get(name).is_null() && !values.get(other).is_null() {
            problems.add(name, "both_or_none", "is needed as well; enter it, or clear the other");
        }
    }
}

const KEY: &[&str; 3] = &["item", "uom", "min_quantity"];

/// What a price is of: two rows of one key may not hold on the same day.
fn key(row: &Values) -> [crate::record::Value; 3] {
    KEY.map(|name| row.get(name).clone())
}

/// Prices that stand are in the list's currency and would mean something else in another.
fn currency_stays(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Found::Yes(standing) = lookup.record(&PRICE_LIST, record.id()) else { return };
    let used = !standing.collection(ROWS.name).is_empty();
    if used && standing.get("currency") != record.get("currency") {
        let message = "stays as it is while the list has prices; make another list";
        problems.add("currency", "in_use", message);
    }
}
