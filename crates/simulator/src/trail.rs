//! The trail of a world: one hash over everything that happened and every message that was sent. Two runs of a seed
//! leave the same.

use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sync_protocol::wire;

#[derive(Clone, Default)]
pub struct Trail(Sha256);

/// The hash of a whole trail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrailHash([u8; 32]);

impl Trail {
    /// Something happened.
    pub fn event(&mut self, event: &impl fmt::Debug) {
        self.bytes(format!("{event:?}").as_bytes());
    }

    /// Something was sent.
    pub fn message(&mut self, kind: &str, message: &impl Serialize) {
        self.bytes(kind.as_bytes());
        // Messages are plain data: encoding them cannot fail.
        self.bytes(&wire::encode(message).unwrap_or_default());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    pub fn end(self) -> TrailHash {
        TrailHash(self.0.finalize().into())
    }
}

impl fmt::Display for TrailHash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
