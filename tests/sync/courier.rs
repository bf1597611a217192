//! A clerk's laptop that was enrolled at the office and never meets the hub on a network again: files go there and back
//! by somebody's pocket, and get lost, repeated, mixed up and damaged on the way.

use std::path::PathBuf;

use serde_json::{Value, json};
use system_tests::office::{Answer, Device, Hub, Tenant, run};
use system_tests::proxy::{Fault, Proxy};
use tempfile::TempDir;

use crate::copies::copy;

/// Whoever carries the files, with the operator at the hub.
struct Courier<'a> {
    hub: &'a Hub,
    tenant: &'a Tenant,
    pocket: TempDir,
}

impl Courier<'_> {
    fn file(&self, name: &str) -> String {
        self.pocket.path().join(name).display().to_string()
    }

    /// The device writes a file; answers what it says of it.
    fn fetch(&self, device: &Device, name: &str) -> Value {
        device.run(&["sync", "--to-file", &self.file(name)]).expect_done()
    }

    /// The operator has a file answered.
    fn exchange(&self, from: &str, to: &str) -> Value {
        let (from, to) = (self.file(from), self.file(to));
        let words = ["device", "exchange", &self.tenant.slug];
        self.hub.ask(&[&words[..], &["--from", &from, "--to", &to, "--json"]].concat())
    }

    /// Why the operator's file is not answered.
    fn refuses(&self, tenant: &Tenant, from: &str, to: &str) -> String {
        let (from, to) = (self.file(from), self.file(to));
        let words = ["device", "exchange", &tenant.slug, "--from", &from, "--to", &to];
        let output = run(&mut self.hub.command(&words));
        assert_eq!(output.status.code(), Some(5), "{words:?}");
        assert!(!PathBuf::from(&to).exists(), "{to} was written");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// The device reads a file.
    fn bring(&self, device: &Device, name: &str) -> Answer {
        device.run(&["sync", "--from-file", &self.file(name)])
    }

    fn brings(&self, device: &Device, name: &str) -> Value {
        self.bring(device, name).expect_done()
    }

    fn is_refused(&self, device: &Device, name: &str, because: &str) {
        let answer = self.bring(device, name);
        assert_eq!(answer.code, 5, "{}", answer.said);
        assert!(answer.said.contains(because), "{}", answer.said);
    }
}

