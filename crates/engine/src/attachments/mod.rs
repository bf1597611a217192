//! Attached files on the device: where their content lies, and how it travels to the hub and back, apart from ops
//! and behind the rounds. Which record names a file is ordinary data of that record.

mod cabinet;
mod pace;
mod router;
mod sealed;
mod transfer;

pub use cabinet::{Cabinet, Placed};
pub use router::Purpose;
pub use transfer::{fetch, transfer};

use contract::{Failure, FailureCode};

/// What the disk says of a file, in words for people.
pub fn disk(error: std::io::Error) -> Failure {
    use std::io::ErrorKind;
    let message = match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder; check where it is".to_owned(),
        ErrorKind::PermissionDenied => {
            "this file or folder may not be read or written; check its rights".to_owned()
        }
        ErrorKind::AlreadyExists => {
            "there is a file of this name already; choose another name".to_owned()
        }
        ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::InvalidData => {
            "the attached file is damaged here; remove it and attach it anew, or sign in \
             on another device, which has its own copy"
                .to_owned()
        }
        _ => {
            tracing::error!(%error, "a file could not be read or written");
            format!("a file could not be read or written: {error}")
        }
    };
    Failure::new(FailureCode::Refused, message)
}
