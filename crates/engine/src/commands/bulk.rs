//! `Bulk`: one change of many records. Each is judged like a single edit; what a rule or a right refuses of
//! one is told and does not stop the others.

use contract::{
    BulkAct, BulkReport, Change, Chosen, Failure, FailureCode, FieldValue, Problem, RecordChanges,
    RefusedRecord,
};
use domain::permissions::Action;
use domain::record::{EntityDef, Unique, row_facts};
use local_store::{Start, Touched, View};
use sync_protocol::device::draft;
use sync_protocol::op::Intent;
use uuid::Uuid;

use super::{Done, fault, get, list, references, save, shown, write};
use crate::session::{Held, Session};

/// Records are read and written so many at a time, so that others get their turn in between.
const PAGE: usize = 500;

pub fn bulk(
    session: &Session,
    held: &Held,
    entity: &str,
    chosen: &Chosen,
    act: BulkAct,
    dry_run: bool,
) -> Result<Done<BulkReport>, Failure> {
    let entity = super::entity(entity)?;
    let act = match act {
        BulkAct::Retire => {
            held.check(Action::Retire, entity, None, &[])?;
            Act::Retire
        }
        BulkAct::Set(values) => Act::Set(settled(session, held, entity, values)?),
    };
    let ids = super::read(session, |view| ids(view, held, entity, chosen))?;
    let mut report = BulkReport { changed: 0, same: 0, refused: Vec::new() };
    let mut touched: Option<Touched> = None;
    for ids in ids.chunks(PAGE) {
        let intents =
            super::read(session, |view| judge(view, held, entity, ids, &act, &mut report))?;
        if dry_run || intents.is_empty() {
            continue;
        }
        let written = write::write(session, held, intents.into_iter().map(Into::into).collect())?;
        touched = Some(both(touched.take(), written));
    }
    Ok(Done { answer: report, touched })
}

fn both(before: Option<Touched>, more: Touched) -> Touched {
    match (before, more) {
        (None, more) => more,
        (Some(Touched::Records(mut records)), Touched::Records(more)) => {
            records.extend(more);
            Touched::Records(records)
        }
        (Some(_), _) => Touched::Everything,
    }
}

enum Act {
    Set(RecordChanges),
    Retire,
}

/// The changes, with references by their ids.
fn settled(
    session: &Session,
    held: &Held,
    entity: &'static EntityDef,
    values: Vec<FieldValue>,
) -> Result<RecordChanges, Failure> {
    if values.is_empty() {
        return Err(Failure::new(FailureCode::Usage, "no field to set; choose at least one"));
    }
    let unique = values
        .iter()
        .filter(|value| entity.field(&value.field).is_some_and(|field| field.unique != Unique::No));
    let message = "is different in every record; edit them one by one";
    let problems: Vec<Problem> =
        unique.map(|value| Problem::new(&value.field, "unique_in_bulk", message)).collect();
    if !problems.is_empty() {
        return Err(super::refused(problems));
    }
    let fields = values
        .into_iter()
        .map(|FieldValue { field, value }| Change { field, from: None, to: value })
        .collect();
    let changes = RecordChanges { fields, children: Vec::new() };
    save::permitted(held, Action::Edit, entity, None, &changes)?;
    let host = session.host();
    super::read(session, |view| references::settle(view, held, entity, changes, || host.new_id()))
}

/// # Errors
/// `Usage` for a list of something else.
pub fn ids(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    chosen: &Chosen,
) -> Result<Vec<Uuid>, Failure> {
    let request = match chosen {
        Chosen::Ids(ids) => return Ok(ids.clone()),
        Chosen::All(request) if request.entity == entity.name => request,
        Chosen::All(_) => {
            let message = format!("the list is not one of {}", entity.name);
            return Err(Failure::new(FailureCode::Usage, message));
        }
    };
    let query = list::query(view, held, entity, request)?;
    let mut ids = Vec::new();
    let mut start = Start::Offset(0);
    loop {
        let page = view.list(entity, &query, &start, PAGE).map_err(fault)?;
        let seen = page.rows.iter().filter(|row| shown::may_see(held, &row.record));
        ids.extend(seen.map(|row| row.record.id()));
        match page.next {
            Some(next) => start = Start::After(next),
            None => return Ok(ids),
        }
    }
}

/// What is to be written for these records; what comes of each is counted.
fn judge(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    ids: &[Uuid],
    act: &Act,
    report: &mut BulkReport,
) -> Result<Vec<Intent>, Failure> {
    let mut intents = Vec::with_capacity(ids.len());
    for id in ids {
        let intent = match act {
            Act::Retire => retired(view, held, entity, *id),
            Act::Set(changes) => {
                save::edited(view, held, entity, *id, changes).map(|edit| edit.intent)
            }
        };
        match intent {
            Ok(Some(intent)) => {
                report.changed += 1;
                intents.push(intent);
            }
            Ok(None) => report.same += 1,
            Err(failure) if is_about_the_record(failure.code) => {
                report.refused.push(refused(view, held, entity, *id, failure)?);
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(intents)
}

fn retired(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    id: Uuid,
) -> Result<Option<Intent>, Failure> {
    let seen = get::find(view, held, entity, &id.to_string())?.record;
    held.check(Action::Retire, entity, Some(&row_facts(&seen)), &[])?;
    Ok((!seen.is_retired()).then(|| draft::retire(&seen)))
}

fn is_about_the_record(code: FailureCode) -> bool {
    matches!(code, FailureCode::Refused | FailureCode::NotPermitted | FailureCode::NotFound)
}

fn refused(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    id: Uuid,
    failure: Failure,
) -> Result<RefusedRecord, Failure> {
    let (mut title, mut key) = (String::new(), String::new());
    let readable = held.check(Action::View, entity, None, &["name", entity.key]).is_ok();
    if readable && failure.code != FailureCode::NotFound {
        for known in view.titles(entity, &[id]).map_err(fault)? {
            (title, key) = (known.title, known.key);
        }
    }
    Ok(RefusedRecord { id, title, key, failure })
}
