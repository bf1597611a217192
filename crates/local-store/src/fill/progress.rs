//! How far a side file is filled, as it stands in the file itself.

use serde_bytes::ByteBuf;
use sync_protocol::message::Position;

use crate::apply::staged_page;
use crate::error::Result;
use crate::kept;
use crate::layout::Db;
use crate::view::{cursor, policy_version};

/// How far a side file is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FillStage {
    /// The snapshot goes on at this page (`None`: at its beginning).
    Snapshot { page: Option<ByteBuf> },
    /// The snapshot is complete; changes after this place are missing.
    CatchUp {
        cursor: Position,
        policy_version: i64,
        /// They go on at this page (`None`: at their beginning).
        page: Option<ByteBuf>,
    },
}

/// A fill that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filling {
    pub epoch: u64,
    pub stage: FillStage,
}

/// The last page that is stored, and whether the snapshot is complete.
pub(super) const PAGE: &str = "store.fill_page";
pub(super) const CAUGHT: &str = "store.fill_snapshot";

pub(super) fn stored_stage(db: Db) -> Result<FillStage> {
    Ok(match kept::get(db.connection, CAUGHT)? {
        Some(_) => FillStage::CatchUp {
            cursor: cursor(db)?.unwrap_or_default(),
            policy_version: policy_version(db)?,
            page: staged_page(db.connection)?,
        },
        None => FillStage::Snapshot { page: kept::get(db.connection, PAGE)?.map(ByteBuf::from) },
    })
}
