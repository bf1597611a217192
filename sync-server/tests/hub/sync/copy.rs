//! A device's copy of what its person may see, as frames leave it.

use std::collections::BTreeMap;

use domain::permissions::RowFacts;
use domain::record::{Record, Value, row_facts};
use domain::synced;
use sync_protocol::message::{Bucket, Frame};
use sync_protocol::row::Schema;
use uuid::Uuid;

/// What a device holds of the hub's rows.
#[derive(Clone, Debug, Default)]
pub struct Copy {
    rows: BTreeMap<(String, Uuid), Record>,
    /// What the rows of each bucket hold in their ownership columns.
    buckets: BTreeMap<Bucket, RowFacts>,
}

impl std::ops::Deref for Copy {
    type Target = BTreeMap<(String, Uuid), Record>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl PartialEq for Copy {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

/// Applies frames to a copy.
pub fn apply(copy: &mut Copy, frames: &[Frame]) {
    let mut schemas: BTreeMap<u16, Schema> = BTreeMap::new();
    for frame in frames {
        match frame {
            Frame::Schema { index, schema } => {
                schemas.insert(*index, schema.clone());
            }
            Frame::Put { entity, bucket, row } => {
                let schema = &schemas[entity];
                let declared = synced::find(&schema.entity).unwrap();
                let record = row.clone().into_record(declared, schema).unwrap();
                let known = copy.buckets.insert(*bucket, row_facts(&record));
                assert!(known.is_none_or(|known| known == row_facts(&record)), "{bucket}");
                copy.rows.insert((schema.entity.clone(), record.id()), record);
            }
            Frame::Leave { entity, id } => {
                copy.rows.remove(&(schemas[entity].entity.clone(), *id));
            }
            Frame::Drop { entity, bucket } => {
                let (name, Copy { rows, buckets }) = (&schemas[entity].entity, &mut *copy);
                let gone = bucket.map(|bucket| buckets.get(&bucket));
                rows.retain(|(entity, _), record| {
                    let inside = gone.is_none_or(|gone| gone == Some(&row_facts(record)));
                    entity != name || !inside
                });
            }
            Frame::Redact { fields } => fields.iter().for_each(|field| empty(copy, field)),
            Frame::Page { .. } | Frame::Checkpoint { .. } | Frame::SnapshotEnd { .. } => {}
        }
    }
}

/// Empties a field named `customer.credit_limit` or `customer_contact.phone`.
fn empty(copy: &mut Copy, field: &str) {
    let (table, field) = field.split_once('.').unwrap();
    let declared = synced::table(table).unwrap();
    let place = declared.place(field).unwrap();
    for record in copy.rows.values_mut() {
        if record.entity().name == table {
            record.values.put(&place, Value::Null);
        } else if declared.parent == Some(record.entity().name) {
            let rows = record.collection(table).into_iter().cloned().collect::<Vec<_>>();
            for mut row in rows {
                row.values.put(&place, Value::Null);
                record.put_child(row);
            }
        }
    }
}
