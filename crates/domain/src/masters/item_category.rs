//! Item category: a tree that gives new items their defaults. Defaults are copied, never looked up later.

use crate::permissions::{Guard, Permission};
use crate::record::{Area, EntityDef, FieldDef, Kind, Label, OwnerRule, field};

use super::fields::MASTER;
use super::item::{VALUATION_METHODS, posting_accounts};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static ITEM_CATEGORY: EntityDef = EntityDef::new("item_category", Area::Items, GUARD)
    .called(
        Label { en: "Item category", de: "Artikelgruppe" },
        Label { en: "Item categories", de: "Artikelgruppen" },
    )
    .rank(2)
    .fields(MASTER, OWN)
    .tree("parent")
    .owned_by(OwnerRule::Nobody)
    .relations(posting_accounts);

const OWN: &[FieldDef] = &[
    field("parent", "Above", "Übergeordnet", Kind::Reference("item_category")).listed(),
    field("description", "Description", "Beschreibung", Kind::LongText).listed(),
    field("uom", "Unit", "Einheit", Kind::Reference("unit")).section("defaults").listed(),
    field("valuation_method", "Valuation", "Bewertung", Kind::Choice(VALUATION_METHODS))
        .section("defaults"),
    field("tax_code", "Tax code", "Steuerschlüssel", Kind::Reference("tax_code"))
        .section("defaults"),
    field("income_account", "Income account", "Erlöskonto", Kind::Reference("account"))
        .section("defaults"),
    field("expense_account", "Expense account", "Aufwandskonto", Kind::Reference("account"))
        .section("defaults"),
    field("stock_account", "Stock account", "Bestandskonto", Kind::Reference("account"))
        .section("defaults"),
];
