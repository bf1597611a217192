//! `POST /api/v1/auth/refresh`

use crate::support::{Device, TestHub};

#[tokio::test]
async fn a_device_stays_signed_in_by_exchanging_its_token() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    for _ in 0..3 {
        hub.clock.advance(chrono::TimeDelta::minutes(11));
        laptop.person.post("/api/v1/auth/logout").send().await.assert(401);
        laptop.refreshes().await;
    }
    laptop.person.post("/api/v1/auth/logout").send().await.assert(204);
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert(401);
}

#[tokio::test]
async fn a_lost_reply_is_forgiven_once_and_a_second_time_ends_the_family() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    let old = laptop.refresh_token.clone();
    let lost = laptop.refreshes().await.refresh_token;
    // The reply was lost: the device asks again with what it has.
    let again: sync_protocol::auth::RefreshReply = laptop.tries_to_refresh(&old).await.read(200);
    laptop.tries_to_refresh(&lost).await.assert(401);
    laptop.tries_to_refresh(&old).await.assert_problem(401, "not_signed_in");
    laptop.tries_to_refresh(&again.refresh_token).await.assert(401);
    assert_eq!(hub.control("SELECT ended_because FROM refresh_families"), ["reuse"]);
}

#[tokio::test]
async fn a_token_that_was_used_and_whose_successor_was_used_ends_the_family() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    let old = laptop.refresh_token.clone();
    laptop.refreshes().await;
    laptop.refreshes().await;
    laptop.tries_to_refresh(&old).await.assert(401);
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert(401);
}

#[tokio::test]
async fn a_stolen_token_is_worth_nothing_without_the_devices_key_and_ends_the_family() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    Device::of(&admin).tries_to_refresh(&laptop.refresh_token).await.assert(401);
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert(401);
}
