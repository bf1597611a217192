//! kill -9 of the client and of the hub at random points of pushes and pulls: no acknowledged work is
//! missing, none is done twice, every file and database is whole.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::office::{Device, Hub};

/// Edits between two kills.
const EDITS: usize = 8;
/// Kills fall within this time after a round began; a round of these edits takes about as long.
const SPAN_MS: u64 = 400;

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
}

/// Kills each side `points` times.
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
    let mut world = World { hub, writer, reader, edits: BTreeMap::new(), operations: 0, random };
    let mut killed = Killed::default();
    for point in 0..points {
        world.work();
        world.kill_a_client(point);
        killed.client_kills += 1;
        world.work();
        world.kill_the_hub();
        killed.hub_kills += 1;
        eprintln!("{} of {points} points, {} operations", point + 1, world.operations);
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

    fn pause(&mut self) {
        let millis = self.random.random_range(0..SPAN_MS);
        std::thread::sleep(Duration::from_millis(millis));
    }

    /// The writer and the reader in turn.
    fn kill_a_client(&mut self, point: usize) {
        let device = if point.is_multiple_of(2) { &self.writer } else { &self.reader };
        let mut round = device.start(&["sync"]);
        self.pause();
        round.kill();
        let device = if point.is_multiple_of(2) { &self.writer } else { &self.reader };
        whole(device);
    }

    fn kill_the_hub(&mut self) {
        let mut rounds = [self.writer.start(&["sync"]), self.reader.start(&["sync"])];
        self.pause();
        self.hub.kill();
        rounds.iter_mut().for_each(crate::office::Program::wait);
        self.hub.open();
        whole(&self.writer);
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
