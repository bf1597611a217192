//! A world made from a seed: tenants, their people and their devices, who work while everything that can go wrong
//! does. When the faults stop, `oracle` says whether every promise was kept.

mod desk;
mod fault;
mod oracle;
mod people;
mod plan;
pub mod tenant;
mod trace;
mod work;

use chrono::{DateTime, TimeDelta, Utc};
use domain::masters::SUPPLIER;
use local_store::StoreError;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sync_protocol::device::round::Outcome;
use uuid::Uuid;

use crate::device::{Device, Trouble};
use crate::disk::{Disk, Stop};
use crate::ids::Ids;
use crate::line::{Network, SimulatedLine, Weather};
use crate::plant::Defect;
use crate::trail::{Trail, TrailHash};
use desk::Desk;
use tenant::{CANARY, Tenant};

pub use plan::{DEVICES, Plan, Step};
pub use trace::{Trace, trace};

/// What a world went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub actions: u64,
    pub operations: u64,
    pub rounds: u64,
    pub broken_rounds: u64,
    pub faults: u64,
    pub stops: u64,
    /// Saves that found the disk full.
    pub full: u64,
    /// Changes of somebody's rights.
    pub rights: u64,
    pub moves: u64,
    pub merges: u64,
    pub attention: u64,
    /// Whole copies that were compared with what their person may see.
    pub compared: u64,
    pub trail: TrailHash,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.actions += other.actions;
        self.operations += other.operations;
        self.rounds += other.rounds;
        self.broken_rounds += other.broken_rounds;
        self.faults += other.faults;
        self.stops += other.stops;
        self.full += other.full;
        self.rights += other.rights;
        self.moves += other.moves;
        self.merges += other.merges;
        self.attention += other.attention;
        self.compared += other.compared;
        // Of one world; a sum has none of its own.
        self.trail = other.trail;
    }
}

/// A promise that was broken, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

pub struct World {
    tenants: Vec<Tenant>,
    desks: Vec<Desk>,
    /// Of the step that is under way.
    random: ChaCha8Rng,
    ids: Ids,
    now: DateTime<Utc>,
    net: Network,
    trail: Trail,
    /// Every op whose writing was confirmed to a person, with their tenant.
    confirmed: Vec<(usize, Uuid)>,
    tally: Tally,
}

/// Runs one seed on these disks, one for each device.
///
/// # Errors
/// The first promise that was not kept.
pub fn run(seed: u64, disks: &[Disk]) -> Result<Tally, Broken> {
    run_plan(&Plan::drawn(seed), disks, None)
}

/// Runs a plan, with a defect where one is planted.
///
/// # Errors
/// As [`run`].
pub fn run_plan(plan: &Plan, disks: &[Disk], defect: Option<Defect>) -> Result<Tally, Broken> {
    let mut world = World::new(plan, disks, defect)?;
    world.live(plan)?;
    world.tally.trail = world.trail.end();
    Ok(world.tally)
}

/// What a person of a world is called.
pub fn name_of(user: Uuid) -> String {
    format!("person-{user}")
}

impl World {
    fn new(plan: &Plan, disks: &[Disk], defect: Option<Defect>) -> Result<Self, Broken> {
        let mut ids = Ids::default();
        let mut random = dice(plan.seed, u64::MAX);
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut tenants = Vec::new();
        for (number, people) in plan.people.iter().enumerate() {
            let by = (&mut ids, now, &mut random);
            let mut tenant = Tenant::found(number, people, plan.places, by);
            tenant.hub.defect = defect;
            tenants.push(tenant);
        }
        let (mut desks, mut net) = (Vec::new(), Network::default());
        for (seat, disk) in plan.seats.iter().zip(disks) {
            let rights = tenants[seat.tenant].grants(seat.person).clone(); // as the plan has them
            let id = ids.draw();
            net.users.insert(id, rights.user_id);
            let device = Device::new(id, rights, disk.clone());
            let mut device = device.map_err(|error| Broken(format!("a new device: {error}")))?;
            device.defect = defect;
            desks.push(Desk::of(device, seat.tenant, seat.person));
        }
        Ok(Self {
            tenants,
            desks,
            random,
            ids,
            now,
            net,
            trail: Trail::default(),
            confirmed: Vec::new(),
            tally: Tally::default(),
        })
    }

    fn live(&mut self, plan: &Plan) -> Result<(), Broken> {
        for (number, step) in &plan.steps {
            self.random = dice(plan.seed, *number as u64);
            self.now += TimeDelta::seconds(self.random.random_range(1..50_000));
            self.trail.event(&(number, step));
            self.end_faults(*number);
            match *step {
                Step::Act { desk } => {
                    self.restart_if_stopped(desk)?;
                    self.act(desk)?;
                    self.restart_if_stopped(desk)?;
                }
                Step::Round { desk, weather } => {
                    self.restart_if_stopped(desk)?;
                    let link = self.desks[desk].link;
                    let cut = |until: usize, rate| if until > *number { 1000 } else { rate };
                    let lost = cut(link.up_cut_until, weather.lost);
                    let unanswered = cut(link.down_cut_until, weather.unanswered);
                    self.round(desk, Weather { lost, unanswered, ..weather })?;
                    self.restart_if_stopped(desk)?;
                }
                Step::Fault(fault) => self.fail(*number, fault)?,
            }
        }
        self.settle()?;
        self.judge()
    }

    /// One round; what breaks it off is the weather, the hub or the device, never a refusal. Answers whether it came
    /// to its end.
    fn round(&mut self, index: usize, weather: Weather) -> Result<bool, Broken> {
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
        if let Some(leak) = self.net.leaks.first() {
            return Err(Broken(format!("device {index} was sent {leak}")));
        }
        if let Some(unequal) = desk.device.unequal.first() {
            return Err(Broken(format!("device {index}: its copy did not add up: {unequal}")));
        }
        self.trail.event(&result.as_ref().map_err(|trouble| kind_of(trouble)));
        let device = &self.desks[index].device;
        match result {
            Ok(Outcome::UpToDate) => {
                // Now and then all of it.
                // What was answered before a first fill is asked again after it.
                let waits = |device: &Device| {
                    let unanswered = device.store().map(|it| it.read(|view| view.unanswered()));
                    !matches!(unanswered, Some(Ok(0)))
                };
                if self.random.random_ratio(1, 12) && !waits(device) {
                    self.equals_the_hub(index, false)?;
                }
                Ok(true)
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

    fn restart_if_stopped(&mut self, index: usize) -> Result<(), Broken> {
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
    fn settle(&mut self) -> Result<(), Broken> {
        self.end_faults(usize::MAX);
        for tenant in &mut self.tenants {
            tenant.crash = None;
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
                if !self.round(index, Weather::default())? && turn == 5 {
                    return Err(Broken(format!("device {index} broke off without a fault")));
                }
            }
        }
        Ok(())
    }
}

/// Texts that must not come to a desk: of other tenants, and of suppliers where their person sees none.
fn forbidden(tenants: &[Tenant], desk: &Desk) -> Vec<String> {
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

/// The dice of a step.
fn dice(seed: u64, step: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(step);
    random
}
