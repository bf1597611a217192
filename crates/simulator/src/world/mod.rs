//! A world made from a seed: a tenant, its people and their devices, who work while everything that can
//! go wrong does. When the faults stop, `oracle` says whether every promise was kept.

mod oracle;
mod work;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::masters::{CUSTOMER, OWN_FIELD, SUPPLIER, UNIT};
use domain::permissions::{Grants, ReadRight, StandardRole};
use domain::person::PERSON;
use domain::record::{Cell, EntityDef, Lookup as _, Record, Value, read_field};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::device::{Device, Trouble};
use crate::disk::{Disk, Stop};
use crate::hub::MemoryHub;
use crate::ids::Ids;
use crate::line::{Copy, Heard, SimulatedLine, Weather};
use crate::people::grants;

/// A text that stands in a supplier, which some people may not see.
const CANARY: &str = "canary supplier Zaunkönig";
/// The tenant's own fields of customers: what each kind of person types into, and one that few may read.
const OWN_FIELDS: [&[(&str, &str)]; 3] = [
    &[("name", "Colour"), ("entity", "customer"), ("field", "colour")],
    &[
        ("name", "Fee"),
        ("entity", "customer"),
        ("field", "fee"),
        ("kind", "amount"),
        ("merge_rule", "reviewed"),
    ],
    &[("name", "Rating"), ("entity", "customer"), ("field", "rating"), ("readers", "credit_limit")],
];
/// A text that stands in the field that few may read.
const RATING: &str = "canary rating Zwielicht";
/// The hub's life; nothing in this world ends it.
const EPOCH: u64 = 1;
/// Of the people, by turns.
const ROLES: [StandardRole; 3] = [StandardRole::Admin, StandardRole::Manager, StandardRole::Sales];
/// Steps of a world: each is a person's action, a round, or a fault.
const STEPS: usize = 60;

/// What a world went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub actions: u64,
    pub operations: u64,
    pub rounds: u64,
    pub broken_rounds: u64,
    pub stops: u64,
    pub attention: u64,
    pub merges: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.actions += other.actions;
        self.operations += other.operations;
        self.rounds += other.rounds;
        self.broken_rounds += other.broken_rounds;
        self.stops += other.stops;
        self.attention += other.attention;
        self.merges += other.merges;
    }
}

/// A promise that was broken, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

pub struct World {
    hub: MemoryHub,
    devices: Vec<Device>,
    random: ChaCha8Rng,
    ids: Ids,
    now: DateTime<Utc>,
    copies: Vec<Copy>,
    heard: Vec<Heard>,
    leaks: Vec<String>,
    /// Every op whose writing was confirmed to a person.
    confirmed: Vec<Uuid>,
    unit: Uuid,
    tally: Tally,
}

/// Runs one seed on these disks, one for each device.
///
/// # Errors
/// The first promise that was not kept.
pub fn run(seed: u64, disks: &[Disk]) -> Result<Tally, Broken> {
    let mut world = World::new(seed, disks)?;
    world.live()?;
    Ok(world.tally)
}

/// What a world's hub was told, and what it came to: another hub that is told the same must come to the
/// same.
pub struct Trace {
    /// Everybody by the id of their device.
    pub people: BTreeMap<Uuid, (Grants, StandardRole)>,
    /// What stood there at first; its author is none of the people.
    pub laid_down: Vec<Record>,
    pub heard: Vec<Heard>,
    /// What stands there at the end.
    pub records: Vec<Record>,
}

/// Runs one seed and tells what reached the hub.
///
/// # Errors
/// As [`run`].
pub fn trace(seed: u64, disks: &[Disk]) -> Result<Trace, Broken> {
    let mut world = World::new(seed, disks)?;
    // Who works there is told by the hub itself.
    let typed = world.hub.records().filter(|record| record.entity().name != PERSON.name);
    let mut laid_down: Vec<Record> = typed.cloned().collect();
    // A hub that is told one after the other must know a field before it is used.
    laid_down.sort_by_key(|record| record.entity().name != OWN_FIELD.name);
    world.live()?;
    let devices = world.devices.iter().zip(ROLES.into_iter().cycle());
    Ok(Trace {
        people: devices.map(|(d, role)| (d.id, (d.grants.clone(), role))).collect(),
        laid_down,
        heard: world.heard,
        records: world.hub.records().cloned().collect(),
    })
}

/// What a person of a world is called.
pub fn name_of(user: Uuid) -> String {
    format!("person-{user}")
}

