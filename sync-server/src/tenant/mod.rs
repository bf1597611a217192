//! Tenants as the hub handles them: where they are, the way to their databases, and how one is made, brought
//! up to date and removed. What is in a tenant is elsewhere.

pub mod backup;
pub mod create;
pub mod directory;
pub mod first_records;
pub mod lay_down;
pub mod look_after;
pub mod manage;
pub mod sample;
pub mod slug;
pub mod typist;
