//! Judging the ops of a push together and writing what follows, under a savepoint. Where the database refuses
//! what was judged good, the group is halved until the op at fault stands alone and is refused by itself.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::record::Problem;
use sync_protocol::judge::{self, Judgement, Moment};
use sync_protocol::op::Op;
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;

use super::effects::Effects;
use super::received::Received;
use super::waiting::Waiting;
use super::{PushError, Sender, trace};
use crate::store::tenant::sync::commit;
use crate::store::tenant::sync::op::{self, NewOp};
use crate::store::{self, Connection, StoreError};
use crate::sync::known::Known;
use crate::sync::load;
use crate::{audit, ids};

/// Judges ops in order and writes their effects, receipts and audit; adds the receipts by the ops' places in
/// the chain. Answers how many records were written.
///
/// # Errors
/// See [`PushError`].
pub async fn judge_all(
    connection: &mut Connection,
    sender: Sender<'_>,
    ops: &[&Received],
    now: DateTime<Utc>,
    receipts: &mut HashMap<u64, Vec<u8>>,
) -> Result<usize, PushError> {
    let mut rows = 0;
    let mut left = vec![ops];
    while let Some(group) = left.pop() {
        if group.is_empty() {
            continue;
        }
        match attempt(connection, sender, group, now, None).await {
            Ok(done) => {
                rows += done.rows;
                receipts.extend(done.receipts);
            }
            Err(PushError::Store(refused)) if refused.refuses_data() => match group {
                [_] => {
                    let done = alone(connection, sender, group, now, &refused).await?;
                    rows += done.rows;
                    receipts.extend(done.receipts);
                }
                _ => {
                    let (first, second) = group.split_at(group.len() / 2);
                    left.extend([second, first]);
                }
            },
            Err(error) => return Err(error),
        }
    }
    Ok(rows)
}

/// An op that the database refused. Another transaction may have come between: it is judged once more by what
/// stands now. What is refused again is refused to the person, and if not even that can be stored, with a bare
/// receipt: the chain goes on whatever a device sends.
async fn alone(
    connection: &mut Connection,
    sender: Sender<'_>,
    op: &[&Received],
    now: DateTime<Utc>,
    refused: &StoreError,
) -> Result<Done, PushError> {
    let again = match attempt(connection, sender, op, now, None).await {
        Err(PushError::Store(again)) if again.refuses_data() => again,
        done => return done,
    };
    tracing::error!(error = ?again, first = ?refused, "the database refused an op that was judged good");
    let message = "the sync server's database does not take this; the administrator has to look";
    let problem = Problem::new("", "constraint", message);
    match attempt(connection, sender, op, now, Some(&problem)).await {
        Err(PushError::Store(last)) if last.refuses_data() => {
            tracing::error!(error = ?last, "the database did not take the refusal either");
            bare(connection, sender, op, now, problem).await
        }
        done => done,
    }
}

/// Stores ops as they came, with a receipt and nothing else.
async fn bare(
    connection: &mut Connection,
    sender: Sender<'_>,
    ops: &[&Received],
    now: DateTime<Utc>,
    problem: Problem,
) -> Result<Done, PushError> {
    let receipt =
        Receipt::Rejected { code: RejectCode::Invalid, problems: vec![problem], attention: None };
    let receipt = wire::encode(&receipt)?;
    let new: Vec<NewOp> = ops.iter().map(|op| op.unread(&receipt)).collect();
    op::insert(connection, sender.device, sender.user, &new, now).await?;
    let receipts = ops.iter().map(|op| (op.op_seq, receipt.clone())).collect();
    Ok(Done { receipts, rows: 0 })
}

struct Done {
    receipts: Vec<(u64, Vec<u8>)>,
    rows: usize,
}

/// Judges a group and writes it, all or nothing. With `refusal`, the one op of the group is refused.
async fn attempt(
    connection: &mut Connection,
    sender: Sender<'_>,
    group: &[&Received],
    now: DateTime<Utc>,
    refusal: Option<&Problem>,
) -> Result<Done, PushError> {
    let mut savepoint = store::begin(connection).await?;
    let done = judge_group(&mut savepoint, sender, group, now, refusal).await;
    match done {
        Ok(done) => {
            store::commit(savepoint).await?;
            Ok(done)
        }
        Err(error) => {
            store::roll_back(savepoint).await?;
            Err(error)
        }
    }
}

