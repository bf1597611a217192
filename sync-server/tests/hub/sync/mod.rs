//! Stories of the sync, told by devices with chains and copies of their own.

pub mod desk;
pub mod office;

mod approval;
mod attachments;
mod buckets;
mod chain;
mod contest;
mod departments;
mod directory;
mod disaster;
mod exports;
mod hello;
mod live;
mod merge;
mod merging;
mod numbers;
mod order;
mod pull;
mod redaction;
mod replay;
mod retention;
mod rights;
pub mod rule_cases;
mod years;
