//! Codes that devices give by themselves while they are away: never one twice, whatever becomes of the hub.

use serde_json::Value;
use system_tests::office::{Device, Hub, Tenant};

/// Declares whose codes are given, and fetches the first numbers.
fn declare(admin: &Device, master: &str, prefix: &str, block: u32) {
    admin.sync();
    let company = admin.list("company")[0]["id"].as_str().unwrap_or_default().to_owned();
    admin.create(
        "number_series",
        &[
            &format!("name=Codes of {master}"),
            &format!("document_type={master}"),
            &format!("prefix={prefix}"),
            "width=4",
            &format!("device_block_size={block}"),
            &format!("company_id={company}"),
        ],
    );
    admin.sync();
}

/// A new record without a code; the code that it was given.
fn enter(device: &Device, master: &str, name: &str) -> String {
    let made = device.run(&["create", master, &format!("name={name}")]).expect_done();
    made["fields"]["code"].as_str().unwrap_or_default().to_owned()
}

fn codes(device: &Device, master: &str) -> Vec<String> {
    let code = |row: &Value| row["fields"]["code"].as_str().unwrap_or_default().to_owned();
    let mut codes: Vec<String> = device.list(master).iter().map(code).collect();
    codes.sort();
    codes
}

fn between(stem: &str, from: u32, to: u32) -> Vec<String> {
    (from..=to).map(|number| format!("{stem}{number:04}")).collect()
}

fn manager(hub: &Hub, tenant: &Tenant, name: &str) -> Device {
    let device = hub.device_of(&hub.user(tenant, name, "manager"));
    device.sync();
    device
}

#[test]
fn two_devices_that_are_away_for_weeks_give_thirty_codes_each() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("numbers");
    let anna = hub.device_of(&tenant.admin);
    declare(&anna, "customer", "K-", 40);
    let ben = manager(&hub, &tenant, "ben");
    let left =
        |device: &Device| device.run(&["status"]).expect_done()["numbers"][0]["left"].clone();
    assert_eq!((left(&anna), left(&ben)), (40.into(), 40.into()));
    hub.stop();
    let thirty = |device: &Device, whose: &str| -> Vec<String> {
        (0..30).map(|n| enter(device, "customer", &format!("{whose} {n}"))).collect()
    };
    assert_eq!(thirty(&anna, "Anna's"), between("K-", 1, 30));
    assert_eq!(thirty(&ben, "Ben's"), between("K-", 41, 70));
    assert_eq!((left(&anna), left(&ben)), (10.into(), 10.into()));
    // What is typed is taken as it is, and when no number is left work goes on.
    let typed = ben.create("customer", &["name=Typed", "code=K-0071"]);
    let left: Vec<String> =
        (0..10).map(|n| enter(&ben, "customer", &format!("Late {n}"))).collect();
    assert_eq!(left[..9], between("K-", 72, 80));
    assert_eq!(left[9], "");
    hub.open();
    for device in [&anna, &ben, &anna] {
        device.sync();
    }
    assert_eq!(codes(&anna, "customer").len(), 71);
    assert_eq!(codes(&anna, "customer"), codes(&ben, "customer"));
    assert_eq!(anna.get("customer", &typed)["fields"]["code"], "K-0071");
    assert!(anna.attention().is_empty() && ben.attention().is_empty());
    // Both have numbers again.
    assert_eq!(enter(&anna, "customer", "Again"), "K-0031");
    assert_eq!(enter(&ben, "customer", "Again"), "K-0121");
    // At the end of a session they go back, for whoever comes next.
    anna.sync();
    assert_eq!(anna.run(&["logout"]).code, 0);
    let returned = "select string_agg(next_number || '-' || last_number, ' ' order by next_number) \
                    from number_lease where state = 'returned'";
    assert_eq!(hub.sql(&hub.database_of(&tenant), returned), "32-40 81-120");
    assert_eq!(enter(&manager(&hub, &tenant, "carla"), "customer", "Carla's"), "K-0032");
}

#[test]
fn a_restored_tenant_gives_no_code_a_second_time() {
    let hub = Hub::start();
    let tenant = hub.tenant("again");
    let anna = hub.device_of(&tenant.admin);
    declare(&anna, "customer", "K-", 10);
    declare(&anna, "supplier", "{DEVICE}-", 10);
    let ben = manager(&hub, &tenant, "ben");
    let annas_name = enter(&anna, "supplier", "Mühle").replace("-0001", "");
    anna.sync();
    let backup = hub.ask(&["tenant", "backup", &tenant.slug, "--json"])["name"].clone();
    let backup = backup.as_str().unwrap_or_default();

    // Life goes on: numbers are used up and leased, also to a device that the backup does not know.
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
        enter(&anna, "customer", name);
        anna.sync();
    }
    let carla = manager(&hub, &tenant, "carla");
    let carlas = enter(&carla, "customer", "Carla's");
    enter(&anna, "supplier", "Bäcker");
    anna.sync();
    // Ben is away the whole time.
    let bens = [enter(&ben, "customer", "Ben's first"), enter(&ben, "customer", "Ben's second")];
    hub.ask(&["tenant", "restore", &tenant.slug, backup, "--yes", "--json"]);
    let away =
        [enter(&ben, "customer", "Ben's third"), enter(&carla, "customer", "Carla's second")];

    // The first who comes is one that nobody knows.
    let dora = manager(&hub, &tenant, "dora");
    let doras = [enter(&dora, "customer", "Dora's"), enter(&dora, "customer", "Dora's second")];
    let all = [&anna, &ben, &carla, &dora];
    for _ in 0..2 {
        for device in all {
            device.sync();
        }
    }
    let news: Vec<String> = all.iter().map(|device| enter(device, "customer", "New")).collect();
    assert_eq!(enter(&anna, "supplier", "Imker"), format!("{annas_name}-0003"));
    for _ in 0..2 {
        for device in all {
            device.sync();
        }
    }
    let after = codes(&anna, "customer");
    let mut once = after.clone();
    once.dedup();
    assert_eq!(after, once, "a code was given twice");
    assert_eq!(after.len(), 12 + 1 + 2 + 2 + 2 + 4, "{after:?}");
    for code in [carlas].iter().chain(&bens).chain(&away).chain(&doras).chain(&news) {
        assert!(code.starts_with("K-") && !code.contains('~') && after.contains(code), "{code}");
    }
    for device in all {
        assert_eq!(device.attention(), Vec::<Value>::new());
        assert_eq!(codes(device, "customer"), after);
        assert_eq!(device.run(&["verify"]).expect_done()["ok"], true);
    }
    assert_eq!(codes(&anna, "supplier"), between(&format!("{annas_name}-"), 1, 3));
    let skipped = "select count(*) from number_void where reason = 'restored'";
    assert_ne!(hub.sql(&hub.database_of(&tenant), skipped), "0");
}
