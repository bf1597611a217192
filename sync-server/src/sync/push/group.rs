//! Judging the ops of a push together and writing what follows, under a savepoint. Where the database refuses
//! what was judged good, the group is halved until the op at fault stands alone and is refused by itself.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::record::Problem;
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;

use super::received::Received;
use super::sitting::{Case, Done, sit};
use super::{PushError, Sender};
use crate::store::tenant::sync::op::{self, NewOp};
use crate::store::{self, Connection, StoreError};

/// Judges ops in order and writes their effects, receipts and audit; adds the receipts by the ops' places in
/// the chain. Answers how many records were written, and the version of the policy if it was changed.
///
/// # Errors
/// See [`PushError`].
pub async fn judge_all(
    connection: &mut Connection,
    sender: Sender<'_>,
    ops: &[&Received],
    now: DateTime<Utc>,
    receipts: &mut HashMap<u64, Vec<u8>>,
) -> Result<(usize, Option<i64>), PushError> {
    let (mut rows, mut policy_version) = (0, None);
    let mut left = vec![ops];
    while let Some(group) = left.pop() {
        if group.is_empty() {
            continue;
        }
        match attempt(connection, sender, group, now, None).await {
            Ok(done) => {
                rows += done.rows;
                policy_version = policy_version.max(done.policy_version);
                receipts.extend(done.receipts);
            }
            Err(PushError::Store(refused)) if refused.refuses_data() => match group {
                [_] => {
                    let done = alone(connection, sender, group, now, &refused).await?;
                    rows += done.rows;
                    policy_version = policy_version.max(done.policy_version);
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
    Ok((rows, policy_version))
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
    Ok(Done { receipts, rows: 0, policy_version: None })
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
    match sit(&mut savepoint, Case { sender, now, refusal }, group).await {
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
