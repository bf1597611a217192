//! Stories about the hub, told with real Postgres: users and devices are objects that send requests. The folders
//! follow the addresses.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod api;
mod audit;
mod auth;
mod body;
mod failures;
mod health;
mod people;
mod rights_table;
mod routes;
mod several;
mod support;
mod sync;
mod tenant;
mod usage;
