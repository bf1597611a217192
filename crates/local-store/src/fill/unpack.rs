//! The frames of a fill as what is written of them. Reading a row costs as much as writing it, needs no file, and so
//! can be done on another thread.

use sync_protocol::message::Frame;

use super::FillStage;
use crate::apply::{Announced, Held, Received};
use crate::error::Result;
use crate::layout::Layout;

/// Reads the frames of one answer, in their order.
pub struct Unpacker {
    /// Whether rows are written as they come; those of a pull wait for its checkpoint.
    rows: bool,
    announced: Announced,
}

/// A frame, read.
pub enum Piece {
    /// Nothing to write: a layout, which the [`Unpacker`] keeps, or a row of an entity that this program has no table
    /// for.
    Nothing,
    Row(Unpacked),
    Frame(Frame),
}

/// A row of a snapshot, ready to be written.
pub struct Unpacked {
    pub(super) layout: &'static Layout,
    pub(super) row: Received,
    pub(super) held: Held,
}

impl Unpacker {
    pub(super) fn of(stage: &FillStage) -> Self {
        Self { rows: matches!(stage, FillStage::Snapshot { .. }), announced: Announced::default() }
    }

    /// # Errors
    /// `Frame` or `Wire` where the frame is not one of ours.
    pub fn read(&mut self, frame: Frame) -> Result<Piece> {
        match frame {
            frame if !self.rows => Ok(Piece::Frame(frame)),
            Frame::Schema { index, schema } => {
                self.announced.add(index, schema)?;
                Ok(Piece::Nothing)
            }
            Frame::Put { entity, bucket, row } => {
                let Some((layout, schema)) = self.announced.get(entity)? else {
                    return Ok(Piece::Nothing);
                };
                let row = Received::read(row, layout, schema)?;
                let held = Held { bucket, digest: row.digest() };
                Ok(Piece::Row(Unpacked { layout, row, held }))
            }
            frame => Ok(Piece::Frame(frame)),
        }
    }
}

impl Unpacked {
    pub(super) fn entity(&self) -> &'static str {
        self.layout.entity.name
    }
}
