//! Signing in and out over HTTP: each verb a file. What is right and wrong is `crate::auth`'s.

pub(super) mod accept;
pub(super) mod forgot;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod refresh;
pub(super) mod reset;
pub(super) mod wiped;

use std::time::Duration;

use tokio::time::Instant;

use super::{Code, Problem};
use crate::auth::link::LinkError;
use crate::auth::password::HashError;
use crate::auth::throttle::Wait;

/// An answer that must not tell cases apart comes no sooner than this after the request.
const SAME_TIME: Duration = Duration::from_millis(250);

/// Waits until every case has had its time.
async fn until_same_time(started: Instant) {
    tokio::time::sleep_until(started + SAME_TIME).await;
}

impl From<Wait> for Problem {
    fn from(Wait(time): Wait) -> Self {
        let time = time.to_std().unwrap_or_default().max(Duration::from_secs(1));
        let minutes = time.as_secs().div_ceil(60);
        let detail = format!("Too many attempts. Try again in {minutes} minute(s).");
        Self { retry_after: Some(time), ..Self::new(Code::TooManyAttempts, detail) }
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::unavailable(Duration::from_secs(2)),
            HashError::Fault => Self::internal(&error),
        }
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NotValid => Self::new(Code::LinkNotValid, error.to_string()),
            LinkError::Name(message) => Self::field("name", "form", message),
            LinkError::Password(refusal) => {
                Self::field("password", "password", refusal.to_string())
            }
            LinkError::TooMany(wait) => wait.into(),
            LinkError::Hash(error) => error.into(),
            LinkError::Pool(error) => error.into(),
        }
    }
}
