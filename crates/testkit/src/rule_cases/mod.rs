//! The table of the rules of masters: each with a value it accepts and one it refuses. The device and the hub
//! run the same table (`play`), and `complete` finds every rule that no case names. One file per master; nothing
//! here knows a store.

mod case;
mod play;

mod account;
mod branch;
mod company;
mod currency;
mod customer;
mod item;
mod item_category;
mod supplier;
mod unit;

#[cfg(test)]
mod complete;

pub use case::{Case, Given, Lines, case, given};
pub use play::{Answer, Side, Work, play};

/// Every case, in the order in which they are played.
pub static ALL: &[&[Case]] = &[
    currency::CASES,
    unit::CASES,
    company::CASES,
    branch::CASES,
    account::CASES,
    item_category::CASES,
    item::CASES,
    customer::CASES,
    supplier::CASES,
];

/// The records that cases may refer to by their label (`@eur`).
pub static GIVEN: &[&[Given]] =
    &[currency::GIVEN, unit::GIVEN, company::GIVEN, account::GIVEN, item::GIVEN, supplier::GIVEN];
