//! The device's own work: the chain of its ops, what is still to be sent, and the hub's answers. Ops are
//! made in `write` only; their bytes are never rewritten.

use chrono::{DateTime, Utc};
use domain::record::EntityDef;
use rusqlite::{OptionalExtension, Row, params};
use sync_protocol::message::Position;
use sync_protocol::op::{ChainEnd, Hash, Op, SealedOp, Verb};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::layout::{Db, Layout};
use crate::records::overlay;
use crate::search;
use crate::store::{Store, Touched};
use crate::view::{View, cursor, stored_position};

/// How much one push may carry.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub ops: usize,
    /// Encoded bytes; a single op beyond it is sent alone.
    pub bytes: usize,
}

/// An op with the hub's answer, for the sync page.
#[derive(Clone, Debug)]
pub struct WaitingOp {
    pub op: Op,
    pub receipt: Option<Receipt>,
}

/// What a push's answers have done here.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Each answer that is new, in the order of the push.
    pub receipts: Vec<(Uuid, Receipt)>,
    /// Records from which refused work was taken off.
    pub touched: Touched,
    /// Ops that still have no answer.
    pub unanswered: u64,
}

impl View<'_> {
    /// The end of the chain of all ops this device ever made.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn chain(&self) -> Result<ChainEnd> {
        chain_end(self.db)
    }

    /// Ops without an answer.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn unanswered(&self) -> Result<u64> {
        unanswered(self.db)
    }

    /// The place in the chain of the first op without an answer.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn first_unanswered(&self) -> Result<Option<u64>> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT min(op_seq) FROM (SELECT op_seq FROM outbox WHERE receipt IS NULL \
                 UNION ALL SELECT op_seq FROM acked_op WHERE asked_again = 1)",
        )?;
        let first: Option<i64> = query.query_row((), |row| row.get(0))?;
        Ok(first.and_then(|seq| u64::try_from(seq).ok()))
    }

    /// When the oldest op without an answer was done, by this machine's clock.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn waits_since(&self) -> Result<Option<DateTime<Utc>>> {
        let Some(first) = self.first_unanswered()? else { return Ok(None) };
        let oldest = self.ops_from(first, Limits { ops: 1, bytes: 1 })?.pop();
        Ok(oldest.map(SealedOp::open).transpose()?.map(|sealed| sealed.op().occurred_at))
    }

    /// The canonical bytes of the ops from this place in the chain on, answered ones included: what a
    /// hub that knows the chain up to here is sent. They follow each other: behind ops that are gone (with
    /// their rows, or because a backup holds them) the next call goes on.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn ops_from(&self, op_seq: u64, limits: Limits) -> Result<Vec<Vec<u8>>> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT bytes, op_seq FROM (SELECT op_seq, bytes FROM outbox WHERE op_seq >= ?1 \
             UNION ALL SELECT op_seq, bytes FROM acked_op WHERE op_seq >= ?1) ORDER BY op_seq LIMIT ?2",
        )?;
        let count = i64::try_from(limits.ops).unwrap_or(i64::MAX);
        let mut rows = query.query(params![i64::try_from(op_seq).unwrap_or(i64::MAX), count])?;
        let (mut ops, mut total, mut before) = (Vec::new(), 0, None);
        while let Some(row) = rows.next()? {
            let (bytes, op_seq): (Vec<u8>, i64) = (row.get(0)?, row.get(1)?);
            total += bytes.len();
            let gap = before.is_some_and(|before: i64| before + 1 != op_seq);
            if (gap || total > limits.bytes) && !ops.is_empty() {
                break;
            }
            before = Some(op_seq);
            ops.push(bytes);
        }
        Ok(ops)
    }

    /// The unanswered op that creates a record, if one does.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn made_by(&self, id: Uuid) -> Result<Option<Uuid>> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT bytes FROM outbox WHERE row_id = ?1 AND receipt IS NULL ORDER BY op_seq LIMIT 1",
        )?;
        let first: Option<Vec<u8>> =
            query.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
        let Some(first) = first.map(SealedOp::open).transpose()? else { return Ok(None) };
        let op = first.op();
        Ok((op.intent.verb == Verb::Create).then_some(op.op_id))
    }

    /// An op that this device made, however long ago it was answered.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn made(&self, op_id: Uuid) -> Result<Option<Op>> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT bytes FROM outbox WHERE op_id = ?1 UNION ALL SELECT bytes FROM acked_op WHERE op_id = ?1",
        )?;
        let found: Option<Vec<u8>> =
            query.query_row([op_id.as_bytes()], |row| row.get(0)).optional()?;
        Ok(found.map(SealedOp::open).transpose()?.map(|sealed| sealed.op().clone()))
    }

    /// What lies on top of the hub's rows, oldest first: waiting to be sent, answered, or brought.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn waiting(&self, limit: usize) -> Result<Vec<WaitingOp>> {
        self.ops("SELECT bytes, receipt FROM outbox ORDER BY op_seq LIMIT ?1", limit)
    }

    /// What the hub has answered for good, newest first.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn sent(&self, limit: usize) -> Result<Vec<WaitingOp>> {
        self.ops("SELECT bytes, receipt FROM acked_op ORDER BY op_seq DESC LIMIT ?1", limit)
    }

    /// What this device entered about a record, newest first: waiting, answered, and answered for good.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn ops_of(&self, entity: &EntityDef, id: Uuid) -> Result<Vec<WaitingOp>> {
        let mut query = self.db.connection.prepare_cached(
            "SELECT bytes, receipt FROM (SELECT op_seq, bytes, receipt FROM outbox WHERE row_id = ?1 \
             UNION ALL SELECT op_seq, bytes, receipt FROM acked_op WHERE row_id = ?1) ORDER BY op_seq DESC",
        )?;
        let rows = query.query_map([id.as_bytes()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
        })?;
        let ops = rows.map(|row| {
            let (bytes, receipt) = row?;
            let receipt = receipt.map(|receipt| wire::decode(&receipt)).transpose()?;
            Ok(WaitingOp { op: SealedOp::open(bytes)?.op().clone(), receipt })
        });
        let ops: Vec<WaitingOp> = ops.collect::<Result<_>>()?;
        Ok(ops.into_iter().filter(|op| op.op.intent.entity == entity.name).collect())
    }

    fn ops(&self, sql: &str, limit: usize) -> Result<Vec<WaitingOp>> {
        let mut query = self.db.connection.prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query.query_map([limit], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
        })?;
        rows.map(|row| {
            let (bytes, receipt) = row?;
            let receipt = receipt.map(|receipt| wire::decode(&receipt)).transpose()?;
            Ok(WaitingOp { op: SealedOp::open(bytes)?.op().clone(), receipt })
        })
        .collect()
    }
}

