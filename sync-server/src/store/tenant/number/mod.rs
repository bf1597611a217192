//! The tables of numbers: how far each series has counted, which device holds what, and what is void. Who is given
//! which is decided in `crate::sync::numbers`.

mod counter;
mod lease;
mod restored;

pub use counter::{Void, counter, note_void, set_counter, that_have_given};
pub use lease::{
    Holding, Lease, LeaseState, Voided, end, held_by, held_by_others, holding, insert, reissue,
    returned, short_name, told, used, used_up_to, void_all,
};
pub use restored::{Counter, counters, restore};

use crate::store::{Connection, StoreError};

/// Sets this lock apart from all others of the database.
const NUMBERING: i32 = 0x6e75_6d62;

/// Numbers are given one after the other in a tenant: by the hub for its own writers, and to devices. Taken before
/// any record is locked.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock(connection: &mut Connection) -> Result<(), StoreError> {
    let lock = "SELECT pg_advisory_xact_lock($1, 0)";
    sqlx::query(lock).bind(NUMBERING).execute(connection).await?;
    Ok(())
}
