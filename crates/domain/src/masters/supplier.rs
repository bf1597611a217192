//! Supplier: whom we buy from. Its bank account is where money leaks, its cost prices are read by few.

use chrono::TimeDelta;

use crate::permissions::Sensitivity::{BankAccount, ItemCost, TaxId};
use crate::permissions::{Guard, Permission};
use crate::record::{
    Approval, Area, EntityDef, FieldDef, Found, Kind, Label, Lookup, Problems, Record, Unique,
    approval, field,
};

use super::account::{self, must_be};
use super::company::{BANK_COOLING_HOURS, COMPANY};
use super::fields::{
    CHILD, MASTER, PRICE, QUANTITY, above_zero, canonical_by_country, not_negative,
    valid_by_country,
};
use super::party;
use super::tax_code::TAX_CODE;
use super::unit::whole_units;

const GUARD: Guard = Guard::crud(
    Permission::MASTER_SUPPLIER_VIEW,
    Permission::MASTER_SUPPLIER_CREATE,
    Permission::MASTER_SUPPLIER_EDIT,
    Permission::MASTER_SUPPLIER_DELETE,
);

pub static SUPPLIER: EntityDef = EntityDef::new("supplier", Area::Partners, GUARD)
    .called(Label { en: "Supplier", de: "Lieferant" }, Label { en: "Suppliers", de: "Lieferanten" })
    .fields(MASTER, OWN)
    .children(&[&ADDRESSES, &CONTACTS, &COMPANY_SETTINGS, &COST_PRICES, &BANK_CHANGES])
    .approved_by_a_second(&BANK_APPROVAL)
    .normalise(canonical_by_country)
    .row_rules(valid_by_country)
    .record_rules(|record, problems| {
        party::whole_party(record, ADDRESSES.name, COMPANY_SETTINGS.name, problems);
    })
    .relations(|record, lookup, problems| {
        payable_accounts(record, lookup, problems);
        withheld(record, lookup, problems);
        for row in record.collection(COST_PRICES.name) {
            let item = row.values.get("item").id();
            whole_units(row, item, (Some("uom"), "min_quantity"), lookup, problems);
        }
    });

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
    field("payment_terms", "Payment terms", "Zahlungsbedingung", Kind::Reference("payment_terms"))
        .section("terms"),
    field("withholding_code", "Withholding tax", "Quellensteuer", Kind::Reference("tax_code"))
        .section("terms"),
    field("lead_time_days", "Lead time, days", "Lieferzeit, Tage", Kind::Int { min: 0, max: 3650 })
        .section("terms"),
    field("form_1099", "Reported on form 1099", "Meldung auf Formular 1099", Kind::Bool)
        .section("terms"),
    BANK[0],
    BANK[1],
    BANK[2],
    field("payment_hold", "Payments on hold", "Zahlungssperre", Kind::Bool).kept().section("bank"),
    field("payment_hold_until", "Payments wait until", "Zahlungen ruhen bis", Kind::Instant)
        .kept()
        .section("bank"),
];

/// A supplier's bank account is where money leaks: a change of it waits for a second person, and payments wait
/// until then and for a time after.
static BANK_APPROVAL: Approval = Approval {
    permission: Permission::MASTER_SUPPLIER_APPROVE_BANK,
    fields: &["iban", "bic", "routing_number"],
    proposals: BANK_CHANGES.name,
    hold: "payment_hold",
    hold_until: "payment_hold_until",
    cooling,
};

static BANK_CHANGES: EntityDef = EntityDef::new("supplier_bank_change", Area::Partners, GUARD)
    .called(
        Label { en: "Change of the bank account", de: "Änderung der Bankverbindung" },
        Label { en: "Changes of the bank account", de: "Änderungen der Bankverbindung" },
    )
    .fields(CHILD, PROPOSAL)
    .child_of("supplier")
    .proposals();

const PROPOSAL: &[FieldDef] = &[
    BANK[0],
    BANK[1],
    BANK[2],
    approval::state(),
    approval::proposed_by(),
    approval::proposed_at(),
    approval::decided_by(),
    approval::decided_at(),
    approval::alone(),
    approval::reason(),
    approval::ends().sensitive(BankAccount),
];

/// Payments wait as long as the most careful of the companies that deal with the supplier says.
fn cooling(record: &Record, lookup: &dyn Lookup) -> Found<TimeDelta> {
    let rows = record.collection(COMPANY_SETTINGS.name);
    let agreed = rows.into_iter().filter_map(|row| row.values.get("company").id());
    let companies = record.get("company_id").id().into_iter().chain(agreed);
    let mut longest = None;
    for id in companies {
        match lookup.record(&COMPANY, id) {
            Found::Yes(company) => longest = longest.max(company.get(BANK_COOLING_HOURS).int()),
            Found::No => {}
            Found::CannotTell => return Found::CannotTell,
        }
    }
    Found::Yes(longest.map_or(approval::COOLING, TimeDelta::hours))
}

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

fn withheld(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("withholding_code").id() else { return };
    let Found::Yes(code) = lookup.record(&TAX_CODE, id) else { return };
    if code.get("kind").text() != Some("withholding") {
        let message = "is no withholding tax; choose one";
        problems.add("withholding_code", "not_withholding", message);
    }
}
