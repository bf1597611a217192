//! A slice of the long run of kills; `./daybook-dev prove kill` is the whole.

use system_tests::proof;

#[test]
fn nothing_is_lost_or_done_twice_when_client_and_hub_are_killed() {
    let killed = proof::kill(3, 7);
    assert_eq!((killed.client_kills, killed.hub_kills), (3, 3));
    assert!(killed.operations >= 48, "{killed:?}");
}
