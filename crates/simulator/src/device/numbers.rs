//! Behind a round in which something was said the hub is told how far the device's numbers are used, and gives more.

use std::collections::BTreeSet;

use local_store::Store;
use sync_protocol::numbers::{HeldNumbers, NumberLease, NumbersRequest};
use uuid::Uuid;

use super::{Line, Trouble};

/// Asks, where that is due; `asked` is the life of the hub that was asked last. No round fails where the hub is not
/// reached.
///
/// # Errors
/// Where the device stops.
pub fn follow(
    store: &Store,
    line: &mut dyn Line,
    asked: &mut Option<u64>,
    exchanged: bool,
) -> Result<(), Trouble> {
    let (epoch, held, returned) =
        store.read(|view| Ok((view.epoch()?, view.number_leases()?, view.returned_numbers()?)))?;
    if !exchanged && *asked == Some(epoch) && returned.is_empty() {
        return Ok(());
    }
    let told = |leases: &[NumberLease]| -> Vec<HeldNumbers> {
        leases.iter().map(NumberLease::told).collect()
    };
    // The hub in memory tells a repeated request by what the device holds.
    let request_id = Uuid::nil();
    let (held, given_back) = (told(&held), told(&returned));
    let request = NumbersRequest { epoch, request_id, held, returned: given_back, wants: true };
    let Ok(reply) = line.numbers(&request) else { return Ok(()) };
    let told: BTreeSet<Uuid> = returned.iter().map(|lease| lease.lease_id).collect();
    store.take_numbers(&reply.leases, &told)?;
    *asked = Some(epoch);
    Ok(())
}
