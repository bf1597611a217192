//! What the rules see while several records change in one step: the changed ones over the hub's own. It changes
//! nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::record::{
    EntityDef, Found, Lookup, OwnFields, Problem, Record, Value, fold_code, fold_entry, validate,
    validate_relations,
};
use uuid::Uuid;

type Key = (&'static str, Uuid);

/// Records as they stand and as they are to be.
pub(super) struct Staged<'v> {
    view: &'v dyn Lookup,
    changed: BTreeMap<Key, (Record, Record)>,
    /// The one whose rules are asked: of itself it sees what stands, as with every other change.
    asking: Option<Key>,
}

fn key(record: &Record) -> Key {
    (record.entity().name, record.id())
}

impl<'v> Staged<'v> {
    pub fn over(view: &'v dyn Lookup) -> Self {
        Self { view, changed: BTreeMap::new(), asking: None }
    }

    /// Adds a record unless nothing of it changes.
    pub fn add(&mut self, before: Record, after: Record) {
        if before != after {
            self.changed.insert(key(&before), (before, after));
        }
    }

    /// The rules that changed records break and that they kept before; retired ones have no rules to keep.
    pub fn broken(&mut self) -> Vec<(Record, Vec<Problem>)> {
        let keys: Vec<Key> = self.changed.keys().copied().collect();
        let mut broken = Vec::new();
        for key in keys {
            let Some((before, after)) = self.changed.get(&key).cloned() else { continue };
            if after.is_retired() {
                continue;
            }
            self.asking = Some(key);
            let mut problems = validate(&after).0;
            problems.extend(validate_relations(&after, self).0);
            self.asking = None;
            if !problems.is_empty() {
                let mut stood = validate(&before).0;
                stood.extend(validate_relations(&before, self.view).0);
                problems.retain(|problem| !stood.contains(problem));
            }
            if !problems.is_empty() {
                broken.push((before, problems));
            }
        }
        broken
    }

    /// The records before and after, in order.
    pub fn into_changed(self) -> impl Iterator<Item = (Record, Record)> {
        self.changed.into_values()
    }

    /// Those of an entity as they are to be.
    fn of(&self, entity: &EntityDef) -> impl Iterator<Item = &Record> {
        let name = entity.name;
        self.changed.values().map(|(_, after)| after).filter(move |r| r.entity().name == name)
    }
}

impl Lookup for Staged<'_> {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        match self.changed.get(&(entity.name, id)) {
            Some((_, after)) if self.asking != Some((entity.name, id)) => {
                Found::Yes(Cow::Borrowed(after))
            }
            _ => self.view.record(entity, id),
        }
    }

    fn user(&self, id: Uuid) -> Found<()> {
        self.view.user(id)
    }

    fn has_given_numbers(&self, series: Uuid) -> Found<()> {
        self.view.has_given_numbers(series)
    }

    fn own_fields(&self) -> Cow<'_, OwnFields> {
        self.view.own_fields()
    }

    fn holder(
        &self,
        entity: &'static EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Found<Uuid> {
        let within =
            |record: &Record| company.is_none() || record.get("company_id").id() == company;
        let mut changed = self.of(entity).filter(|record| record.id() != except);
        if let Some(holder) = changed.find(|r| within(r) && holds(r.get(field), folded)) {
            return Found::Yes(holder.id());
        }
        match self.view.holder(entity, field, company, folded, except) {
            // It gave the value up, or it would have been found above.
            Found::Yes(id) if self.changed.contains_key(&(entity.name, id)) => Found::No,
            found => found,
        }
    }

    fn peers(
        &self,
        entity: &'static EntityDef,
        field: &'static str,
        value: &Value,
    ) -> Found<Vec<Cow<'_, Record>>> {
        match self.view.peers(entity, field, value) {
            Found::Yes(mut peers) => {
                peers.retain(|peer| !self.changed.contains_key(&key(peer)));
                let own = self.of(entity).filter(|record| record.get(field) == value);
                peers.extend(own.map(Cow::Borrowed));
                peers.sort_by_key(|peer| peer.id());
                Found::Yes(peers)
            }
            other => other,
        }
    }
}

/// Whether a unique value is the one that was asked for.
fn holds(value: &Value, folded: &str) -> bool {
    match value {
        Value::Text(text) => fold_code(text) == folded,
        Value::Map(entries) => entries.iter().any(|(key, text)| fold_entry(key, text) == folded),
        _ => false,
    }
}
