//! Whether a hub did with every op what it answered, once, in the order of its device, and nothing else.

use std::collections::BTreeMap;

use domain::record::{Change as FieldChange, Record, read_field};
use serde_bytes::ByteBuf;
use sync_protocol::op::{Op, Verb};
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;
use uuid::Uuid;

use super::super::Broken;
use super::super::tenant::Tenant;
use crate::hub::{Change, MemoryHub};
use crate::line::Heard;

/// However often an op came in one life of its hub, it was answered with the same bytes.
pub fn answered_alike(heard: &[Heard]) -> Result<(), Broken> {
    let mut first: BTreeMap<(u64, Uuid), &ByteBuf> = BTreeMap::new();
    let answered = heard.iter().filter_map(|it| Some((it.push.epoch, it.answer.as_ref().ok()?)));
    for (epoch, reply) in answered {
        for (op, receipt) in &reply.receipts {
            if *first.entry((epoch, *op)).or_insert(receipt) != receipt {
                return Err(Broken(format!("op {op} was answered twice and differently")));
            }
        }
    }
    Ok(())
}

/// An id that was used before with other content is refused, and that is noted.
pub fn forgery_is_refused(hub: &MemoryHub, forged: &Heard) -> Result<(), Broken> {
    let Ok(reply) = &forged.answer else { return Ok(()) };
    let refused = |receipt: &ByteBuf| {
        let receipt = wire::decode::<Receipt>(receipt);
        matches!(receipt, Ok(Receipt::Rejected { code: RejectCode::OpIdReused, .. }))
    };
    let noted = |code: &str| hub.denials.iter().any(|denial| denial.code == code);
    match reply.receipts.iter().find(|(_, receipt)| !refused(receipt)) {
        Some((op, _)) => {
            Err(Broken(format!("op {op} came again with other content and was answered")))
        }
        None if !noted(RejectCode::OpIdReused.as_str()) => {
            Err(Broken("an op that came again with other content was not noted".to_owned()))
        }
        None => Ok(()),
    }
}

pub fn judged_rightly(tenant: &Tenant) -> Result<(), Broken> {
    let hub = &tenant.hub;
    stands_as_changed(hub)?;
    let mut steps: BTreeMap<Uuid, Vec<&Change>> = BTreeMap::new();
    let mut order: BTreeMap<Uuid, usize> = BTreeMap::new();
    for (place, change) in hub.history.iter().enumerate() {
        if let Some(op) = change.op {
            steps.entry(op).or_default().push(change);
            order.entry(op).or_insert(place);
        }
    }
    // By device, in the order of its chain: where its first effect stands.
    let mut chains: BTreeMap<Uuid, BTreeMap<u64, (Uuid, usize)>> = BTreeMap::new();
    for judged in hub.ops() {
        let op = judged.op;
        if judged.effects > 1 {
            return Err(Broken(format!("op {} was done {} times", op.op_id, judged.effects)));
        }
        let waited = judged.waited;
        if let Some(place) = order.get(&op.op_id).filter(|_| !waited) {
            let chain = chains.entry(judged.device).or_default();
            chain.insert(op.op_seq, (op.op_id, *place));
        }
        let steps = steps.get(&op.op_id).map(Vec::as_slice).unwrap_or_default();
        if let Some(receipt) = &judged.receipt {
            let hidden = |field: &str| hub.was_hidden(judged.user, &op.intent.entity, field);
            did_as_it_says(op, receipt, steps, hidden)?;
        }
    }
    for chain in chains.values() {
        let mut last = 0;
        for (op, place) in chain.values() {
            if *place < last {
                return Err(Broken(format!(
                    "op {op} was judged before one that its device made earlier"
                )));
            }
            last = *place;
        }
    }
    Ok(())
}

/// Every record is what its steps have made of it, each from where the one before had left it.
fn stands_as_changed(hub: &MemoryHub) -> Result<(), Broken> {
    let mut now: BTreeMap<(&str, Uuid), &Record> = BTreeMap::new();
    for change in &hub.history {
        let key = (change.after.entity().name, change.after.id());
        if now.insert(key, &change.after) != change.before.as_ref() {
            return Err(Broken(format!("{} {} changed by itself", key.0, key.1)));
        }
    }
    for record in hub.records() {
        if now.get(&(record.entity().name, record.id())) != Some(&record) {
            let (entity, id) = (record.entity().name, record.id());
            return Err(Broken(format!("{entity} {id} is not what was made of it")));
        }
    }
    Ok(())
}

/// What an op wrote without a conflict stands in the record right after it, and fields that belong together are as
/// its author saw them, as far as they could always read them.
fn did_as_it_says(
    op: &Op,
    receipt: &Receipt,
    steps: &[&Change],
    hidden: impl Fn(&str) -> bool,
) -> Result<(), Broken> {
    let intent = &op.intent;
    let whole = matches!(receipt, Receipt::Applied { .. } | Receipt::Merged { .. });
    if !whole || !matches!(intent.verb, Verb::Create | Verb::Update) {
        return Ok(());
    }
    // An edit that changed nothing leaves no step.
    let Some(step) = steps.iter().find(|step| step.after.id() == intent.id) else {
        return Ok(());
    };
    let after = &step.after;
    let entity = after.entity();
    let approved = entity.approval.map(|approval| approval.fields).unwrap_or_default();
    let written = intent.changes.fields.iter().filter(|change| !change.is_witness());
    // What stood there already was not written.
    let changed = |change: &&FieldChange| {
        let Some(place) = entity.place(&change.field) else { return false };
        step.before
            .as_ref()
            .is_none_or(|before| before.values.at(&place) != after.values.at(&place))
    };
    let groups: Vec<&str> = written
        .filter(changed)
        .filter_map(|change| entity.place(&change.field)?.merge_group())
        .collect();
    for change in &intent.changes.fields {
        let Ok((place, value)) = read_field(entity, &change.field, &change.to) else { continue };
        // What was deleted meanwhile comes back inactive, whatever the edit says.
        let back = step.before.as_ref().is_some_and(Record::is_retired);
        if back && change.field == "active" {
            continue;
        }
        let grouped = place.merge_group().is_some_and(|group| groups.contains(&group));
        let asked = !change.is_witness() || (grouped && !hidden(&change.field));
        if asked && !approved.contains(&change.field.as_str()) && *after.values.at(&place) != value
        {
            let (stood, stands) = (step.before.as_ref(), after.values.at(&place));
            let stood = stood.map(|record| record.values.at(&place));
            return Err(Broken(format!(
                "op {} was answered with {receipt:?}, and where it has {change:?} there stood {stood:?} and \
                 stands {stands:?}",
                op.op_id
            )));
        }
    }
    Ok(())
}
