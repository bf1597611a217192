//! The lives of a hub: what a verified backup holds, how it goes on from one, and what it forgets with time.

use sync_protocol::message::Position;
use uuid::Uuid;

use super::MemoryHub;
use crate::plant::Defect;

impl MemoryHub {
    /// A verified backup of what stands here. From now on devices need not keep what lies in it.
    pub fn back_up(&mut self) -> Self {
        self.backed_up = Some(self.position);
        self.clone()
    }

    /// Begins another life with what this backup holds. Who works here stays as it is now, and so does what was
    /// noted for whoever checks the hub.
    pub fn restore(&mut self, backup: Self) {
        let lost = std::mem::replace(self, backup);
        self.defect = lost.defect;
        self.epoch = if self.is(Defect::EpochKept) { lost.epoch } else { lost.epoch + 1 };
        self.staff = lost.staff;
        self.roles = lost.roles;
        self.leases = lost.leases;
        self.schema = lost.schema;
        self.denials = lost.denials;
        self.come_back_with_numbers(lost.numbers);
        for (version, sight) in lost.sights {
            self.sights.entry(version).or_insert(sight);
        }
        // What an earlier restore had lost of a chain is lost still.
        let mut answered = lost.lost_to;
        for (device, end) in lost.chains {
            let to = answered.entry(device).or_default();
            *to = end.op_seq.max(*to);
        }
        answered.retain(|device, to| *to > self.chain(*device).op_seq);
        self.lost_to = answered;
    }

    /// How much of the order can still be followed.
    pub fn followed(&self) -> std::ops::RangeInclusive<Position> {
        self.floor..=self.position
    }

    /// Forgets what the order told up to this place, and what people saw under versions for which no copy can be any
    /// more.
    pub fn forget(&mut self, floor: Position) {
        self.floor = floor;
        for kept in self.kept.values_mut() {
            kept.left.retain(|(at, _)| *at > floor);
        }
        let mut newer: Option<Uuid> = None;
        // From the newest of each person to the oldest.
        let gone = self.views.iter().rev().filter_map(|((user, version), (_, at))| {
            let gone = newer == Some(*user);
            if *at < floor {
                newer = Some(*user);
            }
            gone.then_some((*user, *version))
        });
        for version in gone.collect::<Vec<_>>() {
            self.views.remove(&version);
        }
    }
}
