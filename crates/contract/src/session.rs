//! Who is signed in and how the device stands.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::{FailureCode, NumbersLeft};

#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    pub server: String,
    pub tenant: String,
    pub email: String,
    pub password: String,
    /// How the person calls this installation; the machine's name where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub device_name: Option<String>,
    /// The code that was printed at the first sign-in: opens the local copy whose keys the keyring lost.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub recovery_code: Option<String>,
    /// Puts a local copy that cannot be opened aside, untouched, and begins anew.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub set_aside: bool,
    /// Which of two copies of an installation this one is, where both were in use.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub among_copies: Option<AmongCopies>,
    /// A file of certificates (PEM) that are believed besides the system's. The profile keeps a copy.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub ca_file: Option<String>,
    /// The proxy of the plan from now on.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub proxy: Option<String>,
}

/// What a person says of an installation of which there are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AmongCopies {
    /// It goes on as the device that it was.
    Original,
    /// It becomes a device of its own, and what was done on it is carried over.
    Copy,
}

// The password must not reach a log by way of a debug print.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("server", &self.server)
            .field("tenant", &self.tenant)
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// What an invited person was given.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Invitation {
    /// The link as it stands in the mail: `https://…/invitation#tenant=…&token=…`.
    Link { link: String },
    /// Its parts.
    Token { server: String, tenant: String, token: String },
}

#[derive(Clone, Serialize, Deserialize, TS)]
pub struct AcceptInvitation {
    pub invitation: Invitation,
    /// The new password; the sync server judges it, and a refused one leaves the invitation good.
    pub password: String,
    /// Replaces the name that the invitation was made out to.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub name: Option<String>,
}

// The token lets in whoever has it, and the password must not reach a log.
impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Invitation")
    }
}

impl std::fmt::Debug for AcceptInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("AcceptInvitation").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An invitation that was accepted: where to sign in next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Accepted {
    pub server: String,
    pub tenant: String,
    /// The address that was invited.
    pub email: String,
}

/// A sign-in that worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedIn {
    pub status: Status,
    /// To be printed and kept: it opens the local copy should the keyring be lost. As in the status.
    pub recovery_code: Option<String>,
    /// Where a copy that could not be opened was put, if one was put aside.
    pub set_aside: Option<String>,
    /// How many changes in it the sync server had not received, where that is known.
    #[ts(type = "number | null")]
    pub set_aside_unsent: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedInAs {
    pub server: String,
    pub tenant: String,
    pub user: String,
    pub device: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RightsStanding {
    Full,
    ReadOnly,
    Locked,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Rights {
    #[ts(type = "string")]
    pub valid_until: DateTime<Utc>,
    pub standing: RightsStanding,
}

/// What the sync is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    Idle,
    /// The first fill, or a rebuild; `rows` so far of `expected` where the hub said so.
    Filling {
        rows: u32,
        expected: Option<u32>,
    },
    Sending {
        sent: u32,
        left: u32,
    },
    /// `rows` so far of `expected`, where the sync server has counted what takes more than one answer.
    Receiving {
        rows: u32,
        expected: Option<u32>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Status {
    /// Absent: the sign-in screen.
    pub signed_in: Option<SignedInAs>,
    pub user: Option<String>,
    /// The id by which records name this person.
    pub user_id: Option<Uuid>,
    pub tenant: Option<String>,
    /// Whether the last contact worked.
    pub online: bool,
    /// Since when not, for "offline since 08:10".
    #[ts(type = "string | null")]
    pub offline_since: Option<DateTime<Utc>>,
    pub pending: u32,
    pub attention: u32,
    pub rights: Option<Rights>,
    #[ts(type = "string | null")]
    pub last_sync: Option<DateTime<Utc>>,
    /// The place in the hub's order up to which this device holds everything.
    #[ts(type = "number | null")]
    pub checkpoint: Option<u64>,
    pub step: Step,
    /// When the next round begins by itself, where that is by the plan: at an interval, or after quiet hours.
    #[ts(type = "string | null")]
    pub next_round: Option<DateTime<Utc>>,
    /// The numbers that this device holds to give codes with, also while it is away.
    pub numbers: Vec<NumbersLeft>,
    /// Why nothing is sent, received or shown, in words: the last round was refused, the session has ended,
    /// or the rights are over.
    pub refused: Option<String>,
    /// The same for programs, where the last round was refused.
    pub refused_code: Option<FailureCode>,
    /// The recovery code, until `RecoveryCodeShown` says that the person has it.
    pub recovery_code: Option<String>,
    pub version: String,
}
