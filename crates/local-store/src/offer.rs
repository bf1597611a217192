//! Work that the hub has answered, held against the hub's own life: offered again where the hub was restored and lost
//! it, forgotten once the hub can lose it no more.

use std::collections::BTreeSet;

use rusqlite::{Row, params};
use sync_protocol::message::Position;
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use crate::error::Result;
use crate::kept;
use crate::layout::Db;
use crate::outbox::unanswered;
use crate::store::Store;
use crate::view::{View, epoch, stored_position};

/// The hub's epoch that the answers belong to, big-endian; without it, that of the content.
const LIFE: &str = "store.life";
/// Up to which place acknowledged work was looked through, big-endian.
const FORGOTTEN: &str = "store.forgotten";

impl View<'_> {
    /// The hub's epoch that the answers to this device's work belong to. It runs ahead of the content's while a
    /// restored hub is being told what it lost.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn life(&self) -> Result<u64> {
        life(self.db)
    }

    /// How many answered ops are kept.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn answered(&self) -> Result<u64> {
        let count: i64 =
            self.db.connection.query_row("SELECT count(*) FROM acked_op", (), |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

impl Store {
    /// The hub's answers belong to this life of it, and what lies behind this place of the chain counts as
    /// unanswered. The number of ops that do.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn offer_again(&self, epoch: u64, behind: u64) -> Result<u64> {
        let behind = i64::try_from(behind).unwrap_or(i64::MAX);
        self.transact(|db| {
            db.connection
                .execute("UPDATE acked_op SET asked_again = 1 WHERE op_seq > ?1", [behind])?;
            db.connection.execute(
                "UPDATE outbox SET receipt = NULL, position = NULL WHERE op_seq > ?1",
                [behind],
            )?;
            kept::set(db.connection, LIFE, Some(&epoch.to_be_bytes()))?;
            kept::set(db.connection, FORGOTTEN, None)?;
            unanswered(db)
        })
    }

    /// Forgets work with an effect that lies in a verified backup of the hub: below `backed_up` in its order, and
    /// within its chain of this device's ops. At that place itself there may be work that came after the backup and
    /// changed nothing. What the hub refused is kept, and what is still `needed` here.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn forget_answered(
        &self,
        backed_up: Position,
        held: u64,
        needed: &BTreeSet<Uuid>,
    ) -> Result<()> {
        let done = self.read(|view| kept::get(view.db.connection, FORGOTTEN))?;
        if done.as_deref() == Some(&backed_up.to_be_bytes()[..]) {
            return Ok(());
        }
        let held = i64::try_from(held).unwrap_or(i64::MAX);
        let backed_up_to = stored_position(backed_up)?;
        self.transact(|db| {
            let mut query = db.connection.prepare_cached(
                "SELECT op_seq, op_id, receipt FROM acked_op \
                 WHERE position < ?1 AND op_seq <= ?2 AND asked_again = 0",
            )?;
            let mut delete =
                db.connection.prepare_cached("DELETE FROM acked_op WHERE op_seq = ?1")?;
            let candidates = query.query_map(params![backed_up_to, held], |row: &Row| {
                let id = Uuid::from_bytes(row.get(1)?);
                Ok((row.get::<_, i64>(0)?, id, row.get::<_, Vec<u8>>(2)?))
            })?;
            let mut forgotten = Vec::new();
            for candidate in candidates {
                let (op_seq, op_id, receipt) = candidate?;
                let receipt: Receipt = wire::decode(&receipt)?;
                if receipt.has_effect() && !needed.contains(&op_id) {
                    forgotten.push(op_seq);
                }
            }
            for op_seq in forgotten {
                delete.execute([op_seq])?;
            }
            kept::set(db.connection, FORGOTTEN, Some(&backed_up.to_be_bytes()))
        })
    }
}

pub(crate) fn life(db: Db) -> Result<u64> {
    let bytes = kept::get(db.connection, LIFE)?;
    match bytes.and_then(|bytes| bytes.try_into().ok()) {
        Some(bytes) => Ok(u64::from_be_bytes(bytes)),
        None => epoch(db),
    }
}
