//! By how much the kept digests move with the records that a transaction writes. Whoever writes synced records
//! stores this with them, after them.

use std::collections::BTreeMap;

use domain::record::{Record, row_facts};
use sync_protocol::digest::FieldDigests;

use crate::store::tenant::sync::bucket;
use crate::store::tenant::sync::digest::{self, Sum};
use crate::store::{Connection, StoreError};

/// Differences of digests, by entity and the key of a bucket.
#[derive(Default)]
pub struct Differences(BTreeMap<(&'static str, String), Sum>);

impl Differences {
    /// Adds the step of one record (`before` is `None` if it is new).
    pub fn note(&mut self, before: Option<&Record>, after: &Record) {
        let place = |record: &Record| (after.entity().name, bucket::key(&row_facts(record)));
        let new = place(after);
        match before {
            Some(before) if place(before) == new => {
                self.0.entry(new).or_default().fields.change(before, after);
            }
            _ => {
                if let Some(before) = before {
                    let sum = self.0.entry(place(before)).or_default();
                    sum.rows -= 1;
                    sum.fields.subtract(&FieldDigests::of(before));
                }
                let sum = self.0.entry(new).or_default();
                sum.rows += 1;
                sum.fields.add(&FieldDigests::of(after));
            }
        }
    }

    /// Stores them, in the transaction that wrote the records.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn store(self, connection: &mut Connection) -> Result<(), StoreError> {
        match self.0.is_empty() {
            true => Ok(()),
            false => digest::add(connection, &self.0).await,
        }
    }
}
