//! Stories of one device's file: what a person does, what the hub sends, and what must then be there.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod attaching;
mod copies;
mod device;
mod filling;
mod finding;
mod hub;
mod listing;
mod much;
mod newer;
mod numbers;
mod own_fields;
mod receiving;
mod restoring;
mod saving;
mod secrecy;
mod sending;
mod verifying;
