//! The brakes on guessing hold for all hubs together, and nobody loosens them by what happens to Redis.

use testkit::Redis;

use super::{Pair, at};
use crate::support::{Person, TestHub};

const WRONG: &str = "four horses eat green hay";

/// Guesses wrong so many times at a hub, each time from another address.
async fn guesses(hub: &TestHub, person: &Person, times: u8) {
    let guesser = at(hub, &person.who_types(WRONG));
    for n in 0..times {
        let guesser = Person { address: format!("198.51.100.{n}"), ..guesser.clone() };
        guesser.tries_to_sign_in().await.assert_problem(401, "not_signed_in");
    }
}

async fn both_refuse(pair: &Pair, person: &Person) {
    for hub in [&pair.first, &pair.second] {
        at(hub, person).tries_to_sign_in().await.assert_problem(429, "too_many_attempts");
    }
}

#[tokio::test]
async fn ten_guesses_at_an_account_are_ten_at_all_hubs_together() {
    let pair = Pair::open().await;
    guesses(&pair.first, &pair.admin, 4).await;
    guesses(&pair.second, &pair.admin, 6).await;
    both_refuse(&pair, &pair.admin).await;
}

#[tokio::test]
async fn thirty_guesses_from_an_address_are_thirty_at_all_hubs_together() {
    let pair = Pair::open().await;
    for n in 0..30 {
        let hub = if n % 2 == 0 { &pair.first } else { &pair.second };
        let somebody = Person { email: format!("guess{n}@acme.example"), ..pair.admin.clone() };
        at(hub, &somebody).tries_to_sign_in().await.assert_problem(401, "not_signed_in");
    }
    both_refuse(&pair, &pair.admin).await;
    let elsewhere = Person { address: "203.0.113.8".to_owned(), ..pair.admin.clone() };
    at(&pair.second, &elsewhere).tries_to_sign_in().await.assert(200);
}

#[tokio::test]
async fn emptying_or_killing_redis_gives_nobody_another_guess() {
    let mut redis = Redis::start();
    let pair = Pair::around(&redis).await;
    guesses(&pair.first, &pair.admin, 4).await;
    assert!(redis.asks("FLUSHALL").unwrap().starts_with("+OK"));
    guesses(&pair.second, &pair.admin, 4).await;
    redis.kill();
    guesses(&pair.first, &pair.admin, 2).await;
    both_refuse(&pair, &pair.admin).await;
    redis.open();
    both_refuse(&pair, &pair.admin).await;
}
