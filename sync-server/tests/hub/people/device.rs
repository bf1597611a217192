//! `daybook-server device …`

use ed25519_dalek::Signer as _;
use sync_protocol::auth::wiped_proof;

use crate::support::{Answer, Device, TestHub};

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

/// Tells the hub that a copy is gone.
async fn says_it_is_wiped(hub: &TestHub, tenant: &str, id: &str, device: &Device) -> Answer {
    let message = wiped_proof(tenant, id.parse().unwrap());
    let proof: String =
        device.key.sign(&message).to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let body = serde_json::json!({ "tenant": tenant, "device_id": id, "proof": proof });
    hub.post("/api/v1/auth/device/wiped").json(&body).send().await
}

#[tokio::test]
async fn a_device_that_has_destroyed_its_copy_says_so_and_the_hub_notes_when() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    hub.tenant("beta").await;
    let (mut laptop, mut tablet) = (Device::of(&admin), Device::of(&admin));
    let lost = laptop.signs_in().await.session.unwrap().device_id.to_string();
    tablet.signs_in().await;
    // Before it is told, with another's key, in another tenant, of a device that is not there: all the same.
    let nobody = uuid::Uuid::nil().to_string();
    let untold = says_it_is_wiped(&hub, "acme", &lost, &laptop).await;
    untold.assert_problem(401, "not_signed_in");
    hub.runs(&["device", "wipe", "acme", &lost]);
    for (tenant, id, device) in [
        ("acme", &lost, &tablet),
        ("beta", &lost, &laptop),
        ("none", &lost, &laptop),
        ("acme", &nobody, &laptop),
    ] {
        let answer = says_it_is_wiped(&hub, tenant, id, device).await;
        answer.assert_problem(401, "not_signed_in");
        assert_eq!(answer.json()["detail"], untold.json()["detail"]);
    }
    let state = "SELECT state FROM devices ORDER BY enrolled_at";
    assert_eq!(hub.control(state), ["wiping", "active"]);

    let since = hub.control("SELECT state_since FROM devices WHERE state = 'wiping'");
    says_it_is_wiped(&hub, "acme", &lost, &laptop).await.assert(204);
    let devices = hub.runs(&["device", "list", "acme"]);
    let listed = devices.as_array().unwrap().iter().find(|device| device["id"] == *lost).unwrap();
    assert_eq!(listed["state"], "wiped");
    let confirmed = "SELECT state_since FROM devices WHERE state = 'wiped'";
    let first = hub.control(confirmed);
    assert_ne!(first, since);
    // The answer was lost: said again, the first time stands. Nor is it ordered once more.
    says_it_is_wiped(&hub, "acme", &lost, &laptop).await.assert(204);
    assert_eq!(hub.runs(&["device", "wipe", "acme", &lost])["state"], "wiped");
    assert_eq!(hub.control(confirmed), first);
    let noted = "SELECT device_id FROM audit_entry WHERE action = 'device.wiped'";
    assert_eq!(hub.in_tenant("acme", noted), [lost]);
    laptop.tries_to_sign_in().await.assert_problem(403, "device_wiping");
}

#[tokio::test]
async fn who_orders_a_wipe_is_told_what_is_lost_with_it() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    let lost = laptop.signs_in().await.session.unwrap().device_id.to_string();
    let wipe = || {
        let output = hub.program(&["device", "wipe", "acme", &lost]).output().unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(wipe().contains("never said how many unsent operations it holds"));
    hub.control("UPDATE devices SET unsent_ops = 17");
    let told = wipe();
    assert!(told.contains("it held 17 unsent operations when it was last seen"), "{told}");
    hub.control("UPDATE devices SET unsent_ops = 0");
    assert_eq!(wipe(), "");
}
