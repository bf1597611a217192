//! A world made from a seed: tenants, their people and their devices, who work while everything that can go wrong
//! does. When the faults stop, `oracle` says whether every promise was kept.

mod courier;
mod desk;
mod fault;
mod oracle;
mod people;
mod plan;
mod round;
pub mod tenant;
mod trace;
mod work;

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::device::Device;
use crate::disk::Disk;
use crate::ids::Ids;
use crate::line::{Network, Weather};
use crate::plant::Defect;
use crate::trail::{Trail, TrailHash};
use desk::Desk;
use tenant::Tenant;

pub use plan::{DISKS, Plan, Step};
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
    /// Hubs that were lost and restored.
    pub restores: u64,
    /// Ops that were lost with a hub after their device had to give them up.
    pub gone: u64,
    /// Devices that found another copy of their file in use.
    pub forks: u64,
    /// Changes of somebody's rights.
    pub rights: u64,
    pub moves: u64,
    pub merges: u64,
    /// Codes that devices gave by themselves.
    pub numbers: u64,
    pub attention: u64,
    /// Ops that were held for somebody to decide about.
    pub reviews: u64,
    /// Files of a hub that were carried to a device, which took them.
    pub files: u64,
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
        self.restores += other.restores;
        self.gone += other.gone;
        self.forks += other.forks;
        self.rights += other.rights;
        self.moves += other.moves;
        self.merges += other.merges;
        self.numbers += other.numbers;
        self.attention += other.attention;
        self.reviews += other.reviews;
        self.files += other.files;
        self.compared += other.compared;
        // Of one world; a sum has none of its own.
        self.trail = other.trail;
    }
}

/// A promise that was broken, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

/// A number that a device gave.
struct Drawn {
    desk: usize,
    code: String,
    record: Uuid,
}

pub struct World {
    tenants: Vec<Tenant>,
    desks: Vec<Desk>,
    /// Of the step that is under way.
    random: ChaCha8Rng,
    ids: Ids,
    now: DateTime<Utc>,
    net: Network,
    trail: Trail,
    /// A disk for a copy of some device's file.
    spare: Option<Disk>,
    /// Every op whose writing was confirmed to a person, with the desk.
    confirmed: Vec<(usize, Uuid)>,
    /// Every number that a person was shown as the code of what they had entered.
    drawn: Vec<Drawn>,
    tally: Tally,
}

/// Runs one seed on these disks, one for each device and one to spare.
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
            let device = Device::new(id, rights, disk.clone(), plan.lays_out);
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
            spare: disks.get(plan.seats.len()).cloned(),
            confirmed: Vec::new(),
            drawn: Vec::new(),
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
                    let desk = self.either(desk);
                    self.restart_if_stopped(desk)?;
                    self.act(desk)?;
                    self.restart_if_stopped(desk)?;
                }
                Step::Round { desk, .. }
                    if plan.carried == Some(desk) && self.random.random_ratio(2, 3) =>
                {
                    let desk = self.either(desk);
                    for _ in 0..self.random.random_range(1..6) {
                        self.restart_if_stopped(desk)?;
                        self.carry(desk)?;
                    }
                    self.restart_if_stopped(desk)?;
                }
                Step::Round { desk, weather } => {
                    let desk = self.either(desk);
                    self.restart_if_stopped(desk)?;
                    let link = self.desks[desk].link;
                    let cut = |until: usize, rate| if until > *number { 1000 } else { rate };
                    let lost = cut(link.up_cut_until, weather.lost);
                    let unanswered = cut(link.down_cut_until, weather.unanswered);
                    self.round(desk, Weather { lost, unanswered, ..weather })?;
                    self.restart_if_stopped(desk)?;
                }
                Step::BackUp { desk } => {
                    let tenant = self.desks[desk].tenant;
                    self.tenants[tenant].back_up();
                }
                Step::Fault(fault) => self.fail(*number, fault)?,
            }
        }
        self.settle()?;
        self.judge()
    }
}

/// The dice of a step.
fn dice(seed: u64, step: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(step);
    random
}
