//! Somebody carries files between a device and its hub: one is written, taken, or lies about, in no order.

use local_store::StoreError;
use rand::RngExt as _;
use sync_protocol::device::round::Outcome;

use super::round::forbidden;
use super::{Broken, World};
use crate::courier::exchange;
use crate::device::Trouble;

impl World {
    /// One errand for a device that meets its hub by files for now.
    pub(super) fn carry(&mut self, index: usize) -> Result<(), Broken> {
        match self.random.random_range(0..3) {
            0 => {
                let desk = &mut self.desks[index]; // the caller's index is below the length
                let written = desk.device.write_file(desk.clock.now(self.now));
                let written = written.map(|file| desk.to_hub.push(file));
                self.went(index, written)
            }
            1 => {
                let Some(at) = self.one_of(self.desks[index].to_hub.len()) else { return Ok(()) };
                let file = self.desks[index].to_hub[at].clone();
                let forbidden = forbidden(&self.tenants, &self.desks[index]);
                let mut line = self.line(index, &forbidden);
                // Where the hub died, or was lost, there is no file.
                let answer = exchange(&mut line, &file);
                self.no_leak(index)?;
                self.desks[index].to_device.extend(answer);
                Ok(())
            }
            _ => {
                let count = self.desks[index].to_device.len();
                let Some(at) = self.one_of(count) else { return Ok(()) };
                let desk = &mut self.desks[index];
                let now = desk.clock.now(self.now);
                let taken = desk.device.read_file(&desk.to_device[at], now);
                self.tally.files += u64::from(matches!(taken, Ok(Some(_))));
                if let Some(unequal) = desk.device.unequal.first() {
                    let message = format!("device {index}: a file did not add up: {unequal}");
                    return Err(Broken(message));
                }
                if let Ok(Some(Outcome::NoParity)) = taken {
                    return Err(Broken(format!("device {index}: a file was of no use")));
                }
                self.went(index, taken.map(drop))
            }
        }
    }

    /// The newest, or any.
    fn one_of(&mut self, count: usize) -> Option<usize> {
        let last = count.checked_sub(1)?;
        Some(match self.random.random_ratio(1, 2) {
            true => last,
            false => self.random.random_range(0..count),
        })
    }

    /// A file may hold nothing for what the device is by now, and a device may stop over it.
    fn went(&mut self, index: usize, came: Result<(), Trouble>) -> Result<(), Broken> {
        let desk = &mut self.desks[index]; // the caller's index is below the length
        match came {
            Ok(()) | Err(Trouble::Broken) => Ok(()),
            Err(Trouble::Store(_)) if desk.device.disk.has_stopped() => Ok(()),
            Err(Trouble::Store(StoreError::Closed)) => {
                desk.device.close();
                Ok(())
            }
            Err(Trouble::Store(error)) => desk.found_full(error).map(drop).map_err(|error| {
                Broken(format!("device {index} could not keep what a file brought: {error:?}"))
            }),
            Err(Trouble::Wire(error)) => Err(Broken(format!("device {index}: {error}"))),
        }
    }
}
