//! A slice of the long run of kills; `./daybook-dev prove kill` is the whole.

use system_tests::proof::{self, Points};

#[test]
fn nothing_is_lost_or_done_twice_when_client_hub_and_postgres_are_killed() {
    let points = Points { client: 3, hub: 3, postgres: 3 };
    let killed = proof::kill(points, 500, 7);
    assert_eq!(killed.kills, points);
    assert!(killed.operations >= 72, "{killed:?}");
}
