//! Ops as they come: read, hashed, and held against the device's chain. Nothing is judged here.

use domain::versions;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use sync_protocol::op::{ChainEnd, Hash, Op};
use sync_protocol::wire::{self, ITEMS_MAX};
use uuid::Uuid;

use super::PushError;
use crate::store::StoreError;
use crate::store::tenant::sync::op::NewOp;

/// An op as it came.
pub struct Received {
    pub op_id: Uuid,
    pub op_seq: u64,
    pub op_hash: Hash,
    pub intent_hash: Hash,
    prev_hash: Hash,
    pub bytes: Vec<u8>,
    /// In the words of this program. `None`: only its place in the chain can be read.
    pub op: Option<Op>,
    /// A newer program wrote it.
    pub newer: bool,
}

/// What an op says that cannot be read.
#[derive(Deserialize)]
struct Head {
    op_id: Uuid,
    op_seq: u64,
    prev_hash: Hash,
}

/// What an op of every version says.
#[derive(Deserialize)]
struct Versioned {
    intent: IntentHead,
}

#[derive(Deserialize)]
struct IntentHead {
    kind_version: u16,
}

impl Received {
    fn read(bytes: Vec<u8>) -> Option<Self> {
        let op_hash = Hash(Sha256::digest(&bytes).into());
        if let Ok(op) = wire::decode::<Op>(&bytes) {
            let (op_id, op_seq, prev_hash) = (op.op_id, op.op_seq, op.prev_hash);
            // Of the intent as it was written: one id means one intent, whichever program reads it.
            let intent_hash = op.intent.hash().ok()?;
            let newer = op.is_newer();
            return Some(Self {
                op_id,
                op_seq,
                prev_hash,
                op_hash,
                intent_hash,
                bytes,
                op: Some(op.today()),
                newer,
            });
        }
        let Head { op_id, op_seq, prev_hash } = wire::decode(&bytes).ok()?;
        let versioned = wire::decode::<Versioned>(&bytes).ok();
        let newer =
            versioned.is_some_and(|op| op.intent.kind_version > versions::declared().current);
        let intent_hash = op_hash;
        Some(Self { op_id, op_seq, prev_hash, op_hash, intent_hash, bytes, op: None, newer })
    }

    /// The op as it is stored where nothing of it was understood but its place.
    pub fn unread<'a>(&'a self, receipt: &'a [u8]) -> NewOp<'a> {
        NewOp {
            op_id: self.op_id,
            op_seq: self.op_seq,
            op_hash: self.op_hash,
            intent_hash: self.intent_hash,
            kind: "unread".to_owned(),
            row: None,
            replaces: None,
            waits_for: None,
            payload: &self.bytes,
            receipt,
        }
    }

    /// The end of the chain after this op.
    pub fn end(&self) -> ChainEnd {
        ChainEnd { op_seq: self.op_seq, hash: self.op_hash }
    }
}

/// Reads the ops of a push, which must follow each other in one chain.
///
/// # Errors
/// `TooMuch`, `Unreadable`, `Gap` or `Forked`.
pub fn read(ops: Vec<Vec<u8>>) -> Result<Vec<Received>, PushError> {
    // All of them together: each takes its memory until the last is judged.
    if ops.iter().map(|bytes| wire::items(bytes)).sum::<usize>() > ITEMS_MAX {
        return Err(PushError::TooMuch);
    }
    let mut received: Vec<Received> = Vec::with_capacity(ops.len());
    for (index, bytes) in ops.into_iter().enumerate() {
        let unreadable = || PushError::Unreadable { index };
        let op = Received::read(bytes).ok_or_else(unreadable)?;
        // The chain is numbered from 1, within what Postgres counts.
        if op.op_seq == 0 || i64::try_from(op.op_seq).is_err() {
            return Err(unreadable());
        }
        if let Some(before) = received.last() {
            follows(before.end(), &op)?;
        }
        received.push(op);
    }
    Ok(received)
}

/// Reads an op as it was stored.
///
/// # Errors
/// `Store` where it cannot be read any more.
pub fn stored(payload: Vec<u8>) -> Result<Received, PushError> {
    let damaged = || StoreError::Damaged("an operation cannot be read".to_owned());
    Ok(Received::read(payload).ok_or_else(damaged)?)
}

/// Whether an op is the next of a chain.
///
/// # Errors
/// `Gap` or `Forked`.
pub fn follows(end: ChainEnd, op: &Received) -> Result<(), PushError> {
    if op.op_seq != end.op_seq + 1 {
        return Err(PushError::Gap { expected: end.op_seq + 1 });
    }
    if op.prev_hash != end.hash {
        return Err(PushError::Forked { op_seq: op.op_seq });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::record::RecordChanges;
    use sync_protocol::op::{Intent, SealedOp, Verb};

    use super::*;

    fn sealed(op_seq: u64, prev_hash: Hash) -> SealedOp {
        let intent = Intent {
            entity: "unit".to_owned(),
            verb: Verb::Create,
            kind_version: 1,
            id: Uuid::from_u128(1),
            base_version: 0,
            changes: RecordChanges::default(),
            loser: None,
        };
        let op_id = Uuid::from_u128(u128::from(op_seq));
        let occurred_at = DateTime::<Utc>::MIN_UTC;
        let (needs, replaces) = (Vec::new(), None);
        SealedOp::seal(Op {
            op_id,
            op_seq,
            prev_hash,
            lease_serial: 1,
            occurred_at,
            needs,
            replaces,
            intent,
        })
        .unwrap()
    }

    #[test]
    fn ops_follow_each_other_without_a_gap_and_without_a_fork() {
        let first = sealed(1, Hash::default());
        let second = sealed(2, first.hash());
        let bytes = |op: &SealedOp| op.bytes().to_vec();
        assert_eq!(read(vec![bytes(&first), bytes(&second)]).unwrap().len(), 2);
        let gap = read(vec![bytes(&first), bytes(&sealed(3, first.hash()))]);
        assert!(matches!(gap, Err(PushError::Gap { expected: 2 })));
        let fork = read(vec![bytes(&first), bytes(&sealed(2, Hash::default()))]);
        assert!(matches!(fork, Err(PushError::Forked { op_seq: 2 })));
        assert!(matches!(read(vec![vec![7]]), Err(PushError::Unreadable { index: 0 })));
    }

    #[derive(serde::Serialize)]
    struct Odd<I> {
        op_id: Uuid,
        op_seq: u64,
        prev_hash: Hash,
        intent: I,
    }

    fn odd<I: serde::Serialize>(intent: I) -> Received {
        let (op_id, op_seq, prev_hash) = (Uuid::from_u128(9), 1, Hash::default());
        let bytes = wire::encode(&Odd { op_id, op_seq, prev_hash, intent }).unwrap();
        read(vec![bytes]).unwrap().remove(0)
    }

    #[test]
    fn an_op_that_cannot_be_read_still_has_its_place_in_the_chain() {
        let unread = odd("what nobody knows");
        assert_eq!((unread.op_id, unread.op_seq), (Uuid::from_u128(9), 1));
        assert!(unread.op.is_none() && !unread.newer);
    }

    #[test]
    fn an_op_of_a_newer_program_is_known_by_its_version_whatever_else_it_says() {
        #[derive(serde::Serialize)]
        struct Newer {
            verb: &'static str,
            kind_version: u16,
        }
        let newer = |kind_version| odd(Newer { verb: "split", kind_version });
        assert!(newer(versions::declared().current + 1).newer);
        assert!(!newer(versions::declared().current).newer, "no program ever wrote that");
    }
}
