//! Defects that can be planted in the hub in memory and at the seams of a device, to prove that the simulator finds
//! them. They are known nowhere else: no program that people use holds them.

use std::fmt;
use std::str::FromStr;

/// One defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// The hub judges every op that comes, whether it knows its id or not.
    OpIdUnchecked,
    /// The hub looks for the id before its transaction begins, so that two arrivals at once do not see each other.
    CheckedOutside,
    /// A repeat is judged anew instead of being answered with what was stored.
    ReceiptNotReturned,
    /// An id that is known is answered, whatever is in the op.
    IntentIgnored,
    /// The device keeps the cursor of a checkpoint before its rows.
    CursorFirst,
    /// The device takes an op off its outbox when it sends it.
    OutboxEmptiedEarly,
    /// A change gets its place in the order when its transaction begins.
    OrderDrawnEarly,
    /// What a deleted record held is gone at once.
    RetiredDropped,
    /// The hub judges the ops of a push by what the device's clock said.
    DeviceClockOrders,
    /// What lost a conflict is not kept in Attention.
    LoserDropped,
    /// Rows are sent with every field.
    MaskSkipped,
    /// A restored hub goes on in the epoch of its backup.
    EpochKept,
    /// Nobody is told that a row left, by its own move or with the department that it stands in.
    LeaveForgotten,
    /// A row keeps what the hub has refused.
    RefusedRowKept,
    /// Fields that belong together are merged one by one.
    GroupSplit,
    /// A restored hub counts its numbers on from where its backup had counted.
    NumbersGivenAgain,
    /// A broken rule is found when all ops of a push are done, and undoes all of them.
    ConstraintDeferred,
}

use Defect::*;

impl Defect {
    pub const ALL: [(Defect, &str); 17] = [
        (OpIdUnchecked, "op-id-unchecked"),
        (CheckedOutside, "checked-outside"),
        (ReceiptNotReturned, "receipt-not-returned"),
        (IntentIgnored, "intent-ignored"),
        (CursorFirst, "cursor-first"),
        (OutboxEmptiedEarly, "outbox-emptied-early"),
        (OrderDrawnEarly, "order-drawn-early"),
        (RetiredDropped, "retired-dropped"),
        (DeviceClockOrders, "device-clock-orders"),
        (LoserDropped, "loser-dropped"),
        (MaskSkipped, "mask-skipped"),
        (EpochKept, "epoch-kept"),
        (LeaveForgotten, "leave-forgotten"),
        (RefusedRowKept, "refused-row-kept"),
        (GroupSplit, "group-split"),
        (NumbersGivenAgain, "numbers-given-again"),
        (ConstraintDeferred, "constraint-deferred"),
    ];
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let named = Self::ALL.iter().find(|(defect, _)| defect == self);
        f.write_str(named.map_or("", |(_, name)| name))
    }
}

/// A text that names no defect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no defect \"{0}\"; they are: {names}", names = names())]
pub struct UnknownDefect(pub String);

fn names() -> String {
    Defect::ALL.map(|(_, name)| name).join(", ")
}

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(text: &str) -> Result<Self, UnknownDefect> {
        let found = Self::ALL.iter().find(|(_, name)| *name == text);
        found.map(|(defect, _)| *defect).ok_or_else(|| UnknownDefect(text.to_owned()))
    }
}
