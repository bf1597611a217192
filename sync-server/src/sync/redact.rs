//! Bringing a person's items of Attention in line with what they may see by now. What an item loses here stays
//! on the hub: the op that it is about is stored with its payload.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::attention::ATTENTION;
use domain::permissions::{OwnershipColumn, RowFilter};
use domain::record::Record;
use sync_protocol::redaction;
use uuid::Uuid;

use super::difference::Differences;
use super::sight::{Seen, Sight};
use crate::audit::{self, Actor, Entry, Outcome};
use crate::store::tenant::record::{self, Hold, Written, write};
use crate::store::tenant::sync::commit;
use crate::store::{self, Connection, StoreError};

/// Items looked at together.
const PAGE: i64 = 500;

/// Takes out of the person's items whatever `sight` does not show (see [`redaction::left_of`]). Answers whether
/// anything was changed. Can be repeated.
///
/// # Errors
/// See [`StoreError`].
pub async fn redact(
    connection: &mut Connection,
    sight: &Sight,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let own = RowFilter::OneOf(OwnershipColumn::Owner, [sight.grants().user_id].into());
    let (mut after, mut changed) = (None, false);
    loop {
        let items = record::page(connection, &ATTENTION, &own, after, PAGE).await?;
        let Some(last) = items.last() else { return Ok(changed) };
        after = Some(last.id());
        let seen = Shown::load(connection, sight, &items).await?;
        let due = items.iter().filter(|item| seen.left_of(item).is_some());
        let due: Vec<Uuid> = due.map(Record::id).collect();
        if !due.is_empty() {
            change(connection, &seen, &due, now).await?;
            changed = true;
        }
    }
}

/// Writes what is left of these items: rows, digests and audit in one transaction.
async fn change(
    connection: &mut Connection,
    shown: &Shown<'_>,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = store::begin(connection).await?;
    commit::declare_judged(&mut tx).await?;
    // As they stand now: the person may have decided one meanwhile.
    let items = record::by_ids(&mut tx, &ATTENTION, ids, Hold::ForChange).await?;
    let left: Vec<(&Record, Record)> = items
        .iter()
        .filter_map(|item| {
            let mut left = shown.left_of(item)?;
            left.head.version += 1;
            left.head.updated_at = now;
            Some((item, left))
        })
        .collect();
    let written: Vec<Written> =
        left.iter().map(|(before, after)| Written { before: Some(before), after }).collect();
    write(&mut tx, &ATTENTION, &written).await?;
    let (mut differences, mut entries) = (Differences::default(), Vec::new());
    for (before, after) in &left {
        differences.note(Some(before), after);
        let entry = Entry::new(Actor::default(), "attention.redact", Outcome::Done);
        let mut entry = entry.about(ATTENTION.name, after.id());
        entry.op_id = after.get("op_id").id();
        entries.push(entry);
    }
    differences.store(&mut tx).await?;
    audit::append(&mut tx, entries, now).await?;
    commit::settle(&mut tx).await?;
    store::commit(tx).await
}

/// What the person sees of the records that some items are about.
struct Shown<'a> {
    sight: &'a Sight,
    records: HashSet<(&'static str, Uuid)>,
    /// Those that there are, seen or not.
    stands: HashSet<Uuid>,
}

impl<'a> Shown<'a> {
    async fn load(
        connection: &mut Connection,
        sight: &'a Sight,
        items: &[Record],
    ) -> Result<Self, StoreError> {
        let mut wanted: HashMap<&'static str, (&'a Seen, Vec<Uuid>)> = HashMap::new();
        for item in items {
            if let (Some(seen), Some(id)) = (entity_of(sight, item), item.get("row_id").id()) {
                wanted.entry(seen.entity.name).or_insert((seen, Vec::new())).1.push(id);
            }
        }
        let (mut records, mut stands) = (HashSet::new(), HashSet::new());
        for (name, (seen, ids)) in wanted {
            let held = record::by_ids(connection, seen.entity, &ids, Hold::No).await?;
            stands.extend(held.iter().map(Record::id));
            let visible = held.iter().filter(|record| seen.shows(record));
            records.extend(visible.map(|record| (name, record.id())));
        }
        Ok(Self { sight, records, stands })
    }

    /// The item without what the person may not see; nothing where that takes nothing away.
    fn left_of(&self, item: &Record) -> Option<Record> {
        let seen = entity_of(self.sight, item);
        let row = item.get("row_id").id();
        let shown = |(seen, row): (&Seen, Uuid)| {
            let meant = || redaction::meant(item).is_some_and(|record| seen.shows(&record));
            match self.stands.contains(&row) {
                true => self.records.contains(&(seen.entity.name, row)),
                // Only what waits for a review is about a record that was never made.
                false => meant(),
            }
        };
        let visible = seen.zip(row).is_some_and(shown);
        redaction::left_of(item, seen.map(|seen| (seen.entity, &seen.projection)), visible)
    }
}

fn entity_of<'a>(sight: &'a Sight, item: &Record) -> Option<&'a Seen> {
    sight.find(item.get("entity").text()?)
}
