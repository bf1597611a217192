//! `Approvals` and `Decide`: what waits for a second person, and their decision. The hub judges again: it alone
//! knows who else might decide.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use contract::{Cell, Failure, FailureCode, ProposalAct, ProposalView, RecordView};
use domain::masters;
use domain::permissions::{Action, SOLE_PERSON_DELAY};
use domain::record::{
    Approval, Change, ChildRow, EntityDef, Found, Record, Value, Values, approval, row_facts,
};
use domain::synced;
use local_store::{Filter, ListQuery, Start, Test, View};
use sync_protocol::device::draft;
use sync_protocol::op::Intent;
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::{Done, elsewhere, fault, get, rules, shown, write};
use crate::session::{Held, Session};

/// Records that are read at once.
const PAGE: usize = 500;

/// Every proposal that waits, of the records this person may see.
///
/// # Errors
/// A damaged file.
pub fn approvals(
    session: &Session,
    view: &View,
    held: &Held,
) -> Result<Vec<ProposalView>, Failure> {
    let mut waiting = Vec::new();
    let whole = rules::whole(view, held)?;
    let lookup = view.lookup(&whole);
    for entity in masters::ALL {
        let Some(approval) = entity.approval else { continue };
        if held.check(Action::View, entity, None, &[]).is_err() {
            continue;
        }
        let mut held_back = on_hold(view, entity, approval)?;
        held_back.retain(|record| shown::may_see(held, record));
        for record in &held_back {
            let cooling = match (approval.cooling)(record, &lookup) {
                Found::Yes(cooling) => Some(cooling),
                Found::No | Found::CannotTell => None,
            };
            for row in &approval::pending(record) {
                let proposal = proposal(session, held, record, approval, row, cooling);
                let proposed_by_name = shown::name_of(view, held, proposal.proposed_by)?;
                let elsewhere = elsewhere::elsewhere(view, held, record, row, &held_back)?;
                waiting.push(ProposalView { proposed_by_name, elsewhere, ..proposal });
            }
        }
    }
    lookup.into_result().map_err(fault)?;
    Ok(waiting)
}

/// Every record of which something waits, with its rows.
fn on_hold(
    view: &View,
    entity: &'static EntityDef,
    approval: &Approval,
) -> Result<Vec<Record>, Failure> {
    let open = Filter { field: approval.hold.to_owned(), test: Test::Is(Value::Bool(true)) };
    let query = ListQuery { filters: vec![open], ..ListQuery::default() };
    let mut records = Vec::new();
    let mut start = Start::Offset(0);
    loop {
        let page = view.list(entity, &query, &start, PAGE).map_err(fault)?;
        for row in page.rows {
            // A list brings no child rows.
            records.extend(view.get(entity, row.record.id()).map_err(fault)?.map(|row| row.record));
        }
        match page.next {
            Some(next) => start = Start::After(next),
            None => return Ok(records),
        }
    }
}

fn proposal(
    session: &Session,
    held: &Held,
    record: &Record,
    approval: &Approval,
    row: &ChildRow,
    cooling: Option<TimeDelta>,
) -> ProposalView {
    let projection = Projection::of(held.grants(), record.entity());
    let read = |values: &Values| -> BTreeMap<String, Cell> {
        let entity = values.entity().name;
        let fields = approval.fields.iter().filter(|name| !projection.hides(entity, name));
        fields.map(|name| ((*name).to_owned(), values.get(name).to_cell())).collect()
    };
    let by = row.values.get(approval::PROPOSED_BY).id().filter(|by| *by != approval::UNSENT);
    let mut standing = read(&record.values);
    let end = row.values.get(approval::ENDS);
    if let Some(first) = approval.fields.first()
        && !end.is_null()
        && !projection.hides(approval.proposals, approval::ENDS)
    {
        // Where the whole is not to be read, its end is.
        standing.entry((*first).to_owned()).or_insert_with(|| end.to_cell());
    }
    let mut proposed = read(&row.values);
    // Of what is empty nobody who may not read what stands can be told that it changes.
    proposed.retain(|name, cell| *cell != Cell::Null || standing.contains_key(name));
    ProposalView {
        entity: record.entity().name.to_owned(),
        record: record.id(),
        title: record.title_of(|field| !projection.hides(record.entity().name, field)).to_owned(),
        id: row.id,
        proposed,
        standing,
        kept_in: approval.proposals.to_owned(),
        proposed_by: by,
        proposed_by_name: None,
        proposed_at: approval::proposed(row).map(|at| at.to_rfc3339()),
        own: is_own(held, row),
        elsewhere: Vec::new(),
        cooling_hours: cooling.and_then(|cooling| u32::try_from(cooling.num_hours()).ok()),
        hold_until: approval.hold_until.to_owned(),
        may_approve: may_approve(session, held, record, approval, row).is_ok(),
        may_refuse: may_refuse(held, record, approval, row).is_ok(),
    }
}

