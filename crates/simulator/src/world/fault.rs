//! What goes wrong in a world beside the network's own weather.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use serde_bytes::ByteBuf;
use sync_protocol::message::Push;
use sync_protocol::op::SealedOp;

use super::tenant::Crash;
use super::{Broken, World};
use crate::disk::Stop;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The device stops in the middle of that many writes from now.
    Stop {
        desk: usize,
        writes: u64,
        stop: Stop,
    },
    /// Its disk takes no more for some steps.
    DiskFull {
        desk: usize,
        steps: usize,
    },
    /// Nothing gets through for some steps.
    Partition {
        desk: usize,
        way: Way,
        steps: usize,
    },
    Clock {
        desk: usize,
        clock: ClockFault,
    },
    /// The hub of the device dies in its next transaction, before or after the commit.
    HubCrash {
        desk: usize,
        committed: bool,
    },
    /// Somebody sends an op of this device's tenant again with other content.
    Forgery {
        desk: usize,
    },
    /// Whoever sits at the device gets another role or another place; or another's department does.
    Rights {
        desk: usize,
    },
}

/// The way that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockFault {
    Stands,
    At1970,
    At2099,
    Jumps { minutes: i64 },
}

/// A device's clock, by which nothing is decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    ahead: TimeDelta,
    stands: Option<DateTime<Utc>>,
}

impl Clock {
    pub fn now(&self, real: DateTime<Utc>) -> DateTime<Utc> {
        self.stands.unwrap_or(real + self.ahead)
    }

    fn fail(&mut self, fault: ClockFault, real: DateTime<Utc>) {
        let set = |year_days: i64| Self {
            ahead: DateTime::UNIX_EPOCH + TimeDelta::days(year_days) - real,
            stands: None,
        };
        *self = match fault {
            ClockFault::Stands => Self { stands: Some(self.now(real)), ..*self },
            ClockFault::At1970 => set(0),
            ClockFault::At2099 => set(47_200),
            ClockFault::Jumps { minutes } => {
                Self { ahead: self.ahead + TimeDelta::minutes(minutes), stands: None }
            }
        };
    }
}

/// The connection of a device; steps until which it is cut.
#[derive(Clone, Copy, Debug, Default)]
pub struct Link {
    pub up_cut_until: usize,
    pub down_cut_until: usize,
}

impl World {
    pub(super) fn fail(&mut self, number: usize, fault: Fault) -> Result<(), Broken> {
        self.tally.faults += 1;
        match fault {
            // How it stops is asked when it has.
            Fault::Stop { desk, writes, stop } => {
                let desk = &mut self.desks[desk];
                desk.device.disk.stop_after(writes);
                desk.stop = stop;
            }
            Fault::DiskFull { desk, steps } => {
                let desk = &mut self.desks[desk];
                desk.device.disk.set_full(true);
                desk.full_until = Some(number + steps);
            }
            Fault::Partition { desk, way, steps } => {
                let link = &mut self.desks[desk].link;
                if way != Way::Down {
                    link.up_cut_until = number + steps;
                }
                if way != Way::Up {
                    link.down_cut_until = number + steps;
                }
            }
            Fault::Clock { desk, clock } => {
                let now = self.now;
                self.desks[desk].clock.fail(clock, now);
            }
            Fault::HubCrash { desk, committed } => {
                let tenant = self.desks[desk].tenant;
                self.tenants[tenant].crash = Some(Crash { committed });
            }
            Fault::Forgery { desk } => self.forge(desk),
            Fault::Rights { desk } => {
                let (tenant, person) = (self.desks[desk].tenant, self.desks[desk].person);
                self.tenants[tenant].change_rights(person, &mut self.random);
                self.tally.rights += 1;
            }
        }
        Ok(())
    }

    /// A push of earlier days comes again with other content under the same ids.
    fn forge(&mut self, desk: usize) {
        let tenant = self.desks[desk].tenant;
        let pushes: Vec<_> =
            self.net.heard.iter().filter(|it| it.tenant == tenant && it.answer.is_ok()).collect();
        if pushes.is_empty() {
            return;
        }
        let heard = pushes[self.random.random_range(0..pushes.len())]; // below the length
        let (device, epoch) = (heard.device, heard.push.epoch);
        let forged =
            heard.push.ops.iter().filter_map(|bytes| other_content(bytes, &mut self.random));
        let push = Push { epoch, ops: forged.collect() };
        let now = self.now;
        self.tenants[tenant].forged(device, push, now, &mut self.ids, &mut self.net);
    }
}

fn other_content(bytes: &[u8], random: &mut ChaCha8Rng) -> Option<ByteBuf> {
    let mut op = SealedOp::open(bytes.to_vec()).ok()?.op().clone();
    op.intent.base_version += random.random_range(1..5);
    Some(ByteBuf::from(SealedOp::seal(op).ok()?.bytes().to_vec()))
}
