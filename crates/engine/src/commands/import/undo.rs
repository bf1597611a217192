//! `ImportUndo`: what an import wrote is taken back from the records that nobody has changed since, and a proposal
//! that one of its own had replaced is proposed anew. It is work like any other: judged, written by the one
//! function, sent.

mod proposal;

use contract::{Failure, FailureCode, ImportLeft, ImportStage, ImportUndone, UsedBy};
use domain::permissions::{Action, ReadRight};
use domain::record::{
    Change, ChildAction, ChildChange, EntityDef, Record, RecordChanges, Values, row_facts,
};
use local_store::{Touched, View};
use sync_protocol::device::draft;
use sync_protocol::op::{Intent, Op, Verb};
use sync_protocol::projection::Projection;
use uuid::Uuid;

use self::proposal::{
    Decided, Proposed, anew, approved, as_typed, decided, proposed, undecided, under_approval,
};
use super::batch::{self, Batch};
use crate::commands::{self, Done, approvals, fault, rules, save, shown, used_by, write};
use crate::session::{Held, Session};

const STEP: usize = 250;

/// What is done about one op.
enum Back {
    Retire(Work),
    Restore(Work),
    /// It was never written, or is taken back already.
    Nothing,
    Left(ImportLeft),
}

struct Work {
    intents: Vec<Intent>,
    /// A proposal is taken back.
    withdraws: bool,
    /// What that one had replaced is proposed anew.
    proposes: bool,
    /// The part of it that stays as it is.
    left: Option<ImportLeft>,
}

/// # Errors
/// `NotFound` for a batch there is none of, `Refused` for one that was undone before, `NotPermitted`.
pub fn undo(session: &Session, held: &Held, id: Uuid) -> Result<Done<ImportUndone>, Failure> {
    let running = session.imports.begin()?;
    let found = commands::read(session, |view| batch::find(view, id))?;
    let Some(mut batch) = found else { return Err(no_such_import()) };
    if batch.undone {
        return Err(Failure::new(FailureCode::Refused, "this import was undone before"));
    }
    let entity = commands::entity(&batch.entity)?;
    held.check(Action::Import, entity, None, &[])?;
    let ops = commands::read(session, |view| batch.ops(view))?;
    let mut undone = ImportUndone {
        retired: 0,
        restored: 0,
        withdrawn: 0,
        proposed_anew: 0,
        left: Vec::new(),
        cancelled: false,
    };
    let (mut touched, mut done) = (Vec::new(), 0);
    for step in ops.chunks(STEP) {
        if running.is_cancelled() {
            undone.cancelled = true;
            return Ok(finished(undone, touched));
        }
        let intents =
            commands::read(session, |view| step_back(view, held, entity, step, &mut undone))?;
        if !intents.is_empty() {
            let drafted = intents.into_iter().map(Into::into).collect();
            if let Touched::Records(records) = write::write(session, held, drafted)? {
                touched.extend(records);
            }
        }
        done += step.len();
        running.tell(session.host(), ImportStage::Undoing, done, ops.len());
    }
    batch.undone = true;
    Batch::keep(&batch, session, &[])?;
    Ok(finished(undone, touched))
}

/// What refers to the records that undoing would delete.
///
/// # Errors
/// As [`undo`].
pub fn used_by(view: &View, held: &Held, id: Uuid) -> Result<Vec<UsedBy>, Failure> {
    let Some(batch) = batch::find(view, id)? else { return Err(no_such_import()) };
    let entity = commands::entity(&batch.entity)?;
    held.check(Action::Import, entity, None, &[])?;
    let mut deleted = Vec::new();
    for op_id in batch.ops(view)? {
        let Some(op) = view.made(op_id).map_err(fault)? else { continue };
        if op.intent.verb == Verb::Create
            && matches!(back(view, held, entity, &op)?, Back::Retire(_))
        {
            deleted.push(op.intent.id);
        }
    }
    match deleted.is_empty() {
        true => Ok(Vec::new()),
        false => used_by::of(view, held, entity, &deleted),
    }
}

fn no_such_import() -> Failure {
    let message = "this device has no such import; see the list of its imports";
    Failure::new(FailureCode::NotFound, message)
}