impl World {
    fn new(seed: u64, disks: &[Disk]) -> Result<Self, Broken> {
        let mut ids = Ids::default();
        let mut hub = MemoryHub::new(EPOCH);
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let founder = ids.draw();
        let mut lay_down = |entity: &'static EntityDef, fields: &[(&str, &str)]| {
            let mut record = Record::new(entity, ids.draw(), founder, now);
            if entity.position("owner_id").is_some() {
                record.values.set("owner_id", Value::Id(founder));
            }
            for (name, text) in fields {
                if let Ok((place, value)) = read_field(entity, name, &Cell::from(*text)) {
                    record.values.put(&place, value);
                }
            }
            record.normalise();
            let id = record.id();
            hub.lay_down(record);
            id
        };
        // A unit that a new tenant does not begin with.
        let piece = [("name", "Leaf"), ("unece_code", "LEF"), ("dimension", "count")];
        let unit = lay_down(&UNIT, &piece);
        lay_down(&SUPPLIER, &[("name", CANARY)]);
        for fields in OWN_FIELDS {
            lay_down(&OWN_FIELD, fields);
        }
        lay_down(&CUSTOMER, &[("name", "Zaun"), ("extra.rating", RATING)]);
        let mut devices = Vec::new();
        for (role, disk) in ROLES.into_iter().cycle().zip(disks) {
            let (device, user) = (ids.draw(), ids.draw());
            let rights = grants(user, role, 1, &hub.own_fields());
            // What the hub tells of whoever has come in, without an op.
            let mut person = Record::new(&PERSON, user, Uuid::nil(), now);
            person.values.set("name", Value::Text(name_of(user)));
            person.values.set("active", Value::Bool(true));
            hub.lay_down(person);
            hub.staff.push(rights.clone());
            let device = Device::new(device, rights, disk.clone());
            devices.push(device.map_err(|error| Broken(format!("a new device: {error}")))?);
        }
        Ok(Self {
            hub,
            devices,
            random: ChaCha8Rng::seed_from_u64(seed),
            ids,
            now,
            copies: Vec::new(),
            heard: Vec::new(),
            leaks: Vec::new(),
            confirmed: Vec::new(),
            unit,
            tally: Tally::default(),
        })
    }

    fn live(&mut self) -> Result<(), Broken> {
        for _ in 0..STEPS {
            self.step()?;
        }
        self.settle()?;
        self.judge()
    }

    fn step(&mut self) -> Result<(), Broken> {
        self.now += TimeDelta::seconds(self.random.random_range(1..100_000));
        let device = self.random.random_range(0..self.devices.len());
        if self.random.random_ratio(1, 6) {
            // Somewhere in the next few writes the device stops.
            let writes = self.random.random_range(1..120);
            self.devices[device].disk.stop_after(writes); // `device` is below the length
        }
        if self.random.random_ratio(3, 5) {
            self.tally.actions += 1;
            self.act(device)?;
        } else {
            let weather = match self.random.random_range(0..4) {
                0 => Weather::default(),
                1 => Weather { lost: 1000, ..Weather::default() },
                _ => Weather { lost: 80, unanswered: 120, twice: 150, late: 150 },
            };
            self.round(device, weather)?;
        }
        self.restart_if_stopped(device)
    }

    /// One round; what breaks it off is the weather or the device, never a refusal.
    fn round(&mut self, index: usize, weather: Weather) -> Result<bool, Broken> {
        self.tally.rounds += 1;
        let device = &self.devices[index]; // the caller's index is below the length
        let mut forbidden = Vec::new();
        if !device.grants.holds(SUPPLIER.guard.view) {
            forbidden.push(CANARY.to_owned());
        }
        if device.grants.field_right(&CUSTOMER, "extra.rating").read != ReadRight::Full {
            forbidden.push(RATING.to_owned());
        }
        let mut line = SimulatedLine {
            hub: &mut self.hub,
            device: device.id,
            grants: device.grants.clone(),
            weather,
            random: &mut self.random,
            ids: &mut self.ids,
            now: self.now,
            copies: &mut self.copies,
            heard: &mut self.heard,
            forbidden: &forbidden,
            leaks: &mut self.leaks,
        };
        match device.sync(&mut line, self.now) {
            Ok(sync_protocol::device::round::Outcome::UpToDate) => Ok(true),
            Ok(outcome) => Err(Broken(format!("device {index}: a round ended with {outcome:?}"))),
            Err(Trouble::Broken) => {
                self.tally.broken_rounds += 1;
                Ok(false)
            }
            Err(Trouble::Store(_)) if device.disk.has_stopped() => Ok(false),
            Err(Trouble::Store(error)) => Err(Broken(format!("device {index}: {error:?}"))),
            Err(Trouble::Wire(error)) => Err(Broken(format!("device {index}: {error}"))),
        }
    }

    fn restart_if_stopped(&mut self, index: usize) -> Result<(), Broken> {
        if !self.devices[index].disk.has_stopped() {
            return Ok(());
        }
        self.tally.stops += 1;
        let stop = match self.random.random_range(0..3) {
            0 => Stop::PowerCut { kept: self.random.random_range(0..20) },
            1 => Stop::PowerCut { kept: 0 },
            _ => Stop::Kill,
        };
        let restarted = self.devices[index].restart(stop);
        restarted.map_err(|error| Broken(format!("device {index} after {stop:?}: {error:?}")))
    }

    /// The faults stop; every device gets five rounds.
    fn settle(&mut self) -> Result<(), Broken> {
        for index in 0..self.devices.len() {
            self.restart_if_stopped(index)?;
            let restarted = self.devices[index].restart(Stop::Kill);
            restarted.map_err(|error| Broken(format!("device {index}: {error:?}")))?;
        }
        for _ in 0..5 {
            for index in 0..self.devices.len() {
                self.now += TimeDelta::seconds(1);
                if !self.round(index, Weather::default())? {
                    return Err(Broken(format!("device {index} broke off without a fault")));
                }
            }
        }
        Ok(())
    }
}
