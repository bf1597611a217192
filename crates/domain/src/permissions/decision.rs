//! The answer of a permission question, and the closed list of reasons to refuse.

use super::catalogue::Permission;

/// The answer to "may this person do that?".
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    Allow,
    Refuse(Reason),
}

impl Decision {
    pub fn is_allowed(&self) -> bool {
        *self == Decision::Allow
    }

    /// For callers that go on with `?`.
    pub fn into_result(self) -> Result<(), Reason> {
        match self {
            Decision::Allow => Ok(()),
            Decision::Refuse(reason) => Err(reason),
        }
    }
}

impl From<Result<(), Reason>> for Decision {
    fn from(result: Result<(), Reason>) -> Self {
        result.map_or_else(Decision::Refuse, |()| Decision::Allow)
    }
}

/// Why something was refused. The message is for people; [`Reason::code`] is for programs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("you do not have the right {permission}; ask an administrator for it")]
    NotPermitted { permission: Permission },
    /// The same words as for a record that does not exist.
    #[error("there is no such record")]
    NotFound,
    #[error("you have the right {permission}, but not on this record")]
    RowNotPermitted { permission: Permission },
    /// Said of a field that is hidden and of a field that does not exist, in the same words.
    #[error("you may not use the field {field}; leave it out or ask an administrator")]
    FieldNotPermitted { field: String },
    #[error(
        "the rights on this device have run out: you can read; connect to the sync server to go on working"
    )]
    LeaseExpired,
    #[error(
        "the rights on this device ran out some time ago; connect to the sync server to open it"
    )]
    LeaseLocked,
    #[error("nobody approves what they made; another person has to")]
    OwnWork,
    #[error("{currency} amounts above your limit need somebody with a higher limit")]
    AboveLimit { currency: String },
    #[error("nobody changes a role they have, or their own roles; another administrator has to")]
    OwnRole,
    #[error("nobody gives what they do not have: {what}")]
    NotHeld { what: String },
    #[error("at least one active person has to stay administrator; make somebody else one first")]
    LastAdmin,
}

impl Reason {
    /// The stable code of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::NotPermitted { .. } => "not_permitted",
            Reason::NotFound => "not_found",
            Reason::RowNotPermitted { .. } => "row_not_permitted",
            Reason::FieldNotPermitted { .. } => "field_not_permitted",
            Reason::LeaseExpired => "lease_expired",
            Reason::LeaseLocked => "lease_locked",
            Reason::OwnWork => "own_work",
            Reason::AboveLimit { .. } => "above_limit",
            Reason::OwnRole => "own_role",
            Reason::NotHeld { .. } => "not_held",
            Reason::LastAdmin => "last_admin",
        }
    }

    /// The field that the refusal is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Reason::FieldNotPermitted { field } => Some(field),
            _ => None,
        }
    }
}
