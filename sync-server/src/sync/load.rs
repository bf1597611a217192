//! Filling what the judge looks at: everything that a group of ops can touch, in a few statements however many
//! ops there are. Records that are to be changed are locked, in one order for all.

pub mod held;
mod numbers;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::numbering::is_numbered;
use domain::permissions::RowRule;
use domain::record::{Change, EntityDef, Kind, Record, Unique, Value, fold_code, read_field};
use domain::{masters, person, synced};
use sync_protocol::judge::review::DECIDES;
use sync_protocol::op::{Op, Verb};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use super::known::{Colleague, Key, Known, Lacking, PeerKey, ValueKey};
use crate::auth::rights::grants_of;
use crate::store::tenant::record::{self, Hold};
use crate::store::tenant::sync::op;
use crate::store::tenant::user::{self, UserState};
use crate::store::tenant::{own_field, role, settings};
use crate::store::{Connection, StoreError};
use crate::tenant::typist::HUB_AUTHOR;

/// Everything that the judgement of these ops can need, as the store has it now.
///
/// # Errors
/// See [`StoreError`].
pub async fn load(connection: &mut Connection, ops: &[&Op]) -> Result<Known, StoreError> {
    let mut known = Known::default();
    record::lock_merging(connection, ops.iter().any(|op| op.intent.verb == Verb::Merge)).await?;
    record::lock_structure(connection, &structures(ops)).await?;
    lock_targets(connection, &mut known, ops).await?;
    load_receipts(connection, &mut known, ops).await?;
    known.learn_own_fields(own_field::all(connection).await?);
    let mut lacking = Lacking::default();
    for op in ops {
        want_changes(op, &known, &mut lacking);
    }
    for record in known.records() {
        want_references(record, &mut lacking);
        lacking.want_holders(record);
    }
    fetch(connection, &mut known, lacking).await?;
    follow_structures(connection, &mut known, ops).await?;
    Ok(known)
}

/// Loads what was found lacking.
///
/// # Errors
/// See [`StoreError`].
pub async fn fetch(
    connection: &mut Connection,
    known: &mut Known,
    lacking: Lacking,
) -> Result<(), StoreError> {
    for (name, (entity, ids)) in lacking.records {
        let ids: Vec<Uuid> =
            ids.into_iter().filter(|id| !known.knows_record(&(name, *id))).collect();
        read(connection, known, entity, ids, Hold::No).await?;
    }
    for (name, id) in lacking.referrers {
        read_referrers(connection, known, (name, id)).await?;
    }
    let users: Vec<Uuid> = lacking.users.into_iter().filter(|id| !known.knows_user(id)).collect();
    if !users.is_empty() {
        let arrived = user::arrived(connection, &users).await?;
        for id in users {
            // What nobody typed belongs to the hub itself.
            known.learn_user(id, id == HUB_AUTHOR || arrived.contains(&id));
        }
    }
    if lacking.staff {
        known.learn_staff(staff(connection).await?);
    }
    let peers = lacking.peers.into_iter().filter(|key| !known.knows_peers(key)).collect();
    read_peers(connection, known, peers).await?;
    numbers::fetch(connection, known, lacking.codes, lacking.series).await?;
    let mut by_field: HashMap<(&str, &str), Vec<ValueKey>> = HashMap::new();
    for value in lacking.holders.into_iter().filter(|value| !known.knows_holder(value)) {
        by_field.entry((value.0, value.1)).or_default().push(value);
    }
    for ((entity, field), values) in by_field {
        let entity = synced::find(entity);
        let Some((entity, field)) = entity.and_then(|e| Some((e, e.field(field)?))) else {
            continue;
        };
        let asked: Vec<_> =
            values.iter().map(|(.., company, folded)| (*company, folded.as_str())).collect();
        for holder in record::holders(connection, entity, field, &asked).await? {
            let value = (entity.name, field.name, holder.company, holder.folded);
            known.learn_holder(value, Some(holder.id));
        }
        for value in values {
            known.learn_holder(value, None);
        }
    }
    Ok(())
}

/// Everyone who has come in and may work, with their rights.
async fn staff(connection: &mut Connection) -> Result<HashMap<Uuid, Colleague>, StoreError> {
    let policy_version = settings::read(connection).await?.policy_version;
    let (roles, own_fields) = (role::all(connection).await?, own_field::all(connection).await?);
    let mut assigned: HashMap<Uuid, BTreeSet<String>> = HashMap::new();
    for (user, role) in role::assignments(connection).await? {
        assigned.entry(user).or_default().insert(role);
    }
    let mut staff = HashMap::new();
    for user in user::all(connection).await? {
        let own = assigned.remove(&user.id).unwrap_or_default();
        if user.state == UserState::Active {
            let given =
                |own: &BTreeSet<String>| grants_of(policy_version, &roles, &own_fields, &user, own);
            let grants = given(&own)?;
            let mut deciding_role = None;
            if grants.permissions.get(&DECIDES) == Some(&RowRule::All) {
                for role in own {
                    let alone = given(&BTreeSet::from([role.clone()]))?;
                    if alone.permissions.get(&DECIDES) == Some(&RowRule::All) {
                        deciding_role = Some(role);
                        break;
                    }
                }
            }
            staff.insert(user.id, Colleague { grants, deciding_role });
        }
    }
    Ok(staff)
}

