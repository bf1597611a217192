//! Tax code: what is charged, at which rate on which day, and where it is posted and reported. How a tax is
//! rounded is the company's choice.

use rust_decimal::Decimal;

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Kind, Label, Lookup, OwnerRule, Problems, Record, Values,
    choice, field, in_order, without_overlap,
};

use super::account::{self, must_be};
use super::circle::refuse_circle;
use super::fields::{AMOUNT, CHILD, MASTER, PERCENT};

const GUARD: Guard = Guard::manage(Permission::TAX_CODE_VIEW, Permission::TAX_CODE_EDIT);

pub static TAX_CODE: EntityDef = EntityDef::new("tax_code", Area::Finance, GUARD)
    .called(
        Label { en: "Tax code", de: "Steuerschlüssel" },
        Label { en: "Tax codes", de: "Steuerschlüssel" },
    )
    .rank(2)
    .fields(MASTER, OWN)
    .children(&[&RATES, &COMPONENTS])
    .owned_by(OwnerRule::Nobody)
    .row_rules(|values, problems| {
        reason_given(values, problems);
        if values.get("kind").text() == Some(WITHHOLDING) && values.get("inclusive").is_true() {
            let message = "a tax that is withheld is never part of the price; clear the flag";
            problems.add("inclusive", "withheld", message);
        }
    })
    .record_rules(|record, problems| {
        without_overlap(record, RATES.name, ("valid_from", "valid_to"), |_| (), problems);
        rates_fit_kind(record, problems);
        components_fit_kind(record, problems);
    })
    .relations(|record, lookup, problems| {
        tax_accounts(record, lookup, problems);
        refuse_circle(record, (COMPONENTS.name, "component"), lookup, problems);
    });

const OWN: &[FieldDef] = &[
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().default(PERCENTAGE).listed(),
    field("category", "EN 16931 category", "Kategorie nach EN 16931", Kind::Choice(CATEGORIES))
        .required()
        .default("S")
        .group("category")
        .listed(),
    field("exemption_reason", "Reason for no tax", "Grund der Befreiung", Kind::text(200))
        .group("category"),
    field("inclusive", "Included in the price", "Im Preis enthalten", Kind::Bool).listed(),
    field(
        "base_affecting",
        "Part of the base of later taxes",
        "Erhöht die Grundlage folgender Steuern",
        Kind::Bool,
    ),
    field("jurisdiction", "Jurisdiction", "Steuergebiet", Kind::text(60)).search().listed(),
    field("return_box", "Box of the return", "Kennzahl der Meldung", Kind::text(40))
        .section("posting")
        .listed(),
    field("sales_account", "Account for sales", "Konto Verkauf", Kind::Reference("account"))
        .section("posting"),
    field("purchase_account", "Account for purchases", "Konto Einkauf", Kind::Reference("account"))
        .section("posting"),
];

const PERCENTAGE: &str = "percent";
const FIXED: &str = "fixed";
const COMPOUND: &str = "compound";
const WITHHOLDING: &str = "withholding";

const KINDS: &[Choice] = &[
    choice(PERCENTAGE, "Percentage", "Prozentsatz"),
    choice(FIXED, "Fixed amount", "Fester Betrag"),
    choice(COMPOUND, "Made of other taxes", "Aus anderen Steuern"),
    choice(WITHHOLDING, "Withheld", "Einbehalten"),
    choice("reverse_charge", "Reverse charge", "Steuerschuldumkehr"),
];

/// Codes of UNCL 5305 as EN 16931 uses them (BT-118, BT-151).
const CATEGORIES: &[Choice] = &[
    choice("S", "S · Standard", "S · Normal"),
    choice("Z", "Z · Zero rated", "Z · Nullsatz"),
    choice("E", "E · Exempt", "E · Befreit"),
    choice("AE", "AE · Reverse charge", "AE · Umkehr der Steuerschuld"),
    choice("K", "K · Supply in the EU", "K · Innergemeinschaftlich"),
    choice("G", "G · Export", "G · Ausfuhr"),
    choice("O", "O · Not subject to tax", "O · Nicht steuerbar"),
];

