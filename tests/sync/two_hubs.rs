//! Two hubs behind one address, with one Postgres and one Redis: each request of a device goes to another one than
//! the request before.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use system_tests::network::{Front, Turns};
use system_tests::office::{Device, Hub, Tenant};
use tempfile::TempDir;
use testkit::Redis;

/// What is promised: so soon the open requests of somebody who lost their access are ended.
const ENDED: Duration = Duration::from_secs(5);
const ROUNDS: usize = 9;

struct Office {
    first: Hub,
    second: Hub,
    front: Turns,
    redis: Redis,
    /// Before Redis: the hubs speak with it through TLS.
    _secure: Front,
    /// Of the authority that vouches for it.
    _folder: TempDir,
}

impl Office {
    fn open() -> Self {
        let redis = Redis::start();
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"));
        let authority = folder.path().join("redis-ca.pem");
        let secure = Front::before(redis.address(), "127.0.0.1", &authority);
        let url = format!("rediss://{}", secure.address());
        let trusted = authority.to_string_lossy();
        let first =
            Hub::with(&[("DAYBOOK_REDIS_URL", url.as_str()), ("SSL_CERT_FILE", trusted.as_ref())]);
        let second = first.beside();
        let front = Turns::between([first.address(), second.address()]);
        let office = Self { first, second, front, redis, _secure: secure, _folder: folder };
        office.hear_each_other();
        office
    }

    /// Waits until both hubs listen to what the other says.
    fn hear_each_other(&self) {
        let both = (0..300).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            let listening = self.redis.asks("PUBSUB NUMSUB daybook:news");
            listening.is_ok_and(|listening| listening.contains(":2\r\n"))
        });
        assert!(both, "{}\n{}", self.first.log(), self.second.log());
    }

    fn device_of(&self, tenant: &Tenant) -> Device {
        self.first.device_at(&self.front.url(), &tenant.admin)
    }
}

/// A person who remembers what they typed.
struct Person {
    device: Device,
    /// The field that is this person's to write.
    field: &'static str,
    /// What this person last wrote into each record.
    typed: BTreeMap<String, String>,
}

impl Person {
    fn at(device: Device, field: &'static str) -> Self {
        Self { device, field, typed: BTreeMap::new() }
    }

    fn creates(&mut self, round: usize) -> String {
        let name = format!("name={} {round}", self.field);
        let id = self.device.create("customer", &[&name, &format!("{}=0", self.field)]);
        self.typed.insert(id.clone(), "0".to_owned());
        id
    }

    fn edits(&mut self, id: &str, text: &str) {
        self.device.update("customer", id, &[&format!("{}={text}", self.field)]);
        self.typed.insert(id.to_owned(), text.to_owned());
    }

    /// Everything that this person typed stands in the list, taken by the hub or waiting to be sent.
    fn sees_own_work(&self, state: Option<&str>) {
        let list = self.device.list("customer");
        for (id, text) in &self.typed {
            let record = list.iter().find(|record| record["id"] == id.as_str());
            let record = record.unwrap_or_else(|| panic!("{id} vanished"));
            assert_eq!(record["fields"][self.field], text.as_str(), "{record}");
            if let Some(state) = state {
                assert_eq!(record["sync"]["state"], state, "{record}");
            }
        }
    }

    fn syncs(&self) {
        self.device.sync();
        self.sees_own_work(Some("clean"));
    }
}

#[test]
fn own_edits_never_vanish_between_two_hubs_and_one_that_dies_takes_nothing_along() {
    let mut office = Office::open();
    let tenant = office.first.tenant("pair");
    let mut anna = Person::at(office.device_of(&tenant), "city");
    let mut ben = Person::at(office.device_of(&tenant), "notes");
    let shared = anna.creates(0);
    anna.syncs();
    ben.device.sync();
    for round in 1..=ROUNDS {
        for person in [&mut anna, &mut ben] {
            person.creates(round);
            person.edits(&shared, &format!("{round}"));
            person.sees_own_work(None);
            if round == ROUNDS / 3 {
                // While a round runs; what it did not bring home, the next one does through the other hub.
                let mut cut = person.device.start(&["sync"]);
                std::thread::sleep(Duration::from_millis(30));
                office.second.kill();
                cut.wait();
                person.sees_own_work(None);
            }
            person.syncs();
            if round == ROUNDS / 3 {
                office.second.open();
            }
        }
        match round {
            4 => office.first.kill(),
            5 => office.first.open(),
            6 => office.redis.kill(),
            8 => office.redis.open(),
            _ => {}
        }
    }
    let both = [&anna, &ben];
    both.iter().chain(&both).for_each(|person| person.syncs());
    let lists = both.map(|person| {
        let mut list = person.device.list("customer");
        list.sort_by_key(|record| record["id"].to_string());
        list
    });
    assert_eq!(lists[0], lists[1]);
    assert_eq!(lists[0].len(), 1 + 2 * ROUNDS);
    let record = anna.device.get("customer", &shared);
    // Made by the first op, and changed by each of the others once.
    assert_eq!(record["version"], 1 + 2 * ROUNDS, "{record}");
    assert!(both.iter().all(|person| person.device.attention().is_empty()));
}

#[test]
fn who_watches_at_one_hub_hears_the_other_and_is_let_go_when_shut_out_there() {
    let mut office = Office::open();
    let tenant = office.first.tenant("watch");
    let anna = office.first.device_of(&tenant.admin);
    let ben = office.first.user(&tenant, "ben", "admin");
    let device = office.second.device_of(&ben);
    let mut watch = device.watch();
    watch.hears("daybook: online");
    watch.hears("\"pulled\"");
    let customer = anna.create("customer", &["name=Ada", "city=Bonn"]);
    anna.sync();
    watch.hears("\"pulled\":1");
    office.redis.kill();
    anna.update("customer", &customer, &["city=Kiel"]);
    anna.sync();
    watch.hears("\"pulled\":1");
    // Shut out by a command on the one hub, with a request held open at the other, and Redis gone.
    office.first.ask(&["user", "disable", &tenant.slug, &ben.email, "--json"]);
    let since = Instant::now();
    watch.ends();
    assert!(since.elapsed() <= ENDED, "{:?}", since.elapsed());
    assert_eq!(device.run(&["sync"]).code, 3);
}

#[test]
fn a_round_with_nothing_to_do_is_one_request_of_a_kilobyte_each_way() {
    let office = Office::open();
    let tenant = office.first.tenant("idle");
    let anna = office.device_of(&tenant);
    anna.create("customer", &["name=Ada"]);
    anna.sync();
    anna.sync();
    office.front.carried();
    for _ in 0..3 {
        anna.sync();
        // A program that was just started exchanges its token before.
        let mut carried = office.front.carried();
        carried.retain(|request| request.asked.contains("/api/v1/sync/"));
        assert_eq!(carried.len(), 1, "{carried:?}");
        let round = &carried[0];
        assert!(round.asked.starts_with("POST /api/v1/sync/hello "), "{round:?}");
        assert!(round.sent <= 1_000 && round.received <= 1_000, "{round:?}");
    }
}
