//! Fixtures for tests: a clock that stands, ids that repeat, records that look real, a Redis that may be killed.
//! Nothing here ships.

mod clock;
mod ids;
pub mod records;
mod redis;
pub mod rights_table;
pub mod rule_cases;

#[cfg(test)]
mod refusals;
#[cfg(test)]
mod rule_words;

pub use clock::FixedClock;
pub use ids::Ids;
pub use redis::Redis;
