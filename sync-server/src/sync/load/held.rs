//! Ops that are held for review: those that a group of ops may decide about, with everybody's items.

use domain::attention::ATTENTION;
use sync_protocol::judge::Why;
use sync_protocol::op::{Op, SealedOp, Verb};
use uuid::Uuid;

use super::lock_records;
use crate::store::tenant::sync::review;
use crate::store::{Connection, StoreError};
use crate::sync::known::{HeldOp, Known};

/// The held ops that these ops may decide about, locked before anything else is: whoever decides second waits here.
///
/// # Errors
/// See [`StoreError`].
pub async fn by_decisions<'o>(
    connection: &mut Connection,
    ops: impl Iterator<Item = &'o Op>,
) -> Result<Vec<HeldOp>, StoreError> {
    let decisions = ops.filter(|op| op.intent.verb == Verb::Resolve);
    let items: Vec<Uuid> = decisions.map(|op| op.intent.id).collect();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    review::of_items(connection, &items).await?.into_iter().map(read).collect()
}

/// A held op as it is stored.
///
/// # Errors
/// It cannot be read: the database is damaged.
pub fn read(stored: review::Held) -> Result<HeldOp, StoreError> {
    let op = SealedOp::open(stored.payload);
    let op = op.map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(HeldOp {
        op: op.op().clone(),
        user: stored.user_id,
        device: stored.device_id,
        received_at: stored.received_at,
        // A constraint of the table names them all.
        why: Why::named(&stored.why).unwrap_or(Why::AccessEnded),
        is_decided: stored.is_decided,
        items: stored.items,
    })
}

/// Locks everybody's items about held ops, and learns these.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock(
    connection: &mut Connection,
    known: &mut Known,
    held: Vec<HeldOp>,
) -> Result<(), StoreError> {
    let items = held.iter().flat_map(|held| held.items.iter().copied()).collect();
    lock_records(connection, known, &ATTENTION, items).await?;
    held.into_iter().for_each(|held| known.learn_held(held));
    Ok(())
}
