//! Life at a branch: behind a line that is paid by what goes over it, with quiet hours, behind the company's proxy and
//! under its own authority. Told with the real programs.

use std::time::Duration;

use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use system_tests::network::{Front, Gate};
use system_tests::office::{Device, Hub, PASSWORD, Tenant};
use system_tests::proxy::{Fault, Proxy, Way};

/// More than one page of a snapshot and more than one of a pull.
const MANY: usize = 4_600;
const SOME: usize = 600;
const LIMIT: u64 = 100_000;

/// Brings items in with much to say, which no compression makes small.
fn import(device: &Device, stem: &str, rows: usize) {
    let path = device.folder().join("items.csv");
    let mut file = String::from("sku,name,uom,description\n");
    let mut drawn = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut word = |bytes: usize| {
        let mut word = vec![0; bytes];
        drawn.fill_bytes(&mut word);
        hex::encode(word)
    };
    for row in 0..rows {
        file.push_str(&format!("{stem}-{row},{},C62,{}\n", word(8), word(480)));
    }
    std::fs::write(&path, file).unwrap_or_else(|error| panic!("no file: {error}"));
    device.run(&["import", "item", &path.to_string_lossy()]).expect_done();
}

fn bytes(report: &Value) -> u64 {
    let of = |way: &str| {
        let line = &report["line"][way];
        line.as_u64().unwrap_or_else(|| panic!("no bytes in {report}"))
    };
    of("sent") + of("received")
}

/// Rounds until one is not stopped: what each said.
fn rounds(device: &Device) -> Vec<Value> {
    let mut said = Vec::new();
    loop {
        said.push(device.sync());
        assert!(said.len() < 200, "it gets no further: {:?}", said.last());
        if said.last().is_some_and(|report| report["stopped"].is_null()) {
            return said;
        }
    }
}

#[test]
fn a_round_stops_at_its_limit_and_the_next_goes_on_both_ways() {
    let hub = Hub::start();
    let tenant = hub.tenant("metered");
    let anna = hub.device_of(&tenant.admin);
    // One branch has a copy, and one has none yet.
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    assert_eq!(ben.run(&["sync", "--limit", "100kB"]).expect_code(0)["stopped"], Value::Null);
    let kim = hub.user(&tenant, "kim", "admin");
    let fresh = hub.device();
    assert_eq!(fresh.run(&["sync", "--limit", "100kB"]).code, 3, "nobody is signed in yet");

    import(&anna, "A", MANY);
    let whole = bytes(&anna.sync());
    anna.run(&["sync", "--limit", "100kB"]).expect_done();
    import(&anna, "B", SOME);
    let sent = rounds(&anna);
    let (first, last) = (&sent[0], sent.last().unwrap());
    assert_eq!(first["stopped"]["limit"], LIMIT);
    assert!(sent.len() > 2, "{}", sent.len());
    let left: Vec<u64> =
        sent.iter().filter_map(|report| report["stopped"]["to_send"].as_u64()).collect();
    assert!(left.windows(2).all(|pair| pair[1] < pair[0]), "{left:?}");
    assert_eq!(last["stopped"], Value::Null);
    let all: u64 = sent.iter().map(bytes).sum();
    assert!(all < whole, "{all} for a part of what took {whole}");

    // Nothing is shown before it is whole, and nothing is fetched twice.
    let part = ben.sync();
    assert!(part["stopped"]["kept"].as_u64().unwrap() > 1_000, "{part}");
    assert!(part["stopped"]["to_receive"].as_u64().unwrap() > 1_000, "{part}");
    assert_eq!(ben.list("item"), Vec::<Value>::new());
    let received = rounds(&ben);
    let all = bytes(&part) + received.iter().map(bytes).sum::<u64>();
    assert!(all < 2 * whole, "{all} where it takes {whole}");

    // A first copy likewise; its first round came with the sign-in.
    let words = ["login", "--tenant", &kim.tenant, "--email", &kim.email];
    fresh.login(&words, PASSWORD).expect_done();
    let filled = rounds(&fresh);
    assert!(filled.len() > 1, "{filled:?}");
    let all: u64 = filled.iter().map(bytes).sum();
    assert!(all < whole, "{all} for the rest of what took {whole}");
    for device in [&anna, &ben, &fresh] {
        device.run(&["sync", "--limit", "none"]).expect_done();
        for last in [format!("A-{}", MANY - 1), format!("B-{}", SOME - 1)] {
            assert_eq!(device.get("item", &last)["fields"]["sku"], last.as_str());
        }
        assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
    }
}

