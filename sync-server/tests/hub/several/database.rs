//! Whoever asks whether there is news, while nothing has happened, costs no database.

use domain::masters::CUSTOMER;
use sync_protocol::message::HelloReply;

use crate::support::TestHub;
use crate::sync::desk::Desk;
use crate::sync::office::SLUG;

/// A busy machine may let the second pass for which news are trusted; then the database is asked, and it is tried again.
const TRIES: usize = 50;

#[tokio::test]
async fn an_empty_round_is_answered_without_a_database() {
    let settings = [
        ("DAYBOOK_DB_MAX_CONNECTIONS_PER_TENANT", "1"),
        // One of them hears what changes.
        ("DAYBOOK_DB_MAX_CONTROL_CONNECTIONS", "2"),
        ("DAYBOOK_DB_WAIT_SECONDS", "1"),
    ];
    let first = TestHub::start().await;
    let admin = first.tenant(SLUG).await;
    let hub = first.beside(&settings).await;
    let mut anna = Desk::filled(&admin).await;
    anna.creates(&CUSTOMER, &[("name", "Miller")]);
    anna.syncs().await;
    super::turns_to(&mut anna, &hub);
    let place = hub.hub.directory.by_slug(SLUG).await.unwrap().unwrap();
    let mut answered = 0;
    for _ in 0..TRIES {
        anna.says_hello().await;
        // Now nobody gets a connection to either database.
        let of_tenant = hub.hub.directory.connection(&place).await.unwrap();
        let of_control = hub.hub.control.begin().await.unwrap();
        let answer = anna.asks("hello", &anna.hello()).await;
        drop((of_tenant, of_control));
        if answer.status == 200 {
            let reply: HelloReply = anna.read(&answer);
            assert_eq!((Some(reply.head), reply.chain), (anna.cursor, anna.chain));
            answered += 1;
        }
        if answered == 3 {
            return;
        }
    }
    panic!("{answered} of {TRIES} empty rounds did without a database");
}
