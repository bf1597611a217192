//! A greeting without a round: how the hub stands to this device, said and not acted on.

use std::sync::Arc;

use contract::Failure;
use sync_protocol::device::round::{Effect, Event, Outcome, Round};
use sync_protocol::message::Standing;
use sync_protocol::op::{ChainEnd, SealedOp};

use super::driver::Driver;
use super::local::{ONE, local};
use super::round::{unexpected, words};
use super::standing::StandingBoard;
use super::{Report, Stop, refused};
use crate::commands::fault;
use crate::session::Session;

/// Asks the hub how it stands to this device.
///
/// # Errors
/// What the next round would end with: the hub was not reached, or will not go on with this device.
pub async fn ask(session: &Arc<Session>, board: &Arc<StandingBoard>) -> Result<(), Stop> {
    let here = Arc::clone(session);
    let local = crate::blocking(move || local(&here)).await?;
    let mine = local.chain;
    let greeting = Round::new(local).step(Event::Start { now: session.host().now() });
    let Some(Effect::SendHello(hello)) = greeting.into_iter().next() else {
        return Err(unexpected());
    };
    let mut report = Report::default();
    let reply = Driver::new(session, board, &mut report).greet(&hello).await?;
    match reply.standing {
        Standing::Ok | Standing::Rebuild { .. } => {}
        Standing::Drain => return Err(words(Outcome::Outdated).into()),
        Standing::Wait { reason, until } => {
            return Err(words(Outcome::Wait { reason, until }).into());
        }
        Standing::Refused { reason } => return Err(words(Outcome::Refused { reason }).into()),
        Standing::Frozen => return Err(words(Outcome::Forked).into()),
        Standing::Wipe => {
            let reason =
                "an administrator ordered this device to destroy its copy; the next sync does it";
            return Err(refused(reason).into());
        }
    }
    let (here, hub) = (Arc::clone(session), reply.chain);
    match crate::blocking(move || is_forked(&here, mine, hub)).await? {
        true => Err(words(Outcome::Forked).into()),
        false => Ok(()),
    }
}

/// Whether this copy goes on behind another op than the last one that the hub has of this device. That the hub cannot
/// tell before it is sent what follows.
fn is_forked(session: &Session, mine: ChainEnd, hub: ChainEnd) -> Result<bool, Failure> {
    if hub.op_seq == 0 || hub.op_seq >= mine.op_seq {
        return Ok(false);
    }
    let same_place = session.store.read(|view| {
        let op = view.ops_from(hub.op_seq, ONE)?.pop();
        Ok(op.map(SealedOp::open).transpose()?)
    });
    let same_place = same_place.map_err(fault)?;
    // An op that was purged with its row proves nothing.
    let same_place = same_place.filter(|op| op.op().op_seq == hub.op_seq);
    Ok(same_place.is_some_and(|op| op.hash() != hub.hash))
}
