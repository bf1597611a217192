//! Stories of the sync, told by devices with chains and copies of their own.

mod copy;
pub mod desk;
pub mod office;

mod approval;
mod attachments;
mod buckets;
mod chain;
mod contest;
mod copies;
mod courier;
mod departments;
mod directory;
mod disaster;
mod escrow;
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
mod review;
mod rights;
pub mod rule_cases;
mod segments;
mod versions;
mod years;
