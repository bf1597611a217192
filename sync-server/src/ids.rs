//! The hub's edge to randomness: ids, salts and secrets are drawn here and handed on as arguments.
//! It decides nothing about what they are used for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Fills an array from the operating system's generator.
///
/// A machine whose generator fails cannot make a key or a token; there is nothing safe left to do, so the
/// process stops.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no randomness");
        std::process::abort();
    }
    bytes
}

/// A row id: UUID version 7, so that rows made one after another lie side by side in an index.
pub fn row_id(now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid()
}

/// An id that says nothing, not even when it was made: UUID version 4.
pub fn opaque_id() -> Uuid {
    uuid::Builder::from_random_bytes(random()).into_uuid()
}

/// A secret of 256 bits as text that fits into a link or a header.
pub fn secret_text() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}
