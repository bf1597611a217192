//! Fixtures for tests: a clock that stands, ids that repeat, records that look real. Nothing here ships.

mod clock;
mod ids;
pub mod records;
pub mod rights_table;
pub mod rule_cases;

#[cfg(test)]
mod refusals;
#[cfg(test)]
mod rule_words;

pub use clock::FixedClock;
pub use ids::Ids;
