//! The end of a session: told to the hub, forgotten here; and wiping, where the copy goes and then the
//! keys, the last of what could open it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use contract::{Failure, FailureCode};
use sync_protocol::auth::{WipedRequest, wiped_proof};

use super::{Identity, Session};
use crate::commands::fault;
use crate::http::HttpError;
use crate::profile::files;
use crate::secrets::Name;
use crate::sync;

/// How long commands that still run are waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
/// How often a hub that is away is told that a copy is gone, and the time between.
const CONFIRMATIONS: usize = 3;
const BETWEEN: Duration = Duration::from_millis(500);

/// Ends the session at the hub where it can be reached, and forgets its secrets here. The keys stay: the
/// copy is opened again by the next sign-in.
///
/// # Errors
/// Where the keyring does not answer; the session then goes on.
pub async fn end(session: &Arc<Session>) -> Result<(), Failure> {
    let identity = &session.identity;
    if let Err(error) = sync::give_back(session).await {
        tracing::warn!(%error, "the numbers of this device are given back at the next sign-in");
    }
    let request = |token: String| async move { identity.hub.logout(&token).await };
    if let Err(error) = session.tokens.with(identity, request).await {
        tracing::warn!(%error, "the sync server was not told; the session ends there by itself");
    }
    let here = Arc::clone(session);
    crate::blocking(move || {
        let identity = &here.identity;
        here.keep_clock();
        let (profile, id) = (&identity.profile, identity.profile_id);
        Ok(identity.vault.forget(profile, id, Name::Session, &*identity.host)?)
    })
    .await
}

/// Closes the copy of a session that nobody can reach any more.
///
/// # Errors
/// Where something still works on it.
pub async fn let_go(session: Arc<Session>) -> Result<(), Failure> {
    let session = alone(session).await?;
    crate::blocking(move || {
        drop(session);
        Ok(())
    })
    .await
}

/// Destroys the copy of a session that nobody can reach any more, its keys last.
///
/// # Errors
/// Where a file stays or the keyring does not answer; what is left can be wiped by another try.
pub async fn wipe(session: Arc<Session>) -> Result<(), Failure> {
    let Session { identity, store, cabinet, .. } = alone(session).await?;
    crate::blocking(move || {
        store.destroy().map_err(fault)?;
        cabinet.destroy().map_err(crate::attachments::disk)
    })
    .await?;
    confirm(&identity).await;
    crate::blocking(move || {
        let (profile, vault, id) = (&identity.profile, &identity.vault, identity.profile_id);
        vault.forget(profile, id, Name::Session, &*identity.host)?;
        vault.forget(profile, id, Name::NextKeys, &*identity.host)?;
        vault.forget(profile, id, Name::Keys, &*identity.host)?;
        profile.remove(files::RECOVERY)?;
        Ok(profile.forget()?)
    })
    .await
}

/// Tells the hub that the copy is gone, while there is a key to sign it with. A hub that did not order it has
/// nothing to note; one that is away is not waited for: to its admin the device stays one that is to be wiped.
async fn confirm(identity: &Identity) {
    let (tenant, device_id) = (identity.account.tenant.clone(), identity.account.device_id);
    let proof = identity.keys.sign(&wiped_proof(&tenant, device_id));
    let request = WipedRequest { tenant, device_id, proof };
    for _ in 0..CONFIRMATIONS {
        match identity.hub.wiped(&request).await {
            Err(HttpError::Unreachable { .. } | HttpError::Busy { .. }) => {
                tokio::time::sleep(BETWEEN).await;
            }
            _ => return,
        }
    }
    tracing::warn!("the sync server was not told that the copy is destroyed");
}

/// Waits until every command that had the session has answered.
async fn alone(mut session: Arc<Session>) -> Result<Session, Failure> {
    session.closing.store(true, Ordering::Relaxed);
    let mut waited = Duration::ZERO;
    loop {
        session = match Arc::try_unwrap(session) {
            Ok(session) => return Ok(session),
            Err(session) => session,
        };
        if waited >= PATIENCE {
            let message = "something still works on the local copy; try again in a moment";
            return Err(Failure::new(FailureCode::Internal, message));
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}
