//! Fixtures for tests: a clock that stands, ids that repeat, records that look real. Nothing here ships.

mod clock;
mod ids;
pub mod records;

pub use clock::FixedClock;
pub use ids::Ids;
