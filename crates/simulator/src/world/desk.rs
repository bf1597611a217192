//! A device where it stands: whose it is, and what is wrong with it at the moment.

use local_store::StoreError;
use rand::RngExt as _;

use super::World;
use super::fault::{Clock, Link};
use crate::courier::{ToDevice, ToHub};
use crate::device::Device;
use crate::disk::Stop;

pub struct Desk {
    pub device: Device,
    pub tenant: usize,
    pub person: usize,
    pub clock: Clock,
    pub link: Link,
    /// How it stops when it does.
    pub stop: Stop,
    /// The step at which there is room on the disk again.
    pub full_until: Option<usize>,
    /// The step at which its program becomes that of its hub.
    pub outdated_until: Option<usize>,
    /// The desk from which its file was copied.
    pub copy_of: Option<usize>,
    /// The hub holds work of this device that was made with the other copy of its file.
    pub forked: bool,
    /// Files that were written by it and for it. Nobody knows which of them come to where they should.
    pub to_hub: Vec<ToHub>,
    pub to_device: Vec<ToDevice>,
}

impl Desk {
    pub fn of(device: Device, tenant: usize, person: usize) -> Self {
        Self {
            device,
            tenant,
            person,
            clock: Clock::default(),
            link: Link::default(),
            stop: Stop::Kill,
            full_until: None,
            outdated_until: None,
            copy_of: None,
            forked: false,
            to_hub: Vec::new(),
            to_device: Vec::new(),
        }
    }

    /// That something could not be written is no wonder on a full disk; nothing was.
    ///
    /// # Errors
    /// The error, where there is room.
    pub fn found_full(&self, error: StoreError) -> Result<bool, StoreError> {
        match self.full_until {
            Some(_) => Ok(false),
            None => Err(error),
        }
    }
}

impl World {
    /// Ends what lasts only until this step.
    pub(super) fn end_faults(&mut self, step: usize) {
        for desk in &mut self.desks {
            if desk.full_until.is_some_and(|until| until <= step) {
                desk.device.disk.set_full(false);
                desk.full_until = None;
            }
            if desk.outdated_until.is_some_and(|until| until <= step) {
                desk.device.schema = self.tenants[desk.tenant].hub.schema;
                desk.device.close();
                desk.outdated_until = None;
            }
        }
    }

    /// Where a desk's file was copied, its person works now here, now there.
    pub(super) fn either(&mut self, desk: usize) -> usize {
        let copy = self.desks.iter().position(|it| it.copy_of == Some(desk));
        match copy {
            Some(copy) if self.random.random_ratio(1, 2) => copy,
            _ => desk,
        }
    }

    /// The other desk that works with the same device's file.
    pub(super) fn other_copy(&self, index: usize) -> Option<&Desk> {
        let of = self.desks.get(index)?.copy_of;
        match of {
            Some(of) => self.desks.get(of),
            None => self.desks.iter().find(|it| it.copy_of == Some(index)),
        }
    }
}
