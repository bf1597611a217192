//! `POST /api/v1/auth/refresh`

use sync_protocol::auth::RefreshReply;
use sync_protocol::message::{HelloReply, Standing};

use crate::support::{Device, TestHub};
use crate::sync::desk::Desk;

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
async fn lost_replies_are_forgiven_and_what_was_lost_is_worth_nothing() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    let old = laptop.refresh_token.clone();
    let mut lost = Vec::new();
    for _ in 0..4 {
        // The reply was lost: the device asks again with what it has.
        let reply: RefreshReply = laptop.tries_to_refresh(&old).await.read(200);
        lost.push(reply.refresh_token);
    }
    let arrived = lost.pop().unwrap();
    for token in lost {
        laptop.tries_to_refresh(&token).await.assert(401);
    }
    let next: RefreshReply = laptop.tries_to_refresh(&arrived).await.read(200);
    // The one that arrived was used: nobody but a thief has the old one still.
    laptop.tries_to_refresh(&old).await.assert_problem(401, "not_signed_in");
    laptop.tries_to_refresh(&next.refresh_token).await.assert(401);
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

#[tokio::test]
async fn a_family_that_is_ended_takes_its_access_tokens_along_on_every_hub() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Desk::of(&admin).await;
    let served = async |desk: &mut Desk| {
        let answer = desk.asks("hello", &desk.hello()).await;
        let reply: HelloReply = desk.read(&answer);
        reply.standing == Standing::Ok
    };
    laptop.says_hello().await;
    assert!(served(&mut laptop).await);
    let stolen = laptop.clone();
    let old = laptop.device.refresh_token.clone();
    laptop.device.refreshes().await;
    laptop.device.refreshes().await;
    laptop.device.tries_to_refresh(&old).await.assert(401);
    // The one that was just exchanged, and one from before.
    for desk in [&laptop, &stolen] {
        hub.eventually(async || {
            let answer = desk.asks("hello", &desk.hello()).await;
            let reply: HelloReply = desk.clone().read(&answer);
            assert!(reply.lease.is_none());
            matches!(reply.standing, Standing::Refused { .. })
        })
        .await;
        desk.device.person.post("/api/v1/auth/logout").send().await.assert(401);
    }
    // The same installation signs in anew: it is served at once, and the old tokens are not.
    hub.clock.advance(chrono::TimeDelta::seconds(2));
    let mut again = laptop.clone();
    again.device.signs_in().await;
    assert!(served(&mut again).await);
    hub.eventually(async || !served(&mut stolen.clone()).await).await;
    assert!(served(&mut again).await);
}

#[tokio::test]
async fn signing_out_ends_the_access_token_too() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    laptop.person.post("/api/v1/auth/logout").send().await.assert(204);
    hub.eventually(async || laptop.person.post("/api/v1/auth/logout").send().await.status == 401)
        .await;
}
