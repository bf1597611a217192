//! The tables of the sync: the order, membership, digests, devices, ops, views, and how far
//! back they go. Triggers write the order and
//! the membership; here they are read. What any of it means is decided in `crate::sync`.

pub mod bucket;
pub mod commit;
pub mod courier;
pub mod device;
pub mod digest;
pub mod floor;
pub mod member;
pub mod op;
pub mod review;
pub mod view;
