//! By how much the kept digests move with the records that a transaction writes. Whoever writes synced records
//! stores this with them.

use std::collections::BTreeMap;

use domain::record::{Record, scope_of};
use sync_protocol::digest::FieldDigests;

use crate::store::tenant::sync::commit;
use crate::store::tenant::sync::digest::{self, Sum};
use crate::store::{Connection, StoreError};

/// Differences of digests, by scope and entity.
#[derive(Default)]
pub struct Differences(BTreeMap<(String, &'static str), Sum>);

impl Differences {
    /// Adds the step of one record (`before` is `None` if it is new).
    pub fn note(&mut self, before: Option<&Record>, after: &Record) {
        let entity = after.entity().name;
        let place = |record: &Record| Some((scope_of(record)?.to_string(), entity));
        let (old, new) = (before.and_then(place), place(after));
        if let (Some(before), true) = (before, old == new) {
            if let Some(place) = new {
                self.0.entry(place).or_default().fields.change(before, after);
            }
            return;
        }
        if let (Some(before), Some(place)) = (before, old) {
            let sum = self.0.entry(place).or_default();
            sum.rows -= 1;
            sum.fields.subtract(&FieldDigests::of(before));
        }
        if let Some(place) = new {
            let sum = self.0.entry(place).or_default();
            sum.rows += 1;
            sum.fields.add(&FieldDigests::of(after));
        }
    }

    /// Stores them, in the transaction that wrote the records.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn store(self, connection: &mut Connection) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let change = commit::change_id(connection).await?;
        let differences: Vec<_> =
            self.0.into_iter().map(|((scope, entity), sum)| (scope, entity, sum)).collect();
        digest::add(connection, change, &differences).await
    }
}
