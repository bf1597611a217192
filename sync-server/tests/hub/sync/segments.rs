//! Snapshots that are made of what was sent to somebody else before.

use sync_protocol::message::Frame;

use super::copy::{Copy, apply};
use super::desk::Desk;
use super::office::Office;
use super::pull::many;

#[tokio::test]
async fn a_second_fill_is_made_of_the_first_and_equals_a_pull() {
    let office = Office::open().await;
    let carla = office.colleague("carla", "admin").await;
    let mut by_pull = Desk::filled(&office.admin).await;
    many(&office, 12_000);
    let mut first = Desk::of(&office.admin).await;
    first.says_hello().await;
    let sent = first.snapshot_from(None).await;
    office.sql("UPDATE customer SET city = 'Leeds' WHERE name LIKE '%37'");
    let mut second = Desk::of(&carla).await;
    second.says_hello().await;
    let again = second.snapshot_from(None).await;
    assert!(again.cursor <= sent.cursor, "it is as old as what it is made of");
    let mut copy = Copy::default();
    apply(&mut copy, &again.frames);
    let moved = |copy: &Copy| {
        let customers = copy.iter().filter(|((entity, _), _)| entity == "customer");
        customers.filter(|(_, record)| record.get("city").text() == Some("Leeds")).count()
    };
    assert_eq!(moved(&copy), 0);
    second.copy = copy;
    second.stands_at(&again);
    second.pulls().await;
    by_pull.pulls().await;
    assert_eq!(moved(&second.copy), 120);
    let customers = |desk: &Desk| -> Vec<_> {
        let rows = desk.copy.iter().filter(|((entity, _), _)| entity == "customer");
        rows.map(|(_, record)| record.clone()).collect()
    };
    assert_eq!(customers(&second), customers(&by_pull));
    // Where much has changed since, it is read again.
    office.sql("UPDATE customer SET city = 'York' WHERE name LIKE '%1' OR name LIKE '%2'");
    let mut third = Desk::of(&carla).await;
    third.says_hello().await;
    assert!(third.snapshot_from(None).await.cursor > sent.cursor);
}

#[tokio::test]
async fn nobody_is_sent_again_what_they_may_not_see_any_more() {
    let office = Office::open().await;
    let tina = office.colleague("tina", "sales").await;
    let mut desk = Desk::of(&tina).await;
    many(&office, 12_000);
    office.sql(&format!("UPDATE customer SET owner_id = '{}'", desk.user));
    desk.says_hello().await;
    let whole = desk.snapshot_from(None).await;
    assert!(desk.heard("Customer 11999") && whole.cursor.is_some());
    office.sql("UPDATE customer SET owner_id = gen_random_uuid() WHERE name = 'Customer 11999'");
    let mut other = Desk::of(&tina).await;
    other.says_hello().await;
    other.snapshot_from(None).await;
    assert!(!other.heard("Customer 11999"), "it was given away");
    assert!(other.heard("Customer 11998"));
    // The same where the first device goes on at a page that it was given before.
    let pages = whole.frames.iter().filter_map(|frame| match frame {
        Frame::Page { token, .. } => Some(token.clone()),
        _ => None,
    });
    let gone = ["Customer 11998", "Customer 10008", "Customer 10778", "Customer 11038"];
    office.sql("DELETE FROM customer WHERE name LIKE '%8'");
    let mut late = Desk::of(&tina).await;
    late.says_hello().await;
    for page in pages {
        late.snapshot_from(Some(page)).await;
    }
    assert!(!gone.iter().any(|name| late.heard(name)), "they are gone");
    assert!(late.heard("Customer 11997") || late.heard("Customer 11037"));
}
