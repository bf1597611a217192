//! A slice of the long absence; `./daybook-dev prove ninety-days` is the whole.

use system_tests::proof::{Absence, ninety_days};

#[test]
fn who_comes_back_after_ninety_days_two_versions_behind_loses_nothing_and_goes_on_where_the_line_broke()
 {
    let back = ninety_days(Absence { ops: 700, pieces: 4 });
    assert!(back.cuts >= 6, "{back:?}");
    let sum = |[up, down]: [u64; 2]| up + down;
    assert!(2 * sum(back.passed) < 3 * sum(back.whole), "{back:?}");
}
