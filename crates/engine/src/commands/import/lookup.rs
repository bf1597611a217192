//! What rules ask of other records while a file is judged: the records that the file itself makes lie over
//! those that are held.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use domain::record::{EntityDef, Found, Lookup, OwnFields, Record, Unique, Value, fold_code};
use local_store::HeldLookup;
use uuid::Uuid;

/// The records of a file as they will be, and the values of theirs that must stand once.
#[derive(Default)]
pub struct Made {
    records: HashMap<Uuid, Record>,
    unique: HashMap<(&'static str, Option<Uuid>, String), Uuid>,
}

impl Made {
    pub fn put(&mut self, record: Record) {
        for (field, value) in record.values.iter() {
            let company = match field.unique {
                Unique::Tenant => None,
                Unique::Company => record.get("company_id").id(),
                Unique::No | Unique::Entries => continue,
            };
            if let Some(text) = value.text() {
                self.unique.insert((field.name, company, fold_code(text)), record.id());
            }
        }
        self.records.insert(record.id(), record);
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
}

impl FileLookup<'_> {
    fn is_ours(&self, entity: &EntityDef) -> bool {
        entity.name == self.entity.name
    }
}

impl Lookup for FileLookup<'_> {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        match self.made.records.get(&id).filter(|_| self.is_ours(entity)) {
            Some(record) => Found::Yes(Cow::Borrowed(record)),
            None => self.held.record(entity, id),
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
        let held = self.held.peers(entity, field, value);
        let (Found::Yes(mut peers), true) = (held, self.is_ours(entity)) else {
            return self.held.peers(entity, field, value);
        };
        peers.retain(|peer| !self.made.has(peer.id()));
        let ours = self.made.records.values().filter(|record| record.get(field) == value);
        peers.extend(ours.map(Cow::Borrowed));
        Found::Yes(peers)
    }
}
