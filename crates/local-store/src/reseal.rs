//! Work that takes other places in a chain: behind what the hub holds of this device beyond this file, or in the chain
//! of a device that this copy becomes. Ids and intents stay, so that the hub knows again what it has.

use rusqlite::params;
use sync_protocol::op::{ChainEnd, Op, SealedOp};
use sync_protocol::wire;

use crate::error::Result;
use crate::layout::Db;
use crate::numbers;
use crate::outbox::{set_chain_end, unanswered};
use crate::store::Store;

const OUTBOX: &str = "outbox";
const ANSWERED: &str = "acked_op";

/// Which work takes other places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reseal {
    /// This copy stays the device: what the hub has not answered follows the end of the chain as the hub holds it.
    Behind(ChainEnd),
    /// This copy becomes a device of its own: all that it keeps is the beginning of another chain, also what was
    /// answered, which a hub that loses it must be offered by somebody.
    OfItsOwn,
}

impl Store {
    /// The hub holds more of this device's chain than this file, which was set back: the next op follows `end`, and so
    /// does what was written since the hub was told of the chain up to `said`.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn go_on_behind(&self, said: u64, end: ChainEnd) -> Result<()> {
        self.transact(|db| {
            let said = i64::try_from(said).unwrap_or(i64::MAX);
            db.connection
                .execute("UPDATE outbox SET op_seq = -op_seq WHERE op_seq > ?1", [said])?;
            reseal(db, end)
        })
    }

    /// Seals work anew in other places, and gives up the numbers, which two copies may have drawn. The number of ops
    /// that wait for an answer now.
    ///
    /// # Errors
    /// Where the file cannot be read or written; then nothing was changed.
    pub fn reseal(&self, which: Reseal) -> Result<u64> {
        self.transact(|db| {
            let chain = match which {
                Reseal::Behind(end) => end,
                Reseal::OfItsOwn => ChainEnd::default(),
            };
            let behind = i64::try_from(chain.op_seq).unwrap_or(i64::MAX);
            // Out of the way first: new places may be old ones.
            for (table, unanswered) in [(OUTBOX, "receipt IS NULL"), (ANSWERED, "asked_again = 1")]
            {
                let moved = match which {
                    Reseal::Behind(_) => format!("{unanswered} OR op_seq > {behind}"),
                    Reseal::OfItsOwn => "1".to_owned(),
                };
                let sql = format!("UPDATE {table} SET op_seq = -op_seq WHERE {moved}");
                db.connection.execute(&sql, ())?;
            }
            reseal(db, chain)?;
            numbers::take_off(db)?;
            unanswered(db)
        })
    }
}

/// Gives every op that was moved out of the way its place behind `chain`, in their order; none has an answer then.
fn reseal(db: Db, mut chain: ChainEnd) -> Result<()> {
    while let Some(Moved { table, place, op }) = next(db)? {
        let op_seq = chain.op_seq + 1;
        let sealed = SealedOp::seal(Op { op_seq, prev_hash: chain.hash, ..op })?;
        chain = ChainEnd::after(&sealed);
        let unanswered = match table {
            OUTBOX => "receipt = NULL, position = NULL",
            _ => "asked_again = 1",
        };
        let sql = format!(
            "UPDATE {table} SET op_seq = ?2, bytes = ?3, hash = ?4, {unanswered} WHERE op_seq = ?1"
        );
        let op_seq = i64::try_from(op_seq).unwrap_or(i64::MAX);
        db.connection.prepare_cached(&sql)?.execute(params![
            place,
            op_seq,
            sealed.bytes(),
            sealed.hash().0
        ])?;
    }
    set_chain_end(db, chain)
}

/// An op that lost its place.
struct Moved {
    table: &'static str,
    /// Below zero, the earliest the highest.
    place: i64,
    op: Op,
}

fn next(db: Db) -> Result<Option<Moved>> {
    let mut query = db.connection.prepare_cached(
        "SELECT op_seq, bytes, 1 FROM outbox WHERE op_seq < 0 \
         UNION ALL SELECT op_seq, bytes, 0 FROM acked_op WHERE op_seq < 0 ORDER BY op_seq DESC LIMIT 1",
    )?;
    let mut rows = query.query(())?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let table = if row.get(2)? { OUTBOX } else { ANSWERED };
    // As it was written, not in the words of this program: the hub knows work again by the hash of its intent, and would
    // take it in other words for other work under the same id.
    let op: Op = wire::decode(&row.get::<_, Vec<u8>>(1)?)?;
    Ok(Some(Moved { table, place: row.get(0)?, op }))
}
