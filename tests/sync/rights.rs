//! What a person without a right never gets.

use system_tests::office::Hub;

#[test]
fn a_user_without_the_right_to_suppliers_never_has_one_on_the_device() {
    let hub = Hub::start();
    let tenant = hub.tenant("rights");
    let admin = hub.device_of(&tenant.admin);
    let planted = "Zimtsternlieferant";
    admin.create("supplier", &[&format!("name={planted}"), "code=S1"]);
    admin.create("customer", &["name=Visible to sales", "code=C1"]);
    admin.sync();
    let clerk = hub.device_of(&hub.user(&tenant, "clerk", "sales"));
    clerk.sync();
    assert_eq!(clerk.run(&["list", "supplier"]).code, 4);
    assert_eq!(clerk.run(&["get", "supplier", "S1"]).code, 4);
    assert_eq!(clerk.run(&["create", "supplier", "name=Forged"]).code, 4);
    let found = clerk.run(&["list", "customer", "--search", planted]);
    assert_eq!(found.code, 0);
    assert!(!clerk.holds(planted.as_bytes()));
    assert_eq!(admin.list("supplier").len(), 1);
}

#[test]
fn nothing_that_was_typed_can_be_read_in_the_profile_s_files() {
    let hub = Hub::start();
    let tenant = hub.tenant("plain");
    let device = hub.device_of(&tenant.admin);
    let planted = "Quittengelee-Geheimnis";
    device.create("customer", &[&format!("name={planted}")]);
    device.sync();
    assert_eq!(device.list("customer").len(), 1);
    assert!(!device.holds(planted.as_bytes()), "the plain name stands in a file");
}

#[test]
fn what_a_person_may_not_see_any_more_leaves_the_file_and_the_admin_has_it_signed() {
    let hub = Hub::start();
    let tenant = hub.tenant("purging");
    let admin = hub.device_of(&tenant.admin);
    admin.create("supplier", &["name=Zimtsternlieferant", "code=S1"]);
    admin.sync();
    let person = hub.user(&tenant, "paul", "manager");
    let paul = hub.device_of(&person);
    paul.sync();
    assert_eq!(paul.list("supplier").len(), 1);
    let word = || {
        let devices = hub.ask(&["device", "list", &tenant.slug, "--json"]);
        let all = devices.as_array().unwrap_or_else(|| panic!("no devices in {devices}"));
        let his = all.iter().find(|device| device["user_email"] == person.email.as_str());
        his.unwrap_or_else(|| panic!("not there: {devices}"))["purged_policy"].as_i64()
    };
    paul.sync();
    let before = word();

    let unsent = paul.create("supplier", &["name=Typed before it was known", "code=S2"]);
    hub.ask(&["role", "set", &tenant.slug, &person.email, "sales", "--json"]);
    // What was typed goes out first, then the suppliers leave, then the sync server has it signed.
    paul.sync();
    assert_eq!(paul.run(&["list", "supplier"]).code, 4);
    let told = (0..10).any(|_| {
        paul.sync();
        word() > before
    });
    assert!(told, "nobody was told that it left: {before:?}");
    let refused = paul.attention();
    let kept = refused.iter().any(|item| item["row_id"] == unsent.as_str());
    assert!(kept, "what was typed is nowhere: {refused:?}");
}
