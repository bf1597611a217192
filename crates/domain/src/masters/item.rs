//! Item: what is bought, stocked and sold. Costs are read by few.

use uuid::Uuid;

use crate::permissions::Sensitivity::{CostRule, ItemCost};
use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, Problems, Record, Unique,
    choice, field,
};

use super::account::{self, must_be};
use super::circle::refuse_circle;
use super::fields::{
    CHILD, MASTER, PERCENT, PRICE, QUANTITY, above_zero, not_negative, percentage,
};
use super::unit::{COUNT, UNIT, whole, whole_units};

const GUARD: Guard = Guard::crud(
    Permission::MASTER_ITEM_VIEW,
    Permission::MASTER_ITEM_CREATE,
    Permission::MASTER_ITEM_EDIT,
    Permission::MASTER_ITEM_DELETE,
);

/// The account types an item's accounts may have.
const POSTING_ACCOUNTS: &[(&str, &[&str])] = &[
    ("income_account", &[account::INCOME]),
    ("expense_account", &[account::EXPENSE, account::COGS]),
    ("stock_account", &[account::STOCK]),
];

/// What a new item takes from its category where nothing else is said. It is copied once: a later change of the
/// category leaves items as they are.
const CATEGORY_DEFAULTS: &[&str] =
    &["uom", "tax_code", "valuation_method", "income_account", "expense_account", "stock_account"];

pub static ITEM: EntityDef = EntityDef::new("item", Area::Items, GUARD)
    .called(Label { en: "Item", de: "Artikel" }, Label { en: "Items", de: "Artikel" })
    .rank(1)
    .fields(MASTER, OWN)
    .children(&[&BARCODES, &UNITS, &COMPONENTS, &SUPPLIERS])
    .key("sku")
    .copies_from("category", CATEGORY_DEFAULTS)
    .row_rules(|values, problems| {
        for name in ["sales_price", "standard_cost", "last_cost", "weight", "reorder_level"] {
            not_negative(values, name, problems);
        }
        percentage(values, "margin_floor", problems);
        let kind = values.get("kind").text();
        if kind != Some("stock") {
            for name in ["batch_tracked", "serial_tracked"] {
                if values.get(name).is_true() {
                    problems.add(name, "not_stocked", "only a stock item is tracked");
                }
            }
        }
    })
    .record_rules(|record, problems| {
        let components = record.collection(COMPONENTS.name);
        match record.get("kind").text() {
            Some("kit") if components.is_empty() => {
                problems.add(COMPONENTS.name, "required", "a kit needs at least one component");
            }
            Some("kit") => {}
            _ if !components.is_empty() => {
                problems.add(COMPONENTS.name, "not_a_kit", "only a kit has components");
            }
            _ => {}
        }
        each_once(record, problems);
    })
    .relations(|record, lookup, problems| {
        posting_accounts(record, lookup, problems);
        conversions(record, lookup, problems);
        refuse_circle(record, (COMPONENTS.name, "item"), lookup, problems);
        let reorder = record.get("reorder_level");
        whole("reorder_level", reorder, record.get("uom").id(), lookup, problems);
        for row in record.collection(COMPONENTS.name) {
            let item = row.values.get("item").id();
            whole_units(row, item, (None, "quantity"), lookup, problems);
        }
    });

const OWN: &[FieldDef] = &[
    field("sku", "SKU", "Artikelnummer", Kind::Code)
        .required()
        .unique(Unique::Tenant)
        .search()
        .listed(),
    field("description", "Description", "Beschreibung", Kind::LongText).search(),
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().default("stock").listed(),
    field("category", "Category", "Artikelgruppe", Kind::Reference("item_category")).listed(),
    field("uom", "Unit", "Einheit", Kind::Reference("unit")).required().listed(),
    field("tax_code", "Tax code", "Steuerschlüssel", Kind::Reference("tax_code")),
    field("image", "Picture", "Bild", Kind::Attachments),
    field("sales_price", "Sales price", "Verkaufspreis", PRICE).section("prices").listed(),
    field("standard_cost", "Standard cost", "Standardkosten", PRICE)
        .sensitive(ItemCost)
        .section("prices"),
    field("last_cost", "Last cost", "Letzte Kosten", PRICE).sensitive(ItemCost).section("prices"),
    field("margin_floor", "Margin floor %", "Mindestmarge %", PERCENT)
        .sensitive(CostRule)
        .section("prices"),
    field("valuation_method", "Valuation", "Bewertung", Kind::Choice(VALUATION_METHODS))
        .section("stock"),
    field("reorder_level", "Reorder level", "Meldebestand", QUANTITY).section("stock").listed(),
    field("batch_tracked", "Tracked by batch", "Chargenpflichtig", Kind::Bool).section("stock"),
    field("serial_tracked", "Tracked by serial number", "Seriennummernpflichtig", Kind::Bool)
        .section("stock"),
    field(
        "shelf_life_days",
        "Shelf life, days",
        "Haltbarkeit, Tage",
        Kind::Int { min: 0, max: 36_500 },
    )
    .section("stock"),
    field("weight", "Weight, kg", "Gewicht, kg", QUANTITY).section("stock"),
    field("hs_code", "HS code", "Zolltarifnummer", Kind::HsCode).section("stock"),
    field("income_account", "Income account", "Erlöskonto", Kind::Reference("account"))
        .section("accounts"),
    field("expense_account", "Expense account", "Aufwandskonto", Kind::Reference("account"))
        .section("accounts"),
    field("stock_account", "Stock account", "Bestandskonto", Kind::Reference("account"))
        .section("accounts"),
];

