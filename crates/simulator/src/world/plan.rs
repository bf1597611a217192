//! What happens in a world, step by step, as its seed says: who is there, who works when, what goes wrong. Each step
//! has dice of its own, so that any may be left out and the others stay what they are.

use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::fault::{ClockFault, Fault, Way};
use super::people::ROLES;
use crate::disk::Stop;
use crate::line::Weather;

/// Steps of a whole world: what people do, rounds, and faults.
const ACTIONS: usize = 212;
const ROUNDS: usize = 108;
const FAULTS: usize = 28;
const BACKUPS: usize = 3;
/// Most devices of a world.
const DEVICES: usize = 8;
/// Disks that a world may need: one of its files may be copied.
pub const DISKS: usize = DEVICES + 1;

/// A device and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    pub tenant: usize,
    /// The person's place among those of the tenant.
    pub person: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Act {
        desk: usize,
    },
    Round {
        desk: usize,
        weather: Weather,
    },
    /// The hub of the device makes a backup.
    BackUp {
        desk: usize,
    },
    Fault(Fault),
}

/// A world before it begins.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub seats: Vec<Seat>,
    /// The role of each person, by tenant.
    pub people: Vec<Vec<&'static str>>,
    /// Whether there are branches and departments, and records in them.
    pub places: bool,
    /// Whether devices lay out the file of each fill, which is a fifth of the work of a world: one in eight does.
    pub lays_out: bool,
    /// The device whose rounds mostly go by files, where one's do.
    pub carried: Option<usize>,
    /// Each with its number, by which its dice are thrown.
    pub steps: Vec<(usize, Step)>,
}

impl Plan {
    /// A world of one to three tenants with three to eight devices.
    pub fn drawn(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let tenants = random.random_range(1..=3);
        let devices = random.random_range(3..=DEVICES);
        let mut people: Vec<Vec<&'static str>> = vec![Vec::new(); tenants];
        let mut seats = Vec::new();
        for desk in 0..devices {
            let tenant = if desk < tenants { desk } else { random.random_range(0..tenants) };
            let known = people[tenant].len(); // below `tenants`
            let person = match known > 0 && random.random_ratio(1, 6) {
                // A second device of somebody.
                true => random.random_range(0..known),
                false => {
                    // Somebody can always do everything.
                    let role = if known == 0 { "admin" } else { role(&mut random) };
                    people[tenant].push(role);
                    known
                }
            };
            seats.push(Seat { tenant, person });
        }
        let mut steps = Vec::new();
        let desk = |random: &mut ChaCha8Rng| random.random_range(0..devices);
        for _ in 0..ACTIONS {
            steps.push(Step::Act { desk: desk(&mut random) });
        }
        for _ in 0..ROUNDS {
            steps.push(Step::Round { desk: desk(&mut random), weather: weather(&mut random) });
        }
        for _ in 0..BACKUPS {
            steps.push(Step::BackUp { desk: desk(&mut random) });
        }
        for _ in 0..FAULTS {
            let desk = desk(&mut random);
            steps.push(Step::Fault(fault(&mut random, desk)));
        }
        steps.shuffle(&mut random);
        let steps = steps.into_iter().enumerate().collect();
        let lays_out = seed.is_multiple_of(8);
        let carried = seed.is_multiple_of(3).then_some(devices - 1);
        Self { seed, seats, people, places: true, lays_out, carried, steps }
    }

    /// A world that another hub can be told of: three people of one tenant who keep their rights, without places.
    pub fn plain(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let people = vec!["admin", "manager", "sales"];
        let seats = (0..people.len()).map(|person| Seat { tenant: 0, person }).collect();
        let mut steps = Vec::new();
        for _ in 0..60 {
            let desk = random.random_range(0..people.len());
            if random.random_ratio(1, 6) {
                steps.push(Step::Fault(stop(&mut random, desk)));
            }
            steps.push(match random.random_ratio(3, 5) {
                true => Step::Act { desk },
                false => Step::Round { desk, weather: weather(&mut random) },
            });
        }
        let steps = steps.into_iter().enumerate().collect();
        let (people, carried) = (vec![people], None);
        Self { seed, seats, people, places: false, lays_out: true, carried, steps }
    }

    /// The same world with only these of its steps.
    pub fn only(mut self, kept: &[usize]) -> Self {
        self.steps.retain(|(number, _)| kept.contains(number));
        self
    }
}

pub(super) fn role(random: &mut ChaCha8Rng) -> &'static str {
    ROLES[random.random_range(0..ROLES.len())]
}

fn weather(random: &mut ChaCha8Rng) -> Weather {
    match random.random_range(0..5) {
        0 | 1 => Weather::default(),
        2 => Weather { lost: 300, ..Weather::default() },
        _ => Weather { lost: 60, unanswered: 90, twice: 150, late: 150, delayed: 120 },
    }
}

fn stop(random: &mut ChaCha8Rng, desk: usize) -> Fault {
    // Somewhere in the next few writes.
    let writes = random.random_range(1..160);
    let stop = match random.random_range(0..3) {
        0 => Stop::PowerCut { kept: random.random_range(0..20) },
        1 => Stop::PowerCut { kept: 0 },
        _ => Stop::Kill,
    };
    Fault::Stop { desk, writes, stop }
}

fn fault(random: &mut ChaCha8Rng, desk: usize) -> Fault {
    let steps = random.random_range(5..40);
    match random.random_range(0..40) {
        0..=12 => stop(random, desk),
        13..=16 => Fault::DiskFull { desk, steps },
        17..=20 => {
            let way = [Way::Up, Way::Down, Way::Both][random.random_range(0..3)];
            Fault::Partition { desk, way, steps }
        }
        21..=24 => {
            let clock = match random.random_range(0..4) {
                0 => ClockFault::Stands,
                1 => ClockFault::At1970,
                2 => ClockFault::At2099,
                _ => ClockFault::Jumps { minutes: random.random_range(-200_000..200_000) },
            };
            Fault::Clock { desk, clock }
        }
        25..=28 => Fault::HubCrash { desk, committed: random.random_ratio(1, 2) },
        29 | 30 => Fault::Forgery { desk },
        31 => Fault::HubRestored { desk, requests: random.random_range(0..12) },
        // One copy is enough for a world, and after it little goes on as before.
        32 if random.random_ratio(1, 4) => Fault::Copied { desk },
        33 => Fault::Upgraded { desk, steps },
        34 => Fault::RetentionPassed { desk },
        _ => Fault::Rights { desk },
    }
}
