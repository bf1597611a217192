//! What rows of a newer hub hold that this program does not declare: kept beside the hub's image of the row, counted in
//! its digest, and given to the row by the program that declares it. Also notices that another program opened the file.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sync_protocol::digest::{self, Digest};
use sync_protocol::row::{Schema, Unknown};
use sync_protocol::wire;
use uuid::Uuid;

use crate::apply::hub_digest;
use crate::error::Result;
use crate::kept;
use crate::layout::{self, Db, Layout, Numbers};
use crate::records::overlay::{self, Base};
use crate::records::row;
use crate::view::{doubtful, set_doubtful};

/// The layouts of the program that last opened the file, as CBOR.
const DECLARED: &str = "store.declared";

/// What is kept of a row; nothing for almost all.
pub(crate) fn of(db: Db, entity: i64, id: Uuid) -> Result<Unknown> {
    let mut query = db
        .connection
        .prepare_cached("SELECT content FROM unknown WHERE entity = ?1 AND row_id = ?2")?;
    let content = query.query_row(params![entity, id.as_bytes()], |row| row.get::<_, Vec<u8>>(0));
    Ok(content.optional()?.map(|bytes| wire::decode(&bytes)).transpose()?.unwrap_or_default())
}

/// Keeps it in place of what was kept before.
pub(crate) fn set(db: Db, entity: i64, id: Uuid, unknown: &Unknown) -> Result<()> {
    if unknown.is_empty() {
        return forget(db, entity, id);
    }
    let sql = "INSERT OR REPLACE INTO unknown (entity, row_id, content) VALUES (?1, ?2, ?3)";
    let content = wire::encode(unknown)?;
    db.connection.prepare_cached(sql)?.execute(params![entity, id.as_bytes(), content])?;
    Ok(())
}

pub(crate) fn forget(db: Db, entity: i64, id: Uuid) -> Result<()> {
    let sql = "DELETE FROM unknown WHERE entity = ?1 AND row_id = ?2";
    db.connection.prepare_cached(sql)?.execute(params![entity, id.as_bytes()])?;
    Ok(())
}

/// The digest of the hub's image as it was sent, whatever of it this program knows.
pub(crate) fn image_digest(db: Db, entity: i64, image: &domain::record::Record) -> Result<Digest> {
    let unknown = of(db, entity, image.id())?;
    Ok(hub_digest(image).plus(digest::of_unknown(image.id(), &unknown)))
}

/// Takes a field that this program does not declare out of every row of the entity or of its rows. Answers the records
/// that had it.
pub(crate) fn redact(
    db: Db,
    entity: i64,
    record: &str,
    of: &str,
    field: &str,
) -> Result<Vec<Uuid>> {
    let mut emptied = Vec::new();
    for (id, mut unknown) in all_of(db, entity)? {
        let before = unknown.clone();
        unknown.forget(record, of, field);
        if unknown != before {
            set(db, entity, id, &unknown)?;
            emptied.push(id);
        }
    }
    Ok(emptied)
}

fn all_of(db: Db, entity: i64) -> Result<Vec<(Uuid, Unknown)>> {
    let mut query =
        db.connection.prepare("SELECT row_id, content FROM unknown WHERE entity = ?1")?;
    let mut rows = query.query([entity])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let unknown = wire::decode(row.get_ref(1)?.as_blob().unwrap_or_default())?;
        all.push((Uuid::from_bytes(row.get(0)?), unknown));
    }
    Ok(all)
}

/// Where a program with other declarations had the file before: rows get what was kept for this one, and whatever is
/// laid out otherwise now is held against the hub's sums at the next round, so that what that program did not have is
/// fetched, and nothing else.
pub(crate) fn settle(connection: &mut Connection, numbers: &Numbers) -> Result<()> {
    let ours: Vec<Schema> = layout::all().iter().map(|layout| Schema::of(layout.entity)).collect();
    let bytes = wire::encode(&ours)?;
    let before = kept::get(connection, DECLARED)?;
    if before.as_ref() == Some(&bytes) {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(before) = before {
        let db = Db { connection: &change, numbers };
        let before: Vec<Schema> = wire::decode(&before)?;
        let mut doubts = doubtful(db)?;
        for (layout, schema) in layout::all().iter().zip(ours) {
            if !before.contains(&schema) {
                settle_rows(db, layout)?;
                doubts.insert(schema.entity);
            }
        }
        set_doubtful(db, &doubts)?;
    }
    kept::set(&change, DECLARED, Some(&bytes))?;
    Ok(change.commit()?)
}

fn settle_rows(db: Db, layout: &'static Layout) -> Result<()> {
    let entity = db.numbers.of(layout);
    for (id, mut unknown) in all_of(db, entity)? {
        match overlay::base(db, layout, id)? {
            Base::Row => {
                let Some(before) = row::load(db, layout, id)? else { continue };
                let mut after = before.record.clone();
                unknown.settle(&mut after)?;
                row::put(db, layout, Some(&before), Some(&after))?;
            }
            Base::Image(None) => continue,
            Base::Image(Some(mut image)) => {
                unknown.settle(&mut image)?;
                overlay::set_base(db, layout, id, Some(&image))?;
                overlay::recompute(db, layout, id)?;
            }
        }
        set(db, entity, id, &unknown)?;
    }
    Ok(())
}
