//! The tables of the declared entities: whole records, read and written in bulk. The statements follow from the
//! declarations; there is none for one entity. It judges nothing: whoever writes has decided.

mod column;
mod entry;
pub mod filter;
mod holder;
mod list;
mod lock;
mod read;
mod referrer;
mod write;

pub use entry::entries;
pub use holder::{Holder, holders, named};
pub use list::{ListQuery, Listed, Test, count, list};
pub use lock::{lock_merging, lock_name, lock_structure};
pub use read::{Hold, by_ids, ids_with, ids_with_any, ids_with_value, page};
pub use referrer::referrers;
pub use write::{Written, write};
