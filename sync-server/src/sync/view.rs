//! What a person saw under one version of the rights, as it is kept, and what leads a copy from there to what they
//! see now: rows to drop, fields to empty, rows to send.

use std::collections::{BTreeMap, BTreeSet};

use domain::permissions::{RowFacts, RowFilter};
use domain::record::EntityDef;
use domain::synced;
use serde::{Deserialize, Serialize};
use sync_protocol::message::Bucket;
use sync_protocol::projection::Projection;
use sync_protocol::wire::{self, WireError};

use super::sight::Sight;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View(BTreeMap<String, (RowFilter, Projection)>);

impl View {
    pub fn of(sight: &Sight) -> Self {
        let seen = sight.entities().iter().map(|seen| {
            (seen.entity.name.to_owned(), (seen.rows.clone(), seen.projection.clone()))
        });
        Self(seen.collect())
    }

    /// # Errors
    /// See [`WireError`].
    pub fn write(&self) -> Result<Vec<u8>, WireError> {
        wire::encode(self)
    }

    /// What another version of this program noted may not be readable: the person is then filled anew.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        wire::decode(bytes).ok()
    }
}

/// What has to be done to a copy that was made under an earlier view.
#[derive(Debug, Default)]
pub struct Change {
    /// Rows of an entity that go: those of a bucket, or all.
    pub drops: Vec<(&'static EntityDef, Option<Bucket>)>,
    /// Fields that are emptied, as `customer.credit_limit`.
    pub emptied: Vec<String>,
    /// The buckets of which rows have to be sent, whenever they last changed, by entity.
    pub sends: BTreeMap<&'static str, BTreeSet<Bucket>>,
}

impl Change {
    /// From `before` to what `sight` shows, in a database with these buckets.
    pub fn between(before: &View, sight: &Sight, buckets: &[(Bucket, RowFacts)]) -> Self {
        let mut change = Self::default();
        for entity in synced::all() {
            let old = before.0.get(entity.name);
            match (old, sight.find(entity.name)) {
                (Some(_), None) => change.drops.push((entity, None)),
                (None, Some(seen)) => change.send(entity.name, buckets, |facts| seen.admits(facts)),
                (Some((rows, projection)), Some(seen)) => {
                    let (emptied, more) = seen.projection.after(projection);
                    change.emptied.extend(emptied);
                    change.send(entity.name, buckets, |facts| {
                        seen.admits(facts) && (more || !rows.admits(facts))
                    });
                    let gone = |(_, facts): &&(Bucket, RowFacts)| {
                        rows.admits(facts) && !seen.admits(facts)
                    };
                    let gone = buckets.iter().filter(gone);
                    change.drops.extend(gone.map(|(bucket, _)| (entity, Some(*bucket))));
                }
                (None, None) => {}
            }
        }
        change
    }

    fn send(
        &mut self,
        entity: &'static str,
        buckets: &[(Bucket, RowFacts)],
        wanted: impl Fn(&RowFacts) -> bool,
    ) {
        let wanted: BTreeSet<Bucket> =
            buckets.iter().filter(|(_, facts)| wanted(facts)).map(|(bucket, _)| *bucket).collect();
        if !wanted.is_empty() {
            self.sends.entry(entity).or_default().extend(wanted);
        }
    }

    /// The entities of which this changes rows.
    pub fn entities(&self) -> impl Iterator<Item = &str> {
        let emptied = self.emptied.iter().filter_map(|field| Some(field.split_once('.')?.0));
        let masters = emptied.filter_map(|table| {
            let table = synced::table(table)?;
            Some(table.parent.unwrap_or(table.name))
        });
        let dropped = self.drops.iter().map(|(entity, _)| entity.name);
        dropped.chain(self.sends.keys().copied()).chain(masters)
    }
}
