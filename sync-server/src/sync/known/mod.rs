//! What the judge looks at: records, holders of unique values and receipts, loaded beforehand and kept up to
//! date with each judged op. It never asks a database: what it lacks it notes, and the op is judged again once
//! that was loaded.

mod lacking;
mod view;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::masters::OWN_FIELD;
use domain::permissions::Grants;
use domain::record::{OwnField, OwnFields, Record, Unique, Value, fold_code, folded_fields};
use sync_protocol::judge::{Decision, Why};
use sync_protocol::op::Op;
use sync_protocol::receipt::Receipt;
use uuid::Uuid;

use crate::store::tenant::number::Holding;
use crate::store::tenant::record::entries;

pub use lacking::Lacking;

/// A record, by entity and id.
pub type Key = (&'static str, Uuid);

/// A unique value: entity, field, company (where it is unique within one) and folded text.
pub type ValueKey = (&'static str, &'static str, Option<Uuid>, String);

/// A code by which a record is known: entity and folded text.
pub type CodeKey = (&'static str, String);

/// What peers have in common: entity, field, value in the text form of its kind.
pub type PeerKey = (&'static str, &'static str, String);

/// Somebody who may work.
#[derive(Debug)]
pub struct Colleague {
    pub grants: Grants,
    /// The key of a role by which they decide about others' work.
    pub deciding_role: Option<String>,
}

/// An op that was held for review.
#[derive(Debug)]
pub struct HeldOp {
    pub op: Op,
    pub user: Uuid,
    pub device: Uuid,
    pub received_at: DateTime<Utc>,
    pub why: Why,
    pub is_decided: bool,
    /// The items about it that were open.
    pub items: Vec<Uuid>,
}

/// Records and facts, as they stand after the ops judged so far.
#[derive(Debug, Default)]
pub struct Known {
    /// `None`: there is no such record.
    records: HashMap<Key, Option<Arc<Record>>>,
    holders: HashMap<ValueKey, Option<Uuid>>,
    /// Whole, where a key is there.
    peers: HashMap<PeerKey, HashSet<Uuid>>,
    /// Who referred to a record when the store was read.
    referrers: HashMap<Key, Vec<Key>>,
    /// Everyone who has come in and may work, with their rights.
    staff: Option<HashMap<Uuid, Colleague>>,
    /// Whether there is such a user.
    users: HashMap<Uuid, bool>,
    /// The device that holds a code as a number, with the lease and the number.
    codes: HashMap<CodeKey, Option<Holding>>,
    /// Whether a number series has given numbers.
    series: HashMap<Uuid, bool>,
    own_fields: OwnFields,
    receipts: HashMap<Uuid, Receipt>,
    /// The ops that are held and may be decided here.
    held: HashMap<Uuid, HeldOp>,
    /// The ops that mend an op.
    mended_by: HashMap<Uuid, Vec<Uuid>>,
    /// Noted while it is only looked at.
    lacking: Mutex<Lacking>,
}

impl Known {
    /// Keeps what was asked for since the last call, and forgets that it was.
    pub fn take_lacking(&mut self) -> Lacking {
        std::mem::take(self.lacking.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether something was asked for that is not known.
    pub fn lacks(&self) -> bool {
        !self.lacking().is_empty()
    }

    /// Plain data that is never left half changed.
    fn lacking(&self) -> MutexGuard<'_, Lacking> {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn knows_record(&self, key: &Key) -> bool {
        self.records.contains_key(key)
    }

    pub fn knows_holder(&self, value: &ValueKey) -> bool {
        self.holders.contains_key(value)
    }

    pub fn get(&self, key: &Key) -> Option<&Record> {
        self.records.get(key).and_then(Option::as_deref)
    }

    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values().flatten().map(AsRef::as_ref)
    }

    /// Learns what the store holds under an id; nothing that was learnt or judged before is replaced.
    pub fn learn_record(&mut self, key: Key, record: Option<Record>) {
        self.records.entry(key).or_insert_with(|| record.map(Arc::new));
    }

    pub fn learn_holder(&mut self, value: ValueKey, holder: Option<Uuid>) {
        self.holders.entry(value).or_insert(holder);
    }

    pub fn knows_peers(&self, key: &PeerKey) -> bool {
        self.peers.contains_key(key)
    }

    /// Learns which records referred to one when the store was read; they are known by then.
    pub fn learn_referrers(&mut self, of: Key, stored: Vec<Key>) {
        self.referrers.insert(of, stored);
    }

    /// Learns which records the store holds with a value; what was judged of them since goes before.
    pub fn learn_peers(&mut self, key: PeerKey, stored: Vec<Uuid>) {
        let is_one = |record: &Record| peer_keys(record).any(|own| own == key);
        let stays = |id: &Uuid| self.get(&(key.0, *id)).is_none_or(is_one);
        let mut ids: HashSet<Uuid> = stored.into_iter().filter(stays).collect();
        ids.extend(self.records().filter(|record| is_one(record)).map(Record::id));
        self.peers.insert(key, ids);
    }

    pub fn learn_held(&mut self, held: HeldOp) {
        self.held.insert(held.op.op_id, held);
    }

    pub fn holds_any(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes over what was decided about a held op.
    pub fn decide(&mut self, op_id: Uuid, decision: Decision) {
        let Some(held) = self.held.get_mut(&op_id) else { return };
        held.is_decided = true;
        let replaces = held.op.replaces;
        if let Decision::Applied(receipt) = decision {
            self.learn_receipt(op_id, replaces, receipt);
        }
    }

    pub fn learn_staff(&mut self, staff: HashMap<Uuid, Colleague>) {
        self.staff = Some(staff);
    }

    pub fn knows_user(&self, id: &Uuid) -> bool {
        self.users.contains_key(id)
    }

    pub fn learn_user(&mut self, id: Uuid, is_there: bool) {
        self.users.insert(id, is_there);
    }

    pub fn knows_code(&self, code: &CodeKey) -> bool {
        self.codes.contains_key(code)
    }

    /// Learns who holds a code as a number, if anybody does.
    pub fn learn_code(&mut self, code: CodeKey, holding: Option<Holding>) {
        self.codes.entry(code).or_insert(holding);
    }

    /// Who holds a code as a number, as far as that was asked.
    pub fn held_code(&self, code: &CodeKey) -> Option<&Holding> {
        self.codes.get(code)?.as_ref()
    }

    pub fn learn_series(&mut self, series: Uuid, has_given: bool) {
        self.series.insert(series, has_given);
    }

    pub fn learn_own_fields(&mut self, fields: OwnFields) {
        self.own_fields = fields;
    }

    pub fn learn_receipt(&mut self, op: Uuid, replaces: Option<Uuid>, receipt: Receipt) {
        if let Some(mended) = replaces {
            self.mended_by.entry(mended).or_default().push(op);
        }
        self.receipts.insert(op, receipt);
    }

    /// Takes over a record as it was judged to be.
    pub fn put(&mut self, record: Arc<Record>) {
        let key = (record.entity().name, record.id());
        let old = self.records.remove(&key).flatten();
        for value in old.iter().flat_map(|old| unique_values(old)) {
            // Whoever else holds the value by now keeps it.
            if let Some(holder) = self.holders.get_mut(&value)
                && *holder == Some(key.1)
            {
                *holder = None;
            }
        }
        for value in unique_values(&record) {
            self.holders.insert(value, Some(key.1));
        }
        if key.0 == OWN_FIELD.name
            && let Some(field) = OwnField::of(&record)
        {
            self.own_fields.put(field);
        }
        for gone in old.iter().flat_map(|old| peer_keys(old)) {
            self.peers.entry(gone).and_modify(|ids| {
                ids.remove(&key.1);
            });
        }
        for new in peer_keys(&record) {
            self.peers.entry(new).and_modify(|ids| {
                ids.insert(key.1);
            });
        }
        self.records.insert(key, Some(record));
    }
}

/// A value in the form by which peers are found; `None` for one that no two records have in common.
fn peer_text(value: &Value) -> Option<String> {
    match value {
        Value::Id(id) => Some(id.to_string()),
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// The keys under which a record is found as a peer.
fn peer_keys(record: &Record) -> impl Iterator<Item = PeerKey> {
    let entity = record.entity();
    let key = |field: &&'static str| Some((entity.name, *field, peer_text(record.get(field))?));
    entity.peers.iter().filter_map(key)
}

/// The unique values that a record holds.
fn unique_values(record: &Record) -> impl Iterator<Item = ValueKey> {
    let entity = record.entity();
    let whole = folded_fields(entity).filter_map(move |field| {
        let company = match field.unique {
            Unique::Company => Some(record.get("company_id").id()?),
            Unique::Tenant | Unique::No | Unique::Entries => None,
        };
        Some((entity.name, field.name, company, fold_code(record.get(field.name).text()?)))
    });
    whole.chain(entries(record).map(|(field, folded)| (entity.name, field.name, None, folded)))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::masters::{ACCOUNT, UNIT};
    use domain::record::{Found, Lookup as _};
    use sync_protocol::judge::HubView as _;

    use super::*;

    fn unit(id: u128, code: &str) -> Record {
        let at = DateTime::<Utc>::MIN_UTC;
        let mut record = Record::new(&UNIT, Uuid::from_u128(id), Uuid::nil(), at);
        record.values.set("code", Value::Text(code.to_owned()));
        record
    }

    fn holder(known: &Known, code: &str, except: u128) -> Found<Uuid> {
        known.holder(&UNIT, "code", None, code, Uuid::from_u128(except))
    }

    #[test]
    fn what_is_not_known_is_noted_and_not_guessed() {
        let mut known = Known::default();
        assert_eq!(known.record(&UNIT, Uuid::from_u128(1)), Found::CannotTell);
        assert_eq!(holder(&known, "kg", 1), Found::CannotTell);
        let lacking = known.take_lacking();
        assert_eq!(lacking.records["unit"].1, HashSet::from([Uuid::from_u128(1)]));
        assert_eq!(lacking.holders.len(), 1);
        assert!(known.take_lacking().is_empty());
    }

    #[test]
    fn a_value_that_its_holder_gave_up_is_free_for_the_next_op() {
        let mut known = Known::default();
        known.learn_record(("unit", Uuid::from_u128(1)), Some(unit(1, "KG")));
        known.learn_holder(("unit", "code", None, "kg".to_owned()), Some(Uuid::from_u128(1)));
        assert_eq!(holder(&known, "kg", 2), Found::Yes(Uuid::from_u128(1)));
        assert_eq!(holder(&known, "kg", 1), Found::No);
        known.put(Arc::new(unit(1, "KILO")));
        assert_eq!(holder(&known, "kg", 2), Found::No);
        assert_eq!(holder(&known, "kilo", 2), Found::Yes(Uuid::from_u128(1)));
    }

    #[test]
    fn peers_are_those_of_the_store_with_what_was_judged_since() {
        let group = Uuid::from_u128(9);
        let child = |id: u128, parent: Option<Uuid>| {
            let at = DateTime::<Utc>::MIN_UTC;
            let mut record = Record::new(&ACCOUNT, Uuid::from_u128(id), Uuid::nil(), at);
            record.values.set("parent", parent.map_or(Value::Null, Value::Id));
            record
        };
        let peers = |known: &Known| match known.peers(&ACCOUNT, "parent", &Value::Id(group)) {
            Found::Yes(found) => found.iter().map(|r| r.id().as_u128()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let key = || ("account", "parent", group.to_string());
        let mut known = Known::default();
        let asked = known.peers(&ACCOUNT, "parent", &Value::Id(group));
        assert_eq!(asked, Found::CannotTell);
        assert_eq!(known.take_lacking().peers, HashSet::from([key()]));
        // One came and one went since the store was read.
        known.put(Arc::new(child(1, Some(group))));
        known.put(Arc::new(child(2, None)));
        known.learn_record(("account", Uuid::from_u128(3)), Some(child(3, Some(group))));
        known.learn_peers(key(), vec![Uuid::from_u128(2), Uuid::from_u128(3)]);
        assert_eq!(peers(&known), [1, 3]);
        known.put(Arc::new(child(3, None)));
        known.put(Arc::new(child(4, Some(group))));
        assert_eq!(peers(&known), [1, 4]);
    }

    #[test]
    fn an_op_counts_as_done_once_the_op_that_mends_it_is() {
        let (refused, again, good) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let waiting = Receipt::Waiting { needs: Uuid::nil(), attention: Uuid::nil() };
        let mut known = Known::default();
        known.learn_receipt(refused, None, waiting.clone());
        known.learn_receipt(again, Some(refused), waiting.clone());
        assert_eq!(known.receipt(refused), Some(waiting));
        known.learn_receipt(good, Some(again), Receipt::Applied { version: 1 });
        assert_eq!(known.receipt(refused), Some(Receipt::Applied { version: 1 }));
    }
}
