//! Supplier: whom we buy from. Its bank account is where money leaks, its cost prices are read by few.

use crate::permissions::Sensitivity::{ItemCost, TaxId};
use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, EntityDef, FieldDef, Kind, Label, Lookup, Problems, Record, Unique, field,
};

use super::account::{self, must_be};
use super::fields::{
    CHILD, MASTER, PRICE, QUANTITY, above_zero, canonical_by_country, not_negative,
    valid_by_country,
};
use super::party;

const GUARD: Guard = Guard::crud(
    Permission::MASTER_SUPPLIER_VIEW,
    Permission::MASTER_SUPPLIER_CREATE,
    Permission::MASTER_SUPPLIER_EDIT,
    Permission::MASTER_SUPPLIER_DELETE,
);

pub static SUPPLIER: EntityDef = EntityDef::new("supplier", Area::Partners, GUARD)
    .called(Label { en: "Supplier", de: "Lieferant" }, Label { en: "Suppliers", de: "Lieferanten" })
    .fields(MASTER, OWN)
    .children(&[&ADDRESSES, &CONTACTS, &COMPANY_SETTINGS, &COST_PRICES])
    .normalise(canonical_by_country)
    .row_rules(valid_by_country)
    .record_rules(|record, problems| {
        party::whole_party(record, ADDRESSES.name, COMPANY_SETTINGS.name, problems);
    })
    .relations(payable_accounts);

const MAIN: [FieldDef; 8] = party::main_address();
const BANK: [FieldDef; 3] = party::bank_account();

const OWN: &[FieldDef] = &[
    field("legal_name", "Legal name", "Firmierung", Kind::text(200)).search(),
    field("tax_id", "Tax id", "Steuernummer", Kind::TaxId)
        .sensitive(TaxId)
        .group("country")
        .unique(Unique::Tenant)
        .search(),
    field("language", "Language", "Sprache", Kind::Language),
    MAIN[0],
    MAIN[1],
    MAIN[2],
    MAIN[3],
    MAIN[4],
    MAIN[5],
    MAIN[6],
    MAIN[7],
    field("currency", "Currency", "Währung", Kind::Reference("currency")).section("terms"),
    field("lead_time_days", "Lead time, days", "Lieferzeit, Tage", Kind::Int { min: 0, max: 3650 })
        .section("terms"),
    field("form_1099", "Reported on form 1099", "Meldung auf Formular 1099", Kind::Bool)
        .section("terms"),
    BANK[0],
    BANK[1],
    BANK[2],
];

static ADDRESSES: EntityDef = party::addresses("supplier_address", "supplier", GUARD);
static CONTACTS: EntityDef = party::contacts("supplier_contact", "supplier", GUARD);
static COMPANY_SETTINGS: EntityDef =
    party::company_settings("supplier_company", "supplier", GUARD, IN_A_COMPANY);

const IN_A_COMPANY: &[FieldDef] = &[
    party::company(),
    field("ap_account", "Payables account", "Kreditorenkonto", Kind::Reference("account")),
];

static COST_PRICES: EntityDef = EntityDef::new("supplier_price", Area::Partners, GUARD)
    .called(
        Label { en: "Cost price", de: "Einkaufspreis" },
        Label { en: "Cost prices", de: "Einkaufspreise" },
    )
    .fields(
        CHILD,
        &[
            field("item", "Item", "Artikel", Kind::Reference("item")).required(),
            field("uom", "Unit", "Einheit", Kind::Reference("unit")),
            field("min_quantity", "From quantity", "Ab Menge", QUANTITY),
            field("price", "Price", "Preis", PRICE).required().sensitive(ItemCost),
            field(
                "supplier_sku",
                "Supplier's item number",
                "Artikelnummer beim Lieferanten",
                Kind::Code,
            ),
        ],
    )
    .child_of("supplier")
    .row_rules(|values, problems| {
        not_negative(values, "price", problems);
        above_zero(values, "min_quantity", problems);
    });

fn payable_accounts(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    for row in record.collection(COMPANY_SETTINGS.name) {
        let field = row.path("ap_account");
        let wanted = must_be(&[account::PAYABLE]).of_company(row.values.get("company").id());
        wanted.check(&field, row.values.get("ap_account"), lookup, problems);
    }
}