/// Who made a proposal that was not sent yet is the person at this device.
pub fn is_own(held: &Held, row: &ChildRow) -> bool {
    let by = row.values.get(approval::PROPOSED_BY).id();
    by.is_some_and(|by| by == approval::UNSENT || by == held.grants().user_id)
}

/// Whether a part of an edit takes effect only when a second person has approved it.
pub fn awaits(intent: &Intent) -> bool {
    let approval = synced::find(&intent.entity).and_then(|entity| entity.approval);
    let mut written = intent.changes.fields.iter().filter(|change| !change.is_witness());
    approval.is_some_and(|approval| {
        written.any(|change| approval.fields.contains(&change.field.as_str()))
    })
}

/// Takes out of `left` what `written` says once more of a proposal that this person has open: it waits already, and
/// the judge makes no second one of it.
pub fn leave_out_waiting(held: &Held, now: &Record, left: &mut Record, written: &[Change]) {
    let Some(approval) = now.entity().approval else { return };
    let named = |name: &&&str| written.iter().any(|change| change.field == **name);
    let named: Vec<&str> = approval.fields.iter().filter(named).copied().collect();
    let says_it = |row: &ChildRow| {
        is_own(held, row) && named.iter().all(|name| row.values.get(name) == left.get(name))
    };
    if approval::pending(now).iter().any(says_it) {
        for name in named {
            left.values.set(name, now.get(name).clone());
        }
    }
}

fn may_approve(
    session: &Session,
    held: &Held,
    record: &Record,
    approval: &Approval,
    row: &ChildRow,
) -> Result<(), Failure> {
    holds(held, approval, record)?;
    let waited = approval::proposed(row)
        .and_then(|at| at.checked_add_signed(SOLE_PERSON_DELAY))
        .is_some_and(|from| from <= session.host().now());
    if is_own(held, row) && !waited {
        let message = "somebody else has to approve what you proposed; where nobody else may, you can a day \
                       after you proposed it";
        return Err(Failure::new(FailureCode::NotPermitted, message));
    }
    Ok(())
}

/// Whether the person may refuse a proposal, or take their own back.
///
/// # Errors
/// `NotPermitted`.
pub fn may_refuse(
    held: &Held,
    record: &Record,
    approval: &Approval,
    row: &ChildRow,
) -> Result<(), Failure> {
    match is_own(held, row) {
        true => held.check(Action::Edit, record.entity(), Some(&row_facts(record)), &[]),
        false => holds(held, approval, record),
    }
}

fn holds(held: &Held, approval: &Approval, record: &Record) -> Result<(), Failure> {
    held.check_permission(approval.permission, record)
}

/// Decides a proposal: the one that is named, or the only one there is.
///
/// # Errors
/// `NotPermitted`; `NotFound` where nothing waits; `Usage` where several do and none is named.
pub fn decide(
    session: &Session,
    held: &Held,
    entity: &str,
    id: &str,
    named: Option<Uuid>,
    act: &ProposalAct,
) -> Result<Done<RecordView>, Failure> {
    let entity = super::entity(entity)?;
    let seen = super::read(session, |view| get::find(view, held, entity, id))?.record;
    let approval = approval_of(entity)?;
    let row = the_one(&seen, named)?;
    let intent = match act {
        ProposalAct::Approve => {
            may_approve(session, held, &seen, approval, &row)?;
            draft::approve(&seen, &row)
        }
        ProposalAct::Refuse { reason } => {
            may_refuse(held, &seen, approval, &row)?;
            let reason = reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
            draft::refuse(&seen, &row, reason)
        }
    };
    let touched = Some(write::write(session, held, vec![intent.into()])?);
    let answer = super::read(session, |view| {
        let row = view.get(entity, seen.id()).map_err(fault)?.ok_or_else(super::not_found)?;
        shown::record(view, held, entity, row)
    })?;
    Ok(Done { answer, touched })
}

fn approval_of(entity: &EntityDef) -> Result<&'static Approval, Failure> {
    entity.approval.ok_or_else(|| {
        let message = format!("nothing of a {} needs an approval", entity.label.en.to_lowercase());
        Failure::new(FailureCode::Usage, message)
    })
}

fn the_one(record: &Record, named: Option<Uuid>) -> Result<ChildRow, Failure> {
    let mut waiting = approval::pending(record);
    if let Some(named) = named {
        waiting.retain(|row| row.id == named);
    }
    if waiting.len() > 1 {
        let ids: Vec<String> = waiting.iter().map(|row| row.id.to_string()).collect();
        let message = format!("several changes wait; say which: {}", ids.join(", "));
        return Err(Failure::new(FailureCode::Usage, message));
    }
    waiting.pop().ok_or_else(|| {
        Failure::new(FailureCode::NotFound, "nothing of this record waits for an approval")
    })
}
