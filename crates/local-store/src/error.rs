//! What can go wrong with the local file, in words that show no SQL and no content.

use rusqlite::{ErrorCode, ffi};
use sync_protocol::wire::WireError;
use uuid::Uuid;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no local database at this place")]
    Absent,
    #[error("a local database exists already at this place")]
    Exists,
    /// A wrong key, or a file that is no database of ours. The file was not touched.
    #[error("the local database cannot be opened with this key")]
    CannotOpen,
    /// Its folder or the file itself may not be read or written.
    #[error("the local database cannot be read or written; check the rights to its folder")]
    Unreachable(#[source] rusqlite::Error),
    #[error(
        "the local database was written by a newer version of Daybook (step {found}, known {known})"
    )]
    Newer { found: u32, known: u32 },
    #[error("the local database was laid out by another build of Daybook (step {step})")]
    OtherLayout { step: u32 },
    #[error("the disk is full; nothing was changed")]
    DiskFull,
    #[error("the local database is in use by another program")]
    InUse,
    #[error("the local database is damaged: {0}")]
    Damaged(String),
    #[error("the local database was closed")]
    Closed,
    #[error("there is no entity {0}")]
    UnknownEntity(String),
    #[error("{entity} has no field {field}")]
    UnknownField { entity: &'static str, field: String },
    #[error("{entity}.{field} is too large to be stored")]
    OutOfRange { entity: &'static str, field: &'static str },
    /// An intent about a record that is not held here.
    #[error("there is no {entity} with the id {id}")]
    NoSuchRecord { entity: &'static str, id: Uuid },
    #[error("a {entity} with the id {id} exists already")]
    RecordExists { entity: &'static str, id: Uuid },
    #[error("the operation id {0} was used before")]
    OpIdUsed(Uuid),
    #[error("the sync server answered operation {0} a second time and differently")]
    ReceiptDiffers(Uuid),
    #[error("the sync server sent {0}")]
    Frame(&'static str),
    #[error("there is no fill in progress")]
    NoFill,
    #[error("the fill is not complete")]
    FillIncomplete,
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("a file could not be moved or removed: {0}")]
    Files(#[source] std::io::Error),
    #[error(
        "the disk could not be read or written; see whether it is full or failing, and try again"
    )]
    Disk(#[source] rusqlite::Error),
    /// Any other fault of the database; the source is for the log.
    #[error("the local database failed")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // A full disk has no room for the index of the log either, and says so in other words.
            Some(ErrorCode::SystemIoFailure)
                if error
                    .sqlite_error()
                    .is_some_and(|e| e.extended_code == ffi::SQLITE_IOERR_SHMSIZE) =>
            {
                Self::DiskFull
            }
            Some(ErrorCode::SystemIoFailure) => Self::Disk(error),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                Self::Unreachable(error)
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged("a page cannot be read".to_owned())
            }
            _ if is_unreadable_page(&error) => Self::Damaged("a page cannot be read".to_owned()),
            _ => Self::Database(error),
        }
    }
}

/// SQLCipher tells of a page that does not decrypt by the code of a wrong statement, without the words that
/// SQLite has for one.
fn is_unreadable_page(error: &rusqlite::Error) -> bool {
    let (code, words) = match error {
        rusqlite::Error::SqliteFailure(code, words) => (code, words.as_deref()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error, Some(msg.as_str())),
        _ => return false,
    };
    code.extended_code == ffi::SQLITE_ERROR
        && matches!(words, None | Some("SQL logic error" | "not an error"))
}

pub(crate) type Result<T> = std::result::Result<T, StoreError>;