#[test]
fn a_pull_that_is_cut_goes_on_where_it_was_in_another_round() {
    let hub = Hub::start();
    let tenant = hub.tenant("cut-pull");
    let link = Proxy::before(hub.address(), 5);
    let anna = hub.device_of(&tenant.admin);
    let carla = hub.device_of(&hub.user(&tenant, "carla", "admin"));
    let ben = hub.device_at(&link.url(), &hub.user(&tenant, "ben", "admin"));
    carla.sync();
    import(&anna, "A", MANY);
    anna.sync();
    let whole = bytes(&carla.sync());
    // The first page is through, and the second is not.
    link.does(Fault::Cut { way: Way::Down, after: whole * 9 / 10 });
    assert_eq!(ben.run(&["sync"]).code, 6);
    assert_eq!(link.cuts(), 1);
    assert_eq!(ben.list("item"), Vec::<Value>::new());
    link.does(Fault::None);
    let rest = ben.sync();
    assert_eq!(rest["pulled"], MANY, "all of it is shown with its checkpoint");
    assert!(bytes(&rest) < whole / 2, "{rest} where all of it takes {whole}");
    assert_eq!(ben.run(&["verify"]).expect_done()["ok"], true);
}

#[test]
fn a_branch_syncs_by_its_plan_and_in_quiet_hours_only_when_it_is_asked_to() {
    let hub = Hub::start();
    let tenant = hub.tenant("plan");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    let mut every = ben.stays(&["sync", "--every", "1s"]);
    every.hears("\"pulled\":");
    anna.create("customer", &["name=Ada"]);
    anna.sync();
    every.hears("\"pulled\":1");
    every.program.kill();

    // Now is quiet, whatever the clock shows: all of the day but the minute that was a while ago.
    let now = chrono::NaiveTime::parse_from_str(&clock(), "%H:%M").unwrap();
    let at = |minutes| (now + chrono::TimeDelta::minutes(minutes)).format("%H:%M").to_string();
    let hours = format!("{}-{}", at(-10), at(-11));
    anna.create("customer", &["name=Ben"]);
    anna.sync();
    let mut quiet = ben.stays(&["sync", "--every", "1s", "--quiet", &hours]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(quiet.said(), "", "it began by itself");
    quiet.program.kill();
    assert_eq!(ben.sync()["pulled"], 1, "a person may ask at any hour");
    // The plan was kept; it is followed until another is said.
    let mut still = ben.stays(&["sync", "--every", "2s"]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(still.said(), "");
    still.program.kill();
    let mut loud = ben.stays(&["sync", "--every", "1s", "--quiet", "none"]);
    loud.hears("\"pulled\":");
    loud.program.kill();

    for (words, said) in [
        (["--quiet", "25:00-06:00"], "25:00"),
        (["--quiet", "20:00-20:00"], "whole day"),
        (["--limit", "1kB"], "100 kB"),
        (["--every", "900d"], "31 days"),
    ] {
        let refused = ben.run(&["sync", words[0], words[1]]).expect_code(5);
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains(said), "{words:?}: {message}");
    }
    assert_eq!(ben.run(&["sync", "--quiet", "at night"]).code, 2);
}

/// What the clock of this machine shows, in the zone in which `daybook` reads it.
fn clock() -> String {
    let date = std::process::Command::new("date").arg("+%H:%M").output();
    let date = date.unwrap_or_else(|error| panic!("no date: {error}"));
    String::from_utf8_lossy(&date.stdout).trim().to_owned()
}

/// A name that leads nowhere but by the company's proxy.
const NAME: &str = "hub.company.example";

struct Company {
    hub: Hub,
    tenant: Tenant,
    _front: Front,
    gate: Gate,
    medium: tempfile::TempDir,
}

fn company(slug: &str) -> Company {
    let hub = Hub::start();
    let tenant = hub.tenant(slug);
    let medium = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"));
    let front = Front::before(hub.address(), NAME, &medium.path().join("ca.pem"));
    let gate = Gate::to(front.address());
    Company { hub, tenant, _front: front, gate, medium }
}

impl Company {
    fn device(&self) -> Device {
        self.hub.device_for(&format!("https://{NAME}"))
    }

    fn ca_file(&self) -> String {
        self.medium.path().join("ca.pem").to_string_lossy().into_owned()
    }

    fn login<'w>(&'w self, server: &'w str, more: &[&'w str]) -> Vec<&'w str> {
        let admin = &self.tenant.admin;
        let words =
            ["login", "--server", server, "--tenant", &admin.tenant, "--email", &admin.email];
        [&words[..], more].concat()
    }
}

