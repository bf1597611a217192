//! What is left to do in the copy after a round: the search index is brought up to date, and what was
//! purged is made unreadable. In steps, so that a save need not wait long and a sign-out not at all.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use contract::Failure;
use local_store::StoreError;
use sync_protocol::message::{Purge, PurgeReceipt};
use sync_protocol::wire;

use super::{Session, kept};
use crate::commands::fault;

/// Records that are indexed at a time.
const INDEX_STEP: usize = 1_000;
/// How often, and after what pause, the log is tried that a reader still needs.
const SCRUBS: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Tidies the copy. What cannot be done now is done after the next round.
pub async fn tidy(session: &Arc<Session>) {
    let here = Arc::clone(session);
    if let Err(failure) = crate::blocking(move || tidied(&here)).await {
        tracing::warn!(%failure, "the copy could not be tidied; the next round tries again");
    }
}

fn tidied(session: &Session) -> Result<(), Failure> {
    let closing = || session.closing.load(Ordering::Relaxed);
    while !closing() && session.store.index_more(INDEX_STEP).map_err(fault)? {}
    // Files whose keys went with the last name of them.
    let files = session.store.read(|view| view.sealed_files()).map_err(fault)?;
    session.cabinet.sweep(&files).map_err(crate::attachments::disk)?;
    let mut tries = 0;
    while !closing() {
        match session.store.scrub() {
            Ok(Some(purge)) => return keep_receipt(session, purge),
            Ok(None) => break,
            Err(StoreError::InUse) if tries < SCRUBS => tries += 1,
            Err(error) => return Err(fault(error)),
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Signs that nothing is left of what had to leave; the next round tells the hub.
///
/// # Errors
/// Where it cannot be kept.
pub fn keep_receipt(session: &Session, purge: Purge) -> Result<(), Failure> {
    let account = &session.identity.account;
    let proof = session.identity.keys.sign(&purge.proof(account.tenant_id, account.device_id));
    let receipt =
        wire::encode(&PurgeReceipt { purge, proof }).map_err(|error| fault(error.into()))?;
    session.store.keep(&[(kept::PURGED, Some(&receipt))]).map_err(fault)
}
