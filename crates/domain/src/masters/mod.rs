//! The masters, one file each. `ALL` is THE LIST: a word here and a file beside it declare a master, and
//! storage, validation, search, forms, sync and types follow from the declaration.

mod account;
mod bank_account;
mod branch;
mod circle;
mod company;
mod cost_centre;
mod currency;
mod customer;
mod document_type;
mod employee;
mod fields;
mod fiscal_year;
mod item;
mod item_category;
mod journal;
mod number_prefix;
mod number_series;
mod own_field;
mod party;
mod payment_method;
mod payment_terms;
mod price_list;
mod supplier;
mod tax_code;
mod unit;
mod warehouse;

use crate::record::EntityDef;

pub use account::ACCOUNT;
pub use bank_account::BANK_ACCOUNT;
pub use branch::BRANCH;
pub use company::COMPANY;
pub use cost_centre::COST_CENTRE;
pub use currency::{CURRENCY, MissingRate, Rate, rate_on};
pub use customer::CUSTOMER;
pub use employee::EMPLOYEE;
pub use fields::CHILD as CHILD_FIELDS;
pub use fiscal_year::FISCAL_YEAR;
pub use item::ITEM;
pub use item_category::ITEM_CATEGORY;
pub use journal::JOURNAL;
pub use number_prefix::{Piece, Prefix, PrefixError, Token};
pub(crate) use number_series::reset;
pub use number_series::{NUMBER_SERIES, NUMBERED, numbered};
pub use own_field::OWN_FIELD;
pub use payment_method::PAYMENT_METHOD;
pub use payment_terms::{PAYMENT_TERMS, Part, parts};
pub use price_list::PRICE_LIST;
pub use supplier::SUPPLIER;
pub use tax_code::TAX_CODE;
pub use unit::UNIT;
pub use warehouse::WAREHOUSE;

/// Every master, each after those it refers to; the own fields of all others stand last.
pub static ALL: &[&EntityDef] = &[
    &CURRENCY,
    &UNIT,
    &COMPANY,
    &BRANCH,
    &EMPLOYEE,
    &ACCOUNT,
    &PAYMENT_METHOD,
    &PAYMENT_TERMS,
    &TAX_CODE,
    &COST_CENTRE,
    &FISCAL_YEAR,
    &BANK_ACCOUNT,
    &NUMBER_SERIES,
    &JOURNAL,
    &WAREHOUSE,
    &ITEM_CATEGORY,
    &ITEM,
    &PRICE_LIST,
    &CUSTOMER,
    &SUPPLIER,
    &OWN_FIELD,
];

/// The master with this machine name.
pub fn find(name: &str) -> Option<&'static EntityDef> {
    ALL.iter().copied().find(|entity| entity.name == name)
}
