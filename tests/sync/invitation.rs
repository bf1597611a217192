//! A person who was invited sets a password with the link and signs in with it.

use system_tests::office::{Hub, PASSWORD};

#[test]
fn an_invited_person_sets_a_password_once_and_signs_in() {
    let hub = Hub::start();
    let tenant = hub.tenant("invites");
    let (ben, invited) = hub.invite(&tenant, "ben", "sales");
    let link = invited["invitation_url"].as_str().unwrap_or_default();
    // The link of the mail names the hub's public address; this one is reached at its own.
    let said = link.split_once('#').map_or("", |(_, said)| said);
    let link = format!("{}/invitation#{said}", hub.url());
    let device = hub.device();

    // A password that is refused says by which rule, and leaves the link good.
    let weak = device.run_with_password(&["accept", "--link", &link], "short");
    let refused = weak.expect_code(5);
    assert_eq!(refused["error"]["code"], "refused");
    assert_eq!(refused["error"]["problems"][0]["field"], "password");
    let message = refused["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("12 characters"), "{message}");

    let accepted = device.run_with_password(&["accept", "--link", &link], PASSWORD).expect_done();
    assert_eq!(accepted["tenant"], "invites");
    assert_eq!(accepted["server"], hub.url());
    assert_eq!(accepted["email"], ben.email);
    let words = ["login", "--tenant", &ben.tenant, "--email", &ben.email];
    assert_eq!(device.login(&words, PASSWORD).expect_done()["status"]["user"], ben.email);

    // Used up: said so, and the password that was set stays.
    let token = invited["invitation_token"].as_str().unwrap_or_default();
    let url = hub.url();
    let parts = ["accept", "--server", &url, "--tenant", "invites", "--token", token];
    let again = hub.device().run_with_password(&parts, "another long password").expect_code(5);
    assert_eq!(again["error"]["code"], "server_refused");
    let message = again["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("used already"), "{message}");
    hub.device_of(&ben);
}

#[test]
fn an_invitation_that_is_too_old_or_none_is_refused() {
    let mut hub = Hub::start();
    let tenant = hub.tenant("late");
    let (_, invited) = hub.invite(&tenant, "carl", "sales");
    let aged = "update one_time_link set created_at = created_at - interval '8 days', \
                expires_at = expires_at - interval '8 days'";
    hub.sql(&hub.database_of(&tenant), aged);
    let url = hub.url();
    let token = invited["invitation_token"].as_str().unwrap_or_default();
    for (token, tenant) in [(token, "late"), ("nonsense", "late"), (token, "nobody")] {
        let words = ["accept", "--server", &url, "--tenant", tenant, "--token", token];
        hub.device().run_with_password(&words, PASSWORD).expect_code(5);
    }
    let device = hub.device();
    let linkless = device.run_with_password(&["accept", "--link", &url], PASSWORD).expect_code(5);
    assert_eq!(linkless["error"]["problems"][0]["field"], "link");
    assert_eq!(device.run_with_password(&["accept", "--token", token], PASSWORD).code, 2);
    hub.stop();
    let words = ["accept", "--server", &url, "--tenant", "late", "--token", token];
    assert_eq!(device.run_with_password(&words, PASSWORD).code, 6);
}
