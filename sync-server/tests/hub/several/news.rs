//! News of one hub at another: at once where Redis carries them, and all the same where it does not.

use domain::masters::CUSTOMER;
use sync_protocol::message::{Listen, News};
use testkit::Redis;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Pair, turns_to};
use crate::support::{Answer, TestHub};
use crate::sync::desk::Desk;

/// A desk at a hub that waits for news in the background.
fn waits(desk: &Desk) -> JoinHandle<Answer> {
    let after = desk.cursor.unwrap_or(0);
    let (desk, listen) = (desk.clone(), Listen { epoch: desk.epoch, after });
    tokio::spawn(async move { desk.asks("live", &listen).await })
}

async fn tenant_of(hub: &TestHub) -> Uuid {
    let place = hub.hub.directory.by_slug(crate::sync::office::SLUG).await.unwrap();
    place.unwrap().id()
}

/// Somebody takes every turn of this hub to ask the database by itself: what its desks hear then, they hear because
/// another hub said so.
async fn asks_nobody_by_itself(hub: &TestHub) -> JoinHandle<()> {
    let listener = hub.hub.news.listen(tenant_of(hub).await);
    tokio::spawn(async move {
        loop {
            let _ = listener.is_to_ask();
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
}

/// Anna at the first hub, Bob at the second.
async fn two_desks(pair: &Pair) -> (Desk, Desk) {
    let anna = Desk::filled(&pair.admin).await;
    let mut bob = Desk::filled(&pair.admin).await;
    turns_to(&mut bob, &pair.second);
    bob.pulls().await;
    (anna, bob)
}

/// Anna writes and pushes; Bob, who waits, is told.
async fn is_told(anna: &mut Desk, bob: &mut Desk) {
    let waiting = waits(bob);
    anna.creates(&CUSTOMER, &[("name", "Miller")]);
    anna.pushes().await;
    let news: News = bob.read(&waiting.await.unwrap());
    assert_eq!(news.head, anna.at_least);
    bob.pulls().await;
}

#[tokio::test]
async fn who_waits_at_another_hub_is_told_by_the_hub_that_took_the_edit() {
    let redis = Redis::start();
    let pair = Pair::around(&redis).await;
    let (mut anna, mut bob) = two_desks(&pair).await;
    let turns = asks_nobody_by_itself(&pair.second).await;
    // A word that was said before this hub listened would not be heard.
    connected(&redis, 2).await;
    for _ in 0..5 {
        is_told(&mut anna, &mut bob).await;
    }
    turns.abort();
}

/// Waits until so many hubs listen.
async fn connected(redis: &Redis, hubs: usize) {
    let listening = format!(":{hubs}\r\n");
    for _ in 0..500 {
        if redis.asks("PUBSUB NUMSUB daybook:news").unwrap().contains(&listening) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{hubs} hubs never listened");
}

#[tokio::test]
async fn a_redis_that_dies_freezes_and_comes_back_loses_no_news() {
    let mut redis = Redis::start();
    let pair = Pair::around(&redis).await;
    let (mut anna, mut bob) = two_desks(&pair).await;
    connected(&redis, 2).await;
    is_told(&mut anna, &mut bob).await;
    redis.kill();
    is_told(&mut anna, &mut bob).await;
    redis.open();
    connected(&redis, 2).await;
    let turns = asks_nobody_by_itself(&pair.second).await;
    is_told(&mut anna, &mut bob).await;
    turns.abort();
    // It answers nobody and closes nothing.
    redis.freeze();
    is_told(&mut anna, &mut bob).await;
    is_told(&mut anna, &mut bob).await;
    redis.thaw();
    is_told(&mut anna, &mut bob).await;
}

#[tokio::test]
async fn hubs_that_know_nothing_of_each_other_find_it_in_the_database() {
    let pair = Pair::open().await;
    let (mut anna, mut bob) = two_desks(&pair).await;
    is_told(&mut anna, &mut bob).await;
    is_told(&mut anna, &mut bob).await;
}

#[tokio::test]
async fn a_lie_in_redis_is_told_to_nobody() {
    let redis = Redis::start();
    let pair = Pair::around(&redis).await;
    let (mut anna, mut bob) = two_desks(&pair).await;
    connected(&redis, 2).await;
    let waiting = waits(&bob);
    let word = serde_json::json!({
        "hub": Uuid::from_u128(7), "tenant": tenant_of(&pair.second).await,
        "epoch": u64::MAX, "head": u64::MAX,
    });
    for lie in ["nonsense".to_owned(), format!("{:?}", word.to_string())] {
        let heard = redis.asks(&format!("PUBLISH daybook:news {lie}")).unwrap();
        assert!(heard.starts_with(":2"), "{heard}");
    }
    anna.creates(&CUSTOMER, &[("name", "Miller")]);
    anna.pushes().await;
    let news: News = bob.read(&waiting.await.unwrap());
    assert_eq!(news.head, anna.at_least);
}
