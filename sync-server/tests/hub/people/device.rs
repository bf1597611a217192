//! `daybook-server device …`

use crate::support::{Device, TestHub};

#[tokio::test]
async fn a_revoked_device_is_out_within_the_life_of_its_token_and_the_others_stay() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let (mut laptop, mut tablet) = (Device::of(&admin), Device::of(&admin));
    let lost = laptop.signs_in().await.session.unwrap().device_id.to_string();
    tablet.signs_in().await;
    let revoked = hub.runs(&["device", "revoke", "acme", &lost]);
    assert_eq!(
        (&revoked["state"], &revoked["user_email"]),
        (&"revoked".into(), &"admin@acme.example".into())
    );
    hub.eventually(async || laptop.person.post("/api/v1/auth/logout").send().await.status == 403)
        .await;
    let refused = laptop.person.post("/api/v1/auth/logout").send().await;
    refused.assert_problem(403, "device_revoked");
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert_problem(403, "device_revoked");
    laptop.tries_to_sign_in().await.assert_problem(403, "device_revoked");
    tablet.refreshes().await;
    let noted =
        hub.in_tenant("acme", "SELECT row_id FROM audit_entry WHERE action = 'device.revoke'");
    assert_eq!(noted, [lost]);
}

#[tokio::test]
async fn a_device_that_is_to_be_wiped_learns_it_and_stays_so() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    let lost = laptop.signs_in().await.session.unwrap().device_id.to_string();
    hub.runs(&["device", "revoke", "acme", &lost]);
    assert_eq!(hub.runs(&["device", "wipe", "acme", &lost])["state"], "wiping");
    assert_eq!(hub.runs(&["device", "wipe", "acme", &lost])["state"], "wiping");
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert_problem(403, "device_wiping");
    assert!(hub.is_refused(&["device", "revoke", "acme", &lost]).contains("wiping"));
    let devices = hub.runs(&["device", "list", "acme"]);
    assert_eq!(devices[0]["state"], "wiping");
    assert_eq!(devices[0]["name"], "Anna's laptop");
    let noted = "SELECT action FROM audit_entry WHERE action LIKE 'device.%' ORDER BY id";
    assert_eq!(hub.in_tenant("acme", noted), ["device.enrol", "device.revoke", "device.wipe"]);
}

#[tokio::test]
async fn a_device_of_another_tenant_is_one_that_is_not_there() {
    let hub = TestHub::start().await;
    let (acme, _) = (hub.tenant("acme").await, hub.tenant("beta").await);
    let lost = Device::of(&acme).signs_in().await.session.unwrap().device_id.to_string();
    for verb in ["revoke", "wipe"] {
        let refusal = hub.is_refused(&["device", verb, "beta", &lost]);
        assert!(refusal.contains("there is no device"), "{refusal}");
    }
    assert_eq!(hub.control("SELECT state FROM devices"), ["active"]);
}
