//! Why nothing was changed.

use domain::permissions::Reason;
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::control::device::DeviceState;
use crate::store::pool::PoolError;
use crate::sync::numbers::NumbersError;
use crate::tenant::manage::ManageError;

/// A refusal or a fault.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error(transparent)]
    Tenant(#[from] ManageError),
    #[error("{field}: {message}")]
    Field { field: &'static str, message: String },
    #[error("role: there is no role `{0}`; `role list` shows those there are")]
    UnknownRole(String),
    #[error("email: {0} is a user already; `role set` changes the roles")]
    IsUser(String),
    #[error("email: {0} belongs to a disabled user; `user enable` lets the user in again")]
    IsDisabled(String),
    #[error("email: there is no user {0}")]
    UnknownUser(String),
    #[error("{field}: there is none with the code or id {name}")]
    UnknownPlace { field: &'static str, name: String },
    #[error("the tenant's plan has room for {0} users; disable one, or change the plan")]
    NoRoom(i32),
    #[error("there is no device {0}; `device list` shows those there are")]
    UnknownDevice(Uuid),
    #[error("the device is {}: it can be wiped, not revoked", .0.name())]
    Wiping(DeviceState),
    #[error(transparent)]
    Rule(#[from] Reason),
    #[error("the audit entry cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<NumbersError> for PeopleError {
    fn from(error: NumbersError) -> Self {
        match error {
            NumbersError::Store(error) => error.into(),
            NumbersError::Audit(error) => Self::Json(error),
        }
    }
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}
