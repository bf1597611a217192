//! The hub: one Postgres database for each tenant, and the judge of every device's operations. `http` outside,
//! SQL only inside `store`; a library, so that the tests run what the program runs.

pub mod attachment;
pub mod audit;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod courier;
pub mod http;
pub mod hub;
pub mod ids;
pub mod keys;
pub mod meter;
pub mod people;
pub mod store;
pub mod sync;
pub mod tenant;
