//! kill -9 of the client, of the hub and of Postgres at random points of pushes and pulls: no acknowledged work is
//! missing, none is done twice, every file and database is whole, and soon everybody works again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::integrity;
use crate::by_hand::{self, all_applied, customer};
use crate::office::{Device, Hub, Postgres, Program, Tenant};

/// Edits between two kills.
const EDITS: usize = 8;
/// Rows of one push while a tenant is filled.
const LAY_PAGE: u32 = 2_000;
/// How often a round is begun until one comes through.
const TRIES: usize = 100;

/// How often each is killed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Points {
    pub client: usize,
    pub hub: usize,
    pub postgres: usize,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Killed {
    pub kills: Points,
    pub operations: u64,
    pub records: usize,
    /// The longest time from the start of a killed hub or Postgres to the end of the first whole round.
    pub slowest: Duration,
    /// The longest time from the start of a killed device until its first list was there and its first save done.
    pub slowest_at_desk: Duration,
}

/// Every record with how often it was edited: its version must be one more, on both devices.
struct World {
    hub: Hub,
    tenant: Tenant,
    database: String,
    writer: Device,
    reader: Device,
    edits: BTreeMap<String, u64>,
    operations: u64,
    random: ChaCha8Rng,
    /// How long a whole round takes here; kills fall within it.
    round: Duration,
    slowest: Duration,
    slowest_at_desk: Duration,
    /// After the hub, which is ended first.
    postgres: Postgres,
}

/// Kills each as often as it says, each time while a round runs: a kill that came after its end counts for nothing.
/// `rows` other records are there from the beginning.
///
/// # Panics
/// Where anything was lost, done twice or damaged; the message names it.
pub fn kill(points: Points, rows: u32, seed: u64) -> Killed {
    let postgres = Postgres::start();
    let hub = Hub::on(&postgres.url());
    let tenant = hub.tenant("killed");
    let database = hub.database_of(&tenant);
    lay(&hub, &tenant, &database, rows);
    let writer = hub.device_of(&tenant.admin);
    let reader = hub.device_of(&tenant.admin);
    writer.sync();
    reader.sync();
    let random = ChaCha8Rng::seed_from_u64(seed);
    let (edits, operations) = (BTreeMap::new(), 0);
    let [round, slowest, slowest_at_desk] = [Duration::ZERO; 3];
    let mut world = World {
        hub,
        tenant,
        database,
        writer,
        reader,
        edits,
        operations,
        random,
        round,
        slowest,
        slowest_at_desk,
        postgres,
    };
    world.measure();
    let mut kills = Points::default();
    let mut turn = 0_usize;
    while kills != points {
        if kills.client < points.client {
            world.work();
            kills.client += usize::from(world.kill_a_client(turn.is_multiple_of(2)));
        }
        if kills.hub < points.hub {
            world.work();
            kills.hub += usize::from(world.kill_the_hub());
        }
        if kills.postgres < points.postgres {
            world.work();
            kills.postgres += usize::from(world.kill_postgres(kills.postgres));
        }
        turn += 1;
        eprintln!("{kills:?} of {points:?} in {turn} turns, {} operations", world.operations);
    }
    world.settle();
    world.compare(rows);
    let World { operations, edits, slowest, slowest_at_desk, .. } = world;
    Killed { kills, operations, records: edits.len(), slowest, slowest_at_desk }
}

/// Fills the tenant with customers that nobody touches.
fn lay(hub: &Hub, tenant: &Tenant, database: &str, rows: u32) {
    if rows == 0 {
        return;
    }
    let currency = hub.sql(database, "SELECT id FROM currency LIMIT 1");
    super::by_hand(async {
        let currency = currency.parse()?;
        let mut device = by_hand::Device::enrol(hub.address(), &tenant.admin, 1).await?;
        for first in (0..rows).step_by(LAY_PAGE as usize) {
            let numbers = first..rows.min(first + LAY_PAGE);
            let count = numbers.len();
            let intents = numbers.map(|n| customer::creation(n, currency, device.user));
            let push = device.push(intents.collect::<by_hand::Outcome<Vec<_>>>()?)?;
            all_applied(&device.sent(&push).await?, count)?;
        }
        Ok(())
    });
}

