//! The tokens by which a pull or a snapshot goes on, as the hub reads them back.

use daybook_server::sync::place::{self, PullToken, SnapshotToken};
use serde_bytes::ByteBuf;

/// # Panics
/// Where a token is read, written and read again to something else.
pub fn token(bytes: &[u8]) {
    let bytes = ByteBuf::from(bytes);
    if let Ok(token) = PullToken::read(&bytes) {
        let again = place::write(&token).ok().and_then(|bytes| PullToken::read(&bytes).ok());
        assert_eq!(again, Some(token));
    }
    if let Ok(token) = place::read::<SnapshotToken>(&bytes) {
        let again = place::write(&token).ok().and_then(|bytes| place::read(&bytes).ok());
        assert_eq!(again, Some(token));
    }
}
