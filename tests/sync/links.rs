//! Work over a bad link: cut anywhere, dripping, dead for a while. The programs are the real ones; between them
//! stands a proxy that does these things.

use std::time::Duration;

use serde_json::Value;
use system_tests::office::{Device, Hub, Postgres, SOCKET, Tenant};
use system_tests::proxy::{Fault, Proxy, Way};

/// So often somebody presses Sync before they give up on a link.
const PRESSES: usize = 200;

/// A branch behind a link, and the head office beside the hub.
struct Company {
    hub: Hub,
    tenant: Tenant,
    link: Proxy,
    branch: Device,
    office: Device,
}

fn company(slug: &str) -> Company {
    let hub = Hub::start();
    let tenant = hub.tenant(slug);
    let link = Proxy::before(hub.address(), 11);
    let branch = hub.device_at(&link.url(), &tenant.admin);
    let office = hub.device_of(&tenant.admin);
    branch.sync();
    office.sync();
    Company { hub, tenant, link, branch, office }
}

fn works(device: &Device, count: usize) -> Vec<String> {
    let made = (0..count).map(|n| {
        let id = device.create("customer", &[&format!("name=Customer {n}")]);
        device.update("customer", &id, &["city=Bonn"]);
        id
    });
    made.collect()
}

/// Whether a round came through.
fn comes_through(device: &Device) -> bool {
    let ended = device.run(&["sync"]);
    assert!(matches!(ended.code, 0 | 6), "{}: {}", ended.code, ended.said);
    ended.code == 0
}

impl Company {
    /// Both hold these, each edited once, and so does the hub.
    fn agrees(&self, made: &[String]) {
        self.link.does(Fault::None);
        self.branch.sync();
        self.office.sync();
        for device in [&self.branch, &self.office] {
            assert_eq!(device.list("customer").len(), made.len());
            for id in made {
                let record = device.get("customer", id);
                assert_eq!(
                    (&record["version"], &record["fields"]["city"]),
                    (&2.into(), &"Bonn".into())
                );
            }
            assert_eq!(device.attention(), Vec::<Value>::new());
            assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
        }
        let database = self.hub.database_of(&self.tenant);
        let ops =
            self.hub.sql(&database, "SELECT count(*) FROM sync_op WHERE kind LIKE 'customer.%'");
        assert_eq!(ops, (2 * made.len()).to_string());
    }
}

#[test]
fn a_link_that_is_cut_again_and_again_brings_everything_across_once() {
    let company = company("cuts");
    let mut made = works(&company.branch, 6);
    company.link.does(Fault::Cuts { below: 6_000 });
    let pressed = (1..=PRESSES).find(|_| comes_through(&company.branch));
    assert!(pressed.is_some(), "it never came through");
    // The other way.
    made.extend(works(&company.office, 6));
    company.office.sync();
    while company.link.cuts() < 5 {
        comes_through(&company.branch);
    }
    company.agrees(&made);
}

#[test]
fn a_reply_that_is_lost_at_any_place_of_a_round_is_made_good_by_the_next() {
    let company = company("places");
    let mut made = Vec::new();
    // Hello, push and pull: somewhere in each of their answers, and before the first byte.
    for after in [0, 1, 300, 500, 800, 1_000, 1_500] {
        made.extend(works(&company.branch, 1));
        company.link.does(Fault::Cut { way: Way::Down, after });
        comes_through(&company.branch);
        assert_eq!(company.link.cuts(), 1, "the round was over before {after} bytes");
        company.branch.sync();
    }
    company.agrees(&made);
}

#[test]
fn a_link_that_drips_or_is_dead_for_a_while_only_takes_its_time() {
    let company = company("slow");
    let made = works(&company.branch, 3);
    let pause = Duration::from_millis(1);
    company.link.does(Fault::Drip { way: Way::Up, bytes: 64, pause });
    assert!(comes_through(&company.branch));
    company.link.does(Fault::Drip { way: Way::Down, bytes: 64, pause });
    assert!(comes_through(&company.branch));
    company.link.does(Fault::Delay { least: pause, most: 20 * pause });
    assert!(comes_through(&company.branch));
    for fault in [Fault::Dead(Way::Down), Fault::Dead(Way::Up), Fault::Silent] {
        company.link.does(fault);
        let mut round = company.branch.start(&["sync"]);
        std::thread::sleep(Duration::from_secs(1));
        assert!(!round.has_ended(), "it did not wait: {fault:?}");
        company.link.does(Fault::None);
        round.wait();
    }
    company.agrees(&made);
}

#[test]
fn a_hub_whose_database_is_cut_off_loses_nothing_and_is_well_again_by_itself() {
    let postgres = Postgres::start();
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"));
    let link = Proxy::before_socket(&postgres.socket(), &folder.path().join(SOCKET), 3);
    let folder = folder.path().to_string_lossy().replace('/', "%2F");
    let hub = Hub::on(&format!("postgres://postgres@{folder}/postgres"));
    let tenant = hub.tenant("apart");
    let (anna, ben) = (hub.device_of(&tenant.admin), hub.device_of(&tenant.admin));
    let mut made = 0;
    // A statement that is not heard whole, and an answer that is not: the commit's among them.
    for fault in [
        Fault::Cut { way: Way::Up, after: 2_000 },
        Fault::Cut { way: Way::Down, after: 0 },
        Fault::Cut { way: Way::Down, after: 3_000 },
        Fault::Cuts { below: 20_000 },
    ] {
        made += works(&anna, 2).len();
        link.does(fault);
        comes_through(&anna);
        assert!(link.cuts() > 0, "nothing was cut: {fault:?}");
        link.does(Fault::None);
        hub.becomes_ready();
        assert!(comes_through(&anna), "{fault:?}:\n{}", hub.log());
    }
    ben.sync();
    for device in [&anna, &ben] {
        let held = device.list("customer");
        assert_eq!(held.len(), made);
        assert!(held.iter().all(|record| record["version"] == 2), "{held:?}");
        assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
    }
    let database = hub.database_of(&tenant);
    let ops = hub.sql(&database, "SELECT count(*) FROM sync_op WHERE kind LIKE 'customer.%'");
    assert_eq!(ops, (2 * made).to_string());
}
