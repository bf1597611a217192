//! A hub that comes back from a backup: what was lost with it comes back from the devices, and what was taken away
//! since does not.

use serde_json::{Value, json};
use system_tests::office::{Device, Hub, Tenant, run};

/// The customers as anyone sees them: code, name, city and phone.
fn customers(device: &Device) -> Vec<String> {
    let mut all: Vec<String> = device
        .list("customer")
        .iter()
        .map(|row| {
            let record = device.get("customer", row["id"].as_str().unwrap_or_default());
            let of = |field: &str| record["fields"][field].to_string();
            format!("{} {} {} {}", of("code"), of("name"), of("city"), of("phone"))
        })
        .collect();
    all.sort();
    all
}

fn device_named<'a>(devices: &'a Value, id: &str) -> &'a Value {
    let all = devices.as_array().map(Vec::as_slice).unwrap_or_default();
    let found = all.iter().find(|device| device["id"] == id);
    found.unwrap_or_else(|| panic!("no device {id} in {devices}"))
}

fn listed(hub: &Hub, tenant: &Tenant) -> Value {
    hub.ask(&["device", "list", &tenant.slug, "--json"])
}

/// The id of the device that was enrolled last.
fn newest(hub: &Hub, tenant: &Tenant) -> String {
    listed(hub, tenant)[0]["id"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_was_done_after_the_backup_comes_back_from_the_devices_and_a_revoked_one_stays_out() {
    let hub = Hub::start();
    let tenant = hub.tenant("restored");
    let anna = hub.device_of(&tenant.admin);
    let annas = newest(&hub, &tenant);
    let ben_user = hub.user(&tenant, "ben", "manager");
    let roles = |roles: &[&str]| {
        let words = ["role", "set", &tenant.slug, &ben_user.email];
        hub.ask(&[&words[..], roles, &["--json"]].concat());
    };
    roles(&["manager", "accountant"]);
    let ben = hub.device_of(&ben_user);
    let bens = newest(&hub, &tenant);
    let lost = hub.device_of(&ben_user);
    let losts = newest(&hub, &tenant);
    let ada = anna.create("customer", &["name=Ada", "code=C1"]);
    for device in [&anna, &ben, &lost] {
        device.sync();
    }
    let backup = backup(&hub, &tenant);

    // Life goes on: both work, a colleague comes, a device is lost, a right is taken away.
    anna.update("customer", &ada, &["city=Bonn"]);
    anna.create("customer", &["name=Carl", "code=C2"]);
    anna.sync();
    let cleo = hub.user(&tenant, "cleo", "manager");
    let cleos = hub.device_of(&cleo);
    cleos.create("customer", &["name=Cleo's", "code=C4"]);
    cleos.sync();
    ben.sync();
    ben.update("customer", &ada, &["phone=+49 228 123456"]);
    ben.create("customer", &["name=Dora", "code=C3"]);
    ben.sync();
    for device in [&anna, &cleos, &ben] {
        device.sync();
    }
    hub.ask(&["device", "revoke", &tenant.slug, &losts, "--json"]);
    roles(&["manager"]);
    ben.sync();
    let before = customers(&anna);
    assert_eq!(before.len(), 4, "{before:?}");
    let ops = "select count(*) from sync_op";
    let made = hub.sql(&hub.database_of(&tenant), ops);
    let old = hub.database_of(&tenant);

    let words = ["tenant", "restore", &tenant.slug, &backup, "--yes", "--json"];
    let restored = hub.ask(&words);
    assert_eq!(restored["kept_aside"], old.as_str(), "{restored}");
    assert_ne!(hub.database_of(&tenant), old);
    // Work that was never sent waits on a device meanwhile.
    anna.create("customer", &["name=Emil", "code=C5"]);
    let owed = listed(&hub, &tenant);
    assert_eq!(device_named(&owed, &annas)["lost_ops"], 2, "{owed}");
    assert_eq!(device_named(&owed, &bens)["lost_ops"], 2, "{owed}");

    for device in [&anna, &ben, &cleos, &anna, &ben, &cleos] {
        device.sync();
    }
    let after = customers(&anna);
    assert_eq!(after.len(), 5, "{after:?}");
    assert!(before.iter().all(|customer| after.contains(customer)), "{before:?} {after:?}");
    assert_eq!(customers(&ben), after);
    assert_eq!(customers(&cleos), after);
    let database = hub.database_of(&tenant);
    let now: u32 = hub.sql(&database, ops).parse().expect("a number");
    assert_eq!(now, made.parse::<u32>().expect("a number") + 1);
    for device in [&anna, &ben, &cleos] {
        assert_eq!(device.attention(), Vec::<Value>::new());
        assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
        assert_eq!(device.run(&["status"]).expect_done()["pending"], 0);
    }

    // Nothing that was taken away came back.
    lost.run(&["sync"]).expect_code(5);
    let devices = listed(&hub, &tenant);
    assert_eq!(device_named(&devices, &losts)["state"], "revoked");
    let users = hub.ask(&["user", "list", &tenant.slug, "--json"]).to_string();
    assert!(!users.contains("accountant") && users.contains("cleo@"), "{users}");
    // And the administrator sees what was healed.
    for (id, healed) in [(&annas, 2), (&bens, 2)] {
        let device = device_named(&devices, id);
        assert_eq!((&device["lost_ops"], &device["healed_ops"]), (&0.into(), &healed.into()));
    }
    let audit = hub.ask(&["audit", "verify", &tenant.slug, "--json"]);
    assert_eq!(audit["intact"], true, "{audit}");
}

/// Takes a backup and answers its name.
fn backup(hub: &Hub, tenant: &Tenant) -> String {
    let taken = hub.ask(&["tenant", "backup", &tenant.slug, "--json"]);
    taken["name"].as_str().unwrap_or_else(|| panic!("no name in {taken}")).to_owned()
}

/// The exit code of a command, and what it said.
fn says(hub: &Hub, words: &[&str]) -> (Option<i32>, String) {
    let output = run(&mut hub.command(words));
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn once_a_backup_is_verified_no_older_one_may_take_its_place() {
    let hub = Hub::start();
    let tenant = hub.tenant("verified");
    let slug = tenant.slug.as_str();
    let device = hub.device_of(&tenant.admin);
    let ada = device.create("customer", &["name=Ada", "code=C1"]);
    device.sync();
    let older = backup(&hub, &tenant);
    device.update("customer", &ada, &["city=Bonn"]);
    device.sync();
    let newer = backup(&hub, &tenant);
    let verified = hub.ask(&["tenant", "verify-backup", slug, "--json"]);
    assert_eq!((&verified["name"], &verified["findings"]), (&newer.as_str().into(), &json!([])));
    let listed = hub.ask(&["tenant", "backups", slug, "--json"]);
    let at =
        |place: usize| (listed[place]["name"].clone(), listed[place]["verified_at"].is_string());
    assert_eq!([at(0), at(1)], [(json!(older), false), (json!(newer), true)]);
    // The device hears of it and forgets.
    device.sync();
    let (code, said) = says(&hub, &["tenant", "restore", slug, &older, "--yes"]);
    assert!(code == Some(5) && said.contains(&newer), "{code:?} {said}");
    let (code, said) = says(&hub, &["tenant", "restore", slug, &newer]);
    assert!(code == Some(5) && said.contains("--yes"), "{code:?} {said}");
    hub.ask(&["tenant", "restore", slug, &newer, "--yes", "--json"]);
    device.update("customer", &ada, &["city=Köln"]);
    device.sync();
    assert_eq!(device.get("customer", &ada)["fields"]["city"], "Köln");
    assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
    // What is left of the restores: the live database and the one aside.
    let beside = "select count(*) from tenant_databases where purpose = 'scratch'";
    assert_eq!(hub.sql(hub.control_database(), beside), "0");
    hub.ask(&["tenant", "delete", slug, "--confirm", slug, "--json"]);
    assert_eq!(hub.sql(hub.control_database(), "select count(*) from tenant_databases"), "0");
}

#[test]
fn a_backup_that_was_touched_says_so_and_the_tenant_goes_on_as_before() {
    let hub = Hub::start();
    let tenant = hub.tenant("touched");
    let slug = tenant.slug.as_str();
    let device = hub.device_of(&tenant.admin);
    device.create("customer", &["name=Quittengelee", "code=C1"]);
    device.sync();
    let name = backup(&hub, &tenant);
    let id =
        hub.ask(&["tenant", "show", slug, "--json"])["id"].as_str().unwrap_or_default().to_owned();
    let folder = hub.folder().join(id).join(&name);
    let content = folder.join("content");
    let good = std::fs::read(&content).expect("the content");
    let readable = good.windows(7).any(|bytes| bytes == b"Quitten");
    assert!(!readable, "a name stands in the backup");
    for (what, bytes) in [
        (
            "one bit",
            [&good[..good.len() / 2], &[good[good.len() / 2] ^ 1], &good[good.len() / 2 + 1..]]
                .concat(),
        ),
        ("its end", good[..good.len() - 1].to_vec()),
        ("something behind it", [&good[..], b"more"].concat()),
        ("everything", Vec::new()),
    ] {
        std::fs::write(&content, bytes).expect("touched");
        for words in [["tenant", "verify-backup", slug, &name], ["tenant", "restore", slug, &name]]
        {
            let words = [&words[..], if words[1] == "restore" { &["--yes"] } else { &[] }].concat();
            let (code, said) = says(&hub, &words);
            assert!(code == Some(5) && said.contains("does not open"), "{what}: {code:?} {said}");
        }
    }
    std::fs::write(&content, good).expect("mended");
    device.create("customer", &["name=Ben", "code=C2"]);
    device.sync();
    assert_eq!(hub.ask(&["tenant", "verify-backup", slug, &name, "--json"])["findings"], json!([]));
    let beside = "select count(*) from tenant_databases";
    assert_eq!(hub.sql(hub.control_database(), beside), "0");
    std::fs::remove_file(folder.join("manifest")).expect("removed");
    assert_eq!(hub.ask(&["tenant", "backups", slug, "--json"]), json!([]));
}
