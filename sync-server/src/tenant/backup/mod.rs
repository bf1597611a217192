//! Backups of a tenant: taken, listed, checked by restoring them beside, and restored. Each is two objects in a folder
//! of the tenant: the content, a compressed and sealed stream of every table, and the manifest that says what it must
//! be, sealed as well and written last. A backup without its manifest is none.

mod beside;
mod check;
mod list;
mod manifest;
mod place;
mod restore;
mod stream;
mod take;
mod verify;

pub use check::Finding;
pub use list::{BackupView, list};
pub use restore::{Restored, restore};
pub use take::{Taken, take};
pub use verify::{Verified, verify};

use super::manage::ManageError;
use crate::store::StoreError;
use crate::store::pool::PoolError;

/// Why a backup was not taken, not checked or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("DAYBOOK_BACKUP_URL is not set; it names the folder of the backups")]
    NotConfigured,
    #[error("name: {slug} has no backup `{name}`; `tenant backups {slug}` lists those there are")]
    Unknown { slug: String, name: String },
    #[error("name: {0} has no backup yet; `tenant backup {0}` takes one")]
    NoneYet(String),
    #[error(
        "the backup {0} does not open: it was changed, is not whole, or was sealed with another secret key"
    )]
    DoesNotOpen(String),
    #[error(
        "the backup {name} is of form {form}, which a newer daybook-server wrote; use that one"
    )]
    Newer { name: String, form: u32 },
    #[error("the backup {name} was made with other migrations than this program has: {what}")]
    OtherSchema { name: String, what: String },
    #[error(
        "the backup {name} is older than {verified}, which was verified: devices keep no more than what came after \
         that one, so that what lies between the two would be lost; restore {verified} or a newer one"
    )]
    Forgotten { name: String, verified: String },
    #[error(
        "restoring {name} takes {slug} back to {taken_at}; what devices sent since comes back from them, what came \
         by the API or a command since does not. To do it, repeat the command with --yes"
    )]
    NotConfirmed { slug: String, name: String, taken_at: chrono::DateTime<chrono::Utc> },
    #[error("the backup {name} is not what was backed up ({} findings): {}", .findings.len(), first(.findings))]
    NotSound { name: String, findings: Vec<Finding> },
    #[error("the folder of the backups cannot be used: {0}")]
    Place(#[from] object_store::Error),
    #[error("the content of a backup cannot be packed or unpacked: {0}")]
    Packing(#[from] std::io::Error),
    #[error("a manifest cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Tenant(#[from] ManageError),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

fn first(findings: &[Finding]) -> String {
    findings.first().map(ToString::to_string).unwrap_or_default()
}
