//! What the business is: records and their rules, the masters, money, permissions, standards.
//! Pure: no database, no network, no async, no clock, no randomness.

pub mod attention;
pub mod duplicates;
pub mod export_note;
pub mod masters;
pub mod numbering;
pub mod permissions;
pub mod person;
pub mod record;
pub mod standards;
pub mod synced;
pub mod versions;