#[test]
fn a_hub_behind_a_proxy_and_the_companys_own_authority_is_reached_by_both() {
    let company = company("behind");
    let (server, ca_file) = (format!("https://{NAME}"), company.ca_file());
    let (device, gate) = (company.device(), &company.gate);
    let by_gate = gate.url_for("branch", "Zeder-Mohn-77");
    let around = [("HTTPS_PROXY", by_gate.as_str()), ("DAYBOOK_LOG", "trace")];

    let stranger = device.run_in(&around, &company.login(&server, &[]), Some(PASSWORD));
    assert_eq!(stranger.code, 6);
    assert!(
        stranger.json["error"]["message"].to_string().contains("certificate"),
        "{}",
        stranger.json
    );
    let known = company.login(&server, &["--ca", &ca_file]);
    let mut said = stranger.said;
    let signed_in = device.run_in(&around, &known, Some(PASSWORD));
    assert_eq!(signed_in.code, 0, "{}", signed_in.json);
    said.push_str(&signed_in.said);
    // The medium with the certificate is taken away again.
    std::fs::remove_file(&ca_file).unwrap();
    device.create("customer", &["name=Ada"]);
    let synced = device.run_in(&around, &["sync"], None);
    assert_eq!((synced.code, &synced.json["pushed"]), (0, &1.into()), "{}", synced.json);
    said.push_str(&synced.said);
    let asked = gate.asked();
    assert!(asked.len() >= 3, "{asked:?}");
    for head in &asked {
        assert!(head.starts_with(&format!("CONNECT {NAME}:443 ")), "{head}");
        assert!(head.to_lowercase().contains("proxy-authorization: basic "), "{head}");
    }
    // It was logged in full, and who asks the proxy is in none of it.
    assert!(said.contains("TRACE"), "nothing was logged");
    let token = asked[0].lines().find_map(|line| {
        line.to_lowercase().starts_with("proxy-auth").then(|| line.split(' ').next_back().unwrap())
    });
    for secret in ["Zeder-Mohn-77", token.unwrap()] {
        assert!(!said.contains(secret), "the log says {secret}");
    }

    // Without the proxy there is no way, and work is kept.
    let away = [("NO_PROXY", NAME), around[0]];
    assert_eq!(device.run_in(&away, &["sync"], None).code, 6);
    assert_eq!(device.run(&["sync"]).code, 6);
    assert_eq!(gate.asked(), Vec::<String>::new());
}

#[test]
fn the_proxy_that_a_profile_names_is_used_wherever_it_is_started_and_holds_no_password() {
    let company = company("named");
    let (server, ca_file, gate) = (format!("https://{NAME}"), company.ca_file(), &company.gate);
    let device = company.device();
    let secret = gate.url_for("branch", "Zeder-Mohn-77");
    let words = company.login(&server, &["--ca", &ca_file, "--proxy", &secret]);
    let refused = device.run_in(&[], &words, Some(PASSWORD)).expect_code(2);
    assert!(!refused.to_string().contains("Zeder"), "{refused}");
    let by = gate.url();
    let words = company.login(&server, &["--ca", &ca_file, "--proxy", &by]);
    device.run_in(&[], &words, Some(PASSWORD)).expect_done();
    device.sync();
    assert!(gate.asked().iter().all(|head| head.starts_with("CONNECT ")));
    // A proxy that is not there is named, so that the person knows which of the two is away.
    drop(company);
    let away = device.run(&["sync"]).expect_code(6);
    let message = away["error"]["message"].as_str().unwrap();
    assert!(message.contains(by.trim_start_matches("http://")), "{message}");
}
