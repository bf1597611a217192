//! Disks that are full, at the desk and under the hub's Postgres: what was acknowledged stays, what cannot be kept is
//! refused and said, and once there is room the work goes on.

use system_tests::office::{Device, Hub, PASSWORD, Postgres, SmallDisk, Tenant};
use system_tests::proof::integrity;

/// Changed rows that do not fit into what is left.
const ROWS: usize = 3_000;

/// A device whose profile lies on this disk.
fn device_on(disk: &SmallDisk, hub: &Hub, tenant: &Tenant) -> Device {
    let device = hub.device();
    let home = disk.path().join("home");
    std::fs::create_dir(&home)
        .and_then(|()| std::os::unix::fs::symlink(&home, device.home()))
        .unwrap_or_else(|error| panic!("no profile on the disk: {error}"));
    let words = ["login", "--tenant", &tenant.slug, "--email", &tenant.admin.email];
    device.login(&words, PASSWORD).expect_done();
    device
}

fn import(device: &Device) {
    let path = device.folder().join("items.csv");
    let rows = (0..ROWS).map(|row| format!("S-{row},Item {row},C62,{row:0>400}\n"));
    let file = format!("sku,name,uom,description\n{}", rows.collect::<String>());
    std::fs::write(&path, file).unwrap_or_else(|error| panic!("no file: {error}"));
    device.run(&["import", "item", &path.display().to_string()]).expect_done();
}

#[test]
fn a_full_disk_at_the_desk_takes_nothing_that_was_typed() {
    let hub = Hub::start();
    let tenant = hub.tenant("full");
    let disk = SmallDisk::of_mib(40);
    let (anna, ben) = (device_on(&disk, &hub, &tenant), hub.device_of(&tenant.admin));
    let kept = anna.create("customer", &["name=Kept"]);
    anna.sync();
    let unsent = anna.create("customer", &["name=Unsent"]);
    import(&ben);
    ben.sync();
    disk.fills_up_to(0);
    // Neither the typed nor what arrives can be kept, and both are said.
    let refused = anna.run(&["create", "customer", "name=Refused"]);
    assert_ne!(refused.code, 0, "{}", refused.json);
    assert!(refused.said.contains("disk"), "{}", refused.said);
    let cut = anna.run(&["sync"]);
    assert_ne!(cut.code, 0, "{}", cut.json);
    // A little room, and it fails later: in the middle of what arrives.
    disk.empties();
    disk.fills_up_to(1 << 20);
    let cut = anna.run(&["sync"]);
    assert_ne!(cut.code, 0, "{}", cut.json);
    disk.empties();
    anna.run(&["verify"]).expect_done();
    anna.sync();
    ben.sync();
    for id in [&kept, &unsent] {
        for device in [&anna, &ben] {
            assert_eq!(device.get("customer", id)["sync"]["state"], "clean");
        }
    }
    let names: Vec<_> =
        ben.list("customer").iter().map(|row| row["fields"]["name"].clone()).collect();
    assert!(!names.contains(&"Refused".into()), "{names:?}");
    assert_eq!(anna.found("item", "Item 2999").len(), 1);
    anna.run(&["verify"]).expect_done();
}

#[test]
fn a_full_disk_under_postgres_takes_nothing_that_was_acknowledged() {
    let disk = SmallDisk::of_mib(400);
    let postgres = Postgres::below(disk.path());
    let mut hub = Hub::on(&postgres.url());
    let tenant = hub.tenant("full");
    let (anna, ben) = (hub.device_of(&tenant.admin), hub.device_of(&tenant.admin));
    let kept = anna.create("customer", &["name=Kept"]);
    anna.sync();
    disk.fills_up_to(0);
    import(&ben);
    let late = anna.create("customer", &["name=Late"]);
    let refused = [&ben, &anna].map(|device| device.run(&["sync"]).code);
    assert!(refused.contains(&6), "{refused:?}: nothing was refused, so the disk was not full");
    disk.empties();
    // Postgres ends itself where it cannot write its log.
    postgres.open();
    hub.kill();
    hub.open();
    for device in [&ben, &anna, &ben] {
        device.sync();
    }
    for id in [&kept, &late] {
        for device in [&anna, &ben] {
            let record = device.get("customer", id);
            assert_eq!(
                (&record["version"], &record["sync"]["state"]),
                (&1.into(), &"clean".into())
            );
        }
    }
    let database = hub.database_of(&tenant);
    let items = hub.sql(&database, "SELECT count(*) FROM item WHERE sku LIKE 'S-%'");
    assert_eq!(items, ROWS.to_string());
    integrity::whole(&hub, &tenant, [hub.control_database(), &database]);
}
