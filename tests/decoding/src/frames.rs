//! The answer to a pull, as a device reads it into its store. The bytes are packed here: what a fuzzer changes in a
//! packed answer is mostly its checksum.

use std::sync::{Mutex, OnceLock, PoisonError};

use local_store::{Disk, Key, Store, StoreError, Taken};
use sync_protocol::message::Frame;
use sync_protocol::wire::{self, FrameReader};
use tempfile::TempDir;

/// One store for all answers: whatever it holds by then, the next must leave it whole.
struct Device {
    store: Store,
    _folder: TempDir,
}

static DEVICE: OnceLock<Mutex<Device>> = OnceLock::new();

/// # Panics
/// Where the store cannot be written, or says that it is damaged.
pub fn frames(bytes: &[u8]) {
    let device = DEVICE.get_or_init(|| Mutex::new(Device::new()));
    let device = device.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(packed) = wire::compress(bytes) else { return };
    let Ok(mut frames) = FrameReader::new(packed.as_slice()) else { return };
    let begun = device.store.begin_pull(None);
    let mut intake = begun.unwrap_or_else(|error| panic!("{error}"));
    while let Ok(Some(frame)) = frames.read::<Frame>() {
        match device.store.take(&mut intake, frame) {
            Ok(Taken::Checkpoint(_)) => break,
            Ok(_) => {}
            Err(StoreError::Frame(_) | StoreError::Wire(_)) => break,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Device {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"));
        let path = folder.path().join("daybook.db");
        let store = Store::create(&path, Key::new([0x5a; 32]), Disk::default());
        Self { store: store.unwrap_or_else(|error| panic!("{error}")), _folder: folder }
    }
}
