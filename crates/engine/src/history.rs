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

#[cfg(test)]
mod tests {
    use contract::{Change, Command, HistoryState, RecordChanges, Reply};
    use domain::masters::CUSTOMER;
    use domain::permissions::StandardRole;
    use domain::record::Cell;
    use uuid::Uuid;

    use super::*;
    use crate::desk::Desk;

    fn saves(desk: &Desk, id: Option<Uuid>, field: &str, text: &str) -> Uuid {
        let change = Change { field: field.to_owned(), from: None, to: Cell::from(text) };
        let changes = RecordChanges { fields: vec![change], children: Vec::new() };
        match desk.call(Command::Save { entity: "customer".to_owned(), id, changes }) {
            Ok(Reply::Saved(saved)) => saved.record.id,
            answer => panic!("{answer:?}"),
        }
    }

    async fn of(desk: &Desk, id: Uuid) -> HistoryPage {
        history(&desk.session, "customer".to_owned(), id.to_string(), None).await.unwrap()
    }

    #[tokio::test]
    async fn away_from_the_hub_it_is_what_was_entered_here_and_says_so() {
        let desk = Desk::of(StandardRole::Manager);
        let record = desk.record(&CUSTOMER, &[("name", "Ada"), ("city", "Bonn")]);
        desk.receive(std::slice::from_ref(&record));
        saves(&desk, Some(record.id()), "city", "Ulm");
        let page = of(&desk, record.id()).await;
        assert!(!page.complete);
        let [entry] = page.entries.as_slice() else { panic!("{page:?}") };
        assert_eq!((entry.user.as_deref(), entry.device.as_deref()), (Some("Anna"), Some("Desk")));
        assert_eq!((entry.action.as_str(), entry.state), ("update", HistoryState::Pending));
        let [change] = entry.changes.as_slice() else { panic!("{entry:?}") };
        assert_eq!(
            (change.field.as_str(), &change.before, &change.after),
            ("city", &"Bonn".into(), &"Ulm".into())
        );
        // What came before is the hub's alone to tell.
        let (entity, id) = ("customer".to_owned(), record.id().to_string());
        let earlier = history(&desk.session, entity, id, Some("place".to_owned())).await;
        assert_eq!(earlier.unwrap_err().code, FailureCode::Unreachable);
    }

    #[tokio::test]
    async fn of_a_record_that_was_never_sent_it_is_all_there_is() {
        let desk = Desk::of(StandardRole::Manager);
        let id = saves(&desk, None, "name", "Ada");
        saves(&desk, Some(id), "city", "Bonn");
        let page = of(&desk, id).await;
        assert!(page.complete);
        let actions: Vec<_> = page.entries.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["update", "create"]);
    }

    #[tokio::test]
    async fn a_record_that_is_not_there_has_none() {
        let desk = Desk::of(StandardRole::Manager);
        let asked = history(&desk.session, "customer".to_owned(), Uuid::nil().to_string(), None);
        assert_eq!(asked.await.unwrap_err().code, FailureCode::NotFound);
    }
}
