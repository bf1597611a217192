//! The table of the rules of masters: each with a value it accepts and one it refuses. The device and the hub
//! run the same table (`play`), and `complete` finds every rule that no case names. One file per master; nothing
//! here knows a store.

mod case;
mod play;

mod account;
mod bank_account;
mod branch;
mod company;
mod cost_centre;
mod currency;
mod customer;
mod employee;
mod fiscal_year;
mod item;
mod item_category;
mod journal;
mod number_series;
mod own_field;
mod payment_method;
mod payment_terms;
mod price_list;
mod supplier;
mod tax_code;
mod unit;
mod warehouse;

#[cfg(test)]
mod complete;

pub use case::{Case, Given, Lines, case, given};
pub use play::{Answer, Side, Stage, Work, play};

/// Every case, in the order in which they are played.
pub static ALL: &[&[Case]] = &[
    currency::CASES,
    unit::CASES,
    company::CASES,
    branch::CASES,
    employee::CASES,
    account::CASES,
    payment_method::CASES,
    payment_terms::CASES,
    tax_code::CASES,
    cost_centre::CASES,
    fiscal_year::CASES,
    bank_account::CASES,
    number_series::CASES,
    journal::CASES,
    item_category::CASES,
    warehouse::CASES,
    item::CASES,
    price_list::CASES,
    customer::CASES,
    supplier::CASES,
    // Last: a field that is required is missing from whatever is made after it.
    own_field::CASES,
];

/// The records that cases may refer to by their label (`@eur`).
pub static GIVEN: &[&[Given]] = &[
    currency::GIVEN,
    unit::GIVEN,
    company::GIVEN,
    branch::GIVEN,
    employee::GIVEN,
    account::GIVEN,
    tax_code::GIVEN,
    cost_centre::GIVEN,
    fiscal_year::GIVEN,
    bank_account::GIVEN,
    number_series::GIVEN,
    warehouse::GIVEN,
    item::GIVEN,
    price_list::GIVEN,
    supplier::GIVEN,
];
