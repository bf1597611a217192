//! One sitting of the judge over a group of ops: while Postgres writes what was decided, the next ops are judged.
//! Only what needs the database for the judgement itself waits for it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::numbering::is_numbered;
use domain::permissions::Grants;
use domain::record::{Cell, Found, Problem, fold_code};
use domain::synced;
use sync_protocol::judge::{
    self, Author, Decision, Effect, HubView as _, Judgement, Moment, Under, Why,
};
use sync_protocol::op::{Op, Verb};
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

/// Whose op is judged.
#[derive(Clone, Copy)]
pub enum Whose {
    /// It comes now.
    Sender,
    /// It came before and waited. Its author is judged by their own rights, whoever set it free.
    Waiting { user: Uuid, device: Uuid },
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
    /// Of each lease of the sender's the first number that no record was given.
    numbers: BTreeMap<Uuid, i64>,
}

impl<'a> Sitting<'a> {
    async fn begin(
        connection: &mut Connection,
        case: Case<'a>,
        ops: &[Pair<'_>],
    ) -> Result<Self, PushError> {
        let held = load::held::by_decisions(connection, ops.iter().map(|(_, op)| *op)).await?;
        let waiting = Waiting::load(connection, case.sender, ops, &held).await?;
        let sent = ops.iter().map(|(_, op)| *op);
        let all: Vec<&Op> =
            sent.chain(waiting.ops()).chain(held.iter().map(|held| &held.op)).collect();
        let mut known = load::load(connection, &all).await?;
        waiting.lock_items(connection, &mut known).await?;
        load::held::lock(connection, &mut known, held).await?;
        let (differences, numbers) = (Differences::default(), BTreeMap::new());
        Ok(Self { case, known, waiting, differences, numbers })
    }

    /// Judges the next ops without the database, up to a page of them or to the first that needs it.
    async fn judge_ahead<'o>(&mut self, left: &mut &[Pair<'o>]) -> Result<Page<'o>, PushError> {
        let mut page = Page::default();
        while page.answers.len() < PAGE
            && let Some((next, rest)) = left.split_first()
        {
            // An op that is mended, or held and applied, may set others free, which takes the database.
            let decides = next.1.intent.verb == Verb::Resolve && self.known.holds_any();
            if next.1.replaces.is_some() || decides {
                break;
            }
            let judgement = judge_once(self.case, Whose::Sender, next.1, &self.known);
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
        let judgement =
            judge(connection, self.case, Whose::Sender, next.1, &mut self.known).await?;
        let mends = next.1.replaces.is_some() && judgement.receipt.has_effect();
        let applies = |effect: &Effect| {
            matches!(effect, Effect::Decided { decision: Decision::Applied(_), .. })
        };
        let sets_free = mends || judgement.effects.iter().any(applies);
        self.absorb(next, judgement, &mut page)?;
        if sets_free {
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
        page.take(judgement.effects, &mut self.known)?;
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
            // One that somebody typed ahead leaves those before it to be drawn.
            let next = self.numbers.entry(held.lease).or_insert(held.next);
            *next += i64::from(held.number == *next);
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
    whose: Whose,
    op: &Op,
    known: &mut Known,
) -> Result<Judgement, PushError> {
    loop {
        // What an earlier judgement lacked is asked for again here.
        known.take_lacking();
        let judgement = judge_once(case, whose, op, known);
        // A judgement that lacked something is worth nothing.
        if !load::fetch_lacking(connection, known).await? {
            return Ok(judgement);
        }
    }
}

fn judge_once(case: Case<'_>, whose: Whose, op: &Op, known: &Known) -> Judgement {
    let mut new_id = || ids::row_id(case.now);
    let mut moment = Moment { now: case.now, new_id: &mut new_id };
    let sender = case.sender.author();
    match (case.refusal, whose) {
        (Some(problem), _) => judge::refuse(op, sender, known, &mut moment, problem.clone()),
        (None, Whose::Sender) => {
            judge::receive(op, sender, under(case.sender, op), known, &mut moment)
        }
        (None, Whose::Waiting { user, device }) if user == sender.user => {
            judge::judge(op, Author { device, ..sender }, known, &mut moment)
        }
        (None, Whose::Waiting { user, device }) => match known.grants_of(user) {
            Found::Yes(grants) => {
                let author = Author { user, device, grants: &grants };
                judge::judge(op, author, known, &mut moment)
            }
            Found::No | Found::CannotTell => {
                let author = Author { user, device, grants: &Grants::default() };
                judge::hold(op, author, Why::AccessEnded, known, &mut moment)
            }
        },
    }
}

/// What the judge is told of an op's lease. What was answered once, before a restore, had a lease then.
fn under<'a>(sender: Sender<'a>, op: &Op) -> Under<'a> {
    match sender.leases.under(op) {
        Under::Ended(why) if op.op_seq <= sender.answered_to && why != Why::AccessEnded => {
            Under::Forgotten
        }
        under => under,
    }
}
