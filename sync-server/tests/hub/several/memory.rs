//! What a hub remembers never takes back what a device was told or has done at another one.

use std::time::{Duration, Instant};

use daybook_server::people::{device, disable, role};
use domain::masters::CUSTOMER;
use sync_protocol::message::{Hello, HelloReply, Listen, Standing};
use tokio::task::JoinHandle;

use super::{Pair, turns_to};
use crate::support::{Answer, TestHub};
use crate::sync::desk::Desk;
use crate::sync::office::SLUG;

/// What is promised: so soon an open request of somebody who lost their access is ended.
const ENDED: Duration = Duration::from_secs(5);

async fn greeted(desk: &mut Desk, hello: &Hello) -> HelloReply {
    let answer = desk.asks("hello", hello).await;
    desk.read(&answer)
}

#[tokio::test]
async fn an_own_edit_never_vanishes_between_two_hubs() {
    let pair = Pair::open().await;
    let mut anna = Desk::filled(&pair.admin).await;
    for turn in 0..20 {
        let (here, there) = match turn % 2 {
            0 => (&pair.first, &pair.second),
            _ => (&pair.second, &pair.first),
        };
        let id = anna.creates(&CUSTOMER, &[("name", "Miller")]);
        // The other hub greets it while the work is not sent yet, twice, so that it could answer from memory.
        turns_to(&mut anna, there);
        let hello = anna.hello();
        for _ in 0..2 {
            assert_eq!(greeted(&mut anna, &hello).await.standing, Standing::Ok);
        }
        turns_to(&mut anna, here);
        anna.pushes().await;
        // The link broke there: the device says the same again at the other hub.
        turns_to(&mut anna, there);
        let reply = greeted(&mut anna, &hello).await;
        assert_eq!(reply.chain, anna.chain, "the hub speaks of before the push");
        assert!(reply.head >= anna.at_least);
        anna.pulls().await;
        assert_eq!(anna.text("customer", id, "name"), "Miller");
        // Once it has everything, the answer may come from memory, and says so.
        for _ in 0..2 {
            let reply = anna.says_hello().await;
            assert_eq!((Some(reply.head), reply.chain), (anna.cursor, anna.chain));
        }
    }
}

#[tokio::test]
async fn who_was_told_of_new_rights_is_not_led_back_by_a_hub_that_has_not_heard() {
    let pair = Pair::open().await;
    let sam = pair.first.colleague(SLUG, "sam@acme.example", "sales").await;
    let mut desk = Desk::filled(&sam).await;
    for turn in 0..10 {
        let roles = if turn % 2 == 0 { ["accountant"] } else { ["sales"] };
        let roles = roles.map(str::to_owned);
        role::set(&pair.first.hub, SLUG, &sam.email, &roles).await.unwrap();
        let before = desk.policy_version;
        turns_to(&mut desk, &pair.first);
        while desk.says_hello().await.policy_version == before {
            tokio::task::yield_now().await;
        }
        let told = desk.policy_version;
        desk.pulls().await;
        turns_to(&mut desk, &pair.second);
        assert!(desk.says_hello().await.policy_version >= told);
        desk.pulls().await;
    }
}

#[tokio::test]
async fn who_was_told_of_a_restored_database_is_not_sent_back_into_the_one_before() {
    let pair = Pair::open().await;
    let mut desk = Desk::filled(&pair.admin).await;
    for life in 2..8 {
        // It remembers the life before.
        turns_to(&mut desk, &pair.second);
        assert_eq!(desk.says_hello().await.epoch, life - 1);
        pair.first.control(&format!("UPDATE tenants SET epoch = {life}"));
        turns_to(&mut desk, &pair.first);
        while desk.says_hello().await.epoch != life {
            tokio::task::yield_now().await;
        }
        turns_to(&mut desk, &pair.second);
        assert_eq!(desk.says_hello().await.epoch, life);
    }
}

fn waits(desk: &Desk) -> JoinHandle<(Answer, Instant)> {
    let listen = Listen { epoch: desk.epoch, after: desk.cursor.unwrap_or(0) };
    let desk = desk.clone();
    tokio::spawn(async move { (desk.asks("live", &listen).await, Instant::now()) })
}

/// Whoever waits at the second hub is let go in time when it is done at the first.
async fn is_let_go(pair: &Pair, desk: &Desk, done: impl AsyncFnOnce(&TestHub), code: &str) {
    let waiting = waits(desk);
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    done(&pair.first).await;
    let since = Instant::now();
    let (answer, at) = waiting.await.unwrap();
    assert!(answer.status == 401 || answer.status == 403, "{}", answer.text());
    assert_eq!(answer.json()["code"], code);
    assert!(at.saturating_duration_since(since) <= ENDED, "{:?}", at - since);
    // And the next one is refused.
    let listen = Listen { epoch: desk.epoch, after: 0 };
    desk.asks("live", &listen).await.assert_problem(answer.status, code);
}

#[tokio::test]
async fn who_is_revoked_or_shut_out_at_one_hub_is_let_go_by_the_other() {
    let pair = Pair::open().await;
    let sam = pair.first.colleague(SLUG, "sam@acme.example", "sales").await;
    let (mut desk, mut other) = (Desk::filled(&sam).await, Desk::filled(&sam).await);
    turns_to(&mut desk, &pair.second);
    turns_to(&mut other, &pair.second);
    let lost = desk.device_id;
    let revoke = async |hub: &TestHub| {
        device::revoke(&hub.hub, SLUG, lost).await.unwrap();
    };
    is_let_go(&pair, &desk, revoke, "device_revoked").await;
    // No hub hears anything any more, until it has subscribed again.
    let deaf = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    pair.first.control(deaf);
    let disable = async |hub: &TestHub| {
        disable::disable(&hub.hub, SLUG, "sam@acme.example").await.unwrap();
    };
    is_let_go(&pair, &other, disable, "not_signed_in").await;
}
