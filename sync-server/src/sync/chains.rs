//! Whether the ops that were received are whole: each is what was hashed, has a receipt, and follows the one before in
//! its device's chain. It reads; what is wrong is for others to tell.

use std::collections::HashMap;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use sync_protocol::op::Hash;
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use crate::store::tenant::sync::device;
use crate::store::tenant::sync::op::{self, ChainOp};
use crate::store::{Connection, StoreError};

/// Ops that are read at once.
const AT_ONCE: i64 = 500;

/// Something about a chain that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    Op {
        device_id: Uuid,
        op_seq: i64,
    },
    /// The noted end of the chain is not its last op, or none is noted.
    End {
        device_id: Uuid,
    },
}

/// What even an op of an unknown version says.
#[derive(Deserialize)]
struct Head {
    op_seq: u64,
    prev_hash: Hash,
}

/// Everything that is wrong with the chains, as this transaction sees them.
///
/// # Errors
/// See [`StoreError`].
pub async fn broken(connection: &mut Connection) -> Result<Vec<Broken>, StoreError> {
    let mut broken = Vec::new();
    let mut last: Option<ChainOp> = None;
    let mut ends: HashMap<Uuid, (i64, Vec<u8>)> = HashMap::new();
    loop {
        let after = last.as_ref().map(|op| (op.device_id, op.op_seq));
        let page = op::chains_after(connection, after, AT_ONCE).await?;
        if page.is_empty() {
            break;
        }
        for op in page {
            if !stands(&op, last.as_ref()) {
                broken.push(Broken::Op { device_id: op.device_id, op_seq: op.op_seq });
            }
            ends.insert(op.device_id, (op.op_seq, op.op_hash.clone()));
            last = Some(op);
        }
    }
    for (device_id, op_seq, op_hash) in device::chain_ends(connection).await? {
        // Behind the last op that is kept there may be some whose id was another's; they have no row.
        match ends.remove(&device_id) {
            Some((last, hash)) if last > op_seq || (last == op_seq && hash != op_hash) => {
                broken.push(Broken::End { device_id });
            }
            _ => {}
        }
    }
    broken.extend(ends.into_keys().map(|device_id| Broken::End { device_id }));
    Ok(broken)
}

fn stands(op: &ChainOp, before: Option<&ChainOp>) -> bool {
    let Ok(Head { op_seq, prev_hash }) = wire::decode(&op.payload) else { return false };
    let follows = match before {
        Some(before) if before.device_id == op.device_id && before.op_seq + 1 == op.op_seq => {
            prev_hash.0.as_slice() == before.op_hash
        }
        _ => true,
    };
    follows
        && i64::try_from(op_seq) == Ok(op.op_seq)
        && Sha256::digest(&op.payload)[..] == op.op_hash
        && wire::decode::<Receipt>(&op.receipt).is_ok()
}
