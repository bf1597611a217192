//! Table `unique_entry`: the entries of maps of which each stands once in the tenant, for one rule, one look-up
//! and the database's own guard against two writers at one time.

use domain::record::{EntityDef, FieldDef, Record, Unique, Value, fold_entry};
use uuid::Uuid;

use super::{Holder, Written};
use crate::store::{Connection, StoreError};

/// The entries that a record holds, folded, each with its field.
pub fn entries(record: &Record) -> impl Iterator<Item = (&'static FieldDef, String)> + '_ {
    let fields = record.values.iter().filter(|(field, _)| field.unique == Unique::Entries);
    fields.flat_map(|(field, value)| {
        let map = match value {
            Value::Map(map) => Some(map),
            _ => None,
        };
        map.into_iter().flatten().map(move |(key, text)| (field, fold_entry(key, text)))
    })
}

/// The records that hold these entries.
pub(super) async fn holders(
    connection: &mut Connection,
    entity: &EntityDef,
    field: &FieldDef,
    folded: &[&str],
) -> Result<Vec<Holder>, StoreError> {
    let found = sqlx::query_as(
        "SELECT row_id AS id, NULL::uuid AS company, folded FROM unique_entry
         WHERE entity = $1 AND field = $2 AND folded = ANY ($3)",
    );
    Ok(found.bind(entity.name).bind(field.name).bind(folded).fetch_all(connection).await?)
}

/// Writes the entries of records: all that are given up first, then all that are taken.
pub(super) async fn write(
    connection: &mut Connection,
    entity: &EntityDef,
    written: &[Written<'_>],
) -> Result<(), StoreError> {
    let (mut gone, mut new) = (Entries::default(), Entries::default());
    for write in written {
        let before: Vec<_> = write.before.into_iter().flat_map(entries).collect();
        let after: Vec<_> = entries(write.after).collect();
        let has = |list: &[(&FieldDef, String)], wanted: &(&FieldDef, String)| {
            list.iter().any(|(field, folded)| field.name == wanted.0.name && *folded == wanted.1)
        };
        gone.add(write.after.id(), before.iter().filter(|entry| !has(&after, entry)));
        new.add(write.after.id(), after.iter().filter(|entry| !has(&before, entry)));
    }
    if !gone.rows.is_empty() {
        let delete = sqlx::query(
            "DELETE FROM unique_entry WHERE entity = $1 AND (field, folded, row_id) IN
             (SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[]))",
        );
        let delete = delete.bind(entity.name).bind(gone.fields).bind(gone.folded).bind(gone.rows);
        delete.execute(&mut *connection).await?;
    }
    if !new.rows.is_empty() {
        let insert = sqlx::query(
            "INSERT INTO unique_entry (entity, field, folded, row_id)
             SELECT $1, * FROM unnest($2::text[], $3::text[], $4::uuid[])",
        );
        let insert = insert.bind(entity.name).bind(new.fields).bind(new.folded).bind(new.rows);
        insert.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Entries as columns.
#[derive(Default)]
struct Entries {
    fields: Vec<&'static str>,
    folded: Vec<String>,
    rows: Vec<Uuid>,
}

impl Entries {
    fn add<'a>(
        &mut self,
        row: Uuid,
        entries: impl Iterator<Item = &'a (&'static FieldDef, String)>,
    ) {
        for (field, folded) in entries {
            self.fields.push(field.name);
            self.folded.push(folded.clone());
            self.rows.push(row);
        }
    }
}
