//! kill -9 of the client and of the hub at random points of pushes and pulls: no acknowledged work is
//! missing, none is done twice, every file and database is whole.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::office::{Device, Hub, Program};

/// Edits between two kills.
const EDITS: usize = 8;
/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Killed {
    pub client_kills: usize,
    pub hub_kills: usize,
    pub operations: u64,
    pub records: usize,
}

/// Every record with how often it was edited: its version must be one more, on both devices.
struct World {
    hub: Hub,
    writer: Device,
    reader: Device,
    edits: BTreeMap<String, u64>,
    operations: u64,
    random: ChaCha8Rng,
    /// How long a whole round takes here; kills fall within it.
    round: Duration,
}

/// Kills each side `points` times, each time while a round runs: a kill that came after its end counts for
/// nothing.
///
/// # Panics
/// Where anything was lost, done twice or damaged; the message names it.
pub fn kill(points: usize, seed: u64) -> Killed {
    let hub = Hub::start();
    let tenant = hub.tenant("killed");
    let writer = hub.device_of(&tenant.admin);
    let reader = hub.device_of(&tenant.admin);
    writer.sync();
    reader.sync();
    let random = ChaCha8Rng::seed_from_u64(seed);
    let (edits, round) = (BTreeMap::new(), Duration::ZERO);
    let mut world = World { hub, writer, reader, edits, operations: 0, random, round };
    world.measure();
    let mut killed = Killed::default();
    let mut turn = 0_usize;
    while killed.client_kills < points || killed.hub_kills < points {
        if killed.client_kills < points {
            world.work();
            killed.client_kills += usize::from(world.kill_a_client(turn.is_multiple_of(2)));
        }
        if killed.hub_kills < points {
            world.work();
            killed.hub_kills += usize::from(world.kill_the_hub());
        }
        turn += 1;
        let Killed { client_kills, hub_kills, .. } = killed;
        eprintln!(
            "{client_kills} and {hub_kills} of {points} points in {turn} turns, {} operations",
            world.operations
        );
    }
    world.settle();
    let database = world.hub.database_of(&tenant);
    world.compare(&database);
    Killed { operations: world.operations, records: world.edits.len(), ..killed }
}

impl World {
    fn work(&mut self) {
        for _ in 0..EDITS {
            let known = self.edits.len();
            self.operations += 1;
            if known < 3 || self.random.random_ratio(1, 4) {
                let id = self.writer.create("customer", &[&format!("name=Customer {known}")]);
                self.edits.insert(id, 0);
                continue;
            }
            let chosen = self.random.random_range(0..known);
            let Some((id, count)) = self.edits.iter_mut().nth(chosen) else { continue };
            *count += 1;
            self.writer.update("customer", id, &[&format!("notes=edit {count}")]);
        }
    }

    /// Takes the time of one round with work in it.
    fn measure(&mut self) {
        self.work();
        let began = Instant::now();
        self.writer.sync();
        self.round = began.elapsed();
    }

    fn pause(&mut self) {
        let share = self.random.random_range(0.0..1.0);
        std::thread::sleep(self.round.mul_f64(share));
    }

    /// Kills the writer, who sends, or the reader, who receives; answers whether its round was running.
    fn kill_a_client(&mut self, writes: bool) -> bool {
        if !writes {
            self.writer.sync();
        }
        let device = if writes { &self.writer } else { &self.reader };
        let mut round = device.start(&["sync"]);
        self.pause();
        let running = !round.has_ended();
        round.kill();
        whole(if writes { &self.writer } else { &self.reader });
        running
    }

    /// Kills the hub; answers whether a round was running.
    fn kill_the_hub(&mut self) -> bool {
        let mut rounds = [self.writer.start(&["sync"]), self.reader.start(&["sync"])];
        self.pause();
        let running = !rounds.iter_mut().all(Program::has_ended);
        self.hub.kill();
        rounds.iter_mut().for_each(Program::wait);
        self.hub.open();
        whole(&self.writer);
        running
    }

    fn settle(&self) {
        for device in [&self.writer, &self.reader, &self.writer] {
            device.sync();
        }
    }

    fn compare(&self, database: &str) {
        for device in [&self.writer, &self.reader] {
            whole(device);
            for (id, count) in &self.edits {
                let record = device.get("customer", id);
                let note = (*count > 0).then(|| format!("edit {count}"));
                let version = i64::try_from(*count).unwrap_or(i64::MAX) + 1;
                assert_eq!(record["version"], version, "done twice or not at all: {record}");
                assert_eq!(record["fields"]["notes"].as_str(), note.as_deref(), "{record}");
                assert_eq!(record["sync"]["state"], "clean", "{record}");
            }
            assert!(device.attention().is_empty(), "something needs attention");
        }
        // Every op has exactly one receipt: ids are unique by constraint, so the count says it.
        let kept =
            self.hub.sql(database, "select count(*) from sync_op where kind like 'customer.%'");
        assert_eq!(kept, self.operations.to_string(), "operations on the hub");
    }
}

/// The file is whole; a hub that cannot be asked is no fault of the file.
fn whole(device: &Device) {
    let verified = device.run(&["verify"]);
    assert!(matches!(verified.code, 0 | 6), "{}: {}", verified.json, verified.said);
}
