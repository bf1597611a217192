//! One sitting of the judge over a group of ops: while Postgres writes what was decided, the next ops are judged.
//! Only what needs the database for the judgement itself waits for it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::numbering::is_numbered;
use domain::record::{Cell, Problem, fold_code};
use domain::synced;
use sync_protocol::judge::{self, Judgement, Moment};
use sync_protocol::op::Op;
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use super::page::{Answer, Page};
use super::received::Received;
use super::waiting::Waiting;
use super::{PushError, Sender, trace};
use crate::ids;
use crate::store::Connection;
use crate::store::tenant::sync::commit;
use crate::store::tenant::{number, settings};
use crate::sync::difference::Differences;
use crate::sync::known::Known;
use crate::sync::load;

/// So many ops are judged before they are written.
const PAGE: usize = 500;
/// After so many ops the writing is looked after.
const BREATH: usize = 16;

/// What a group came to.
pub struct Done {
    /// By the ops' places in the chain.
    pub receipts: Vec<(u64, Vec<u8>)>,
    pub rows: usize,
    /// The version of the policy that these ops made.
    pub policy_version: Option<i64>,
}

/// In whose name, when, and whether the one op of the group is to be refused whatever the judge says.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub sender: Sender<'a>,
    pub now: DateTime<Utc>,
    pub refusal: Option<&'a Problem>,
}

type Pair<'a> = (&'a Received, &'a Op);

/// Judges a group and writes what follows, up to the check of the deferred constraints.
///
/// # Errors
/// See [`PushError`].
pub async fn sit(
    connection: &mut Connection,
    case: Case<'_>,
    group: &[&Received],
) -> Result<Done, PushError> {
    // Only what could be read is judged.
    let ops: Vec<Pair> =
        group.iter().filter_map(|received| Some((*received, received.op.as_ref()?))).collect();
    let mut sitting = Sitting::begin(connection, case, &ops).await?;
    let receipts = Vec::with_capacity(ops.len());
    let mut done = Done { receipts, rows: 0, policy_version: None };
    let mut decided = Page::default();
    let mut left = ops.as_slice();
    loop {
        let writing = decided.write(connection, case.sender, case.now);
        let (written, next) = tokio::join!(writing, sitting.judge_ahead(&mut left));
        written?;
        done.rows += decided.rows();
        let answers = decided.answers.into_iter();
        done.receipts.extend(answers.map(|answer| (answer.received.op_seq, answer.bytes)));
        decided = next?;
        if decided.is_empty()
            && let Some((next, rest)) = left.split_first()
        {
            decided = sitting.judge_with(connection, *next).await?;
            left = rest;
        }
        decided.sum_up(&mut sitting.differences);
        if decided.changes_policy() {
            done.policy_version = Some(settings::raise_policy_version(connection).await?);
        }
        if decided.is_empty() {
            sitting.end(connection).await?;
            return Ok(done);
        }
    }
}

struct Sitting<'a> {
    case: Case<'a>,
    known: Known,
    waiting: Waiting,
    differences: Differences,
    /// The highest number that was given of each lease of the sender's.
    numbers: BTreeMap<Uuid, i64>,
}