fn names(device: &Device) -> Vec<String> {
    let name = |row: &Value| device.get("customer", row["id"].as_str().unwrap_or_default());
    let mut names: Vec<String> = device
        .list("customer")
        .iter()
        .map(|row| name(row)["fields"]["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    names.sort();
    names
}

fn pending(device: &Device) -> Value {
    device.run(&["status"]).expect_done()["pending"].clone()
}

#[test]
fn files_take_the_place_of_a_network_whatever_becomes_of_them() {
    let hub = Hub::start();
    let tenant = hub.tenant("courier");
    let office = hub.device_of(&tenant.admin);
    office.create("customer", &["name=Ada", "code=C1"]);
    office.sync();
    let ben = hub.user(&tenant, "ben", "manager");
    let road = Proxy::before(hub.address(), 5);
    let laptop = hub.device_at(&road.url(), &ben);
    laptop.sync();
    road.does(Fault::Cuts { below: 1 });
    laptop.run(&["sync"]).expect_code(6);
    let courier =
        Courier { hub: &hub, tenant: &tenant, pocket: tempfile::tempdir().expect("a folder") };

    // A round as it should be.
    laptop.create("customer", &["name=Bo", "code=C2"]);
    office.create("customer", &["name=Cy", "code=C3"]);
    office.sync();
    let written = courier.fetch(&laptop, "there-1");
    assert_eq!((&written["number"], &written["changes"]), (&json!(1), &json!(1)));
    assert_eq!(pending(&laptop), 1, "writing a file is not sending");
    let done = courier.exchange("there-1", "back-1");
    assert_eq!((&done["judged"], &done["answered"]), (&json!(1), &json!(1)), "{done}");
    assert_eq!((&done["standing"], &done["answers_file"]), (&json!("ok"), &json!(1)), "{done}");
    let read = courier.brings(&laptop, "back-1");
    assert_eq!(read["came_of_it"]["outcome"], "taken", "{read}");
    assert_eq!(read["round"]["pushed"], 1, "{read}");
    assert_eq!(names(&laptop), ["Ada", "Bo", "Cy"]);
    assert_eq!(pending(&laptop), 0);
    // Read once more it does nothing, and says so.
    courier.is_refused(&laptop, "back-1", "taken already");
    // What is there is never written over, on either side.
    laptop.run(&["sync", "--to-file", &courier.file("back-1")]).expect_code(2);

    // A file of the laptop is lost; the next one holds its work, too.
    laptop.create("customer", &["name=Di", "code=C4"]);
    courier.fetch(&laptop, "lost");
    laptop.create("customer", &["name=Ed", "code=C5"]);
    assert_eq!(courier.fetch(&laptop, "there-3")["changes"], 2);
    // An answer is lost; the same file is answered anew with the same words.
    let first = courier.exchange("there-3", "back-2");
    assert_eq!((&first["judged"], &first["answered"]), (&json!(2), &json!(2)), "{first}");
    let again = courier.exchange("there-3", "back-3");
    assert_eq!((&again["judged"], &again["answered"]), (&json!(0), &json!(2)), "{again}");
    // The lost file turns up behind the one that repeats it.
    let late = courier.exchange("lost", "back-4");
    assert_eq!((&late["judged"], &late["answers_file"]), (&json!(0), &json!(3)), "{late}");
    // The answers come in another order than they were written in.
    assert_eq!(courier.brings(&laptop, "back-4")["round"]["pushed"], 2);
    courier.is_refused(&laptop, "back-2", "older than what this device holds");
    courier.is_refused(&laptop, "back-3", "older than what this device holds");
    assert_eq!(pending(&laptop), 0);

    // The office writes on without a word of the laptop; two such files come in the wrong order.
    let device = done["device"].as_str().unwrap_or_default().to_owned();
    let alone = |to: &str| {
        let to = courier.file(to);
        let words = ["device", "exchange", &tenant.slug, "--device", &device];
        hub.ask(&[&words[..], &["--to", &to, "--json"]].concat())
    };
    office.create("customer", &["name=Fay", "code=C6"]);
    office.sync();
    alone("back-5");
    office.create("customer", &["name=Gus", "code=C7"]);
    office.sync();
    alone("back-6");
    courier.brings(&laptop, "back-6");
    courier.is_refused(&laptop, "back-5", "older");
    assert_eq!(names(&laptop), ["Ada", "Bo", "Cy", "Di", "Ed", "Fay", "Gus"]);

    // Two files with the same work in them, answered in the wrong order, and both answers come in that order.
    laptop.create("customer", &["name=Hal", "code=C8"]);
    courier.fetch(&laptop, "there-4");
    laptop.create("customer", &["name=Ida", "code=C9"]);
    courier.fetch(&laptop, "there-5");
    assert_eq!(courier.exchange("there-5", "back-7")["judged"], 2);
    assert_eq!(courier.exchange("there-4", "back-8")["judged"], 0);
    assert_eq!(courier.brings(&laptop, "back-7")["round"]["pushed"], 2);
    // It brings a newer lease and nothing else.
    assert_eq!(courier.brings(&laptop, "back-8")["round"]["pushed"], 0);
    courier.is_refused(&laptop, "back-8", "taken already");

    // The road is mended: an ordinary round finds nothing to do, on either side.
    road.does(Fault::None);
    let round = laptop.sync();
    assert_eq!((&round["pushed"], &round["pulled"]), (&json!(0), &json!(0)), "{round}");
    office.sync();
    let all = ["Ada", "Bo", "Cy", "Di", "Ed", "Fay", "Gus", "Hal", "Ida"];
    assert_eq!(names(&laptop), all);
    assert_eq!(names(&office), all);
    let database = hub.database_of(&tenant);
    let ops =
        format!("select count(*), count(distinct op_id) from sync_op where device_id = '{device}'");
    assert_eq!(hub.sql(&database, &ops), "5|5", "each change of the laptop once");
    for device in [&laptop, &office] {
        assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
        assert_eq!(device.attention(), Vec::<Value>::new());
    }
    let audit = hub.ask(&["audit", "verify", &tenant.slug, "--json"]);
    assert_eq!(audit["findings"], json!([]), "{audit}");
}

#[test]
fn a_file_for_somebody_else_or_a_damaged_one_is_refused_and_says_nothing() {
    let hub = Hub::start();
    let tenant = hub.tenant("pocket");
    let other = hub.tenant("stranger");
    let laptop = hub.device_of(&tenant.admin);
    laptop.sync();
    let colleague = hub.device_of(&tenant.admin);
    let stranger = hub.device_of(&other.admin);
    let courier =
        Courier { hub: &hub, tenant: &tenant, pocket: tempfile::tempdir().expect("a folder") };
    laptop.create("customer", &["name=Planted Secret", "code=C1"]);
    courier.fetch(&laptop, "there");
    courier.exchange("there", "back");
    for name in ["there", "back"] {
        let bytes = std::fs::read(courier.file(name)).expect("a file");
        assert!(!bytes.windows(7).any(|window| window == b"Planted"), "{name}");
    }

    let said = courier.refuses(&other, "there", "nowhere");
    assert!(said.contains("not for this tenant"), "{said}");
    let said = courier.refuses(&tenant, "back", "nowhere");
    assert!(said.contains("was written for a device"), "{said}");
    courier.is_refused(&stranger, "back", "for another organisation");
    courier.is_refused(&colleague, "back", "for the device");
    courier.is_refused(&laptop, "there", "a device wrote this file");

    let damage = |name: &str, at: fn(usize) -> usize| {
        let mut bytes = std::fs::read(courier.file(name)).expect("a file");
        let at = at(bytes.len());
        bytes[at] ^= 1;
        std::fs::write(courier.file("damaged"), bytes).expect("a file");
    };
    for at in [|_| 50, |_| 120, |length| length / 2, |length| length - 1] {
        damage("there", at);
        let said = courier.refuses(&tenant, "damaged", "nowhere");
        // In the label it may be another's file by now; nobody is there to have signed it.
        assert!(said.contains("damaged") || said.contains("there is no device"), "{said}");
        damage("back", at);
        let answer = courier.bring(&laptop, "damaged");
        assert_eq!(answer.code, 5, "{}", answer.said);
    }
    let bytes = std::fs::read(courier.file("back")).expect("a file");
    std::fs::write(courier.file("damaged"), &bytes[..bytes.len() - 1]).expect("a file");
    courier.is_refused(&laptop, "damaged", "damaged, broke off");
    std::fs::write(courier.file("damaged"), "Ada;Bonn\n").expect("a file");
    courier.is_refused(&laptop, "damaged", "no file for the courier");
    let said = courier.refuses(&tenant, "damaged", "nowhere");
    assert!(said.contains("no file for the courier"), "{said}");

    // What all of that did is nothing: the good file is taken.
    assert_eq!(pending(&laptop), 1);
    courier.brings(&laptop, "back");
    assert_eq!(pending(&laptop), 0);
}

#[test]
fn a_hub_that_was_restored_a_longer_lease_and_the_end_of_access_are_heard_of_by_courier() {
    let hub = Hub::start();
    let tenant = hub.tenant("distant");
    let office = hub.device_of(&tenant.admin);
    office.create("customer", &["name=Ada", "code=C1"]);
    office.sync();
    let road = Proxy::before(hub.address(), 6);
    let ben = hub.user(&tenant, "ben", "manager");
    let laptop = hub.device_at(&road.url(), &ben);
    laptop.sync();
    road.does(Fault::Cuts { below: 1 });
    let courier =
        Courier { hub: &hub, tenant: &tenant, pocket: tempfile::tempdir().expect("a folder") };
    let listed = hub.ask(&["device", "list", &tenant.slug, "--json"]);
    let device = listed[0]["id"].as_str().unwrap_or_default().to_owned();

    // What was answered after the backup is lost with the hub, and more waits on the laptop.
    let taken = hub.ask(&["tenant", "backup", &tenant.slug, "--json"]);
    let backup = taken["name"].as_str().unwrap_or_default().to_owned();
    laptop.create("customer", &["name=Bo", "code=C2"]);
    courier.fetch(&laptop, "there-1");
    courier.exchange("there-1", "back-1");
    courier.brings(&laptop, "back-1");
    hub.ask(&["tenant", "restore", &tenant.slug, &backup, "--yes", "--json"]);
    laptop.create("customer", &["name=Cy", "code=C3"]);
    courier.fetch(&laptop, "there-2");
    let done = courier.exchange("there-2", "back-2");
    assert_eq!((&done["standing"], &done["judged"]), (&json!("rebuild"), &json!(0)), "{done}");
    // The laptop takes a fresh copy from its pocket, and offers again what the hub has lost.
    courier.brings(&laptop, "back-2");
    assert_eq!(pending(&laptop), 2);
    assert_eq!(courier.fetch(&laptop, "there-3")["changes"], 2);
    assert_eq!(courier.exchange("there-3", "back-3")["judged"], 2);
    courier.brings(&laptop, "back-3");
    assert_eq!((pending(&laptop), names(&laptop).len()), (json!(0), 3));
    courier.is_refused(&laptop, "back-1", "older");
    office.sync();
    assert_eq!(names(&office), ["Ada", "Bo", "Cy"]);

    // The way is long: it may work longer from the next file on.
    let days = |days: &str| {
        let words = ["device", "courier", &tenant.slug, &device, "--lease-days", days, "--json"];
        run(&mut hub.command(&words))
    };
    assert_eq!(days("46").status.code(), Some(5));
    assert!(days("40").status.success());
    let until = |device: &Device| {
        let status = device.run(&["status"]).expect_done();
        status["rights"]["valid_until"].as_str().unwrap_or_default().to_owned()
    };
    let before = until(&laptop);
    courier.exchange("there-3", "back-4");
    courier.brings(&laptop, "back-4");
    assert!(until(&laptop) > before, "{before} {}", until(&laptop));

    // The last work of a device whose access ended is kept at the hub for others to decide about; it hears of its end.
    laptop.create("customer", &["name=Di", "code=C4"]);
    courier.fetch(&laptop, "there-4");
    hub.ask(&["device", "revoke", &tenant.slug, &device, "--json"]);
    let done = courier.exchange("there-4", "back-5");
    assert_eq!((&done["standing"], &done["judged"]), (&json!("refused"), &json!(1)), "{done}");
    let answer = courier.bring(&laptop, "back-5");
    assert_ne!(answer.code, 0);
    assert!(answer.said.contains("revoked"), "{}", answer.said);
    assert_eq!(pending(&laptop), 1, "nothing typed is lost");
    office.sync();
    assert_eq!(names(&office), ["Ada", "Bo", "Cy"]);
}

#[test]
fn a_copied_profile_is_found_by_its_file_and_neither_copy_is_served() {
    let hub = Hub::start();
    let tenant = hub.tenant("twice");
    let original = hub.device_of(&tenant.admin);
    original.sync();
    let other = hub.device();
    copy(&original.home(), &other.home());
    let courier =
        Courier { hub: &hub, tenant: &tenant, pocket: tempfile::tempdir().expect("a folder") };
    original.create("customer", &["name=Here"]);
    courier.fetch(&original, "there-1");
    courier.exchange("there-1", "back-1");
    courier.brings(&original, "back-1");

    other.create("customer", &["name=There"]);
    courier.fetch(&other, "there-2");
    let done = courier.exchange("there-2", "back-2");
    assert_eq!((&done["standing"], &done["judged"]), (&json!("frozen"), &json!(0)), "{done}");
    courier.is_refused(&other, "back-2", "in use twice");
    assert_eq!(pending(&other), 1);
    courier.fetch(&original, "there-3");
    assert_eq!(courier.exchange("there-3", "back-3")["standing"], "frozen");
    courier.is_refused(&original, "back-3", "in use twice");
}
