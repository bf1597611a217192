//! Writing the frames of an answer: each entity's layout goes ahead of its first row, a row passes the person's
//! projection.

use std::collections::BTreeSet;

use domain::record::EntityDef;
use domain::synced;
use sync_protocol::message::{Bucket, Frame};
use sync_protocol::projection::Projection;
use sync_protocol::row::{Schema, WireRow};
use uuid::Uuid;

use super::Kept;
use super::sight::Seen;

pub struct Frames {
    frames: Vec<Frame>,
    announced: BTreeSet<u16>,
    masked: bool,
}

impl Frames {
    /// `masked` is false only where that is a planted defect.
    pub fn masked(masked: bool) -> Self {
        Self { frames: Vec::new(), announced: BTreeSet::new(), masked }
    }

    pub fn put(&mut self, seen: &Seen, kept: &Kept) {
        self.announce(seen.index, seen.entity);
        let all = Projection::default();
        let row = WireRow::of(&kept.record, if self.masked { &seen.projection } else { &all });
        self.frames.push(Frame::Put { entity: seen.index, bucket: kept.bucket, row });
    }

    pub fn leave(&mut self, seen: &Seen, id: Uuid) {
        self.announce(seen.index, seen.entity);
        self.frames.push(Frame::Leave { entity: seen.index, id });
    }

    /// Takes away what the person does not see any more; the entity may be one that they see nothing of.
    pub fn drop_rows(&mut self, entity: &'static EntityDef, bucket: Option<Bucket>) {
        let numbered = (0_u16..).zip(synced::all());
        let found = numbered.into_iter().find(|(_, known)| known.name == entity.name);
        let Some((index, entity)) = found else { return };
        self.announce(index, entity);
        self.frames.push(Frame::Drop { entity: index, bucket });
    }

    pub fn push(&mut self, frame: Frame) {
        self.frames.push(frame);
    }

    pub fn into_vec(self) -> Vec<Frame> {
        self.frames
    }

    fn announce(&mut self, index: u16, entity: &EntityDef) {
        if self.announced.insert(index) {
            self.frames.push(Frame::Schema { index, schema: Schema::of(entity) });
        }
    }
}