impl Store {
    /// Stores the answers to a push: the receipts' bytes by op, and the place in the hub's order that
    /// includes their effects. Work with an effect stays on top of its row until a checkpoint brings
    /// it; work without leaves at once. Answers that are known already change nothing.
    ///
    /// # Errors
    /// `ReceiptDiffers` where an op without a checkpoint is answered a second time and otherwise;
    /// `Frame` for an op this device never made. Then no answer of the push is stored.
    pub fn save_receipts(
        &self,
        receipts: &[(Uuid, Vec<u8>)],
        position: Position,
    ) -> Result<Settled> {
        self.transact(|db| {
            let mut settled = Vec::new();
            let mut touched: Vec<(&'static EntityDef, Uuid)> = Vec::new();
            let mut uncovered = Vec::new();
            for (op_id, bytes) in receipts {
                let receipt: Receipt = wire::decode(bytes)?;
                match answer(db, *op_id, bytes, &receipt, position)? {
                    Answered::Before => {}
                    Answered::WithEffect => settled.push((*op_id, receipt)),
                    Answered::WithoutEffect(layout, rows) => {
                        settled.push((*op_id, receipt));
                        uncovered.extend(rows.into_iter().map(|row_id| (layout, row_id)));
                    }
                }
            }
            // Work that changed nothing on the hub (somebody wrote the same before) comes with no later
            // checkpoint: where the file stands at its place already, it is brought.
            if let Some(held) = cursor(db)?.map(stored_position).transpose()? {
                uncovered.extend(settle(db, held)?);
            }
            for (layout, row_id) in uncovered {
                overlay::recompute(db, layout, row_id)?;
                if !touched.iter().any(|(_, id)| *id == row_id) {
                    touched.push((layout.entity, row_id));
                }
            }
            search::index::catch_up(db, search::index::AT_ONCE, &|| false)?;
            let unanswered = unanswered(db)?;
            Ok(Settled { receipts: settled, touched: Touched::Records(touched), unanswered })
        })
    }
}

enum Answered {
    Before,
    WithEffect,
    WithoutEffect(&'static Layout, Vec<Uuid>),
}

fn answer(
    db: Db,
    op_id: Uuid,
    bytes: &[u8],
    receipt: &Receipt,
    position: Position,
) -> Result<Answered> {
    let position = stored_position(position)?;
    let mut query = db.connection.prepare_cached(
        "SELECT op_seq, entity, row_id, receipt, other_id FROM outbox WHERE op_id = ?1",
    )?;
    let found = query.query_row([op_id.as_bytes()], |row: &Row| {
        let known: Option<Vec<u8>> = row.get(3)?;
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, rows_of(row, 2, 4)?, known))
    });
    match found.optional()? {
        None => answered_again(db, op_id, bytes, position),
        Some((_, _, _, Some(known))) if known == bytes => Ok(Answered::Before),
        Some((_, _, _, Some(_))) => Err(StoreError::ReceiptDiffers(op_id)),
        Some((op_seq, entity, rows, None)) => {
            db.connection
                .prepare_cached("UPDATE outbox SET receipt = ?2, position = ?3 WHERE op_seq = ?1")?
                .execute(params![op_seq, bytes, position])?;
            if receipt.has_effect() {
                return Ok(Answered::WithEffect);
            }
            acknowledge(db, op_seq)?;
            let layout = db.numbers.layout(entity).ok_or_else(|| unknown_number(entity))?;
            Ok(Answered::WithoutEffect(layout, rows))
        }
    }
}

