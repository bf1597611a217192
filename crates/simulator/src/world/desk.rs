//! A device where it stands: whose it is, and what is wrong with it at the moment.

use local_store::StoreError;

use super::World;
use super::fault::{Clock, Link};
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
        }
    }
}
