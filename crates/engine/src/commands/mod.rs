//! The commands on the local copy, one file each: rights first, then the store. They block, and know
//! neither the network nor who called.

mod approvals;
pub mod attachments;
mod attention;
mod bulk;
mod describe;
mod drafts;
mod duplicates;
mod elsewhere;
mod export;
mod get;
mod habits;
pub mod history;
pub(crate) mod import;
mod known;
mod list;
mod merge;
mod numbers;
mod references;
mod retire;
mod rules;
mod save;
mod search;
mod shown;
mod sync_page;
mod totals;
mod used_by;
mod views;
mod write;

use std::sync::Arc;

use contract::{Command, Failure, FailureCode, Problem, Reply};
use domain::masters;
use domain::person::PERSON;
use domain::record::EntityDef;
use local_store::{StoreError, Touched, View};

use crate::session::Session;

pub use import::Imports;
pub use numbers::numbers_left;

/// An answer, and the records that were written for it.
pub struct Done<T> {
    pub answer: T,
    pub touched: Option<Touched>,
}

impl<T> Done<T> {
    fn into_reply(self, reply: impl FnOnce(T) -> Reply) -> Done<Reply> {
        Done { answer: reply(self.answer), touched: self.touched }
    }
}

/// Does what a screen asks of the copy.
///
/// # Errors
/// The failures of the command; `Usage` for one that is not about the copy.
pub fn run(session: &Arc<Session>, command: Command) -> Result<Done<Reply>, Failure> {
    let held = &session.held()?;
    held.must_be_open()?;
    let read = |answer: Result<Reply, Failure>| Ok(Done { answer: answer?, touched: None });
    match command {
        Command::Describe => {
            let described = self::read(session, |view| describe::describe(view, held));
            read(described.map(Reply::Entities))
        }
        Command::List(request) => {
            read(self::read(session, |view| list::list(view, held, &request)).map(Reply::List))
        }
        Command::Totals { list, fields } => {
            let totals = self::read(session, |view| totals::totals(view, held, &list, &fields));
            read(totals.map(Reply::Totals))
        }
        Command::Bulk { entity, chosen, act, dry_run } => {
            let done = bulk::bulk(session, held, &entity, &chosen, act, dry_run)?;
            Ok(done.into_reply(Reply::Bulk))
        }
        Command::Views { entity } => {
            let views = self::read(session, |view| views::views(view, held, &entity));
            read(views.map(Reply::Views))
        }
        Command::KeepViews { entity, views } => {
            read(views::keep(session, held, &entity, views).map(Reply::Views))
        }
        Command::Get { entity, id } => {
            read(self::read(session, |view| get::get(view, held, &entity, &id)).map(Reply::Record))
        }
        Command::Blank { entity } => {
            let host = session.host();
            let blank = self::read(session, |view| get::blank(view, held, &entity, host));
            read(blank.map(Reply::Record))
        }
        Command::Search { text, entity, limit } => {
            let entity = entity.as_deref();
            let hits = self::read(session, |view| search::search(view, held, &text, entity, limit));
            read(hits.map(Reply::Hits))
        }
        Command::Duplicates { entity, offset, limit } => {
            let found = self::read(session, |view| {
                duplicates::duplicates(view, held, &entity, offset, limit)
            });
            read(found.map(Reply::Duplicates))
        }
        Command::Similar { entity, id, changes } => {
            let found =
                self::read(session, |view| duplicates::similar(view, held, &entity, id, &changes));
            read(found.map(Reply::Similar))
        }
        Command::NotTheSame { entity, records } => {
            let done = duplicates::not_the_same(session, held, &entity, &records)?;
            Ok(done.into_reply(Reply::Duplicates))
        }
        Command::MayMerge { entity, survivor, loser } => {
            let before =
                self::read(session, |view| merge::may_merge(view, held, &entity, survivor, loser));
            read(before.map(Reply::BeforeMerge))
        }
        Command::Merge { entity, survivor, loser, take } => {
            let merged = merge::merge(session, held, &entity, survivor, loser, &take)?;
            Ok(merged.into_reply(Reply::Record))
        }
        Command::Save { entity, id, changes } => {
            Ok(save::save(session, held, &entity, id, changes)?.into_reply(Reply::Saved))
        }
        Command::Drafts { entity, record } => {
            let drafts = self::read(session, |view| drafts::drafts(view, held, &entity, record));
            read(drafts.map(Reply::Drafts))
        }
        Command::KeepDraft { entity, record, draft, content } => {
            let kept = drafts::keep(session, held, &entity, record, draft, content);
            read(kept.map(Reply::Drafts))
        }
        Command::Habit { name } => {
            let habit = self::read(session, |view| habits::habit(view, held, &name));
            read(habit.map(Reply::Habit))
        }
        Command::KeepHabit { name, value } => {
            read(habits::keep(session, held, &name, value).map(Reply::Habit))
        }
        Command::Attachments { entity, id } => {
            let listed = self::read(session, |view| attachments::list(view, held, &entity, &id));
            read(listed.map(Reply::Attachments))
        }
        Command::Attach { to, source } => {
            let attached = attachments::attach(session, held, &to, &source)?;
            Ok(attached.into_reply(Reply::Attachments))
        }
        Command::Detach { to, hash } => {
            let left = attachments::detach(session, held, &to, &hash)?;
            Ok(left.into_reply(Reply::Attachments))
        }
        Command::Retire { entity, id } => {
            Ok(retire::retire(session, held, &entity, id)?.into_reply(Reply::Record))
        }
        Command::UsedBy { entity, chosen } => {
            let users = self::read(session, |view| used_by::used_by(view, held, &entity, &chosen));
            read(users.map(Reply::UsedBy))
        }
        Command::BringBack { entity, id } => {
            Ok(retire::bring_back(session, held, &entity, id)?.into_reply(Reply::Record))
        }
        Command::Approvals => {
            let waiting = self::read(session, |view| approvals::approvals(session, view, held));
            read(waiting.map(Reply::Approvals))
        }
        Command::Decide { entity, id, proposal, act } => {
            let decided = approvals::decide(session, held, &entity, &id, proposal, &act)?;
            Ok(decided.into_reply(Reply::Record))
        }
        Command::ImportPreview(request) => {
            read(import::preview(session, held, &request).map(Reply::Import))
        }
        Command::Import(request) => {
            Ok(import::import(session, held, &request)?.into_reply(Reply::Import))
        }
        Command::ImportCancel => {
            session.imports.cancel();
            read(self::read(session, import::batches).map(Reply::ImportBatches))
        }
        Command::ImportBatches => {
            read(self::read(session, import::batches).map(Reply::ImportBatches))
        }
        Command::ImportUsedBy { batch } => {
            let users = self::read(session, |view| import::used_by(view, held, batch));
            read(users.map(Reply::UsedBy))
        }
        Command::ImportUndo { batch } => {
            Ok(import::undo(session, held, batch)?.into_reply(Reply::ImportUndone))
        }
        Command::Export(request) => {
            Ok(export::export(session, held, &request)?.into_reply(Reply::Exported))
        }
        Command::AttentionList => {
            read(self::read(session, |view| attention::list(view, held)).map(Reply::Attention))
        }
        Command::AttentionResolve { id, shown, decisions, mended } => {
            let resolution = attention::Resolution { shown, decisions, mended };
            let resolved = attention::resolve(session, held, id, resolution)?;
            Ok(resolved.into_reply(Reply::Attention))
        }
        Command::AttentionReview { id, shown, apply, reason } => {
            let review = attention::Review { shown, apply, reason };
            let decided = attention::review(session, held, id, &review)?;
            Ok(decided.into_reply(Reply::Attention))
        }
        Command::SyncPage => {
            let page = self::read(session, |view| sync_page::sync_page(session, held, view));
            read(page.map(Reply::SyncPage))
        }
        Command::Status
        | Command::SignIn(_)
        | Command::AcceptInvitation(_)
        | Command::RecoveryCodeShown
        | Command::SignOut { .. }
        | Command::SaveAttachment { .. }
        | Command::OpenAttachment { .. }
        | Command::History { .. }
        | Command::Sync
        | Command::WriteCourierFile { .. }
        | Command::ReadCourierFile { .. }
        | Command::SyncPlan
        | Command::KeepSyncPlan(_)
        | Command::Verify => {
            Err(Failure::new(FailureCode::Usage, "this is not asked of the local copy"))
        }
    }
}