/// A receipt for an op that was settled before: a repeat, or a hub that was restored has judged it again. Its effect
/// comes with the content of that life.
fn answered_again(db: Db, op_id: Uuid, bytes: &[u8], position: i64) -> Result<Answered> {
    let mut query =
        db.connection.prepare_cached("SELECT asked_again FROM acked_op WHERE op_id = ?1")?;
    let asked: Option<bool> = query.query_row([op_id.as_bytes()], |row| row.get(0)).optional()?;
    match asked {
        None => Err(StoreError::Frame("an answer to an operation this device never made")),
        Some(false) => Ok(Answered::Before),
        Some(true) => {
            db.connection
                .prepare_cached(
                    "UPDATE acked_op SET receipt = ?2, position = ?3, asked_again = 0 WHERE op_id = ?1",
                )?
                .execute(params![op_id.as_bytes(), bytes, position])?;
            Ok(Answered::WithEffect)
        }
    }
}

/// Moves an answered op out of the overlay.
pub(crate) fn acknowledge(db: Db, op_seq: i64) -> Result<()> {
    db.connection
        .prepare_cached(
            "INSERT INTO acked_op (op_seq, op_id, entity, row_id, other_id, bytes, hash, receipt, position) \
             SELECT op_seq, op_id, entity, row_id, other_id, bytes, hash, receipt, position \
             FROM outbox WHERE op_seq = ?1",
        )?
        .execute([op_seq])?;
    db.connection.prepare_cached("DELETE FROM outbox WHERE op_seq = ?1")?.execute([op_seq])?;
    Ok(())
}

/// Moves the answered ops that a checkpoint at this position has brought out of the overlay, and
/// answers the rows they lay on.
pub(crate) fn settle(db: Db, position: i64) -> Result<Vec<(&'static Layout, Uuid)>> {
    let mut query = db.connection.prepare_cached(
        "SELECT op_seq, entity, row_id, other_id FROM outbox \
         WHERE receipt IS NOT NULL AND position <= ?1",
    )?;
    let rows = query.query_map([position], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, rows_of(row, 2, 3)?))
    })?;
    let brought = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut touched = Vec::new();
    for (op_seq, entity, rows) in brought {
        acknowledge(db, op_seq)?;
        let layout = db.numbers.layout(entity).ok_or_else(|| unknown_number(entity))?;
        touched.extend(rows.into_iter().map(|id| (layout, id)));
    }
    Ok(touched)
}

/// The rows that an op lies on, from these columns.
fn rows_of(row: &Row, own: usize, other: usize) -> rusqlite::Result<Vec<Uuid>> {
    let (own, other): ([u8; 16], Option<[u8; 16]>) = (row.get(own)?, row.get(other)?);
    Ok(std::iter::once(own).chain(other).map(Uuid::from_bytes).collect())
}

pub(crate) fn unknown_number(entity: i64) -> StoreError {
    StoreError::Damaged(format!("no entity has the number {entity}"))
}

pub(crate) fn unanswered(db: Db) -> Result<u64> {
    let mut query = db.connection.prepare_cached(
        "SELECT (SELECT count(*) FROM outbox WHERE receipt IS NULL) \
         + (SELECT count(*) FROM acked_op WHERE asked_again = 1)",
    )?;
    let count: i64 = query.query_row((), |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

pub(crate) fn chain_end(db: Db) -> Result<ChainEnd> {
    let mut query = db.connection.prepare_cached("SELECT op_seq, hash FROM chain")?;
    let end = query.query_row((), |row| {
        Ok(ChainEnd {
            op_seq: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
            hash: Hash(row.get(1)?),
        })
    });
    Ok(end.optional()?.unwrap_or_default())
}

pub(crate) fn set_chain_end(db: Db, end: ChainEnd) -> Result<()> {
    let op_seq = i64::try_from(end.op_seq).unwrap_or(i64::MAX);
    db.connection
        .prepare_cached("INSERT OR REPLACE INTO chain (only_row, op_seq, hash) VALUES (1, ?1, ?2)")?
        .execute(params![op_seq, end.hash.0])?;
    Ok(())
}
