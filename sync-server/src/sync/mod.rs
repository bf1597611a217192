//! The hub's side of the sync, without HTTP and without SQL: judging what devices push, and saying what they may
//! hold. The judge itself and the wire's form are `sync-protocol`'s.

pub mod chains;
mod difference;
pub mod escrow;
pub mod fork;
mod frames;
pub mod greetings;
pub mod hello;
pub mod herald;
mod known;
mod lead;
pub mod leases;
mod load;
pub mod news;
pub mod numbers;
pub mod parity;
pub mod place;
pub mod pull;
pub mod purged;
pub mod push;
mod redact;
pub mod retention;
mod review;
pub mod segments;
pub mod sight;
pub mod snapshot;

pub use frames::Frames;

use domain::permissions::Grants;
use sync_protocol::judge::Author;
use uuid::Uuid;

use self::leases::Leases;
use crate::audit::Actor;

/// A device of a person, with the rights of this moment: in whose name ops are judged and rows are read.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub user: Uuid,
    pub device: Uuid,
    pub grants: &'a Grants,
    pub actor: &'a Actor,
    /// What its ops were made under.
    pub leases: &'a Leases,
    /// Its ops up to this place of the chain were answered once, in an earlier life of the database.
    pub answered_to: u64,
}

impl<'a> Sender<'a> {
    pub fn author(&self) -> Author<'a> {
        Author { user: self.user, device: self.device, grants: self.grants }
    }
}
