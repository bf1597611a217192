//! What the sync light and the status bar show: counted in the copy, and read from the board.

use std::sync::Arc;

use chrono::DateTime;
use contract::{
    Failure, FailureCode, NumbersLeft, Rights, RightsStanding, SignedInAs, Status, Step,
};
use domain::attention::ATTENTION;
use domain::permissions::Reason;
use domain::person::PERSON;
use local_store::{ListQuery, View};

use crate::commands::{self, fault, numbers_left};
use crate::profile::Unsent;
use crate::session::{Session, kept};
use crate::sync::StandingBoard;

pub fn of_nobody() -> Status {
    Status {
        signed_in: None,
        user: None,
        user_id: None,
        tenant: None,
        online: false,
        offline_since: None,
        pending: 0,
        attention: 0,
        rights: None,
        last_sync: None,
        checkpoint: None,
        step: Step::Idle,
        numbers: Vec::new(),
        next_round: None,
        refused: None,
        refused_code: None,
        recovery_code: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// # Errors
/// Where the copy cannot be read.
pub async fn of_session(session: &Arc<Session>, board: &StandingBoard) -> Result<Status, Failure> {
    let here = Arc::clone(session);
    let (counts, rights, recovery_code) = crate::blocking(move || {
        // A code that cannot be kept now is drawn at the next look.
        let code = here.recovery_code().unwrap_or_else(|failure| {
            tracing::warn!(%failure, "no recovery code could be drawn");
            None
        });
        Ok((count(&here)?, here.rights(), code))
    })
    .await?;
    let contact = board.contact();
    let account = &session.identity.account;
    let ended = session.tokens.has_ended();
    let (refused, refused_code) = match (ended, contact.refused) {
        (true, _) => {
            let message = "the sync server ended this session; sign in again to sync".to_owned();
            (Some(message), Some(FailureCode::NotSignedIn))
        }
        (false, Some(failure)) => (Some(failure.message), Some(failure.code)),
        (false, None) => (None, None),
    };
    let refused = refused.or_else(|| rights_over(rights.as_ref()));
    Ok(Status {
        signed_in: Some(SignedInAs {
            server: account.server.clone(),
            tenant: account.tenant_name.clone(),
            user: counts.name.unwrap_or_else(|| account.user_name.clone()),
            device: account.device_name.clone(),
        }),
        user: Some(account.email.clone()),
        user_id: Some(account.user_id),
        tenant: Some(account.tenant.clone()),
        online: contact.online,
        offline_since: contact.offline_since,
        pending: counts.pending,
        attention: counts.attention,
        rights,
        last_sync: counts.last_sync,
        checkpoint: counts.checkpoint,
        step: contact.step,
        numbers: counts.numbers,
        next_round: contact.next_round,
        refused,
        refused_code,
        recovery_code,
        ..of_nobody()
    })
}

/// Why the rights of this moment allow nothing, if so.
fn rights_over(rights: Option<&Rights>) -> Option<String> {
    match rights.map(|rights| rights.standing) {
        Some(RightsStanding::Full) => None,
        Some(RightsStanding::ReadOnly) => Some(Reason::LeaseExpired.to_string()),
        Some(RightsStanding::Locked) => Some(Reason::LeaseLocked.to_string()),
        None => Some("the rights on this device are not to be believed; sign in again".to_owned()),
    }
}

/// Notes what waits beside the copy.
///
/// # Errors
/// Where the copy cannot be read or the note not be written.
pub async fn note_unsent(session: &Arc<Session>) -> Result<(), Failure> {
    let here = Arc::clone(session);
    crate::blocking(move || {
        let counts = count(&here)?;
        let unsent = Unsent {
            pending: u64::from(counts.pending),
            attention: u64::from(counts.attention),
            last_contact: counts.last_sync,
            since: counts.waits_since,
        };
        Ok(here.identity.profile.note_unsent(unsent)?)
    })
    .await
}

struct Counts {
    /// As the tenant calls the person now, who may have been renamed since the sign-in.
    name: Option<String>,
    pending: u32,
    attention: u32,
    last_sync: Option<DateTime<chrono::Utc>>,
    checkpoint: Option<u64>,
    numbers: Vec<NumbersLeft>,
    /// When the oldest of what waits was done.
    waits_since: Option<DateTime<chrono::Utc>>,
}

fn count(session: &Session) -> Result<Counts, Failure> {
    commands::read(session, |view: &View| {
        let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let attention = view.count(&ATTENTION, &ListQuery::default()).map_err(fault)?;
        let last_sync = view.kept(kept::LAST_SYNC).map_err(fault)?;
        let known = view.get(&PERSON, session.identity.account.user_id).map_err(fault)?;
        let micros = last_sync.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes);
        Ok(Counts {
            name: known.map(|held| held.record.title().to_owned()),
            pending: number(view.unanswered().map_err(fault)?),
            attention: number(attention),
            last_sync: micros.and_then(DateTime::from_timestamp_micros),
            checkpoint: view.cursor().map_err(fault)?,
            numbers: numbers_left(view)?,
            waits_since: view.waits_since().map_err(fault)?,
        })
    })
}
