//! Taking a device's ops: each gets exactly one receipt and at most one effect, whatever is lost, repeated or
//! cut anew. A push is one transaction; the ops in it that the database refuses do not fail the others.

mod group;
mod page;
pub mod received;
mod sitting;
mod trace;
mod waiting;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::record::Problem;
use serde_bytes::ByteBuf;
use sync_protocol::message::PushReply;
use sync_protocol::op::ChainEnd;
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire::{self, ITEMS_MAX, WireError};
use uuid::Uuid;

use self::received::Received;
use super::Sender;
use super::numbers::NumbersError;
use crate::audit::{self, Entry, Outcome};
use crate::store::tenant::sync::device::Locked;
use crate::store::tenant::sync::op::StoredOp;
use crate::store::tenant::sync::{commit, device, op};
use crate::store::{self, Connection, StoreError};

/// Most ops in one push.
pub const OPS_MAX: usize = 5_000;
/// How often a transaction is tried again after it lost against others.
const TRIES: usize = 3;

/// Why a push was not taken. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    #[error("a push has at most {OPS_MAX} operations; send the rest with the next one")]
    TooMany,
    #[error("the operations of a push are made of at most {ITEMS_MAX} values; send fewer at once")]
    TooMuch,
    #[error("operation {index} of the push cannot be read")]
    Unreadable { index: usize },
    /// The device's chain goes on with this number.
    #[error("operations are missing; the next one must have the number {expected}")]
    Gap { expected: u64 },
    /// A newer Daybook wrote the first of these ops, and this hub has not the words for it.
    #[error(
        "operation number {op_seq} was made by a newer Daybook: the sync server has to be updated first"
    )]
    Newer { op_seq: u64 },
    /// Two different ops claim this place in the chain: a copy of the device's file is in use.
    #[error("operation number {op_seq} does not continue what this device sent before")]
    Forked { op_seq: u64 },
    #[error("a receipt cannot be written: {0}")]
    Wire(#[from] WireError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("an entry of the audit cannot be written: {0}")]
    Audit(#[from] serde_json::Error),
}

impl From<NumbersError> for PushError {
    fn from(error: NumbersError) -> Self {
        match error {
            NumbersError::Store(error) => Self::Store(error),
            NumbersError::Audit(error) => Self::Audit(error),
        }
    }
}

/// A push that was taken.
#[derive(Debug)]
pub struct Pushed {
    pub reply: PushReply,
    /// Ops that were not repeats.
    pub judged: usize,
    /// Records that were written.
    pub rows: usize,
    /// The version of the policy that the push made: the hubs have to be told.
    pub policy_version: Option<i64>,
}

/// Reads the ops of a push: canonical bytes in the order of the device's chain, up to the first that a newer Daybook
/// wrote.
///
/// # Errors
/// See [`PushError`].
pub fn read(ops: Vec<Vec<u8>>) -> Result<Vec<Received>, PushError> {
    if ops.len() > OPS_MAX {
        return Err(PushError::TooMany);
    }
    let mut received = received::read(ops)?;
    // A receipt is the last word, and a hub that is updated tomorrow has another one for what it cannot read today. So
    // from the first such op on nothing is answered: the device keeps it, and goes on from there when it can.
    let read = received.iter().take_while(|op| !op.newer).count();
    match received.get(read) {
        Some(newer) if read == 0 => return Err(PushError::Newer { op_seq: newer.op_seq }),
        _ => received.truncate(read),
    }
    Ok(received)
}

/// Takes a push, as it was read. Where it loses against other transactions, it is tried again, then op by op; what was
/// committed until then stays and is answered as a repeat.
///
/// # Errors
/// See [`PushError`].
pub async fn push(
    connection: &mut Connection,
    sender: Sender<'_>,
    received: Vec<Received>,
    now: DateTime<Utc>,
) -> Result<Pushed, PushError> {
    let mut taken = match persist(connection, sender, &received, now).await {
        Err(PushError::Store(StoreError::Contention(_))) if received.len() > 1 => {
            let mut taken = Taken::default();
            for op in &received {
                taken.add(persist(connection, sender, std::slice::from_ref(op), now).await?);
            }
            taken
        }
        taken => taken?,
    };
    if received.is_empty() {
        let known = device::find(connection, sender.device).await?;
        taken.chain = known.map_or_else(ChainEnd::default, |known| known.chain);
    }
    let reply = PushReply {
        receipts: taken.receipts,
        position: commit::head(connection).await?,
        chain: taken.chain,
    };
    Ok(Pushed {
        reply,
        judged: taken.judged,
        rows: taken.rows,
        policy_version: taken.policy_version,
    })
}

/// What one transaction did.
#[derive(Default)]
struct Taken {
    receipts: Vec<(Uuid, ByteBuf)>,
    chain: ChainEnd,
    judged: usize,
    rows: usize,
    policy_version: Option<i64>,
}

impl Taken {
    fn add(&mut self, next: Taken) {
        self.receipts.extend(next.receipts);
        self.chain = next.chain;
        self.judged += next.judged;
        self.rows += next.rows;
        self.policy_version = self.policy_version.max(next.policy_version);
    }
}

/// Takes ops in one transaction, which is tried again where it lost against others.
async fn persist(
    connection: &mut Connection,
    sender: Sender<'_>,
    received: &[Received],
    now: DateTime<Utc>,
) -> Result<Taken, PushError> {
    let mut tries = 1;
    loop {
        match take(connection, sender, received, now).await {
            Err(PushError::Store(StoreError::Contention(_))) if tries < TRIES => tries += 1,
            taken => return taken,
        }
    }
}

async fn take(
    connection: &mut Connection,
    sender: Sender<'_>,
    received: &[Received],
    now: DateTime<Utc>,
) -> Result<Taken, PushError> {
    let mut tx = store::begin(connection).await?;
    commit::declare_judged(&mut tx).await?;
    let Locked { chain, lost_to } =
        device::lock_chain(&mut tx, sender.device, sender.user, now).await?;
    let sender = Sender { answered_to: lost_to, ..sender };
    let (repeats, fresh) =
        received.split_at(received.partition_point(|op| op.op_seq <= chain.op_seq));
    let mut denials: Vec<Entry> = Vec::new();
    if let Some(first) = fresh.first() {
        // The device does not hold any more what was lost with an earlier life of this database and does not come
        // again: its record left the device, or it lies in a backup that was not the one restored.
        if first.op_seq > chain.op_seq + 1 && first.op_seq - 1 <= lost_to {
            denials.push(missing_entry(sender, chain.op_seq + 1, first.op_seq - 1)?);
        } else {
            received::follows(chain, first)?;
        }
    }
    let ids: Vec<Uuid> = received.iter().map(|op| op.op_id).collect();
    let stored = op::by_ids(&mut tx, &ids).await?;
    let mut receipts: HashMap<u64, Vec<u8>> = HashMap::new();
    let mut due: Vec<&Received> = Vec::new();
    for repeat in repeats {
        let known = stored.get(&repeat.op_id);
        match repeated(&mut tx, sender, repeat, known).await? {
            Some(receipt) => drop(receipts.insert(repeat.op_seq, receipt)),
            None if comes_late(&mut tx, sender, repeat, lost_to).await? => due.push(repeat),
            // The place was taken by an op whose id was not its own; it has no row of its own.
            None if known.is_some() => drop(receipts.insert(repeat.op_seq, id_reused()?)),
            None => return Err(PushError::Forked { op_seq: repeat.op_seq }),
        }
    }
    due.extend(fresh);
    let mut to_judge: Vec<&Received> = Vec::new();
    let mut seen: HashMap<Uuid, &Received> = HashMap::new();
    for op in due.iter().copied() {
        if let Some(known) = stored.get(&op.op_id).filter(|known| is_same(sender, op, known)) {
            receipts.insert(op.op_seq, known.receipt.clone());
        } else if stored.contains_key(&op.op_id) || seen.insert(op.op_id, op).is_some() {
            receipts.insert(op.op_seq, id_reused()?);
            denials.push(reuse_entry(sender, op)?);
        } else if op.op.is_none() {
            let receipt = unknown_version()?;
            op::insert(&mut tx, sender.device, sender.user, &[op.unread(&receipt)], now).await?;
            receipts.insert(op.op_seq, receipt);
        } else {
            to_judge.push(op);
        }
    }
    audit::append(&mut tx, denials, now).await?;
    let (rows, policy_version) =
        group::judge_all(&mut tx, sender, &to_judge, now, &mut receipts).await?;
    let end = fresh.last().map_or(chain, Received::end);
    if !fresh.is_empty() {
        device::extend_chain(&mut tx, sender.device, end).await?;
    }
    let healed = due.iter().filter(|op| op.op_seq <= lost_to).count();
    if healed > 0 {
        device::count_healed(&mut tx, sender.device, healed).await?;
    }
    store::commit(tx).await?;
    let receipts = received.iter().filter_map(|op| {
        // Every op of the push was answered above.
        Some((op.op_id, ByteBuf::from(receipts.remove(&op.op_seq)?)))
    });
    Ok(Taken { receipts: receipts.collect(), chain: end, judged: due.len(), rows, policy_version })
}

/// The answer to an op whose place in the chain was taken before: the same bytes as then. Nothing where no op stands
/// there.
async fn repeated(
    connection: &mut Connection,
    sender: Sender<'_>,
    repeat: &Received,
    stored: Option<&StoredOp>,
) -> Result<Option<Vec<u8>>, PushError> {
    if let Some(stored) = stored
        && stored.device_id == sender.device
        && stored.op_hash == repeat.op_hash.0
    {
        return Ok(Some(stored.receipt.clone()));
    }
    match op::payload_at(connection, sender.device, repeat.op_seq).await? {
        None => {
            let same = stored.filter(|stored| is_same(sender, repeat, stored));
            Ok(same.map(|stored| stored.receipt.clone()))
        }
        Some(_) => Err(PushError::Forked { op_seq: repeat.op_seq }),
    }
}

/// Whether this is the work that is stored under its id, in another place: of two copies of a device both hold it, and
/// the one that became a device of its own sends it too, as does one that was set back. It was done once.
fn is_same(sender: Sender<'_>, op: &Received, stored: &StoredOp) -> bool {
    stored.user_id == sender.user && stored.intent_hash == op.intent_hash.0
}

/// Whether an op whose place is vacant was lost by a restore, and left out by a copy of the device's file that did not
/// hold it any more: it comes with another copy. What follows it must follow it.
async fn comes_late(
    connection: &mut Connection,
    sender: Sender<'_>,
    op: &Received,
    lost_to: u64,
) -> Result<bool, PushError> {
    if op.op_seq > lost_to {
        return Ok(false);
    }
    if let Some(next) = op::payload_at(connection, sender.device, op.op_seq + 1).await? {
        received::follows(op.end(), &received::stored(next)?)?;
    }
    Ok(true)
}

fn id_reused() -> Result<Vec<u8>, WireError> {
    let message = "this operation's id was used before with other content; enter it again";
    wire::encode(&Receipt::Rejected {
        code: RejectCode::OpIdReused,
        problems: vec![Problem::new("", "op_id_reused", message)],
        attention: None,
    })
}

fn unknown_version() -> Result<Vec<u8>, WireError> {
    let message =
        "the sync server cannot read this work; it is kept there as it came, enter it again";
    wire::encode(&Receipt::Rejected {
        code: RejectCode::UnknownKind,
        problems: vec![Problem::new("", "unknown_kind", message)],
        attention: None,
    })
}

/// The op is not stored under its id, which is another's: the audit keeps what it wanted.
fn reuse_entry(sender: Sender<'_>, received: &Received) -> Result<Entry, serde_json::Error> {
    let intent = received.op.as_ref().map(|op| &op.intent);
    let entry = Entry::new(sender.actor.clone(), "sync.op_id_reused", Outcome::Denied);
    let mut entry =
        entry.with(&serde_json::json!({ "op_seq": received.op_seq, "intent": intent }))?;
    entry.op_id = Some(received.op_id);
    Ok(entry)
}

/// Ops that were answered once, were lost by a restore, and do not come again.
fn missing_entry(sender: Sender<'_>, from: u64, to: u64) -> Result<Entry, serde_json::Error> {
    let entry = Entry::new(sender.actor.clone(), "sync.ops_lost", Outcome::Failed);
    entry.with(&serde_json::json!({ "first": from, "last": to }))
}
