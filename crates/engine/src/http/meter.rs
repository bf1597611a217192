//! How many bytes of messages went over the line, packed as they went. What the line itself adds is not counted.

use std::sync::atomic::{AtomicU64, Ordering};

use contract::Line;

/// Counted by every request of the hubs that share it.
#[derive(Debug, Default)]
pub struct Meter {
    sent: AtomicU64,
    received: AtomicU64,
}

impl Meter {
    pub(super) fn sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub fn line(&self) -> Line {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Line { sent: read(&self.sent), received: read(&self.received) }
    }
}