const KINDS: &[Choice] = &[
    choice("stock", "Stock item", "Lagerartikel"),
    choice("service", "Service", "Dienstleistung"),
    choice("kit", "Kit", "Set"),
];

pub const VALUATION_METHODS: &[Choice] = &[
    choice("fifo", "FIFO", "FIFO"),
    choice("moving_average", "Moving average", "Gleitender Durchschnitt"),
    choice("standard", "Standard cost", "Standardkosten"),
];

static BARCODES: EntityDef = EntityDef::new("item_barcode", Area::Items, GUARD)
    .called(Label { en: "Barcode", de: "Strichcode" }, Label { en: "Barcodes", de: "Strichcodes" })
    .fields(
        CHILD,
        &[
            field("gtin", "GTIN", "GTIN", Kind::Gtin).required().search(),
            field("uom", "Unit", "Einheit", Kind::Reference("unit")),
        ],
    )
    .child_of("item");

static UNITS: EntityDef = EntityDef::new("item_unit", Area::Items, GUARD)
    .called(
        Label { en: "Unit conversion", de: "Umrechnung" },
        Label { en: "Unit conversions", de: "Umrechnungen" },
    )
    .fields(
        CHILD,
        &[
            field("uom", "Unit", "Einheit", Kind::Reference("unit")).required(),
            field("numerator", "Item units", "Einheiten des Artikels", QUANTITY).required(),
            field("denominator", "in this many", "in so vielen", QUANTITY).required().default("1"),
        ],
    )
    .child_of("item")
    .row_rules(|values, problems| {
        above_zero(values, "numerator", problems);
        above_zero(values, "denominator", problems);
    });

static COMPONENTS: EntityDef = EntityDef::new("item_component", Area::Items, GUARD)
    .called(
        Label { en: "Component", de: "Bestandteil" },
        Label { en: "Components", de: "Bestandteile" },
    )
    .fields(
        CHILD,
        &[
            field("item", "Item", "Artikel", Kind::Reference("item")).required(),
            field("quantity", "Quantity", "Menge", QUANTITY).required(),
        ],
    )
    .child_of("item")
    .row_rules(|values, problems| above_zero(values, "quantity", problems));

static SUPPLIERS: EntityDef = EntityDef::new("item_supplier", Area::Items, GUARD)
    .called(Label { en: "Supplier", de: "Lieferant" }, Label { en: "Suppliers", de: "Lieferanten" })
    .fields(
        CHILD,
        &[
            field("supplier", "Supplier", "Lieferant", Kind::Reference("supplier")).required(),
            field(
                "supplier_sku",
                "Supplier's item number",
                "Artikelnummer beim Lieferanten",
                Kind::Code,
            ),
            field(
                "lead_time_days",
                "Lead time, days",
                "Lieferzeit, Tage",
                Kind::Int { min: 0, max: 3650 },
            ),
        ],
    )
    .child_of("item");

/// Income, expense and stock account of an item or of a category's defaults.
pub fn posting_accounts(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let company = record.get("company_id").id();
    for (field, types) in POSTING_ACCOUNTS {
        must_be(types).of_company(company).check(field, record.get(field), lookup, problems);
    }
}

/// A conversion joins units of one dimension; a count (a box, a pallet) may hold any.
fn conversions(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let dimension = |id: Option<Uuid>| match lookup.record(&UNIT, id?) {
        Found::Yes(unit) => unit.get("dimension").text().map(str::to_owned),
        Found::No | Found::CannotTell => None,
    };
    let Some(base) = dimension(record.get("uom").id()) else { return };
    for row in record.collection(UNITS.name) {
        let Some(other) = dimension(row.values.get("uom").id()) else { continue };
        if other != base && other != COUNT && base != COUNT {
            let message = format!("measures {other}, the item's own unit measures {base}");
            problems.add(row.path("uom"), "other_dimension", message);
        }
    }
}

/// One conversion for each unit and none for the item's own; one row for each barcode, component and supplier.
fn each_once(record: &Record, problems: &mut Problems) {
    let own = record.get("uom");
    for (rows, field) in [
        (UNITS.name, "uom"),
        (BARCODES.name, "gtin"),
        (COMPONENTS.name, "item"),
        (SUPPLIERS.name, "supplier"),
    ] {
        let mut seen = Vec::new();
        for row in record.collection(rows) {
            let value = row.values.get(field);
            if value.is_null() {
                continue;
            }
            if seen.contains(&value) || (rows == UNITS.name && value == own) {
                problems.add(row.path(field), "twice", "stands here already; change that row");
            }
            seen.push(value);
        }
    }
}
