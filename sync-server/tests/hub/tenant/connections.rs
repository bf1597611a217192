//! One cap over all tenants' connections, and turns for each.

use crate::support::TestHub;

#[tokio::test]
async fn who_gets_no_connection_in_time_is_told_when_to_come_back() {
    let hub =
        TestHub::with(&[("DAYBOOK_DB_MAX_CONNECTIONS", "2"), ("DAYBOOK_DB_WAIT_SECONDS", "1")])
            .await;
    let admin = hub.tenant("acme").await;
    let place = hub.hub.directory.by_slug("acme").await.unwrap().unwrap();
    let taken = [
        hub.hub.directory.connection(&place).await.unwrap(),
        hub.hub.directory.connection(&place).await.unwrap(),
    ];
    let answer = admin.tries_to_sign_in().await;
    answer.assert_problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("2"));
    assert_eq!(hub.hub.directory.pools().count().0, 2);
    drop(taken);
    admin.tries_to_sign_in().await.assert(200);
}

#[tokio::test]
async fn a_tenant_that_takes_all_its_turns_leaves_the_others_theirs() {
    let hub = TestHub::with(&[
        ("DAYBOOK_DB_MAX_CONNECTIONS", "3"),
        ("DAYBOOK_DB_MAX_CONNECTIONS_PER_TENANT", "2"),
        ("DAYBOOK_DB_WAIT_SECONDS", "1"),
    ])
    .await;
    let (greedy, other) = (hub.tenant("acme").await, hub.tenant("beta").await);
    let place = hub.hub.directory.by_slug("acme").await.unwrap().unwrap();
    let _taken = [
        hub.hub.directory.connection(&place).await.unwrap(),
        hub.hub.directory.connection(&place).await.unwrap(),
    ];
    greedy.tries_to_sign_in().await.assert_problem(503, "unavailable");
    other.tries_to_sign_in().await.assert(200);
}
