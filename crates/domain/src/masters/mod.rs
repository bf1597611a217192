//! The masters, one file each. `ALL` is THE LIST: a word here and a file beside it declare a master, and
//! storage, validation, search, forms, sync and types follow from the declaration.

mod account;
mod branch;
mod company;
mod currency;
mod customer;
mod fields;
mod item;
mod item_category;
mod party;
mod supplier;
mod unit;

use crate::record::EntityDef;

pub use account::ACCOUNT;
pub use branch::BRANCH;
pub use company::COMPANY;
pub use currency::CURRENCY;
pub use customer::CUSTOMER;
pub use fields::CHILD as CHILD_FIELDS;
pub use item::ITEM;
pub use item_category::ITEM_CATEGORY;
pub use supplier::SUPPLIER;
pub use unit::UNIT;

/// Every master, each after those it refers to.
pub static ALL: &[&EntityDef] =
    &[&CURRENCY, &UNIT, &COMPANY, &BRANCH, &ACCOUNT, &ITEM_CATEGORY, &ITEM, &CUSTOMER, &SUPPLIER];

/// The master with this machine name.
pub fn find(name: &str) -> Option<&'static EntityDef> {
    ALL.iter().copied().find(|entity| entity.name == name)
}
