//! Writing the frames of a pull or of a snapshot. Each entity's layout goes ahead of its first row; a row
//! passes the person's projection here or not at all.

use std::collections::BTreeSet;

use domain::record::Record;
use sync_protocol::message::Frame;
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::wire::{FrameWriter, WireError};
use uuid::Uuid;

use super::sight::Seen;

pub struct Frames {
    writer: FrameWriter,
    /// The entities whose layout this stream has.
    announced: BTreeSet<u16>,
}

impl Frames {
    /// # Errors
    /// See [`WireError`].
    pub fn new() -> Result<Self, WireError> {
        Ok(Self { writer: FrameWriter::new()?, announced: BTreeSet::new() })
    }

    /// # Errors
    /// See [`WireError`].
    pub fn put(&mut self, seen: &Seen, record: &Record) -> Result<(), WireError> {
        self.announce(seen)?;
        let row = WireRow::of(record, &seen.projection);
        self.write(&Frame::Put { entity: seen.index, scope: seen.scope, row })
    }

    /// # Errors
    /// See [`WireError`].
    pub fn leave(&mut self, seen: &Seen, id: Uuid) -> Result<(), WireError> {
        self.announce(seen)?;
        self.write(&Frame::Leave { entity: seen.index, scope: seen.scope, id })
    }

    /// # Errors
    /// See [`WireError`].
    pub fn write(&mut self, frame: &Frame) -> Result<(), WireError> {
        self.writer.write(frame)
    }

    fn announce(&mut self, seen: &Seen) -> Result<(), WireError> {
        if !self.announced.insert(seen.index) {
            return Ok(());
        }
        self.write(&Frame::Schema { index: seen.index, schema: Schema::of(seen.entity) })
    }

    /// Bytes written so far, before compression.
    pub fn written(&self) -> usize {
        self.writer.written()
    }

    /// The compressed bytes so far; the stream goes on.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn take(&mut self) -> Result<Vec<u8>, WireError> {
        self.writer.take()
    }

    /// The last compressed bytes.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn finish(self) -> Result<Vec<u8>, WireError> {
        self.writer.finish()
    }
}
