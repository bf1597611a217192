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
