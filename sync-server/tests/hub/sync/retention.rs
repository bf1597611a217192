//! How long the hub can tell a device what it missed, and what a device does that was away for longer.

use chrono::TimeDelta;
use daybook_server::sync::retention::{LEAST, MOST, keep};
use domain::masters::CUSTOMER;
use sync_protocol::message::{Frame, HelloReply, RebuildReason, Standing};

use super::desk::Desk;
use super::office::{Office, SLUG};

/// What the hub does each hour, so much later.
async fn later(office: &Office, passed: TimeDelta) {
    let hub = &office.hub.hub;
    let place = hub.directory.by_slug(SLUG).await.unwrap().unwrap();
    let mut connection = hub.directory.connection(&place).await.unwrap();
    keep(&mut connection, office.hub.clock.now() + passed).await.unwrap();
}

/// The device has told how far it is.
fn is_heard(office: &Office, desk: &Desk) {
    let (device, cursor) = (desk.device_id, desk.cursor.unwrap());
    office.sql(&format!("UPDATE sync_device SET cursor = {cursor} WHERE device_id = '{device}'"));
}

async fn standing(desk: &mut Desk) -> Standing {
    let answer = desk.asks("hello", &desk.hello()).await;
    desk.read::<HelloReply>(&answer).standing
}

#[tokio::test]
async fn a_device_that_was_away_for_too_long_sends_its_work_and_fetches_everything_anew() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let gone = anna.creates(&CUSTOMER, &[("name", "Gone")]);
    anna.syncs().await;
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    is_heard(&office, &bob);
    let typed = bob.creates(&CUSTOMER, &[("name", "Typed on the road")]);

    office.sql("DELETE FROM customer WHERE name = 'Gone'");
    let missed = anna.creates(&CUSTOMER, &[("name", "Missed")]);
    anna.syncs().await;
    is_heard(&office, &anna);
    later(&office, TimeDelta::zero()).await;

    // Bob is the only one who has not seen it, and is waited for.
    later(&office, MOST - TimeDelta::days(1)).await;
    assert_eq!(standing(&mut bob).await, Standing::Ok);
    let page = bob.pulls_page(None).await;
    assert!(page.frames.iter().any(|frame| matches!(frame, Frame::Leave { .. })));

    // Not for ever.
    later(&office, MOST).await;
    for table in ["sync_left", "sync_member WHERE NOT present"] {
        assert_eq!(office.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    bob.asks("pull", &bob.pull()).await.assert_problem(410, "cursor_expired");
    assert!(bob.pushes().await.iter().all(|receipt| receipt.has_effect()));
    let rebuild = Standing::Rebuild { reason: RebuildReason::Cursor };
    assert_eq!(standing(&mut bob).await, rebuild);
    bob.fills().await;
    for (id, is_there) in [(gone, false), (missed, true), (typed, true)] {
        assert_eq!(bob.copy.contains_key(&("customer".to_owned(), id)), is_there);
    }
    // Who stood at the newest place goes on from there.
    assert_eq!(standing(&mut anna).await, Standing::Ok);
    anna.pulls().await;
    assert!(anna.copy.contains_key(&("customer".to_owned(), typed)));
}

#[tokio::test]
async fn the_order_of_a_week_is_kept_whoever_has_seen_it() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut early = anna.clone();
    for city in ["Lübeck", "Genoa", "Riga"] {
        anna.creates(&CUSTOMER, &[("name", city)]);
        anna.syncs().await;
    }
    is_heard(&office, &anna);
    later(&office, TimeDelta::zero()).await;
    later(&office, LEAST - TimeDelta::seconds(1)).await;
    assert_eq!(standing(&mut early).await, Standing::Ok);
    early.pulls().await;
    assert_eq!(early.copy, anna.copy);
    // After that the places that everybody has passed are forgotten, but never the newest.
    let places = || office.count("SELECT count(*) FROM sync_commit");
    assert!(places() > 1);
    later(&office, LEAST).await;
    assert_eq!(places(), 1);
    anna.creates(&CUSTOMER, &[("name", "Oslo")]);
    anna.syncs().await;
    anna.proves(&anna.digests.clone());
}
