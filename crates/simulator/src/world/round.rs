//! Rounds of the devices of a world: under faults, and when those are over.

use chrono::TimeDelta;
use domain::masters::SUPPLIER;
use local_store::StoreError;
use rand::RngExt as _;
use sync_protocol::device::round::Outcome;

use super::desk::Desk;
use super::tenant::{CANARY, Tenant};
use super::{Broken, World};
use crate::device::Trouble;
use crate::disk::Stop;
use crate::line::{SimulatedLine, Weather};

impl World {
    /// One round; what breaks it off is the weather, the hub or the device, never a refusal. Answers whether it came
    /// to its end.
    pub(super) fn round(&mut self, index: usize, weather: Weather) -> Result<bool, Broken> {
        self.tally.rounds += 1;
        let desk = &mut self.desks[index];
        if desk.device.store().is_none() {
            return Ok(false);
        }
        let forbidden = forbidden(&self.tenants, desk);
        let mut line = SimulatedLine {
            tenant: &mut self.tenants[desk.tenant],
            person: desk.person,
            device: desk.device.id,
            weather,
            random: &mut self.random,
            ids: &mut self.ids,
            now: self.now,
            net: &mut self.net,
            trail: &mut self.trail,
            forbidden: &forbidden,
            told: None,
        };
        let result = desk.device.sync(&mut line, desk.clock.now(self.now));
        if let Some(told) = line.told {
            desk.device.grants = told;
        }
        self.no_leak(index)?;
        let desk = &mut self.desks[index];
        if let Some(unequal) = desk.device.unequal.first() {
            return Err(Broken(format!("device {index}: its copy did not add up: {unequal}")));
        }
        self.trail.event(&result.as_ref().map_err(|trouble| kind_of(trouble)));
        let device = &self.desks[index].device;
        match result {
            Ok(Outcome::UpToDate) => {
                self.desks[index].forked = false;
                // Now and then all of it.
                if self.random.random_ratio(1, 12) && self.has_all(index) {
                    self.equals_the_hub(index, false)?;
                }
                Ok(true)
            }
            // The hub began another life in the middle; the next hello tells of it.
            Ok(Outcome::Again) => {
                self.tally.broken_rounds += 1;
                Ok(false)
            }
            Ok(Outcome::Outdated) if self.desks[index].outdated_until.is_some() => Ok(true),
            Ok(Outcome::Forked) if self.other_copy(index).is_some() => {
                self.tally.forks += u64::from(!self.desks[index].forked);
                self.desks[index].forked = true;
                Ok(false)
            }
            Ok(outcome) => Err(Broken(format!("device {index}: a round ended with {outcome:?}"))),
            Err(Trouble::Broken) => {
                self.tally.broken_rounds += 1;
                Ok(false)
            }
            Err(Trouble::Store(_)) if device.disk.has_stopped() => Ok(false),
            // A full disk kept it from opening its file again.
            Err(Trouble::Store(StoreError::Closed)) => {
                self.desks[index].device.close();
                Ok(false)
            }
            Err(Trouble::Store(error)) => self.desks[index].found_full(error).map_err(|error| {
                Broken(format!("device {index} could not keep what it got: {error:?}"))
            }),
            Err(Trouble::Wire(error)) => Err(Broken(format!("device {index}: {error}"))),
        }
    }

    /// A line on which nothing goes wrong by itself; what may not come down it is `forbidden`.
    pub(super) fn line<'w>(
        &'w mut self,
        index: usize,
        forbidden: &'w [String],
    ) -> SimulatedLine<'w> {
        let desk = &self.desks[index]; // the caller's index is below the length
        SimulatedLine {
            tenant: &mut self.tenants[desk.tenant],
            person: desk.person,
            device: desk.device.id,
            weather: Weather::default(),
            random: &mut self.random,
            ids: &mut self.ids,
            now: self.now,
            net: &mut self.net,
            trail: &mut self.trail,
            forbidden,
            told: None,
        }
    }

    /// Nobody was sent what they may not see.
    pub(super) fn no_leak(&self, index: usize) -> Result<(), Broken> {
        match self.net.leaks.first() {
            Some(leak) => Err(Broken(format!("device {index} was sent {leak}"))),
            None => Ok(()),
        }
    }

    /// Nothing waits for an answer, as what was answered before a first fill does; and the hub was not lost right
    /// behind the round.
    fn has_all(&self, index: usize) -> bool {
        let desk = &self.desks[index]; // the caller's index is below the length
        let epoch = self.tenants[desk.tenant].hub.epoch();
        desk.device.store().is_some_and(|store| {
            let stands = store.read(|view| Ok((view.unanswered()?, view.epoch()?)));
            matches!(stands, Ok((0, of)) if of == epoch)
        })
    }

    pub(super) fn restart_if_stopped(&mut self, index: usize) -> Result<(), Broken> {
        let desk = &mut self.desks[index];
        let device = &mut desk.device;
        if !device.disk.has_stopped() && device.store().is_some() {
            return Ok(());
        }
        self.tally.stops += 1;
        let stop = if device.disk.has_stopped() { desk.stop } else { Stop::Kill };
        self.trail.event(&(index, stop));
        match device.restart(stop) {
            Ok(()) => Ok(()),
            Err(error) => desk
                .found_full(error)
                .map(|_| ())
                .map_err(|error| Broken(format!("device {index} after {stop:?}: {error:?}"))),
        }
    }

    /// The faults stop; every device gets five rounds.
    pub(super) fn settle(&mut self) -> Result<(), Broken> {
        self.end_faults(usize::MAX);
        for tenant in &mut self.tenants {
            tenant.crash = None;
            tenant.lost_in = None;
        }
        for index in 0..self.desks.len() {
            self.restart_if_stopped(index)?;
            let restarted = self.desks[index].device.restart(Stop::Kill);
            restarted.map_err(|error| Broken(format!("device {index}: {error:?}")))?;
        }
        for turn in 1..=5 {
            for index in 0..self.desks.len() {
                self.now += TimeDelta::seconds(1);
                // What is sent may change the sender's own rights, and a fill then begins with the next hello.
                let whole = self.round(index, Weather::default())?;
                if !whole && turn == 5 && !self.desks[index].forked {
                    return Err(Broken(format!("device {index} broke off without a fault")));
                }
            }
        }
        Ok(())
    }
}

/// Texts that must not come to a desk: of other tenants, and of suppliers where their person sees none.
pub(super) fn forbidden(tenants: &[Tenant], desk: &Desk) -> Vec<String> {
    let hidden = !tenants[desk.tenant].grants(desk.person).holds(SUPPLIER.guard.view);
    let of = |tenant: &Tenant| format!("{CANARY} {}", tenant.number);
    let others = tenants.iter().filter(|it| it.number != desk.tenant || hidden);
    others.map(of).collect()
}

/// What a trail tells of trouble: not in the words of a database.
fn kind_of(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Broken => "broken",
        Trouble::Store(_) => "store",
        Trouble::Wire(_) => "wire",
    }
}
