//! What the two sides say to each other of an attached file. Its bytes go as they are, apart from ops: a file is
//! asked for, sent and received by the record that names it.

use serde::{Deserialize, Serialize};

/// The header that says where the bytes of a request belong in the file.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// The most bytes that one request adds.
pub const PART_MAX: usize = 1 << 20;

/// How much of a file the hub has from this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Received {
    /// Bytes from the beginning; the next request goes on there.
    pub received: u64,
    /// All of it is there and has the hash that it was sent under.
    pub complete: bool,
}
