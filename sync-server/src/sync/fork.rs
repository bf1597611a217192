//! Two copies of one device: whether an end of a chain is one that the hub knows, and what is noted once it is not. A
//! device that was set back and used before it asked looks the same. Which is the original a person says, at a sign-in.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sync_protocol::op::{ChainEnd, Hash};
use sync_protocol::wire;
use uuid::Uuid;

use super::Sender;
use super::numbers::{self, NumbersError};
use crate::audit::{self, Entry, Outcome};
use crate::store::tenant::sync::op;
use crate::store::{self, Connection, Control, StoreError};

/// What even an op of an unknown version says.
#[derive(Deserialize)]
struct Head {
    prev_hash: Hash,
}

/// Whether a device's chain ends in a place of the chain that the hub holds, with another op. A chain that goes on beyond
/// what the hub holds shows it with the next push.
///
/// # Errors
/// See [`StoreError`].
pub async fn strays(
    connection: &mut Connection,
    device: Uuid,
    mine: ChainEnd,
    held: ChainEnd,
) -> Result<bool, StoreError> {
    if mine.op_seq == 0 || mine.op_seq > held.op_seq {
        return Ok(false);
    }
    if mine.op_seq == held.op_seq {
        return Ok(mine.hash != held.hash);
    }
    if let Some(hash) = op::hash_at(connection, device, mine.op_seq).await? {
        return Ok(hash != mine.hash.0);
    }
    // An op that came a second time has no row in its new place; the next one names it.
    let Some(next) = op::payload_at(connection, device, mine.op_seq + 1).await? else {
        return Ok(true);
    };
    let next: Head = wire::decode(&next)
        .map_err(|error| StoreError::Damaged(format!("an operation cannot be read: {error}")))?;
    Ok(next.prev_hash != mine.hash)
}

/// Serves neither copy from here on, on no hub, and makes void what numbers the device holds, which both may have drawn.
///
/// # Errors
/// See [`NumbersError`].
pub async fn freeze(
    control: &Control,
    connection: &mut Connection,
    sender: Sender<'_>,
    op_seq: u64,
    now: DateTime<Utc>,
) -> Result<(), NumbersError> {
    let entry = Entry::new(sender.actor.clone(), "sync.chain_forked", Outcome::Denied)
        .about("device", sender.device)
        .with(&serde_json::json!({ "op_seq": op_seq }))?;
    let mut tx = store::begin(connection).await?;
    audit::append(&mut tx, vec![entry], now).await?;
    numbers::void(&mut tx, sender.actor, sender.device, "forked", now).await?;
    store::commit(tx).await?;
    // Last: every hub hears of it.
    Ok(control.freeze_device(sender.device, now).await?)
}
