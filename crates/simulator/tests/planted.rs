//! The simulator must be able to fail: each defect that is planted is found by the seed that is known to find it, and
//! for the right reason.

use simulator::disk::Disk;
use simulator::plant::Defect;
use simulator::world::{DISKS, Plan, run_plan};

fn finds(defect: Defect, seed: u64, reason: &str) {
    let disks: Vec<_> = (0..DISKS).map(|n| Disk::register(&format!("{defect}-{n}"))).collect();
    let plan = Plan::drawn(seed);
    match run_plan(&plan, &disks, Some(defect)) {
        Err(broken) => assert!(broken.0.contains(reason), "{defect}: {broken}"),
        Ok(_) => panic!("seed {seed} does not find {defect} any more"),
    }
}

macro_rules! found {
    ($($story:ident: $defect:ident, $seed:literal, $reason:literal;)*) => {
        $(#[test]
        fn $story() {
            finds(Defect::$defect, $seed, $reason);
        })*
    };
}

found! {
    an_op_id_that_is_not_checked: OpIdUnchecked, 1, "was done 2 times";
    an_op_id_that_is_looked_for_outside_the_transaction: CheckedOutside, 1, "was done 2 times";
    a_repeat_that_is_judged_anew: ReceiptNotReturned, 1, "answered twice and differently";
    an_op_id_that_is_answered_whatever_is_in_the_op: IntentIgnored, 2, "with other content and was answered";
    a_cursor_that_is_kept_before_its_rows: CursorFirst, 1, "did not add up";
    an_outbox_that_is_emptied_before_the_answer: OutboxEmptiedEarly, 1, "ReceiptDiffers";
    a_place_in_the_order_that_is_drawn_too_early: OrderDrawnEarly, 11, "did not add up";
    deleted_content_that_is_gone_at_once: RetiredDropped, 1, "did not add up";
    a_loser_of_a_conflict_that_is_not_kept: LoserDropped, 1, "Attention that is not there";
    a_mask_that_is_skipped: MaskSkipped, 1, "was sent";
    an_epoch_that_a_restored_hub_keeps: EpochKept, 2, "answered twice and differently";
    a_leave_that_nobody_is_told_of: LeaveForgotten, 1, "did not add up";
    a_row_that_keeps_what_was_refused: RefusedRowKept, 1, "did not add up";
    fields_of_a_group_that_are_merged_one_by_one: GroupSplit, 23, "tax_id";
    a_number_that_a_restored_hub_leases_again: NumbersGivenAgain, 13, "was given twice";
    a_rule_that_is_checked_at_the_end_of_a_push: ConstraintDeferred, 1, "broke off without a fault";
    ops_that_are_judged_by_the_clock_of_a_device: DeviceClockOrders, 1, "before one that its device made";
}