impl World {
    fn work(&mut self) {
        for _ in 0..EDITS {
            let known = self.edits.len();
            if known < 3 || self.random.random_ratio(1, 4) {
                self.creates();
                continue;
            }
            self.operations += 1;
            let chosen = self.random.random_range(0..known);
            let Some((id, count)) = self.edits.iter_mut().nth(chosen) else { continue };
            *count += 1;
            self.writer.update("customer", id, &[&format!("notes=edit {count}")]);
        }
    }

    fn creates(&mut self) {
        let name = format!("name=Customer {}", self.edits.len());
        self.operations += 1;
        self.edits.insert(self.writer.create("customer", &[&name]), 0);
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
        let began = Instant::now();
        let listed = if writes { &self.writer } else { &self.reader };
        listed.run(&["list", "customer", "--limit", "50"]).expect_code(0);
        if writes {
            self.creates();
        }
        self.slowest_at_desk = self.slowest_at_desk.max(began.elapsed());
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
        let began = Instant::now();
        self.hub.open();
        self.works_again(began);
        running
    }

    /// Kills Postgres, two times of three all of it and else one of its processes, so that it recovers by itself;
    /// answers whether a round was running.
    fn kill_postgres(&mut self, kill: usize) -> bool {
        let mut rounds = [self.writer.start(&["sync"]), self.reader.start(&["sync"])];
        self.pause();
        let running = !rounds.iter_mut().all(Program::has_ended);
        let began = if kill % 3 == 2 {
            self.postgres.kill_one(self.random.random_range(0..1_000));
            Instant::now()
        } else {
            self.postgres.kill();
            let began = Instant::now();
            self.postgres.open();
            eprintln!("Postgres answers after {:.1?}", began.elapsed());
            began
        };
        rounds.iter_mut().for_each(Program::wait);
        self.works_again(began);
        integrity::whole(&self.hub, &self.tenant, [self.hub.control_database(), &self.database]);
        self.is_all_there();
        running
    }

    /// Notes how long it takes from here until a whole round came through.
    fn works_again(&mut self, began: Instant) {
        self.hub.becomes_ready();
        let ready = began.elapsed();
        let came_through = (0..TRIES).any(|_| {
            let ended = self.writer.run(&["sync"]);
            assert!(matches!(ended.code, 0 | 6 | 7), "{}: {}", ended.code, ended.said);
            ended.code != 6
        });
        assert!(came_through, "no round came through:\n{}", self.hub.log());
        let worked = began.elapsed();
        eprintln!("the hub is ready after {ready:.1?}, a whole round is done after {worked:.1?}");
        self.slowest = self.slowest.max(worked);
        whole(&self.writer);
    }

    /// Everything that the writer has done is on the hub, each edit once.
    fn is_all_there(&self) {
        let held =
            "SELECT id || ' ' || version FROM customer WHERE name LIKE 'Customer %' ORDER BY id";
        let held = self.hub.sql(&self.database, held);
        let done: Vec<String> =
            self.edits.iter().map(|(id, count)| format!("{id} {}", count + 1)).collect();
        assert_eq!(held.lines().collect::<Vec<_>>(), done);
    }

    fn settle(&self) {
        for device in [&self.writer, &self.reader, &self.writer] {
            device.sync();
        }
    }

    fn compare(&self, rows: u32) {
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
        let kept = "SELECT count(*) FROM sync_op WHERE kind LIKE 'customer.%'";
        let kept = self.hub.sql(&self.database, kept);
        assert_eq!(kept, (self.operations + u64::from(rows)).to_string(), "operations on the hub");
    }
}

/// The file is whole; a hub that cannot be asked is no fault of the file.
fn whole(device: &Device) {
    let verified = device.run(&["verify"]);
    assert!(matches!(verified.code, 0 | 6), "{}: {}", verified.json, verified.said);
}
