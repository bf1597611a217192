//! Whether a restored database is what was backed up, and whole in itself: rows, references, the audit's chain, the
//! sums that devices are told, and the chains of their ops with a receipt each.

use std::fmt;

use futures_util::StreamExt as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::BackupError;
use super::manifest::Manifest;
use crate::audit::verify;
use crate::store::tenant::sync::commit;
use crate::store::tenant::whole::catalogue;
use crate::store::tenant::whole::unload;
use crate::store::{self, Connection};
use crate::sync::{chains, parity};

/// Something that is not as it was, or not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// The table is not one that the migrations make, or has other columns.
    Layout { table: String },
    /// The table has other rows than were backed up, or other content in them.
    Rows { table: String, expected: u64, rows: u64 },
    /// Rows refer to what is not there; the name is that of the foreign key.
    Reference { name: String },
    /// The audit is not whole.
    Audit { found: verify::Finding },
    /// The rows of an entity do not sum up to what devices are told.
    Sum { entity: String },
    /// An op has no readable receipt, is not what was hashed, or does not follow the one before.
    Op { device_id: Uuid, op_seq: i64 },
    /// A device's chain does not end with its last op.
    ChainEnd { device_id: Uuid },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout { table } => write!(f, "the table {table} has another layout"),
            Self::Rows { table, expected, rows } if expected == rows => {
                write!(f, "the rows of {table} hold other content")
            }
            Self::Rows { table, expected, rows } => {
                write!(f, "{table} has {rows} rows, and {expected} were backed up")
            }
            Self::Reference { name } => write!(f, "rows refer to what is not there ({name})"),
            Self::Audit { .. } => f.write_str("the audit is not whole"),
            Self::Sum { entity } => write!(f, "the rows of {entity} do not sum up to what is kept"),
            Self::Op { device_id, op_seq } => {
                write!(f, "operation {op_seq} of the device {device_id} is not whole")
            }
            Self::ChainEnd { device_id } => {
                write!(f, "the chain of the device {device_id} has another end")
            }
        }
    }
}

/// Everything that is wrong with a database into which a backup was restored. References were looked up when they
/// were put back.
///
/// # Errors
/// See [`BackupError`]. What is wrong is no error but a finding.
pub async fn check(
    owner: &mut Connection,
    manifest: &Manifest,
) -> Result<Vec<Finding>, BackupError> {
    let mut findings = Vec::new();
    let mut view = commit::begin_view(owner).await?;
    let tables = catalogue::tables(&mut view).await?;
    for (table, expected) in tables.iter().zip(&manifest.tables) {
        let mut sum = Sha256::new();
        let mut pieces = unload::rows(&mut view, table).await?;
        while let Some(piece) = pieces.next().await {
            sum.update(piece?);
        }
        drop(pieces);
        if sum.finalize()[..] != expected.sha256 {
            let (table, expected) = (table.name.clone(), expected.rows);
            let rows = expected;
            findings.push(Finding::Rows { table, expected, rows });
        }
    }
    let anchor = manifest.audit_end.clone().map(Into::into);
    let audit = verify::walk(&mut view, anchor).await?;
    findings.extend(audit.findings.into_iter().map(|found| Finding::Audit { found }));
    let wrong = parity::wrong_sums(&mut view).await?;
    findings.extend(wrong.into_iter().map(|entity| Finding::Sum { entity }));
    for broken in chains::broken(&mut view).await? {
        findings.push(match broken {
            chains::Broken::Op { device_id, op_seq } => Finding::Op { device_id, op_seq },
            chains::Broken::End { device_id } => Finding::ChainEnd { device_id },
        });
    }
    store::roll_back(view).await?;
    Ok(findings)
}
