//! A slice of the long run of lost replies; `./daybook-dev prove replies` is the whole.

use system_tests::proof;

#[test]
fn what_was_done_and_never_answered_is_done_once_however_it_is_sent_again() {
    let done = proof::replies(25, 3);
    assert_eq!(done.lost, 25);
    assert!(done.repeats >= done.ops && done.too_early > 0, "{done:?}");
}
