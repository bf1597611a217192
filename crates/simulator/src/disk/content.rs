//! One file of a simulated disk: what its readers see, and what of it a power cut would take away. What was
//! written since the last sync is kept with what it replaced, so that a sync costs nothing.

use super::Stop;

/// Bytes of one shared-memory region of the write-ahead log's index (SQLite's own size).
pub(super) const REGION_BYTES: usize = 32 * 1024;

#[derive(Default)]
pub(super) struct Content {
    current: Vec<u8>,
    /// Oldest first.
    unsynced: Vec<Unsynced>,
    pub regions: Vec<Box<[u8; REGION_BYTES]>>,
}

/// A change with what undoes it.
enum Unsynced {
    Write { offset: usize, bytes: Vec<u8>, before: Vec<u8>, size: usize },
    Truncate { size: usize, gone: Vec<u8>, before: usize },
}

impl Content {
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { current: bytes, ..Self::default() }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.current
    }

    pub fn write(&mut self, offset: usize, bytes: &[u8]) {
        let size = self.current.len();
        let replaced = offset.min(size)..(offset + bytes.len()).min(size);
        let before = self.current[replaced].to_vec(); // both ends are at most `size`
        put(&mut self.current, offset, bytes);
        self.unsynced.push(Unsynced::Write { offset, bytes: bytes.to_vec(), before, size });
    }

    pub fn truncate(&mut self, size: usize) {
        let before = self.current.len();
        let gone = self.current.split_off(size.min(before));
        self.current.resize(size, 0);
        self.unsynced.push(Unsynced::Truncate { size, gone, before });
    }

    pub fn sync(&mut self) {
        self.unsynced.clear();
    }

    /// What a restart finds.
    pub fn stop(&mut self, stop: Stop) {
        // Shared memory does not outlive the processes that share it.
        self.regions.clear();
        match stop {
            Stop::Kill => self.sync(),
            Stop::PowerCut { kept } => self.cut_power(kept),
        }
    }

    fn cut_power(&mut self, kept: usize) {
        let unsynced = std::mem::take(&mut self.unsynced);
        for change in unsynced.iter().rev() {
            self.undo(change);
        }
        for (index, change) in unsynced.iter().take(kept + 1).enumerate() {
            match change {
                Unsynced::Write { offset, bytes, .. } => {
                    let whole = index < kept;
                    let reached = if whole { bytes.len() } else { bytes.len() / 2 };
                    let (reached, _) = bytes.split_at(reached);
                    put(&mut self.current, *offset, reached);
                }
                Unsynced::Truncate { size, .. } => self.current.resize(*size, 0),
            }
        }
    }

    fn undo(&mut self, change: &Unsynced) {
        match change {
            Unsynced::Write { offset, before, size, .. } => {
                self.current.truncate(*size);
                put(&mut self.current, (*offset).min(*size), before);
            }
            Unsynced::Truncate { gone, before, .. } => {
                self.current.truncate(before - gone.len());
                self.current.extend_from_slice(gone);
            }
        }
    }
}

fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    if file.len() < offset {
        file.resize(offset, 0);
    }
    let (over, beyond) = bytes.split_at(bytes.len().min(file.len() - offset));
    file[offset..offset + over.len()].copy_from_slice(over); // `over` ends with the file at most
    file.extend_from_slice(beyond);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Content {
        let mut file = Content::default();
        file.write(0, b"ledger of May");
        file.sync();
        file.write(10, b"June 30");
        file.truncate(6);
        file.write(8, b"!!");
        file
    }

    #[test]
    fn a_killed_program_loses_nothing_that_it_wrote() {
        let mut file = file();
        file.stop(Stop::Kill);
        assert_eq!(file.bytes(), b"ledger\0\0!!");
    }

    #[test]
    fn a_power_cut_takes_what_was_not_synced_and_tears_one_write() {
        let after = |kept| {
            let mut file = file();
            file.stop(Stop::PowerCut { kept });
            file.bytes().to_vec()
        };
        assert_eq!(after(0), b"ledger of Jun", "half of the first write");
        assert_eq!(after(1), b"ledger", "the first write, and the truncation, which cannot tear");
        assert_eq!(after(2), b"ledger\0\0!", "half of the last write");
        assert_eq!(after(3), b"ledger\0\0!!");
    }

    #[test]
    fn what_was_synced_outlasts_every_power_cut() {
        let mut file = file();
        file.sync();
        file.stop(Stop::PowerCut { kept: 0 });
        assert_eq!(file.bytes(), b"ledger\0\0!!");
    }
}
