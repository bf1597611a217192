//! A push as the hub reads it, or work that is handed in: the message, the ops in it, and their changes against the declaration.

use chrono::DateTime;
use daybook_server::sync::push::received;
use domain::record::Record;
use domain::synced;
use serde_bytes::ByteBuf;
use sync_protocol::auth::escrow_proof;
use sync_protocol::message::{Escrow, Push};
use sync_protocol::op::{Op, SealedOp};
use sync_protocol::wire::{self, ITEMS_MAX};
use uuid::Uuid;

/// # Panics
/// Where an op is read, written and read again to something else.
pub fn push(bytes: &[u8]) {
    if let Ok(escrow) = wire::decode_within::<Escrow>(bytes, ITEMS_MAX) {
        // It is read before anybody knows whose it is.
        let _ = escrow_proof(&escrow.tenant, escrow.device_id, &escrow.ops);
        ops(escrow.ops);
    }
    if let Ok(push) = wire::decode_within::<Push>(bytes, ITEMS_MAX) {
        ops(push.ops);
    }
}

fn ops(ops: Vec<ByteBuf>) {
    // One by one as well: the fuzzer does not know how to chain them.
    for op in &ops {
        if let Ok(op) = SealedOp::open(op.to_vec()) {
            same_again(op.op());
            applied(op.op());
        }
    }
    let _ = received::read(ops.into_iter().map(|op| op.into_vec()).collect());
}

fn same_again(op: &Op) {
    let bytes = wire::encode(op).unwrap_or_else(|error| panic!("{error}: {op:?}"));
    let again: Op = wire::decode(&bytes).unwrap_or_else(|error| panic!("{error}: {op:?}"));
    assert_eq!(*op, again);
    assert!(op.intent.hash().is_ok());
}

/// Its changes on an empty record, as for a creation.
fn applied(op: &Op) {
    let Some(entity) = synced::find(&op.intent.entity) else { return };
    let mut record = Record::new(entity, op.intent.id, Uuid::nil(), DateTime::UNIX_EPOCH);
    // Values of an op that is refused say why; those of one that is taken are whole.
    let _ = op.intent.changes.apply(&mut record);
}
