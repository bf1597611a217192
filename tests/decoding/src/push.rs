//! A push as the hub reads it: the message, the ops in it, and their changes against the declaration.

use chrono::DateTime;
use daybook_server::sync::push::received;
use domain::record::Record;
use domain::synced;
use sync_protocol::message::Push;
use sync_protocol::op::{Op, SealedOp};
use sync_protocol::wire::{self, ITEMS_MAX};
use uuid::Uuid;

/// # Panics
/// Where an op is read, written and read again to something else.
pub fn push(bytes: &[u8]) {
    let Ok(push) = wire::decode_within::<Push>(bytes, ITEMS_MAX) else { return };
    // One by one as well: the fuzzer does not know how to chain them.
    for op in &push.ops {
        if let Ok(op) = SealedOp::open(op.to_vec()) {
            same_again(op.op());
            applied(op.op());
        }
    }
    let _ = received::read(push.ops.into_iter().map(|op| op.into_vec()).collect());
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
