//! Ops as they come: read, hashed, and held against the device's chain. Nothing is judged here.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use sync_protocol::op::{ChainEnd, Hash, Op, SealedOp};
use sync_protocol::wire;
use uuid::Uuid;

use super::PushError;

/// An op as it came.
pub struct Received {
    pub op_id: Uuid,
    pub op_seq: u64,
    pub op_hash: Hash,
    pub intent_hash: Hash,
    prev_hash: Hash,
    pub bytes: Vec<u8>,
    /// `None`: it was written by a newer version, and only its place in the chain can be read.
    pub op: Option<Op>,
}

/// What even an op of an unknown version says.
#[derive(Deserialize)]
struct Head {
    op_id: Uuid,
    op_seq: u64,
    prev_hash: Hash,
}

impl Received {
    fn read(bytes: Vec<u8>) -> Option<Self> {
        let op_hash = Hash(Sha256::digest(&bytes).into());
        match SealedOp::open(bytes) {
            Ok(sealed) => Some(Self {
                op_id: sealed.op().op_id,
                op_seq: sealed.op().op_seq,
                prev_hash: sealed.op().prev_hash,
                op_hash,
                intent_hash: sealed.op().intent.hash().ok()?,
                bytes: sealed.bytes().to_vec(),
                op: Some(sealed.op().clone()),
            }),
            Err(_) => None,
        }
    }

    fn read_head(bytes: Vec<u8>) -> Option<Self> {
        let head: Head = wire::decode(&bytes).ok()?;
        let op_hash = Hash(Sha256::digest(&bytes).into());
        let Head { op_id, op_seq, prev_hash } = head;
        Some(Self { op_id, op_seq, prev_hash, op_hash, intent_hash: op_hash, bytes, op: None })
    }

    /// The end of the chain after this op.
    pub fn end(&self) -> ChainEnd {
        ChainEnd { op_seq: self.op_seq, hash: self.op_hash }
    }
}

/// Reads the ops of a push, which must follow each other in one chain.
///
/// # Errors
/// `Unreadable`, `Gap` or `Forked`.
pub fn read(ops: Vec<Vec<u8>>) -> Result<Vec<Received>, PushError> {
    let mut received: Vec<Received> = Vec::with_capacity(ops.len());
    for (index, bytes) in ops.into_iter().enumerate() {
        let unreadable = || PushError::Unreadable { index };
        let op = match Received::read(bytes.clone()) {
            Some(op) => op,
            None => Received::read_head(bytes).ok_or_else(unreadable)?,
        };
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
    use sync_protocol::op::{Intent, Verb};

    use super::*;

    fn sealed(op_seq: u64, prev_hash: Hash) -> SealedOp {
        let intent = Intent {
            entity: "unit".to_owned(),
            verb: Verb::Create,
            kind_version: 1,
            id: Uuid::from_u128(1),
            base_version: 0,
            changes: RecordChanges::default(),
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

    #[test]
    fn an_op_of_a_newer_version_still_has_its_place_in_the_chain() {
        #[derive(serde::Serialize)]
        struct Newer {
            op_id: Uuid,
            op_seq: u64,
            prev_hash: Hash,
            intent: &'static str,
        }
        let newer = Newer {
            op_id: Uuid::from_u128(9),
            op_seq: 1,
            prev_hash: Hash::default(),
            intent: "what nobody knew before",
        };
        let read = read(vec![wire::encode(&newer).unwrap()]).unwrap();
        assert_eq!((read[0].op_id, read[0].op_seq, read[0].op.is_none()), (newer.op_id, 1, true));
    }
}
