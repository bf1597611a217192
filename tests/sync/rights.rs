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
