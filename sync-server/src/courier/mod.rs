//! The files of devices that never meet the hub on a network: one comes, its work is judged as any other, and one is
//! written that answers. What they hold is `sync_protocol::courier`'s; what a device is told is decided in
//! `crate::sync`. Here is only the way between.

mod answer;
mod error;
mod exchange;
mod judge;
mod lease;
mod place;
mod take;

pub use error::ExchangeError;
pub use exchange::{Brought, Exchanged, exchange};
pub use lease::{CourierLease, set_lease};