/// Learns who refers to a record that is merged, and reads those that are not known yet. No other push goes on
/// meanwhile (see [`record::lock_merging`]): what was read before still stands.
async fn read_referrers(
    connection: &mut Connection,
    known: &mut Known,
    of: Key,
) -> Result<(), StoreError> {
    let Some(target) = synced::find(of.0) else { return Ok(()) };
    let mut keys = Vec::new();
    for (entity, ids) in record::referrers(connection, target, of.1).await? {
        keys.extend(ids.iter().map(|id| (entity.name, *id)));
        let unknown = ids.into_iter().filter(|id| !known.knows_record(&(entity.name, *id)));
        read(connection, known, entity, unknown.collect(), Hold::ForChange).await?;
    }
    known.learn_referrers(of, keys);
    Ok(())
}

/// Learns who the peers are, and reads those that are not known yet.
async fn read_peers(
    connection: &mut Connection,
    known: &mut Known,
    keys: Vec<PeerKey>,
) -> Result<(), StoreError> {
    for key in keys {
        let Some(entity) = synced::find(key.0) else { continue };
        let ids = record::ids_with_value(connection, entity, key.1, &key.2).await?;
        let unknown = ids.iter().copied().filter(|id| !known.knows_record(&(key.0, *id)));
        read(connection, known, entity, unknown.collect(), Hold::No).await?;
        known.learn_peers(key, ids);
    }
    Ok(())
}

async fn read(
    connection: &mut Connection,
    known: &mut Known,
    entity: &'static EntityDef,
    ids: Vec<Uuid>,
    hold: Hold,
) -> Result<(), StoreError> {
    for record in record::by_ids(connection, entity, &ids, hold).await? {
        known.learn_record((entity.name, record.id()), Some(record));
    }
    for id in ids {
        known.learn_record((entity.name, id), None);
    }
    Ok(())
}

async fn lock_targets(
    connection: &mut Connection,
    known: &mut Known,
    ops: &[&Op],
) -> Result<(), StoreError> {
    let mut targets: BTreeMap<&str, (&'static EntityDef, BTreeSet<Uuid>)> = BTreeMap::new();
    for op in ops {
        if let Some(entity) = synced::find(&op.intent.entity) {
            let ids = &mut targets.entry(entity.name).or_insert((entity, BTreeSet::new())).1;
            ids.extend(op.intent.touches());
        }
    }
    for (entity, ids) in targets.into_values() {
        read(connection, known, entity, ids.into_iter().collect(), Hold::ForChange).await?;
    }
    Ok(())
}

/// Locks an item of Attention that is to be closed with another op.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_records(
    connection: &mut Connection,
    known: &mut Known,
    entity: &'static EntityDef,
    ids: Vec<Uuid>,
) -> Result<(), StoreError> {
    read(connection, known, entity, ids, Hold::ForChange).await
}

async fn load_receipts(
    connection: &mut Connection,
    known: &mut Known,
    ops: &[&Op],
) -> Result<(), StoreError> {
    let own: HashSet<Uuid> = ops.iter().map(|op| op.op_id).collect();
    let needed: HashSet<Uuid> = ops.iter().flat_map(|op| op.needs.iter().copied()).collect();
    let needed: Vec<Uuid> = needed.difference(&own).copied().collect();
    if needed.is_empty() {
        return Ok(());
    }
    for answer in op::answers(connection, &needed).await? {
        known.learn_receipt(answer.op_id, answer.replaces, receipt(&answer.receipt)?);
    }
    Ok(())
}

