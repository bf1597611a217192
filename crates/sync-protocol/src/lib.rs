//! How two copies agree: operations, receipts, messages, the three-way merge, the hub's judge and the
//! device's round. Pure: clock, randomness and ids are arguments; storage and network are elsewhere.

pub mod attachment;
pub mod auth;
pub mod courier;
pub mod device;
pub mod digest;
pub mod history;
pub mod judge;
pub mod merge;
pub mod message;
pub mod numbers;
pub mod op;
pub mod projection;
pub mod receipt;
pub mod redaction;
pub mod row;
pub mod upcast;
pub mod view;
pub mod wire;

/// Version of this protocol; a hub answers `drain` to a device whose version is below its own.
pub const PROTOCOL_VERSION: u16 = 1;