impl<'a> Sitting<'a> {
    async fn begin(
        connection: &mut Connection,
        case: Case<'a>,
        ops: &[Pair<'_>],
    ) -> Result<Self, PushError> {
        let waiting = Waiting::load(connection, case.sender, ops).await?;
        let all: Vec<&Op> = ops.iter().map(|(_, op)| *op).chain(waiting.ops()).collect();
        let mut known = load::load(connection, &all).await?;
        waiting.lock_items(connection, &mut known).await?;
        let (differences, numbers) = (Differences::default(), BTreeMap::new());
        Ok(Self { case, known, waiting, differences, numbers })
    }

    /// Judges the next ops without the database, up to a page of them or to the first that needs it.
    async fn judge_ahead<'o>(&mut self, left: &mut &[Pair<'o>]) -> Result<Page<'o>, PushError> {
        let mut page = Page::default();
        while page.answers.len() < PAGE
            && let Some((next, rest)) = left.split_first()
        {
            // A mended op may set others free, which takes the database.
            if next.1.replaces.is_some() {
                break;
            }
            let judgement = judge_once(self.case, next.1, &self.known);
            if self.known.lacks() {
                break;
            }
            self.absorb(*next, judgement, &mut page)?;
            *left = rest;
            if page.answers.len().is_multiple_of(BREATH) {
                tokio::task::yield_now().await;
            }
        }
        Ok(page)
    }

    /// Judges one op with all that it needs.
    async fn judge_with<'o>(
        &mut self,
        connection: &mut Connection,
        next: Pair<'o>,
    ) -> Result<Page<'o>, PushError> {
        let mut page = Page::default();
        let judgement = judge(connection, self.case, next.1, &mut self.known).await?;
        let mends = next.1.replaces.is_some() && judgement.receipt.has_effect();
        self.absorb(next, judgement, &mut page)?;
        if mends {
            self.waiting.release(connection, self.case, &mut self.known, &mut page).await?;
        }
        Ok(page)
    }

    fn absorb<'o>(
        &mut self,
        (received, op): Pair<'o>,
        judgement: Judgement,
        page: &mut Page<'o>,
    ) -> Result<(), PushError> {
        trace::note(self.case.sender, op, &judgement, &mut page.entries)?;
        self.count_number(op, &judgement.receipt);
        page.take(judgement.effects, &mut self.known);
        self.known.learn_receipt(op.op_id, op.replaces, judgement.receipt.clone());
        let bytes = wire::encode(&judgement.receipt)?;
        page.answers.push(Answer { received, op, receipt: judgement.receipt, bytes });
        Ok(())
    }

    /// Notes the number of a lease of the sender's that a record was given for its code.
    fn count_number(&mut self, op: &Op, receipt: &Receipt) {
        let entity = synced::find(&op.intent.entity).filter(|entity| is_numbered(entity));
        let Some(entity) = entity.filter(|_| receipt.has_effect()) else { return };
        let mut written = op.intent.changes.fields.iter();
        let Some(Cell::Text(code)) =
            written.find(|change| change.field == entity.key).map(|change| &change.to)
        else {
            return;
        };
        let held = self.known.held_code(&(entity.name, fold_code(code)));
        if let Some(held) = held.filter(|held| held.device == self.case.sender.device) {
            let highest = self.numbers.entry(held.lease).or_insert(held.number);
            *highest = held.number.max(*highest);
        }
    }

    async fn end(self, connection: &mut Connection) -> Result<(), PushError> {
        let used: Vec<(Uuid, i64)> = self.numbers.into_iter().collect();
        number::used(connection, self.case.sender.device, &used).await?;
        self.differences.store(connection).await?;
        self.waiting.note(connection).await?;
        Ok(commit::settle(connection).await?)
    }
}

/// Judges one op, again and again while something that the judge asked for had to be loaded first.
pub(super) async fn judge(
    connection: &mut Connection,
    case: Case<'_>,
    op: &Op,
    known: &mut Known,
) -> Result<Judgement, PushError> {
    loop {
        // What an earlier judgement lacked is asked for again here.
        known.take_lacking();
        let judgement = judge_once(case, op, known);
        // A judgement that lacked something is worth nothing.
        if !load::fetch_lacking(connection, known).await? {
            return Ok(judgement);
        }
    }
}

fn judge_once(case: Case<'_>, op: &Op, known: &Known) -> Judgement {
    let mut new_id = || ids::row_id(case.now);
    let mut moment = Moment { now: case.now, new_id: &mut new_id };
    let author = case.sender.author();
    match case.refusal {
        None => judge::judge(op, author, known, &mut moment),
        Some(problem) => judge::refuse(op, author, known, &mut moment, problem.clone()),
    }
}
