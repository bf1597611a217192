//! Journal: the book that documents of one type are entered in, with their series, their accounts, and who has
//! to agree.

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    choice, field,
};

use super::account::must_be_leaf;
use super::document_type::DOCUMENT_TYPES;
use super::fields::MASTER;
use super::number_series::NUMBER_SERIES;

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static JOURNAL: EntityDef = EntityDef::new("journal", Area::Finance, GUARD)
    .called(Label { en: "Journal", de: "Journal" }, Label { en: "Journals", de: "Journale" })
    .rank(5)
    .fields(MASTER, OWN)
    .never_merged()
    .owned_by(OwnerRule::Nobody)
    .row_rules(|values, problems| {
        if values.get("code").is_null() {
            problems.add("code", "required", "is required; a journal is known by its code");
        }
        if values.get("company_id").is_null() {
            problems.add("company_id", "required", "is required; a journal belongs to a company");
        }
    })
    .relations(|record, lookup, problems| {
        series_of_type(record, lookup, problems);
        for field in ["debit_account", "credit_account"] {
            let wanted = must_be_leaf().of_company(record.get("company_id").id());
            wanted.check(field, record.get(field), lookup, problems);
        }
    });

const OWN: &[FieldDef] = &[
    field("kind", "Document type", "Belegart", Kind::Choice(DOCUMENT_TYPES))
        .required()
        .group("series")
        .listed(),
    field("series", "Number series", "Nummernkreis", Kind::Reference("number_series"))
        .group("series")
        .listed(),
    field("debit_account", "Debit account", "Konto im Soll", Kind::Reference("account"))
        .section("posting"),
    field("credit_account", "Credit account", "Konto im Haben", Kind::Reference("account"))
        .section("posting"),
    field("approval_rule", "Approval", "Freigabe", Kind::Choice(APPROVALS))
        .required()
        .default("none")
        .section("posting")
        .listed(),
    field("lock_area", "Closed with", "Gesperrt mit", Kind::Choice(LOCK_AREAS))
        .required()
        .default("all")
        .section("posting")
        .listed(),
];

const APPROVALS: &[Choice] = &[
    choice("none", "Not needed", "Nicht nötig"),
    choice("above_limit", "Above the author's limit", "Über dem Limit der erfassenden Person"),
    choice("always", "Always", "Immer"),
];

/// The areas for which a company has a lock date.
const LOCK_AREAS: &[Choice] = &[
    choice("sales", "Sales", "Verkauf"),
    choice("purchase", "Purchases", "Einkauf"),
    choice("bank", "Bank", "Bank"),
    choice("stock", "Stock", "Lager"),
    choice("tax", "Tax", "Steuer"),
    choice("all", "Everything", "Alles"),
];

fn series_of_type(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("series").id() else { return };
    let Found::Yes(series) = lookup.record(&NUMBER_SERIES, id) else { return };
    if series.get("document_type") != record.get("kind") {
        problems.add("series", "other_type", "numbers another type of document; choose one of it");
    }
    if series.get("company_id") != record.get("company_id") {
        problems.add("series", "other_company", "belongs to another company");
    }
}
