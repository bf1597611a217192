//! Attention: what needs a decision of this person, and the decision.

mod items;

use chrono::DateTime;
use contract::{AttentionItem, Decision, Failure, FailureCode, Problem, RecordChanges};
use domain::attention::{ATTENTION, FIELD_ROWS, IN_REVIEW, MINE, REVIEW, THEIRS};
use domain::permissions::Action;
use domain::record::{Problems, Record, row_facts};
use local_store::View;
use sync_protocol::device::draft;
use sync_protocol::merge::path::FieldPath;
use sync_protocol::op::{Intent, Verb};
use uuid::Uuid;

use super::{Done, fault, references, rules, save, shown, write};
use crate::host::Host;
use crate::session::{Held, Session};

pub use items::list;
use items::target;

/// What a person makes of an item.
pub struct Resolution {
    /// The version of the record that they were shown beside what they wrote.
    pub shown: Option<i64>,
    pub decisions: Vec<Decision>,
    pub mended: RecordChanges,
}

/// Decides every field of an item; what the person keeps of their own, or mends, is work of its own.
pub fn resolve(
    session: &Session,
    held: &Held,
    id: Uuid,
    resolution: Resolution,
) -> Result<Done<Vec<AttentionItem>>, Failure> {
    let host = session.host();
    let Resolution { shown: version, decisions, mended } = resolution;
    let drafted = super::read(session, |view| {
        let found = view.get(&ATTENTION, id).map_err(fault)?;
        let found =
            found.filter(|row| shown::may_see(held, &row.record) && !row.record.is_retired());
        let item = found.ok_or_else(super::not_found)?.record;
        held.check(Action::Edit, &ATTENTION, Some(&row_facts(&item)), &[])?;
        not_in_review(&item)?;
        let target = target(view, held, &item)?;
        let stands = target.as_ref().map(|target| target.head.version);
        let decides = !(decisions.is_empty() && mended.is_empty());
        if decides && stands != version {
            return Err(changed_since());
        }
        let mended = settled(view, held, &item, mended, host)?;
        let decisions = decided(&item, &decisions, &mended)?;
        if target.is_none() {
            not_an_edit(view, &item, &decisions)?;
        }
        let choice = draft::Choice { decisions, mended };
        let drafted = draft::resolve(&item, target.as_ref(), &choice)
            .map_err(|Problems(problems)| super::refused(problems))?;
        for work in &drafted {
            allowed(view, held, target.as_ref(), &work.intent)?;
        }
        Ok(drafted)
    })?;
    let touched = write::write(session, held, drafted)?;
    let answer = super::read(session, |view| list(view, held))?;
    Ok(Done { answer, touched: Some(touched) })
}

/// What a person decides about somebody else's work.
pub struct Review {
    /// As in [`Resolution`].
    pub shown: Option<i64>,
    pub apply: bool,
    pub reason: Option<String>,
}

/// Decides about somebody else's work. The sync server carries it out.
pub fn review(
    session: &Session,
    held: &Held,
    id: Uuid,
    review: &Review,
) -> Result<Done<Vec<AttentionItem>>, Failure> {
    let drafted = super::read(session, |view| {
        let found = view.get(&ATTENTION, id).map_err(fault)?;
        let found =
            found.filter(|row| shown::may_see(held, &row.record) && !row.record.is_retired());
        let item = found.ok_or_else(super::not_found)?.record;
        held.check(Action::Edit, &ATTENTION, Some(&row_facts(&item)), &[])?;
        if item.get("kind").text() != Some(REVIEW) {
            let message = "this is not somebody else's work; decide it with attention resolve";
            return Err(Failure::new(FailureCode::Refused, message));
        }
        let stands = target(view, held, &item)?.map(|target| target.head.version);
        if review.apply && stands != review.shown {
            return Err(changed_since());
        }
        let reason = review.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        Ok(vec![draft::review(&item, review.apply, reason).into()])
    })?;
    let touched = write::write(session, held, drafted)?;
    let answer = super::read(session, |view| list(view, held))?;
    Ok(Done { answer, touched: Some(touched) })
}

/// What one person looks at is not decided by another verb, nor by its author meanwhile.
fn not_in_review(item: &Record) -> Result<(), Failure> {
    let message = match item.get("kind").text() {
        Some(REVIEW) => "this is somebody else's work: apply or return it (attention review)",
        Some(IN_REVIEW) => "somebody else decides about this; it comes back if they return it",
        _ => return Ok(()),
    };
    Err(Failure::new(FailureCode::Refused, message))
}