/// Reads one state of the copy, with refusals of our own on the way.
pub fn read<T>(
    session: &Session,
    read: impl FnOnce(&View) -> Result<T, Failure>,
) -> Result<T, Failure> {
    session.store.read(|view| Ok(read(view))).map_err(fault)?
}

/// The master of this name. Attention has commands of its own.
fn entity(name: &str) -> Result<&'static EntityDef, Failure> {
    masters::find(name).ok_or_else(|| {
        let known: Vec<_> = masters::ALL.iter().map(|entity| entity.name).collect();
        let message =
            format!("there are no records called {name}; there are: {}", known.join(", "));
        Failure::new(FailureCode::Usage, message)
    })
}

/// What can be listed and opened: the masters, and the users, whom nobody changes here.
fn legible(name: &str) -> Result<&'static EntityDef, Failure> {
    if name == PERSON.name { Ok(&PERSON) } else { entity(name) }
}

fn not_found() -> Failure {
    Failure::new(FailureCode::NotFound, domain::permissions::Reason::NotFound.to_string())
}

fn refused(problems: Vec<Problem>) -> Failure {
    let words: Vec<String> = problems.iter().map(Problem::to_string).collect();
    Failure { code: FailureCode::Refused, message: words.join("; "), problems }
}

/// What the store could not do, in words for people; its inside goes to the log.
pub fn fault(error: StoreError) -> Failure {
    let code = match &error {
        StoreError::Absent
        | StoreError::CannotOpen
        | StoreError::Newer { .. }
        | StoreError::OtherLayout { .. }
        | StoreError::InUse
        | StoreError::Damaged(_)
        | StoreError::Closed => FailureCode::CannotOpen,
        StoreError::NoSuchRecord { .. } => FailureCode::NotFound,
        StoreError::UnknownField { .. }
        | StoreError::UnknownEntity(_)
        | StoreError::OutOfRange { .. }
        | StoreError::RecordExists { .. } => FailureCode::Refused,
        _ => FailureCode::Internal,
    };
    if code == FailureCode::Internal {
        tracing::error!(error = ?error, "the local copy failed");
    }
    let message = match error {
        StoreError::Damaged(_) => format!(
            "{error}. Put it aside and begin anew (daybook login --set-aside): all that the sync server has \
             received comes back, and what it has not stays in the copy that is put aside"
        ),
        // What the coding says is for the log.
        StoreError::Wire(_) => "the local database holds what cannot be read".to_owned(),
        error => error.to_string(),
    };
    Failure::new(code, message)
}

#[cfg(test)]
mod approvals_tests;
#[cfg(test)]
mod duplicates_tests;
#[cfg(test)]
mod lists_tests;
#[cfg(test)]
mod own_fields;
#[cfg(test)]
mod people_tests;
#[cfg(test)]
mod rights_table;
#[cfg(test)]
mod rights_tests;
#[cfg(test)]
mod rule_cases;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod used_by_tests;
