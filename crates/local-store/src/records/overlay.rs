//! The row a person sees, made anew from the hub's image below it and the ops that still lie on top.

use rusqlite::{OptionalExtension, params};
use sync_protocol::device::overlay::replay;
use sync_protocol::op::{Op, SealedOp};
use uuid::Uuid;

use super::row;
use crate::error::Result;
use crate::image;
use crate::layout::{Db, Layout};

/// The hub's image below a row.
pub(crate) enum Base {
    /// No op lies on top: the row itself is the hub's.
    Row,
    /// Kept apart; `None` where the hub has no such record.
    Image(Option<Box<domain::record::Record>>),
}

pub(crate) fn base(db: Db, layout: &'static Layout, id: Uuid) -> Result<Base> {
    let mut query = db
        .connection
        .prepare_cached("SELECT image FROM base_row WHERE entity = ?1 AND row_id = ?2")?;
    let key = params![db.numbers.of(layout), id.as_bytes()];
    let image = query.query_row(key, |row| row.get::<_, Option<Vec<u8>>>(0)).optional()?;
    Ok(match image {
        None => Base::Row,
        Some(None) => Base::Image(None),
        Some(Some(bytes)) => Base::Image(Some(Box::new(image::decode(layout.entity, &bytes)?))),
    })
}

pub(crate) fn has_base(db: Db, layout: &Layout, id: Uuid) -> Result<bool> {
    let mut query =
        db.connection.prepare_cached("SELECT 1 FROM base_row WHERE entity = ?1 AND row_id = ?2")?;
    Ok(query.exists(params![db.numbers.of(layout), id.as_bytes()])?)
}

/// Keeps or replaces the hub's image below a row.
pub(crate) fn set_base(
    db: Db,
    layout: &Layout,
    id: Uuid,
    record: Option<&domain::record::Record>,
) -> Result<()> {
    let image = record.map(image::encode).transpose()?;
    db.connection
        .prepare_cached(
            "INSERT OR REPLACE INTO base_row (entity, row_id, image) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![db.numbers.of(layout), id.as_bytes(), image])?;
    Ok(())
}

pub(crate) fn forget_base(db: Db, layout: &Layout, id: Uuid) -> Result<()> {
    db.connection
        .prepare_cached("DELETE FROM base_row WHERE entity = ?1 AND row_id = ?2")?
        .execute(params![db.numbers.of(layout), id.as_bytes()])?;
    Ok(())
}

/// Writes the row that the image and the remaining ops make; without ops the image becomes the row.
pub(crate) fn recompute(db: Db, layout: &'static Layout, id: Uuid) -> Result<()> {
    let Base::Image(base) = base(db, layout, id)? else { return Ok(()) };
    let ops = ops_of(db, id)?;
    let before = row::load(db, layout, id)?;
    let after = if ops.is_empty() {
        forget_base(db, layout, id)?;
        base.map(|base| *base)
    } else {
        let ops: Vec<&Op> = ops.iter().map(SealedOp::op).collect();
        replay(base.as_deref(), &ops)
    };
    row::put(db, layout, before.as_ref(), after.as_ref())
}

/// The ops that lie on a record, in the order of the chain.
fn ops_of(db: Db, id: Uuid) -> Result<Vec<SealedOp>> {
    let mut query = db.connection.prepare_cached(
        "SELECT bytes FROM outbox WHERE row_id = ?1 OR other_id = ?1 ORDER BY op_seq",
    )?;
    let rows = query.query_map([id.as_bytes()], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| Ok(SealedOp::open(bytes?)?)).collect()
}
