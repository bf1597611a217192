//! What a world's hub was told, and what it came to: another hub that is told the same must come to the same.

use std::collections::BTreeMap;

use domain::masters::OWN_FIELD;
use domain::permissions::{Grants, StandardRole};
use domain::person::PERSON;
use domain::record::Record;
use sync_protocol::op::Verb;
use uuid::Uuid;

use super::{Broken, Plan, World};
use crate::disk::Disk;
use crate::hub::Change;
use crate::line::Heard;

pub struct Trace {
    /// Everybody by the id of their device.
    pub people: BTreeMap<Uuid, (Grants, StandardRole)>,
    /// What stood there at first; its author is none of the people.
    pub laid_down: Vec<Record>,
    pub heard: Vec<Heard>,
    /// What each merge made, by its op: rows that it copied have ids that the hub drew.
    pub merged: BTreeMap<Uuid, Record>,
    /// What stands there at the end.
    pub records: Vec<Record>,
}

/// Runs one seed as a plain world (see [`Plan::plain`]) and tells what reached its hub.
///
/// # Errors
/// As [`super::run`].
pub fn trace(seed: u64, disks: &[Disk]) -> Result<Trace, Broken> {
    let plan = Plan::plain(seed);
    let mut world = World::new(&plan, disks, None)?;
    // Who works there is told by the hub itself.
    let records = world.tenants.iter().flat_map(|tenant| tenant.hub.records());
    let typed = records.filter(|record| record.entity().name != PERSON.name);
    let mut laid_down: Vec<Record> = typed.cloned().collect();
    // A hub that is told one after the other must know a field before it is used.
    laid_down.sort_by_key(|record| record.entity().name != OWN_FIELD.name);
    world.live(&plan)?;
    let roles = plan.people.iter().flatten().filter_map(|role| role.parse().ok());
    let people = world.desks.iter().zip(roles);
    let people = people.map(|(desk, role)| (desk.device.id, (desk.device.grants.clone(), role)));
    let mut merged = BTreeMap::new();
    for hub in world.tenants.iter().map(|tenant| &tenant.hub) {
        let merges = hub.ops().filter(|judged| judged.op.intent.verb == Verb::Merge);
        for op in merges.map(|judged| judged.op) {
            let made = |it: &&Change| it.op == Some(op.op_id) && it.after.id() == op.intent.id;
            let made = hub.history.iter().find(made);
            merged.extend(made.map(|change| (op.op_id, change.after.clone())));
        }
    }
    let records = world.tenants.iter().flat_map(|tenant| tenant.hub.records());
    Ok(Trace {
        people: people.collect(),
        merged,
        laid_down,
        records: records.cloned().collect(),
        heard: world.net.heard,
    })
}
