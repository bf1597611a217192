//! Who is given which numbers of a series: a device for its work offline, and the hub itself for what others write
//! through it. A number is given once: to a device as part of a lease, to a record, or to nobody, which the register
//! of void numbers then says.

mod ask;
mod draw;
mod grant;
mod series;

pub use ask::ask;
pub use draw::draw;

use serde_json::Value;
use uuid::Uuid;

use crate::audit::{self, Actor, Entry, Outcome};
use crate::store::tenant::number::{self, Voided};
use crate::store::{Connection, StoreError};

/// Why numbers were not given.
#[derive(Debug, thiserror::Error)]
pub enum NumbersError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("an entry of the audit cannot be written: {0}")]
    Audit(#[from] serde_json::Error),
}

/// What is noted of a series.
pub(super) fn entry(
    actor: &Actor,
    action: &str,
    series: Uuid,
    what: &Value,
) -> Result<Entry, serde_json::Error> {
    Entry::new(actor.clone(), action, Outcome::Done).about("number_series", series).with(what)
}

/// Makes void what a device holds that is shut out, wiped or forked, and says so in the audit.
///
/// # Errors
/// See [`NumbersError`].
pub async fn void(
    connection: &mut Connection,
    actor: &Actor,
    device: Uuid,
    reason: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), NumbersError> {
    number::lock(connection).await?;
    let voided = number::void_all(connection, device, reason, now).await?;
    let told = |voided: &Voided| {
        let what = serde_json::json!({ "numbers": voided, "device": device, "reason": reason });
        entry(actor, "number_series.void", voided.series_id, &what)
    };
    let entries = voided.iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(audit::append(connection, entries, now).await?)
}
