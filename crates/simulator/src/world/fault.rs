//! What goes wrong in a world beside the network's own weather.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt as _;
use serde_bytes::ByteBuf;
use sync_protocol::message::Push;
use sync_protocol::op::{Hash, Op, SealedOp};

use super::desk::Desk;
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
    /// The hub of the device is lost after some requests, and restored from its last backup.
    HubRestored {
        desk: usize,
        requests: u32,
    },
    /// Somebody sends an op of this device's tenant again with other content, from another device.
    Forgery {
        desk: usize,
    },
    /// The file of the device is copied to a second machine together with its key, and both are used.
    Copied {
        desk: usize,
    },
    /// The hub of the device forgets what its order told up to some place.
    RetentionPassed {
        desk: usize,
    },
    /// The hub of the device gets a newer program; the devices get it some steps later.
    Upgraded {
        desk: usize,
        steps: usize,
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
            Fault::HubRestored { desk, requests } => {
                let tenant = self.desks[desk].tenant;
                self.tenants[tenant].lost_in = Some(requests);
                self.tally.restores += 1;
            }
            Fault::Forgery { desk } => self.forge(desk),
            Fault::Copied { desk } => self.copy(desk)?,
            Fault::RetentionPassed { desk } => {
                let tenant = self.desks[desk].tenant;
                let hub = &mut self.tenants[tenant].hub;
                hub.forget(self.random.random_range(hub.followed()));
            }
            Fault::Upgraded { desk, steps } => {
                let tenant = self.desks[desk].tenant;
                self.tenants[tenant].upgrade();
                for desk in self.desks.iter_mut().filter(|desk| desk.tenant == tenant) {
                    let later = self.random.random_range(1..=steps);
                    desk.outdated_until = Some(number + later);
                }
            }
            Fault::Rights { desk } => {
                let (tenant, person) = (self.desks[desk].tenant, self.desks[desk].person);
                self.tenants[tenant].change_rights(person, &mut self.random);
                self.tally.rights += 1;
            }
        }
        Ok(())
    }

    /// An op that the hub has answered comes again with other content, as the first of another device of its author.
    fn forge(&mut self, desk: usize) {
        let tenant = self.desks[desk].tenant;
        let hub = &self.tenants[tenant].hub;
        let known: Vec<_> = hub.ops().map(|judged| (judged.user, judged.op)).collect();
        if known.is_empty() {
            return;
        }
        let (user, op) = known[self.random.random_range(0..known.len())]; // below the length
        let mut op = Op { op_seq: 1, prev_hash: Hash::default(), ..op.clone() };
        op.intent.base_version += self.random.random_range(1..5);
        let Ok(sealed) = SealedOp::seal(op) else { return };
        let ops = vec![ByteBuf::from(sealed.bytes())];
        let push = Push { epoch: hub.epoch(), ops };
        let (device, now) = (self.ids.draw(), self.now);
        self.tenants[tenant].forged((device, user), push, now, &mut self.ids, &mut self.net);
    }

    /// Puts the file of a device on the disk that is left, where one is.
    fn copy(&mut self, index: usize) -> Result<(), Broken> {
        let desk = &self.desks[index];
        let whole = desk.device.store().is_some() && !desk.device.disk.has_stopped();
        let Some(disk) = self.spare.take_if(|_| whole) else { return Ok(()) };
        let device = desk.device.copied_to(disk);
        let device = device.map_err(|error| Broken(format!("a copied file: {error:?}")))?;
        let (tenant, person) = (desk.tenant, desk.person);
        let outdated_until = desk.outdated_until;
        let copy =
            Desk { copy_of: Some(index), outdated_until, ..Desk::of(device, tenant, person) };
        self.desks.push(copy);
        Ok(())
    }
}