async fn judge_group(
    connection: &mut Connection,
    sender: Sender<'_>,
    group: &[&Received],
    now: DateTime<Utc>,
    refusal: Option<&Problem>,
) -> Result<Done, PushError> {
    // Only what could be read is judged.
    let ops: Vec<(&Received, &Op)> =
        group.iter().filter_map(|received| Some((*received, received.op.as_ref()?))).collect();
    let mut waiting = Waiting::load(connection, sender, &ops).await?;
    let all: Vec<&Op> = ops.iter().map(|(_, op)| *op).chain(waiting.ops()).collect();
    let mut known = load::load(connection, &all).await?;
    waiting.lock_items(connection, &mut known).await?;
    let mut effects = Effects::default();
    let mut entries = Vec::new();
    let mut answers: Vec<(&Received, &Op, Receipt)> = Vec::with_capacity(ops.len());
    for (received, op) in ops {
        let judgement = judge(connection, sender, op, &mut known, now, refusal).await?;
        trace::note(sender, op, &judgement, &mut entries)?;
        effects.take(&judgement.effects, &mut known);
        known.learn_receipt(op.op_id, op.replaces, judgement.receipt.clone());
        if op.replaces.is_some() && judgement.receipt.has_effect() {
            waiting
                .release(connection, sender, &mut known, &mut effects, &mut entries, now)
                .await?;
        }
        answers.push((received, op, judgement.receipt));
    }
    effects.write(connection).await?;
    let bytes = answers.iter().map(|(.., receipt)| wire::encode(receipt));
    let bytes = bytes.collect::<Result<Vec<_>, _>>()?;
    let new: Vec<NewOp> =
        answers.iter().zip(&bytes).map(|(answer, bytes)| stored(answer, bytes)).collect();
    op::insert(connection, sender.device, sender.user, &new, now).await?;
    waiting.note(connection).await?;
    audit::append(connection, entries, now).await?;
    commit::settle(connection).await?;
    let places = answers.iter().map(|(received, ..)| received.op_seq);
    Ok(Done { receipts: places.zip(bytes.iter().cloned()).collect(), rows: effects.rows() })
}

/// Judges one op, again and again while something that the judge asked for had to be loaded first.
pub(super) async fn judge(
    connection: &mut Connection,
    sender: Sender<'_>,
    op: &Op,
    known: &mut Known,
    now: DateTime<Utc>,
    refusal: Option<&Problem>,
) -> Result<Judgement, PushError> {
    loop {
        let judgement = judge_once(sender, op, known, now, refusal);
        // A judgement that lacked something is worth nothing.
        if !load::fetch_lacking(connection, known).await? {
            return Ok(judgement);
        }
    }
}

fn judge_once(
    sender: Sender<'_>,
    op: &Op,
    known: &Known,
    now: DateTime<Utc>,
    refusal: Option<&Problem>,
) -> Judgement {
    let mut new_id = || ids::row_id(now);
    let mut moment = Moment { now, new_id: &mut new_id };
    match refusal {
        None => judge::judge(op, sender.author(), known, &mut moment),
        Some(problem) => judge::refuse(op, sender.author(), known, &mut moment, problem.clone()),
    }
}

fn stored<'a>(
    (received, op, receipt): &'a (&Received, &Op, Receipt),
    bytes: &'a [u8],
) -> NewOp<'a> {
    NewOp {
        op_id: op.op_id,
        op_seq: op.op_seq,
        op_hash: received.op_hash,
        intent_hash: received.intent_hash,
        kind: op.intent.kind(),
        row: Some((&op.intent.entity, op.intent.id)),
        replaces: op.replaces,
        waits_for: match receipt {
            Receipt::Waiting { needs, .. } => Some(*needs),
            _ => None,
        },
        payload: &received.bytes,
        receipt: bytes,
    }
}
