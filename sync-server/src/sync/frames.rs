//! Writing the frames of a pull or of a snapshot. Each entity's layout goes ahead of its first row; a row
//! passes the person's projection here or not at all.

use std::collections::BTreeSet;

use domain::record::{EntityDef, Record};
use domain::synced;
use sync_protocol::message::{Bucket, Frame};
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

    /// Goes on behind a stream that has this entity's layout.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn behind(seen: &Seen) -> Result<Self, WireError> {
        Ok(Self { writer: FrameWriter::new()?, announced: BTreeSet::from([seen.index]) })
    }

    /// # Errors
    /// See [`WireError`].
    pub fn put(&mut self, seen: &Seen, bucket: Bucket, record: &Record) -> Result<(), WireError> {
        self.announce(seen.index, seen.entity)?;
        let row = WireRow::of(record, &seen.projection);
        self.write(&Frame::Put { entity: seen.index, bucket, row })
    }

    /// # Errors
    /// See [`WireError`].
    pub fn leave(&mut self, seen: &Seen, id: Uuid) -> Result<(), WireError> {
        self.announce(seen.index, seen.entity)?;
        self.write(&Frame::Leave { entity: seen.index, id })
    }

    /// Takes away what the person does not see any more; the entity may be one that they see nothing of.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn drop_rows(
        &mut self,
        entity: &'static EntityDef,
        bucket: Option<Bucket>,
    ) -> Result<(), WireError> {
        let numbered = (0_u16..).zip(synced::all());
        let found = numbered.into_iter().find(|(_, known)| known.name == entity.name);
        let Some((index, entity)) = found else { return Ok(()) };
        self.announce(index, entity)?;
        self.write(&Frame::Drop { entity: index, bucket })
    }

    /// # Errors
    /// See [`WireError`].
    pub fn write(&mut self, frame: &Frame) -> Result<(), WireError> {
        self.writer.write(frame)
    }

    /// Writes the entity's layout, if this stream has not got it.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn announce(&mut self, index: u16, entity: &EntityDef) -> Result<(), WireError> {
        if !self.announced.insert(index) {
            return Ok(());
        }
        self.write(&Frame::Schema { index, schema: Schema::of(entity) })
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
