//! The brakes on guessing at `POST /api/v1/auth/login`.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::support::{Answer, Device, Person, TestHub};

const WRONG: &str = "four horses eat green hay";

/// The same person somewhere else.
fn from(person: &Person, address: &str) -> Person {
    Person { address: address.to_owned(), ..person.clone() }
}

/// Guesses wrong so many times at once, each from an address of its own that claims to be another.
async fn guesses_from_everywhere(person: &Person, times: u8) -> Vec<Answer> {
    let guesses: JoinSet<Answer> = (0..times)
        .map(|n| from(&person.who_types(WRONG), &format!("198.51.100.{n}")))
        .map(|guesser| async move { guesser.tries_to_sign_in().await })
        .collect();
    guesses.join_all().await
}

#[track_caller]
fn assert_must_wait(answer: &Answer) {
    answer.assert_problem(429, "too_many_attempts");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=15 * 60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn ten_wrong_guesses_at_an_account_shut_it_for_a_quarter_of_an_hour_from_anywhere() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let colleague = hub.colleague("acme", "sam@acme.example", "sales").await;
    for answer in guesses_from_everywhere(&admin, 10).await {
        answer.assert_problem(401, "not_signed_in");
    }
    assert_must_wait(&admin.tries_to_sign_in().await);
    // Another spelling of the address is the same account.
    let shouted = Person { email: admin.email.to_uppercase(), ..admin.clone() };
    assert_must_wait(&from(&shouted, "203.0.113.9").tries_to_sign_in().await);
    colleague.tries_to_sign_in().await.assert(200);
    hub.clock.advance(TimeDelta::minutes(14));
    assert_must_wait(&admin.tries_to_sign_in().await);
    hub.clock.advance(TimeDelta::minutes(2));
    admin.tries_to_sign_in().await.assert(200);
}

#[tokio::test]
async fn an_account_that_is_not_there_is_shut_like_one_that_is() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let nobody = Person { email: "nobody@acme.example".into(), ..admin };
    guesses_from_everywhere(&nobody, 10).await;
    assert_must_wait(&nobody.tries_to_sign_in().await);
}

#[tokio::test]
async fn guesses_that_come_at_once_do_not_slip_through() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let answers = guesses_from_everywhere(&admin, 40).await;
    let judged = answers.iter().filter(|answer| answer.status == 401).count();
    assert!(judged <= 10, "{judged} of 40 guesses were judged");
    assert!(answers.iter().all(|answer| [401, 429].contains(&answer.status)));
}

#[tokio::test]
async fn thirty_wrong_guesses_from_an_address_shut_it_whatever_it_says_it_is() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let guess = |n: u8| {
        let body = serde_json::json!({
            "tenant": "acme", "email": format!("guess{n}@acme.example"), "password": WRONG,
        });
        let claimed = format!("198.51.100.{n}");
        let request = hub.post("/api/v1/auth/login").from("203.0.113.7").json(&body);
        let request = request.header("x-forwarded-for", &claimed).header("x-real-ip", &claimed);
        request.header("forwarded", &format!("for={claimed}")).send()
    };
    let guesses: JoinSet<Answer> = (0..30).map(guess).collect();
    for answer in guesses.join_all().await {
        answer.assert_problem(401, "not_signed_in");
    }
    assert_must_wait(&guess(30).await);
    assert_must_wait(&from(&admin, "203.0.113.7").tries_to_sign_in().await);
    from(&admin, "203.0.113.8").tries_to_sign_in().await.assert(200);
}

#[tokio::test]
async fn during_an_attack_the_right_password_still_works_on_a_known_device() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    guesses_from_everywhere(&admin, 10).await;
    assert_must_wait(&admin.tries_to_sign_in().await);
    assert_must_wait(&Device::of(&admin).tries_to_sign_in().await);
    laptop.signs_in().await;
    // Guessing on the device itself has a brake of its own.
    let thief = Device { person: admin.who_types(WRONG), ..laptop.clone() };
    for _ in 0..10 {
        thief.tries_to_sign_in().await.assert(401);
    }
    assert_must_wait(&thief.tries_to_sign_in().await);
    assert_must_wait(&laptop.tries_to_sign_in().await);
}

#[tokio::test]
async fn right_passwords_are_no_guesses() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    for _ in 0..12 {
        admin.tries_to_sign_in().await.assert(200);
    }
    assert_eq!(hub.control("SELECT count(*) FROM failed_sign_ins"), ["0"]);
}
