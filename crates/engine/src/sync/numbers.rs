//! Numbers for work offline: behind a round in which something was said, and once a day, the hub is told how far those
//! are used that this device holds, and gives more before they are short. No round fails for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::Failure;
use sync_protocol::numbers::{HeldNumbers, NumberLease, NumbersRequest};
use uuid::Uuid;

use super::{Stop, blocking};
use crate::commands::fault;
use crate::session::{Session, kept};

/// Asks, where that is due after a round that came through.
pub(super) async fn follow(session: &Arc<Session>, exchanged: bool) {
    let here = Arc::clone(session);
    let due = blocking(move || Ok(is_due(&here, exchanged)?)).await;
    let asked = match due {
        Ok(false) => return,
        Ok(true) => ask(session, true).await,
        Err(stop) => Err(stop),
    };
    if let Err(error) = asked {
        tracing::warn!(%error, "numbers were not asked for; the next round does");
    }
}

/// Gives back every number that is left, at the end of a session.
///
/// # Errors
/// Where the copy cannot be written; where the hub is not reached it hears of it later.
pub async fn give_back(session: &Arc<Session>) -> Result<(), Stop> {
    let here = Arc::clone(session);
    let some = blocking(move || {
        here.store.return_numbers()?;
        Ok(here.store.read(|view| Ok(!view.returned_numbers()?.is_empty()))?)
    });
    if some.await? { ask(session, false).await } else { Ok(()) }
}

fn is_due(session: &Session, exchanged: bool) -> Result<bool, Failure> {
    let asked = asked_now(session)?;
    session
        .store
        .read(|view| {
            let unanswered = view.kept(kept::NUMBERS_REQUEST)?.is_some();
            let told = view.kept(kept::NUMBERS_ASKED)?.as_deref() == Some(asked.as_bytes());
            // What the hub wants back it gives to nobody else before it knows how far it was used.
            let wanted_back = !view.returned_numbers()?.is_empty();
            Ok(exchanged || unanswered || !told || wanted_back)
        })
        .map_err(fault)
}

/// The life of the hub and the day of now.
fn asked_now(session: &Session) -> Result<String, Failure> {
    let epoch = session.store.read(|view| view.epoch()).map_err(fault)?;
    Ok(format!("{epoch} {}", session.host().now().date_naive()))
}

/// What a request goes out with.
struct Asked {
    request: NumbersRequest,
    /// The leases of which the hub is told that they are used no more.
    returned: BTreeSet<Uuid>,
}

async fn ask(session: &Arc<Session>, wants: bool) -> Result<(), Stop> {
    let here = Arc::clone(session);
    let Asked { request, returned } = blocking(move || Ok(prepare(&here, wants)?)).await?;
    let (identity, asked) = (&session.identity, &request);
    let send = |token: String| async move { identity.hub.numbers(&token, asked).await };
    let reply = session.tokens.with(identity, send).await?;
    let here = Arc::clone(session);
    blocking(move || {
        here.store.take_numbers(&reply.leases, &returned)?;
        let asked = asked_now(&here)?;
        let asked = wants.then_some(asked.as_bytes());
        here.store.keep(&[(kept::NUMBERS_REQUEST, None), (kept::NUMBERS_ASKED, asked)])?;
        Ok(())
    })
    .await
}

/// Keeps the id of the request until its answer was stored: whatever is lost under way, it is asked for once.
fn prepare(session: &Session, wants: bool) -> Result<Asked, Failure> {
    let kept_id = session.store.read(|view| view.kept(kept::NUMBERS_REQUEST)).map_err(fault)?;
    let kept_id = kept_id.and_then(|bytes| Uuid::from_slice(&bytes).ok());
    let request_id = match kept_id {
        Some(id) => id,
        None => {
            let id = session.host().new_id();
            session.store.keep(&[(kept::NUMBERS_REQUEST, Some(id.as_bytes()))]).map_err(fault)?;
            id
        }
    };
    session
        .store
        .read(|view| {
            let told = |leases: &[NumberLease]| -> Vec<HeldNumbers> {
                leases.iter().map(NumberLease::told).collect()
            };
            let returned = view.returned_numbers()?;
            let request = NumbersRequest {
                epoch: view.epoch()?,
                request_id,
                held: told(&view.number_leases()?),
                returned: told(&returned),
                wants,
            };
            let returned = returned.iter().map(|lease| lease.lease_id).collect();
            Ok(Asked { request, returned })
        })
        .map_err(fault)
}
