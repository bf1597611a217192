//! While nothing happens here: a request that the hub holds until there is news, and a heartbeat, so that the
//! light is true within seconds whether a hub ends or falls silent. It starts no round and holds no session,
//! so that nothing waits for it when a person signs out.

use std::convert::Infallible;
use std::time::Duration;

use sync_protocol::message::Listen;

use super::looped::jittered;
use crate::Engine;
use crate::commands::fault;
use crate::http::{HttpError, Hub};

/// Between two heartbeats. With the time that one may take, a hub that fell silent is noticed within 3 s.
const BEAT: Duration = Duration::from_secs(1);
/// The first wait before a hub that is away is asked again, and the longest.
const FIRST: Duration = Duration::from_millis(250);
const LAST: Duration = Duration::from_secs(2);
/// The longest once it was asked so often in vain, for about a minute: it may be away for long, and all its devices
/// ask.
const PATIENT: u32 = 30;
const LONG: Duration = Duration::from_secs(15);

/// Completes when a round is due because of the hub: it has news, it wants to be asked, or it is back. So many
/// rounds failed since the last one that came through; after none, the hub is listened to.
pub async fn watch(engine: &Engine, misses: u32) {
    let first = FIRST.saturating_mul(1_u32.checked_shl(misses).unwrap_or(u32::MAX));
    if !engine.is_online() {
        return back(engine, first).await;
    }
    tokio::select! {
        () = silence(engine) => back(engine, first).await,
        () = news(engine), if misses == 0 => {}
    }
}

/// Keeps the light true beside a round, which may wait long for a hub that fell silent.
pub async fn beats(engine: &Engine) -> Infallible {
    loop {
        tokio::time::sleep(BEAT).await;
        silence(engine).await;
        back(engine, FIRST).await;
    }
}

/// Completes when the hub does not answer any more.
async fn silence(engine: &Engine) {
    while engine.probe().await {
        tokio::time::sleep(BEAT).await;
    }
}

/// Completes when the hub answers again.
async fn back(engine: &Engine, first: Duration) {
    let mut wait = first.min(LAST);
    for asked in 0_u32.. {
        tokio::time::sleep(jittered(engine.host(), wait)).await;
        if engine.probe().await {
            return;
        }
        wait = (wait * 2).min(if asked < PATIENT { LAST } else { LONG });
    }
}

/// Completes when the hub has something to pull, wants to be greeted, or is back after it was away.
async fn news(engine: &Engine) {
    loop {
        match hear(engine).await {
            Ok(true) => return,
            Ok(false) => {}
            // The hub went, or only this request was lost, which is then made again.
            Err(error) if error.is_no_contact() || matches!(error, HttpError::Busy { .. }) => {
                if !engine.probe().await {
                    return back(engine, FIRST).await;
                }
                tokio::time::sleep(jittered(engine.host(), LAST)).await;
            }
            // The session ended, the device was revoked, the hub was restored: a round finds out which.
            Err(_) => {
                tokio::time::sleep(jittered(engine.host(), LAST)).await;
                return;
            }
        }
    }
}

/// Holds one request; answers whether there is news.
async fn hear(engine: &Engine) -> Result<bool, HttpError> {
    let mut stale = None;
    loop {
        let Some(Ear { hub, token, listen }) = ear(engine, stale.as_deref()).await? else {
            return std::future::pending().await; // a sign-in wakes the loop
        };
        match hub.live(&token, &listen).await {
            Err(HttpError::Unauthorized) if stale.is_none() => stale = Some(token),
            answer => return Ok(answer?.head > listen.after),
        }
    }
}

/// What a request needs, taken from the session, which is not kept.
struct Ear {
    hub: Hub,
    token: String,
    listen: Listen,
}

/// Nothing where nobody is signed in or the copy cannot be read: the next round says so.
async fn ear(engine: &Engine, stale: Option<&str>) -> Result<Option<Ear>, HttpError> {
    let Ok(session) = engine.session() else { return Ok(None) };
    let token = session.tokens.access(&session.identity, stale).await?;
    let hub = session.identity.hub.clone();
    let read = crate::blocking(move || {
        let read = session.store.read(|view| {
            let after = view.cursor()?.unwrap_or_default();
            Ok(Listen { epoch: view.epoch()?, after })
        });
        read.map_err(fault)
    });
    match read.await {
        Ok(listen) => Ok(Some(Ear { hub, token, listen })),
        Err(failure) => {
            tracing::warn!(%failure, "the place up to which the copy holds everything cannot be read");
            Ok(None)
        }
    }
}
