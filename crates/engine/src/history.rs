//! What became of a record, told by the hub where it can be reached, and else by what was entered here.

use std::sync::Arc;

use contract::{Failure, FailureCode, HistoryPage};
use sync_protocol::history::History;

use crate::commands;
use crate::commands::history::{here, page};
use crate::http::HttpError;
use crate::session::Session;

/// The history of a record, named by id, key or code.
///
/// # Errors
/// `NotFound` where there is no such record that the person may see; `Unreachable` for a later page.
pub async fn history(
    session: &Arc<Session>,
    entity: String,
    id: String,
    cursor: Option<String>,
) -> Result<HistoryPage, Failure> {
    let own = Arc::clone(session);
    let known = crate::blocking(move || {
        let held = own.held()?;
        held.must_be_open()?;
        commands::read(&own, |view| here(&own, view, &held, &entity, &id))
    })
    .await?;
    let told = match known.is_known_there {
        true => ask(session, known.entity.name, &known.id.to_string(), cursor.as_deref()).await?,
        // The hub has never heard of it: all there is was entered here.
        false => Some(History::default()),
    };
    if told.is_none() && cursor.is_some() {
        let message = "the sync server cannot be reached; the earlier changes are kept there";
        return Err(Failure::new(FailureCode::Unreachable, message));
    }
    let own = Arc::clone(session);
    crate::blocking(move || {
        let held = own.held()?;
        commands::read(&own, |view| page(view, &held, known, told, cursor.is_none()))
    })
    .await
}

/// What the hub tells; nothing where it cannot be asked now, or does not know the record (any more).
async fn ask(
    session: &Arc<Session>,
    entity: &str,
    id: &str,
    cursor: Option<&str>,
) -> Result<Option<History>, Failure> {
    let identity = &session.identity;
    let request =
        |token: String| async move { identity.hub.history(&token, entity, id, cursor).await };
    match session.tokens.with(identity, request).await {
        Ok(told) => Ok(Some(told)),
        Err(error) if error.is_no_contact() => Ok(None),
        Err(HttpError::Busy { .. } | HttpError::Unauthorized) => Ok(None),
        Err(HttpError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
