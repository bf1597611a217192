//! `Drafts` and `KeepDraft`: what a person has typed into a form and not saved. It is kept in the encrypted
//! file within a second, so that no crash and no power cut loses it; nothing is judged before it is saved.

use chrono::SecondsFormat;
use contract::{Failure, FailureCode, FormDraft};
use domain::permissions::Action;
use domain::record::EntityDef;
use local_store::View;
use uuid::Uuid;

use super::fault;
use crate::session::{Held, Session};

/// The drafts of a record, or of new ones (`None`), the newest first.
pub fn drafts(
    view: &View,
    held: &Held,
    entity: &str,
    record: Option<Uuid>,
) -> Result<Vec<FormDraft>, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::View, entity, None, &[])?;
    let kept = view.kept_drafts(record.unwrap_or_default(), &owner(held, entity)).map_err(fault)?;
    // What another version wrote and this one cannot read is as good as none.
    let mut drafts: Vec<FormDraft> =
        kept.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
    drafts.sort_by(|a, b| b.kept_at.cmp(&a.kept_at));
    Ok(drafts)
}

/// Keeps a form in place of what was kept of it before; `None` forgets it.
pub fn keep(
    session: &Session,
    held: &Held,
    entity: &str,
    record: Option<Uuid>,
    draft: Uuid,
    content: Option<String>,
) -> Result<Vec<FormDraft>, Failure> {
    let entity = super::entity(entity)?;
    held.check(Action::View, entity, None, &[])?;
    let failed = |error: serde_json::Error| Failure::new(FailureCode::Internal, error.to_string());
    let kept_at = session.host().now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let content = content.map(|content| FormDraft { id: draft, kept_at, content });
    let bytes = content.as_ref().map(serde_json::to_vec).transpose().map_err(failed)?;
    let owner = owner(held, entity);
    let record = record.unwrap_or_default();
    session.store.keep_draft(record, &owner, draft, bytes.as_deref()).map_err(fault)?;
    Ok(content.into_iter().collect())
}

/// By person: whoever signs in here next has drafts of their own.
fn owner(held: &Held, entity: &EntityDef) -> String {
    format!("{}.{}", held.grants().user_id, entity.name)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use contract::{Command, Failure, FailureCode, FormDraft, Reply};
    use domain::permissions::StandardRole;
    use uuid::Uuid;

    use crate::desk::Desk;

    const FIRST: Uuid = Uuid::from_u128(1);
    const SECOND: Uuid = Uuid::from_u128(2);

    fn drafts(desk: &Desk, entity: &str, record: Option<Uuid>) -> Result<Vec<FormDraft>, Failure> {
        match desk.call(Command::Drafts { entity: entity.to_owned(), record })? {
            Reply::Drafts(drafts) => Ok(drafts),
            reply => panic!("drafts, not {reply:?}"),
        }
    }

    fn keep(desk: &Desk, record: Option<Uuid>, draft: Uuid, content: Option<&str>) {
        let (entity, content) = ("supplier".to_owned(), content.map(str::to_owned));
        desk.call(Command::KeepDraft { entity, record, draft, content }).unwrap();
        desk.pass(TimeDelta::seconds(1));
    }

    fn contents(desk: &Desk, record: Option<Uuid>) -> Vec<String> {
        let drafts = drafts(desk, "supplier", record).unwrap();
        drafts.into_iter().map(|draft| draft.content).collect()
    }

    #[tokio::test]
    async fn a_form_is_kept_as_it_stands_until_it_is_forgotten() {
        let desk = Desk::of(StandardRole::Manager);
        keep(&desk, None, FIRST, Some("No"));
        keep(&desk, None, SECOND, Some("Quartz"));
        keep(&desk, None, FIRST, Some("Nordwind"));
        keep(&desk, Some(FIRST), FIRST, Some("an edit"));
        assert_eq!(contents(&desk, None), ["Nordwind", "Quartz"]);
        assert_eq!(contents(&desk, Some(FIRST)), ["an edit"]);
        assert!(drafts(&desk, "customer", None).unwrap().is_empty());
        keep(&desk, None, FIRST, None);
        assert_eq!(contents(&desk, None), ["Quartz"]);
    }

    #[tokio::test]
    async fn who_may_not_see_the_records_gets_no_form_of_them() {
        let desk = Desk::of(StandardRole::Technician);
        let refused = drafts(&desk, "supplier", None).unwrap_err();
        assert_eq!(refused.code, FailureCode::NotPermitted);
    }
}
