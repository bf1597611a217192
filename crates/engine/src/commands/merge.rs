//! `MayMerge` and `Merge`: one record of two. What can be told here is told at once; the hub sees what refers to the loser, also
//! where this person may not.

use std::collections::BTreeSet;

use contract::{BeforeMerge, Failure, Problem, RecordView};
use domain::permissions::{Action, ReadRight};
use domain::record::{EntityDef, Record, row_facts};
use local_store::View;
use sync_protocol::device::draft;
use sync_protocol::judge;
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::{Done, fault, get, shown, write};
use crate::session::{Held, Session};

/// What has to be settled before these two can become one, and what comes of it, as far as this device can tell.
///
/// # Errors
/// `NotPermitted`, and `NotFound` where one is not there for this person.
pub fn may_merge(
    view: &View,
    held: &Held,
    entity: &str,
    survivor: Uuid,
    loser: Uuid,
) -> Result<BeforeMerge, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::Merge, entity, None, &[])?;
    let survivor = get::find(view, held, entity, &survivor.to_string())?.record;
    let loser = get::find(view, held, entity, &loser.to_string())?.record;
    let obstacles: Vec<Problem> = unfit(held, &survivor, &loser).into_iter().collect();
    // What can never be comes to nothing.
    let caution = obstacles.is_empty().then(|| {
        let sight = Projection::of(held.grants(), entity);
        judge::caution(&survivor, &loser, &sight, |record| called(&sight, record))
    });
    Ok(BeforeMerge { obstacles, cautions: caution.flatten().into_iter().collect() })
}

fn unfit(held: &Held, survivor: &Record, loser: &Record) -> Option<Problem> {
    let sight = Projection::of(held.grants(), survivor.entity());
    judge::unfit(survivor, loser, |record| called(&sight, record))
}

fn called(sight: &Projection, record: &Record) -> String {
    record.title_of(|field| !sight.hides(record.entity().name, field)).to_owned()
}

pub fn merge(
    session: &Session,
    held: &Held,
    entity: &str,
    survivor: Uuid,
    loser: Uuid,
    take: &[String],
) -> Result<Done<RecordView>, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::Merge, entity, None, &[])?;
    let intent = super::read(session, |view| {
        let survivor = get::find(view, held, entity, &survivor.to_string())?.record;
        let loser = get::find(view, held, entity, &loser.to_string())?.record;
        let take = whole_groups(entity, take);
        let take: Vec<&str> = take.iter().map(String::as_str).collect();
        if let Some(name) = take.iter().find(|name| !judge::may_be_taken(entity, name)) {
            let message = "is never taken over by a merge; enter it in the record that stays";
            return Err(super::refused(vec![Problem::new(*name, "not_taken", message)]));
        }
        for record in [&survivor, &loser] {
            held.check(Action::Merge, entity, Some(&row_facts(record)), &take)?;
        }
        let unread = |name: &&&str| held.grants().field_right(entity, name).read != ReadRight::Full;
        if let Some(name) = take.iter().find(unread) {
            let message = "may not be taken: you may not read it";
            return Err(super::refused(vec![Problem::new(*name, "not_permitted", message)]));
        }
        if let Some(problem) = unfit(held, &survivor, &loser) {
            return Err(super::refused(vec![problem]));
        }
        Ok(draft::merge(&survivor, &loser, &take))
    })?;
    let touched = write::write(session, held, vec![intent.into()])?;
    let answer = super::read(session, |view| {
        let row = view.get(entity, survivor).map_err(fault)?.ok_or_else(super::not_found)?;
        shown::record(view, held, entity, row)
    })?;
    Ok(Done { answer, touched: Some(touched) })
}

/// The chosen fields with all that belong to them.
fn whole_groups(entity: &EntityDef, chosen: &[String]) -> BTreeSet<String> {
    let groups: Vec<&str> = chosen
        .iter()
        .filter_map(|name| entity.field(name).and_then(|field| field.merge_group))
        .collect();
    let members =
        entity.all_fields().filter(|field| field.merge_group.is_some_and(|g| groups.contains(&g)));
    members.map(|field| field.name.to_owned()).chain(chosen.iter().cloned()).collect()
}
