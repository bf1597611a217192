//! The way to the hub: addresses, requests, bodies, refusals. It carries messages and keeps no state
//! but the connection; who is signed in and what an answer means for the copy is decided elsewhere.

mod address;
mod attachments;
mod auth;
mod client;
mod meter;
mod problem;
mod sync;

#[cfg(test)]
pub mod canned;

use chrono::{DateTime, Utc};
use contract::{Failure, FailureCode};
use domain::record::Problem;

pub use address::{proxy_address, server_address};
pub use client::Hub;
pub use sync::Frames;

/// The hub's code for what this person may not do.
const NOT_PERMITTED: &str = "not_permitted";
/// The hub's code for input that breaks a rule; the problems name each field.
const INVALID_FIELDS: &str = "invalid_fields";
/// The hub's code for a device whose copy is to be destroyed.
const DEVICE_WIPING: &str = "device_wiping";
/// The hub's codes for a device of which two copies are in use, and for a copy once its original is known.
const DEVICE_FROZEN: &str = "device_frozen";
const DEVICE_IS_COPY: &str = "device_is_copy";

/// Why a request brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("the sync server at {server} cannot be reached ({reason}); your work is kept here")]
    Unreachable { server: String, reason: String },
    /// The access token is not accepted (any more).
    #[error("the sync server does not accept this sign-in; sign in again")]
    Unauthorized,
    /// Not now; the hub says from when on.
    #[error("the sync server cannot answer now; your work is kept here, try again shortly")]
    Busy { until: Option<DateTime<Utc>> },
    /// What is held must be fetched anew.
    #[error("the sync server asks for a fresh copy; sync again")]
    Gone { code: String },
    #[error("{detail}")]
    Refused { status: u16, code: String, detail: String, problems: Vec<Problem> },
    /// An answer that is no hub's: another program's, a network's that wants a sign-in of its own, or one
    /// that was damaged under way. Says what was seen, in plain words.
    #[error(
        "what answers at the address of the sync server is not Daybook ({0}); check the address, and whether \
         this network wants a sign-in of its own first. Your work is kept here"
    )]
    Unreadable(&'static str),
    /// An answer that began and did not end.
    #[error("the answer of the sync server broke off or was damaged; what came is kept, try again")]
    Broken,
    /// The hub, or a proxy before it, does not take so much at once.
    #[error("the sync server does not take so much at once; ask your administrator")]
    TooLarge,
    #[error("\"{0}\" is no address of a sync server; write it like https://daybook.example.com")]
    Address(String),
    #[error(
        "{0} would send your password unencrypted over the network; use https, or set \
         DAYBOOK_ALLOW_HTTP=1 where the network itself is private"
    )]
    Unencrypted(String),
    #[error(
        "no secure connection can be made on this machine ({0}); install its certificates (package \
         ca-certificates), or name your own (daybook login --ca FILE)"
    )]
    NoTrust(String),
    #[error("the certificates in {path} cannot be used: {message}; name a file in PEM")]
    Certificates { path: String, message: String },
    /// Not said again: it may hold a password.
    #[error(
        "this is no address of a proxy; write it like http://proxy.example.com:3128, without a user and a \
         password (where the proxy wants them, say all of it in HTTPS_PROXY)"
    )]
    Proxy,
}

impl HttpError {
    /// Whether an admin ordered this device to destroy its copy.
    pub fn orders_wipe(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == DEVICE_WIPING)
    }

    /// Whether the hub could not be talked to, as opposed to having said no or not now.
    pub fn is_no_contact(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Broken | Self::Unreadable(_))
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        error.failure()
    }
}

impl HttpError {
    /// As a person is told of it.
    pub fn failure(&self) -> Failure {
        let code = match self {
            HttpError::Refused { code, .. } if code == DEVICE_FROZEN => return two_copies(),
            HttpError::Refused { code, .. } if code == DEVICE_IS_COPY => return is_copy(),
            HttpError::Unreachable { .. }
            | HttpError::Busy { .. }
            | HttpError::Broken
            | HttpError::Unreadable(_) => FailureCode::Unreachable,
            HttpError::Unauthorized => FailureCode::NotSignedIn,
            HttpError::Refused { code, .. } if code == NOT_PERMITTED => FailureCode::NotPermitted,
            HttpError::Refused { code, .. } if code == INVALID_FIELDS => FailureCode::Refused,
            HttpError::Refused { .. } | HttpError::Gone { .. } => FailureCode::ServerRefused,
            HttpError::Address(_)
            | HttpError::Unencrypted(_)
            | HttpError::NoTrust(_)
            | HttpError::Proxy
            | HttpError::Certificates { .. } => FailureCode::Usage,
            HttpError::TooLarge => FailureCode::ServerRefused,
        };
        let problems = match self {
            HttpError::Refused { problems, .. } => problems.clone(),
            _ => Vec::new(),
        };
        Failure { code, message: self.to_string(), problems }
    }
}

/// Two copies of this installation are in use, or its machine was set back.
pub fn two_copies() -> Failure {
    let message = "this Daybook is in use twice: a copy of it was made for another computer, or this computer was set \
                   back to an earlier day. Until you say which of the two is the original, nothing is sent and nothing \
                   is received, on neither. What you enter is kept. Sign in here and say whether this is the original \
                   (daybook login --original) or the copy (daybook login --copy); nothing entered on either is lost";
    Failure::new(FailureCode::TwoCopies, message)
}

/// Another copy was said to be the original.
fn is_copy() -> Failure {
    let message = "this is a copy of a Daybook that is in use on another computer, which was said to be the original. \
                   What was entered here is kept. Sign in here as a copy (daybook login --copy): it becomes a Daybook \
                   of its own and sends what was entered here";
    Failure::new(FailureCode::IsCopy, message)
}