fn finished(undone: ImportUndone, touched: Vec<(&'static EntityDef, Uuid)>) -> Done<ImportUndone> {
    let touched = (!touched.is_empty()).then_some(Touched::Records(touched));
    Done { answer: undone, touched }
}

fn step_back(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    ops: &[Uuid],
    undone: &mut ImportUndone,
) -> Result<Vec<Intent>, Failure> {
    let mut intents = Vec::with_capacity(ops.len());
    for op_id in ops {
        let Some(op) = view.made(*op_id).map_err(fault)? else { continue };
        let mut found = back(view, held, entity, &op)?;
        if draft::brings_back(&op.intent) {
            found = deleted_again(view, held, entity, &op, found)?;
        }
        let work = match found {
            Back::Retire(work) => {
                undone.retired += 1;
                work
            }
            Back::Restore(work) => {
                undone.restored += 1;
                work
            }
            Back::Nothing => continue,
            Back::Left(left) => {
                undone.left.push(left);
                continue;
            }
        };
        undone.left.extend(work.left);
        undone.withdrawn += u32::from(work.withdraws);
        undone.proposed_anew += u32::from(work.proposes);
        intents.extend(work.intents);
    }
    Ok(intents)
}

fn back(view: &View, held: &Held, entity: &'static EntityDef, op: &Op) -> Result<Back, Failure> {
    let id = op.intent.id;
    let row = view.get(entity, id).map_err(fault)?.filter(|row| shown::may_see(held, &row.record));
    let left = |title: &str, rule: &str, message: &str| ImportLeft {
        id,
        title: title.to_owned(),
        rule: rule.to_owned(),
        message: message.to_owned(),
    };
    let Some(now) = row.map(|row| row.record) else {
        return Ok(Back::Left(left("", "gone", "is no longer here")));
    };
    if now.is_retired() {
        return Ok(Back::Nothing);
    }
    let title = shown::title(&now, &Projection::of(held.grants(), entity));
    let not_readable = || {
        let message = "held a value that you may not read; put it back by hand";
        Ok(Back::Left(left(&title, "not_readable", message)))
    };
    let proposed = proposed(held, &now, op.op_id);
    let decided = decided(&now, op.op_id);
    let intent = match decided {
        Some(_) if op.intent.verb == Verb::Update => &undecided(&op.intent),
        _ => &op.intent,
    };
    let aside = match (&proposed, &decided) {
        (Some(Proposed { row, .. }), _) | (None, Some(Decided::Refused(row))) => Some(row),
        _ => None,
    };
    if !stands(held, &as_typed(held, &now, aside), intent) {
        if aside.is_none() && is_back(&now, intent) {
            return Ok(Back::Nothing);
        }
        let message = "was changed since; it is left as it is";
        return Ok(Back::Left(left(&title, "changed_since", message)));
    }
    let work = match intent.verb {
        Verb::Create => {
            let facts = row_facts(&now);
            let may = held
                .check(Action::Retire, entity, None, &[])
                .and_then(|()| held.check(Action::Retire, entity, Some(&facts), &[]));
            may.and_then(|()| {
                // The deletion says what was seen, the hold among it, which the proposal takes with it.
                let mut intents = vec![draft::retire(&now)];
                intents.extend(taken_back(held, &now, proposed.as_ref())?);
                let withdraws = proposed.is_some();
                Ok(Back::Retire(Work { intents, withdraws, proposes: false, left: None }))
            })
        }
        _ => {
            let Some(mut changes) = backwards(intent, proposed.is_some()) else {
                return not_readable();
            };
            if let Some(Proposed { approval, earlier: Some(earlier), .. }) = &proposed {
                let rows = earlier.values.entity();
                if !approval.fields.iter().all(|field| reads(held, rows, field)) {
                    return not_readable();
                }
                changes.fields.extend(anew(approval, earlier));
            }
            restored(view, held, &now, &changes, proposed.as_ref())
        }
    };
    let stays = matches!(decided, Some(Decided::Approved)).then(|| {
        let message = format!("{} was approved since and stays in force", approved(&op.intent));
        left(&title, "approved_since", &message)
    });
    Ok(match (work, stays) {
        (Ok(Back::Restore(work)), left) => Back::Restore(Work { left, ..work }),
        (Ok(Back::Nothing), Some(left)) => Back::Left(left),
        (Ok(back), _) => back,
        (Err(failure), _) => Back::Left(left(&title, "refused", &failure.message)),
    })
}

/// What the import brought back is deleted again, as it was before.
fn deleted_again(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    op: &Op,
    found: Back,
) -> Result<Back, Failure> {
    let wrote = op.intent.changes.fields.iter().any(|change| !change.is_witness());
    let mut work = match found {
        Back::Restore(work) => work,
        Back::Nothing if !wrote => {
            Work { intents: Vec::new(), withdraws: false, proposes: false, left: None }
        }
        found => return Ok(found),
    };
    let row = view.get(entity, op.intent.id).map_err(fault)?;
    let Some(mut record) = row.map(|row| row.record).filter(|record| !record.is_retired()) else {
        return Ok(Back::Nothing);
    };
    if let Err(refused) = held.check(Action::Retire, entity, Some(&row_facts(&record)), &[]) {
        let title = shown::title(&record, &Projection::of(held.grants(), entity));
        let (rule, message) = ("refused".to_owned(), refused.message);
        work.left = Some(ImportLeft { id: record.id(), title, rule, message });
        return Ok(Back::Restore(work));
    }
    for intent in work.intents.iter().filter(|intent| intent.verb == Verb::Update) {
        intent.changes.apply(&mut record).map_err(|problems| commands::refused(problems.0))?;
    }
    work.intents.push(draft::retire(&record));
    Ok(Back::Retire(work))
}

/// Whether an edit is taken back already, by hand or before the undoing was stopped.
fn is_back(now: &Record, intent: &Intent) -> bool {
    let before = (intent.verb == Verb::Update).then(|| backwards(intent, false)).flatten();
    before.is_some_and(|changes| {
        let mut before = now.clone();
        changes.apply(&mut before).is_ok() && draft::update(now, &before).is_none()
    })
}

fn restored(
    view: &View,
    held: &Held,
    now: &Record,
    changes: &RecordChanges,
    proposed: Option<&Proposed>,
) -> Result<Back, Failure> {
    let entity = now.entity();
    let mut before = now.clone();
    let unread = changes.apply(&mut before).err().unwrap_or_default();
    save::permitted(held, Action::Edit, entity, Some(now), changes)?;
    rules::judge(view, held, &before, unread)?;
    let restored = draft::update(now, &before).map(|intent| save::veiled(held, entity, intent));
    let proposes = restored.as_ref().is_some_and(approvals::awaits);
    // Taken back first: a person has one proposal open, and the next would replace it.
    let intents: Vec<Intent> =
        taken_back(held, now, proposed)?.into_iter().chain(restored).collect();
    if intents.is_empty() {
        return Ok(Back::Nothing);
    }
    Ok(Back::Restore(Work { intents, withdraws: proposed.is_some(), proposes, left: None }))
}

/// Takes a proposal back.
fn taken_back(
    held: &Held,
    now: &Record,
    proposed: Option<&Proposed>,
) -> Result<Option<Intent>, Failure> {
    let Some(Proposed { approval, row, .. }) = proposed else { return Ok(None) };
    approvals::may_refuse(held, now, approval, row)?;
    Ok(Some(draft::refuse(now, row, None)))
}

fn reads(held: &Held, entity: &EntityDef, field: &str) -> bool {
    held.grants().field_right(entity, field).read == ReadRight::Full
}

/// Whether a record still holds what an op wrote, as far as the person may read it. A record that the op made
/// must hold nothing else.
fn stands(held: &Held, now: &Record, intent: &Intent) -> bool {
    let still = |values: &Values, fields: &[Change]| {
        let written = fields.iter().filter(|change| !change.is_witness());
        let mut read = written.filter(|change| reads(held, values.entity(), &change.field));
        read.all(|change| values.cell(&change.field).as_ref() == Some(&change.to))
    };
    let rows = |row: &ChildChange| match now.child(&row.entity, row.id) {
        Some(child) => row.action != ChildAction::Remove && still(&child.values, &row.fields),
        None => row.action == ChildAction::Remove,
    };
    let same =
        still(&now.values, &intent.changes.fields) && intent.changes.children.iter().all(rows);
    if intent.verb != Verb::Create || !same {
        return same;
    }
    let written = |values: &Values, fields: &[Change]| {
        values.held().all(|(name, _)| {
            !reads(held, values.entity(), &name) || fields.iter().any(|change| change.field == name)
        })
    };
    written(&now.values, &intent.changes.fields)
        && now.children().iter().all(|child| {
            let mut rows = intent.changes.children.iter();
            rows.find(|row| row.id == child.id)
                .is_some_and(|row| written(&child.values, &row.fields))
        })
}

/// The changes that lead back; `None` where a value before is not known. What was `proposed` never came into the
/// record.
fn backwards(intent: &Intent, proposed: bool) -> Option<RecordChanges> {
    let turned = |fields: &[Change]| -> Option<Vec<Change>> {
        let written = fields.iter().filter(|change| !change.is_witness());
        let back = written.map(|change| {
            let to = change.from.clone()?;
            Some(Change { field: change.field.clone(), from: None, to })
        });
        back.collect()
    };
    let aside = if proposed { under_approval(intent) } else { &[] };
    let came = intent.changes.fields.iter().filter(|c| !aside.contains(&c.field.as_str()));
    let came: Vec<Change> = came.cloned().collect();
    let mut changes = RecordChanges { fields: turned(&came)?, children: Vec::new() };
    for row in &intent.changes.children {
        let (action, fields) = match row.action {
            ChildAction::Add => (ChildAction::Remove, Vec::new()),
            ChildAction::Edit => (ChildAction::Edit, turned(&row.fields)?),
            ChildAction::Remove => (ChildAction::Add, turned_row(&row.fields)),
        };
        changes.children.push(ChildChange {
            entity: row.entity.clone(),
            id: row.id,
            action,
            fields,
        });
    }
    Some(changes)
}

/// The witnesses of a removed row are what it held.
fn turned_row(witnesses: &[Change]) -> Vec<Change> {
    let value =
        |change: &Change| Change { field: change.field.clone(), from: None, to: change.to.clone() };
    witnesses.iter().map(value).collect()
}