/// Nobody decides about what they were not shown.
fn changed_since() -> Failure {
    let message =
        "the record was changed since you were shown it; look at it once more and decide then";
    let problem = Problem::new("", "changed_since", message);
    Failure { problems: vec![problem], ..Failure::new(FailureCode::Refused, message) }
}

/// What was mended, with references by id. Nothing is mended about a record of an unknown kind.
fn settled(
    view: &View,
    held: &Held,
    item: &Record,
    mended: RecordChanges,
    host: &dyn Host,
) -> Result<RecordChanges, Failure> {
    if mended.is_empty() {
        return Ok(mended);
    }
    let entity = super::entity(item.get("entity").text().unwrap_or_default())?;
    references::settle(view, held, entity, mended, || host.new_id())
}

/// A decision for each path of the item, and for no other; what is mended is decided.
fn decided(
    item: &Record,
    decisions: &[Decision],
    mended: &RecordChanges,
) -> Result<Vec<draft::Decision>, Failure> {
    let rows = item.collection(FIELD_ROWS);
    let paths: Vec<&str> = rows.iter().filter_map(|row| row.values.get("path").text()).collect();
    let mut problems = Vec::new();
    let mut made: Vec<draft::Decision> = Vec::new();
    for decision in decisions {
        if !paths.contains(&decision.path.as_str()) {
            let message = "is not in question here";
            problems.push(Problem::new(&decision.path, "unknown_field", message));
        }
        if ![MINE, THEIRS].contains(&decision.keep.as_str()) {
            let message = format!("must be {MINE} or {THEIRS}");
            problems.push(Problem::new(&decision.path, "unknown_choice", message));
        }
        made.push(draft::Decision { path: decision.path.clone(), keep: decision.keep.clone() });
    }
    for path in paths {
        let mends = FieldPath::parse(path).is_some_and(|path| draft::is_mended(&path, mended));
        match made.iter_mut().find(|decision| decision.path == path) {
            Some(decision) if mends => decision.keep = MINE.to_owned(),
            Some(_) => {}
            None if mends => {
                made.push(draft::Decision { path: path.to_owned(), keep: MINE.to_owned() });
            }
            None => {
                let message = "needs a decision: what you wrote, or what stands";
                problems.push(Problem::new(path, "required", message));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(made),
        false => Err(super::refused(problems)),
    }
}

/// Work that waits may be an edit of a record which was never made: then there is nothing to keep it in yet.
fn not_an_edit(view: &View, item: &Record, decisions: &[draft::Decision]) -> Result<(), Failure> {
    let keeps = decisions.iter().any(|decision| decision.keep == MINE);
    let Some(op_id) = item.get("op_id").id().filter(|_| keeps) else { return Ok(()) };
    match view.made(op_id).map_err(fault)? {
        Some(op) if op.intent.verb == Verb::Update => Err(Failure::new(
            FailureCode::Refused,
            "the record that this changes was refused; decide that first, and this is done by itself",
        )),
        _ => Ok(()),
    }
}

/// Whether the person may do this, and whether it leaves a record that keeps the rules.
fn allowed(
    view: &View,
    held: &Held,
    target: Option<&Record>,
    intent: &Intent,
) -> Result<(), Failure> {
    let changes = &intent.changes;
    let applied = |mut record: Record| match changes.apply(&mut record) {
        Ok(()) => Ok(record),
        Err(Problems(problems)) => Err(super::refused(problems)),
    };
    match (intent.verb, target) {
        (Verb::Update, Some(target)) => {
            save::permitted(held, Action::Edit, target.entity(), Some(target), changes)?;
            let left = applied(target.clone())?;
            rules::judge(view, held, &left, Problems::default()).map(|_| ())
        }
        (Verb::Create, _) => {
            let entity = super::entity(&intent.entity)?;
            let by = held.grants().user_id;
            let record = applied(Record::new(entity, intent.id, by, DateTime::UNIX_EPOCH))?;
            save::may_create(view, held, &record, changes, Problems::default()).map(|_| ())
        }
        (Verb::Retire, Some(target)) => {
            held.check(Action::Retire, target.entity(), Some(&row_facts(target)), &[])
        }
        (
            Verb::Update
            | Verb::Retire
            | Verb::Merge
            | Verb::Resolve
            | Verb::Approve
            | Verb::Refuse,
            _,
        ) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
