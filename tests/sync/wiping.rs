//! A lost computer: an admin orders its copy destroyed, and learns that it is.

use system_tests::office::Hub;

#[test]
fn an_ordered_wipe_destroys_the_copy_and_is_confirmed_to_the_admin() {
    let hub = Hub::start();
    let tenant = hub.tenant("wiped");
    let device = hub.device_of(&tenant.admin);
    device.create("customer", &["name=Ada", "code=C1"]);
    let offer = device.folder().join("offer.pdf");
    std::fs::write(&offer, b"an offer").unwrap_or_else(|error| panic!("no file: {error}"));
    let offer = offer.display().to_string();
    device.run(&["attach", "customer", "C1", &offer]).expect_done();
    device.sync();
    assert!(device.home().join("attachments").is_dir());
    let listed = || hub.ask(&["device", "list", "wiped", "--json"])[0].clone();
    let id = listed()["id"].as_str().unwrap_or_default().to_owned();
    hub.ask(&["device", "wipe", "wiped", &id, "--json"]);
    assert_eq!(listed()["state"], "wiping");

    assert_eq!(device.run(&["sync"]).code, 5);
    let files = std::fs::read_dir(device.home()).into_iter().flatten().flatten();
    let left: Vec<_> = files.map(|file| file.file_name()).collect();
    assert!(left.iter().all(|name| name == "lock"), "left behind: {left:?}");
    let device = listed();
    assert_eq!(device["state"], "wiped", "{device}");
}

#[test]
fn what_was_not_sent_is_handed_in_before_the_copy_is_destroyed() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("handed");
    let boss = hub.device_of(&tenant.admin);
    let laptop = hub.device_of(&hub.user(&tenant, "clerk", "sales"));
    laptop.sync();
    hub.stop();
    laptop.create("customer", &["name=Ada", "code=C1"]);
    hub.open();
    let listed = hub.ask(&["device", "list", "handed", "--json"]);
    let lost = listed.as_array().into_iter().flatten();
    let lost = lost.filter(|it| it["user_email"].as_str().is_some_and(|it| it.contains("clerk")));
    let ids: Vec<&str> = lost.filter_map(|it| it["id"].as_str()).collect();
    let [id] = ids[..] else { panic!("{listed}") };
    hub.ask(&["device", "wipe", "handed", id, "--json"]);
    let told = laptop.run(&["sync"]);
    assert_eq!(told.code, 5, "{told:?}");
    assert!(told.said.contains("1 change that had not been sent was handed in"), "{}", told.said);
    let files = std::fs::read_dir(laptop.home()).into_iter().flatten().flatten();
    assert!(files.map(|file| file.file_name()).all(|name| name == "lock"));
    boss.sync();
    let item = boss.attention().remove(0);
    assert_eq!((item["kind"].as_str(), item["title"].as_str()), (Some("review"), Some("Ada")));
    let id = item["id"].as_str().unwrap_or_default();
    boss.run(&["attention", "review", id, "--apply"]).expect_done();
    boss.sync();
    assert_eq!(boss.list("customer").len(), 1);
}
