//! The hub's side of the sync, without HTTP and without SQL: judging what devices push, and saying what they may
//! hold. The judge itself and the wire's form are `sync-protocol`'s.

pub mod chains;
mod difference;
mod frames;
pub mod greetings;
pub mod hello;
mod known;
mod lead;
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
pub mod sight;
pub mod snapshot;

pub use frames::Frames;

use domain::permissions::Grants;
use sync_protocol::judge::Author;
use uuid::Uuid;

use crate::audit::Actor;

/// A device of a person, with the rights of this moment: in whose name ops are judged and rows are read.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub user: Uuid,
    pub device: Uuid,
    pub grants: &'a Grants,
    pub actor: &'a Actor,
}

impl<'a> Sender<'a> {
    pub fn author(&self) -> Author<'a> {
        Author { user: self.user, device: self.device, grants: self.grants }
    }
}
