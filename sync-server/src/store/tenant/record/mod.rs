//! The tables of the declared entities: whole records, read and written in bulk. The statements follow from the
//! declarations; there is none for one entity. It judges nothing: whoever writes has decided.

mod column;
mod filter;
mod holder;
mod lock;
mod read;
mod write;

pub use holder::{Holder, holders};
pub use lock::lock_structure;
pub use read::{Hold, by_ids, ids_with, page};
pub use write::{Written, write};
