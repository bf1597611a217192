//! Hearing of news while one waits.

use domain::masters::CUSTOMER;
use sync_protocol::message::{Listen, News};

use super::desk::Desk;
use super::office::Office;

/// A desk that waits for news in the background.
fn waits(desk: &Desk) -> tokio::task::JoinHandle<crate::support::Answer> {
    let after = desk.cursor.unwrap_or(0);
    let (desk, listen) = (desk.clone(), Listen { epoch: desk.epoch, after });
    tokio::spawn(async move { desk.asks("live", &listen).await })
}

#[tokio::test]
async fn who_waits_hears_of_a_colleagues_edit_and_of_a_job() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut bob = Desk::filled(&office.admin).await;
    let waiting = waits(&bob);
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    anna.creates(&CUSTOMER, &[("name", "Miller")]);
    anna.pushes().await;
    let news: News = bob.read(&waiting.await.unwrap());
    assert_eq!(news.head, anna.at_least);
    bob.pulls().await;
    // What no hub was told of is found in the database.
    let waiting = waits(&bob);
    office.sql("UPDATE customer SET city = 'Leeds'");
    let answer = waiting.await.unwrap();
    assert!(bob.read::<News>(&answer).head > news.head);
    bob.pulls().await;
    assert!(bob.copy.values().any(|record| record.title() == "Miller"));
}

#[tokio::test]
async fn who_loses_the_right_to_be_served_is_let_go() {
    let office = Office::open().await;
    let bob = Desk::filled(&office.admin).await;
    let waiting = waits(&bob);
    office.hub.control("UPDATE tenants SET state = 'suspended'");
    waiting.await.unwrap().assert_problem(403, "tenant_suspended");
}

#[tokio::test]
async fn a_request_that_waits_ends_with_the_hub() {
    let office = Office::open().await;
    let mut bob = Desk::filled(&office.admin).await;
    let waiting = waits(&bob);
    tokio::task::yield_now().await;
    office.hub.hub.closing.send_replace(true);
    let news: News = bob.read(&waiting.await.unwrap());
    assert_eq!(bob.cursor, Some(news.head));
}