/// A stored receipt.
///
/// # Errors
/// It cannot be read: the database is damaged.
pub fn receipt(bytes: &[u8]) -> Result<Receipt, StoreError> {
    wire::decode(bytes).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Wants the records that an op's changes refer to, and the holders of the unique values that they set.
fn want_changes(op: &Op, known: &Known, lacking: &mut Lacking) {
    let Some(entity) = synced::find(&op.intent.entity) else { return };
    let changes = &op.intent.changes;
    let standing = known.get(&(entity.name, op.intent.id));
    for (kind, change) in each_change(entity, op) {
        let Ok((place, value)) = read_field(kind, &change.field, &change.to) else { continue };
        let field = place.field;
        match (&value, field.kind) {
            (Value::Id(id), Kind::Reference(person::NAME)) => {
                lacking.users.insert(*id);
            }
            (Value::Id(id), Kind::Reference(target)) => {
                if let Some(target) = masters::find(target) {
                    lacking.want_record(target, *id);
                }
            }
            (Value::Text(text), _) if field.unique != Unique::No => {
                if is_numbered(kind) && field.name == kind.key {
                    lacking.codes.insert((kind.name, fold_code(text)));
                }
                let company = match field.unique {
                    Unique::Company => {
                        let changed = changes.fields.iter().find(|c| c.field == "company_id");
                        let changed =
                            changed.and_then(|c| read_field(entity, &c.field, &c.to).ok());
                        let company = changed.and_then(|(_, value)| value.id());
                        company
                            .or_else(|| standing.and_then(|record| record.get("company_id").id()))
                    }
                    _ => None,
                };
                lacking.holders.insert((entity.name, field.name, company, fold_code(text)));
            }
            _ => {}
        }
    }
}

/// The changes of an op with the entity that each is about.
fn each_change<'a>(
    entity: &'static EntityDef,
    op: &'a Op,
) -> impl Iterator<Item = (&'static EntityDef, &'a Change)> {
    let changes = &op.intent.changes;
    let own = changes.fields.iter().map(move |change| (entity, change));
    let rows = changes.children.iter().filter_map(move |child| {
        let kind = entity.child(&child.entity)?;
        Some(child.fields.iter().map(move |change| (kind, change)))
    });
    own.chain(rows.flatten())
}

fn want_references(record: &Record, lacking: &mut Lacking) {
    each_reference(record, |target, id| lacking.want_record(target, id));
}

fn each_reference(record: &Record, mut visit: impl FnMut(&'static EntityDef, Uuid)) {
    let rows = record.children().iter().map(|row| &row.values);
    for values in std::iter::once(&record.values).chain(rows) {
        for (field, value) in values.iter() {
            if let (Kind::Reference(target), Value::Id(id)) = (field.kind, value)
                && let Some(target) = masters::find(target)
            {
                visit(target, *id);
            }
        }
    }
}

/// Whether the field makes a structure of records of one entity: a parent, a component.
fn is_structural(entity: &EntityDef, kind: Kind) -> bool {
    matches!(kind, Kind::Reference(target) if target == entity.name)
}

/// The entities whose structure these ops may change.
fn structures(ops: &[&Op]) -> Vec<&'static str> {
    let mut names = BTreeSet::new();
    for op in ops.iter().filter(|op| op.intent.verb != Verb::Resolve) {
        let Some(entity) = synced::find(&op.intent.entity) else { continue };
        let changes = each_change(entity, op).filter(|(_, change)| !change.is_witness());
        let mut structural = changes.filter_map(|(kind, change)| kind.field(&change.field));
        if !entity.peers.is_empty() || structural.any(|field| is_structural(entity, field.kind)) {
            names.insert(entity.name);
        }
    }
    names.into_iter().collect()
}

/// Loads upward (or inward) from the records that these ops change, level by level, until nothing is missing.
async fn follow_structures(
    connection: &mut Connection,
    known: &mut Known,
    ops: &[&Op],
) -> Result<(), StoreError> {
    let mut edge: HashSet<Key> = HashSet::new();
    for op in ops {
        let Some(entity) = synced::find(&op.intent.entity) else { continue };
        edge.insert((entity.name, op.intent.id));
        for (kind, change) in each_change(entity, op) {
            if let Ok((place, Value::Id(id))) = read_field(kind, &change.field, &change.to)
                && is_structural(entity, place.field.kind)
            {
                edge.insert((entity.name, id));
            }
        }
    }
    let mut seen = HashSet::new();
    while !edge.is_empty() {
        let mut next = HashSet::new();
        let mut lacking = Lacking::default();
        for key in edge.drain().filter(|key| seen.insert(*key)) {
            let Some(record) = known.get(&key) else { continue };
            each_reference(record, |target, id| {
                if target.name == key.0 {
                    next.insert((key.0, id));
                    if !known.knows_record(&(key.0, id)) {
                        lacking.want_record(target, id);
                    }
                }
            });
        }
        fetch(connection, known, lacking).await?;
        edge = next;
    }
    Ok(())
}

/// Loads what a judgement asked for and did not find. Answers whether there was anything.
///
/// # Errors
/// See [`StoreError`].
pub async fn fetch_lacking(
    connection: &mut Connection,
    known: &mut Known,
) -> Result<bool, StoreError> {
    let lacking = known.take_lacking();
    if lacking.is_empty() {
        return Ok(false);
    }
    fetch(connection, known, lacking).await?;
    Ok(true)
}
