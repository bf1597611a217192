//! A device that stays in sync hears of news at once, and says truly whether the hub answers.

use system_tests::office::Hub;

#[test]
fn a_watching_device_hears_of_a_colleagues_edit_at_once() {
    let hub = Hub::start();
    let tenant = hub.tenant("hears");
    let anna = hub.device_of(&tenant.admin);
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    let mut watch = ben.watch();
    watch.hears("daybook: online");
    watch.hears("\"pulled\"");
    let customer = anna.create("customer", &["name=Ada", "city=Bonn"]);
    anna.sync();
    watch.hears("\"pulled\":1");
    anna.update("customer", &customer, &["city=Kiel"]);
    anna.sync();
    watch.hears("\"pulled\":1");
    watch.program.kill();
    assert_eq!(ben.get("customer", &customer)["fields"]["city"], "Kiel");
}

#[test]
fn the_light_follows_a_hub_that_ends_comes_back_and_hangs() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("light");
    let anna = hub.device_of(&tenant.admin);
    let mut watch = anna.watch();
    watch.hears("daybook: online");
    hub.stop();
    watch.hears("daybook: offline");
    hub.open();
    watch.hears("daybook: online");
    // Back is a reason for a round.
    watch.hears("\"pulled\"");
    hub.program().freeze();
    watch.hears("daybook: offline");
    hub.program().thaw();
    watch.hears("daybook: online");
}

#[test]
fn whoever_is_disabled_is_let_go_while_nothing_happens() {
    let hub = Hub::start();
    let tenant = hub.tenant("gone");
    let ben = hub.user(&tenant, "ben", "sales");
    let device = hub.device_of(&ben);
    let mut watch = device.watch();
    watch.hears("\"pulled\"");
    hub.ask(&["user", "disable", &tenant.slug, &ben.email, "--json"]);
    watch.ends();
    assert_eq!(device.run(&["sync"]).code, 3);
}