static RATES: EntityDef = EntityDef::new("tax_rate", Area::Finance, GUARD)
    .called(Label { en: "Rate", de: "Satz" }, Label { en: "Rates", de: "Sätze" })
    .fields(
        CHILD,
        &[
            field("valid_from", "From", "Von", Kind::Date).required().group("rate"),
            field("valid_to", "To", "Bis", Kind::Date).group("rate"),
            field("rate", "Rate %", "Satz %", PERCENT).group("rate"),
            field("amount", "Amount", "Betrag", AMOUNT).group("rate"),
        ],
    )
    .child_of("tax_code")
    .versions("valid_from", Some("valid_to"), &[])
    .row_rules(|values, problems| in_order(values, "valid_from", "valid_to", problems));

static COMPONENTS: EntityDef = EntityDef::new("tax_component", Area::Finance, GUARD)
    .called(
        Label { en: "Component", de: "Bestandteil" },
        Label { en: "Components", de: "Bestandteile" },
    )
    .fields(CHILD, &[field("component", "Tax", "Steuer", Kind::Reference("tax_code")).required()])
    .child_of("tax_code");

/// EN 16931, BR-E-10, BR-AE-10 and BR-O-10: where no tax is charged the invoice says why.
fn reason_given(values: &Values, problems: &mut Problems) {
    let Some(category) = values.get("category").text() else { return };
    if matches!(category, "E" | "AE" | "O") && values.get("exemption_reason").is_null() {
        let message = format!("is required for the category {category}; invoices show it");
        problems.add("exemption_reason", "reason_required", message);
    }
}

/// A fixed tax has amounts, a compound one neither, all others percentages: below zero where they are
/// withheld, zero where a category has no tax (EN 16931, BR-Z-05, BR-E-05, BR-O-05, BR-G-05), above it for S.
fn rates_fit_kind(record: &Record, problems: &mut Problems) {
    let (kind, category) = (record.get("kind").text(), record.get("category").text());
    let rows = record.collection(RATES.name);
    if rows.is_empty() && kind != Some(COMPOUND) {
        problems.add(RATES.name, "required", "need at least one row; a tax without a rate is none");
    }
    for row in rows {
        if kind == Some(COMPOUND) {
            let message = "a tax made of others has no rate of its own; remove the row";
            problems.add(row.path("rate"), "no_rate", message);
            continue;
        }
        let (used, unused) =
            if kind == Some(FIXED) { ("amount", "rate") } else { ("rate", "amount") };
        if !row.values.get(unused).is_null() {
            problems.add(row.path(unused), "not_used", "is not used by a tax of this kind");
        }
        let Some(value) = row.values.get(used).decimal() else {
            problems.add(row.path(used), "required", "is required; enter a value");
            continue;
        };
        if kind == Some(WITHHOLDING) {
            if value >= Decimal::ZERO {
                let message = "must be below zero, for it is taken off what is paid";
                problems.add(row.path(used), "not_below_zero", message);
            }
        } else if value < Decimal::ZERO {
            problems.add(row.path(used), "negative", "may not be below zero");
        } else if kind == Some(PERCENTAGE) && value.is_zero() == (category == Some("S")) {
            let message = match category {
                Some("S") => "must be above zero in the category S; Z is the category of 0 %",
                _ => "must be 0 in this category; only S has a rate",
            };
            problems.add(row.path(used), "rate_of_category", message);
        }
    }
}

fn components_fit_kind(record: &Record, problems: &mut Problems) {
    let is_compound = record.get("kind").text() == Some(COMPOUND);
    let rows = record.collection(COMPONENTS.name);
    if is_compound && rows.is_empty() {
        problems.add(
            COMPONENTS.name,
            "required",
            "need at least one row; which taxes is it made of?",
        );
    }
    if !is_compound && !rows.is_empty() {
        problems.add(COMPONENTS.name, "not_compound", "belong only to a tax made of other taxes");
    }
    for (place, row) in rows.iter().enumerate() {
        let tax = row.values.get("component");
        if rows.iter().take(place).any(|before| before.values.get("component") == tax) {
            problems.add(row.path("component"), "twice", "is in it already; remove the row");
        }
    }
}

fn tax_accounts(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    for field in ["sales_account", "purchase_account"] {
        must_be(&[account::TAX]).of_company(record.get("company_id").id()).check(
            field,
            record.get(field),
            lookup,
            problems,
        );
    }
}
