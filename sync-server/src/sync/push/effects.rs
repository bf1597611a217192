//! What the ops of a group change, record by record: only the first state and the last are written, however
//! many ops came between, and the digests move by the difference of the two.

use std::collections::{BTreeMap, HashMap};

use domain::record::{Record, scope_of};
use domain::synced;
use sync_protocol::judge::Effect;
use uuid::Uuid;

use crate::store::tenant::record::{Written, write};
use crate::store::tenant::sync::commit;
use crate::store::tenant::sync::digest::{self, Sum};
use crate::store::{Connection, StoreError};
use crate::sync::known::Known;

/// A record before the group (`None` if it is new) and after the ops judged so far.
struct Touched {
    before: Option<Record>,
    after: Record,
}

#[derive(Default)]
pub struct Effects {
    touched: HashMap<&'static str, BTreeMap<Uuid, Touched>>,
}

impl Effects {
    /// Takes over what a judgement changes, here and in what the judge looks at.
    pub fn take(&mut self, effects: &[Effect], known: &mut Known) {
        for effect in effects {
            let Effect::Put { before, after } = effect else { continue };
            let records = self.touched.entry(after.entity().name).or_default();
            match records.get_mut(&after.id()) {
                Some(touched) => touched.after = (**after).clone(),
                None => {
                    let before = before.as_deref().cloned();
                    records.insert(after.id(), Touched { before, after: (**after).clone() });
                }
            }
            known.put((**after).clone());
        }
    }

    /// How many records are changed.
    pub fn rows(&self) -> usize {
        self.touched.values().map(BTreeMap::len).sum()
    }

    /// Writes every record and the differences of the digests.
    ///
    /// # Errors
    /// See [`StoreError`]; a constraint of a table is one.
    pub async fn write(&self, connection: &mut Connection) -> Result<(), StoreError> {
        if self.touched.is_empty() {
            return Ok(());
        }
        let mut differences: BTreeMap<(String, &'static str), Sum> = BTreeMap::new();
        // The order of the declarations and of ids: the same for every writer.
        for entity in synced::all() {
            let Some(records) = self.touched.get(entity.name) else { continue };
            let written: Vec<Written> = records
                .values()
                .map(|Touched { before, after }| Written { before: before.as_ref(), after })
                .collect();
            write(connection, entity, &written).await?;
            for touched in records.values() {
                touched.add_to(&mut differences);
            }
        }
        let change = commit::change_id(connection).await?;
        let differences: Vec<_> =
            differences.into_iter().map(|((scope, entity), sum)| (scope, entity, sum)).collect();
        digest::add(connection, change, &differences).await
    }
}

impl Touched {
    fn add_to(&self, differences: &mut BTreeMap<(String, &'static str), Sum>) {
        let entity = self.after.entity().name;
        let place = |record: &Record| Some((scope_of(record)?.to_string(), entity));
        let (old, new) = (self.before.as_ref().and_then(place), place(&self.after));
        if let (Some(before), true) = (&self.before, old == new) {
            if let Some(place) = new {
                differences.entry(place).or_default().fields.change(before, &self.after);
            }
            return;
        }
        if let (Some(before), Some(place)) = (&self.before, old) {
            let sum = differences.entry(place).or_default();
            sum.rows -= 1;
            sum.fields.subtract(&sync_protocol::digest::FieldDigests::of(before));
        }
        if let Some(place) = new {
            let sum = differences.entry(place).or_default();
            sum.rows += 1;
            sum.fields.add(&sync_protocol::digest::FieldDigests::of(&self.after));
        }
    }
}
