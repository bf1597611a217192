//! What rules ask of other records while a file is judged: the records that the file itself makes lie over
//! those that are held.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};

use domain::record::{
    EntityDef, Found, Lookup, OwnFields, Record, Unique, Value, fold_code, fold_entry,
};
use local_store::HeldLookup;
use uuid::Uuid;

/// The records of a file as they will be, the values of theirs that must stand once, and who shares a value that
/// rules ask after.
#[derive(Default)]
pub struct Made {
    records: HashMap<Uuid, Record>,
    peers: HashMap<(&'static str, Uuid), Vec<Uuid>>,
    unique: HashMap<(&'static str, Option<Uuid>, String), Uuid>,
}

impl Made {
    pub fn put(&mut self, record: Record) {
        for (field, value) in record.values.iter() {
            let company = match field.unique {
                Unique::Tenant => None,
                Unique::Company => record.get("company_id").id(),
                Unique::Entries => {
                    let Value::Map(entries) = value else { continue };
                    for (key, text) in entries {
                        let folded = fold_entry(key, text);
                        self.unique.insert((field.name, None, folded), record.id());
                    }
                    continue;
                }
                Unique::No => continue,
            };
            if let Some(text) = value.text() {
                self.unique.insert((field.name, company, fold_code(text)), record.id());
            }
        }
        for field in record.entity().peers.iter().copied() {
            if let Some(shared) = record.get(field).id() {
                self.peers.entry((field, shared)).or_default().push(record.id());
            }
        }
        self.records.insert(record.id(), record);
    }

    /// Those with this value; few fields of peers hold anything but ids.
    fn peers(&self, field: &'static str, value: &Value) -> Vec<&Record> {
        let same = |record: &&Record| record.get(field) == value;
        match value.id() {
            Some(shared) => {
                let ids = self.peers.get(&(field, shared)).map_or(&[][..], Vec::as_slice);
                // A record that was judged anew may stand there twice.
                let once: BTreeSet<&Uuid> = ids.iter().collect();
                once.into_iter().filter_map(|id| self.records.get(id)).filter(same).collect()
            }
            None => self.records.values().filter(same).collect(),
        }
    }

    /// A record is judged anew: the rules must find it as it is held. Its own values never clash with it.
    pub fn take(&mut self, id: Uuid) {
        self.records.remove(&id);
    }

    pub fn has(&self, id: Uuid) -> bool {
        self.records.contains_key(&id)
    }
}

pub struct FileLookup<'a> {
    pub entity: &'static EntityDef,
    pub made: &'a Made,
    pub held: &'a HeldLookup<'a>,
    /// Read once: each record asks for them.
    pub own: &'a OnceCell<OwnFields>,
    /// Records that others refer to, likewise; never for longer than the state that `held` reads.
    pub known: &'a Known,
}

/// Records of other entities that were read.
pub type Known = RefCell<HashMap<(&'static str, Uuid), Found<Record>>>;

impl FileLookup<'_> {
    fn is_ours(&self, entity: &EntityDef) -> bool {
        entity.name == self.entity.name
    }
}

impl Lookup for FileLookup<'_> {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        match self.made.records.get(&id).filter(|_| self.is_ours(entity)) {
            Some(record) => Found::Yes(Cow::Borrowed(record)),
            None if self.is_ours(entity) => self.held.record(entity, id),
            None => {
                let mut known = self.known.borrow_mut();
                let found = known.entry((entity.name, id)).or_insert_with(|| {
                    match self.held.record(entity, id) {
                        Found::Yes(record) => Found::Yes(record.into_owned()),
                        Found::No => Found::No,
                        Found::CannotTell => Found::CannotTell,
                    }
                });
                match found {
                    Found::Yes(record) => Found::Yes(Cow::Owned(record.clone())),
                    Found::No => Found::No,
                    Found::CannotTell => Found::CannotTell,
                }
            }
        }
    }

    fn user(&self, id: Uuid) -> Found<()> {
        self.held.user(id)
    }

    fn own_fields(&self) -> Cow<'_, OwnFields> {
        Cow::Borrowed(self.own.get_or_init(|| self.held.own_fields().into_owned()))
    }

    fn holder(
        &self,
        entity: &'static EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Found<Uuid> {
        if self.is_ours(entity)
            && let Some(field) = entity.field(field)
            && let Some(holder) = self.made.unique.get(&(field.name, company, folded.to_owned()))
            && *holder != except
        {
            return Found::Yes(*holder);
        }
        self.held.holder(entity, field, company, folded, except)
    }

    fn peers(
        &self,
        entity: &'static EntityDef,
        field: &'static str,
        value: &Value,
    ) -> Found<Vec<Cow<'_, Record>>> {
        let mut held = self.held.peers(entity, field, value);
        if let (Found::Yes(peers), true) = (&mut held, self.is_ours(entity)) {
            peers.retain(|peer| !self.made.has(peer.id()));
            peers.extend(self.made.peers(field, value).into_iter().map(Cow::Borrowed));
        }
        held
    }
}
