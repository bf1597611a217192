//! Each verb as a question to the engine and a printed answer.

mod approvals;
mod attachments;
mod attention;
mod confirm;
mod courier;
mod describe;
mod duplicates;
mod files;
mod history;
mod plan;
mod records;
mod report;
mod session;
mod sync;

use contract::{Command, EntityView, Failure, FailureCode, ListRequest, Reply};
use engine::Engine;

use crate::arguments::Verb;
use crate::output::Output;

/// # Errors
/// The engine's failures, and `Usage` for words it cannot be asked with.
pub async fn run(engine: &Engine, verb: Verb, output: Output) -> Result<(), Failure> {
    match verb {
        Verb::Login(login) => session::login(engine, login, output).await,
        Verb::Accept(accept) => session::accept(engine, accept, output).await,
        Verb::Logout { wipe } => session::logout(engine, wipe, output).await,
        Verb::Status => session::status(engine, output).await,
        Verb::Sync(options) => sync::run(engine, &options, output).await,
        Verb::Verify => sync::verify(engine, output).await,
        Verb::List(list) => records::list(engine, list, output).await,
        Verb::Fields { entity } => describe::fields(engine, &entity, output).await,
        Verb::Get { entity, record } => records::get(engine, entity, record, output).await,
        Verb::Create { entity, fields } => records::create(engine, entity, &fields, output).await,
        Verb::Update { entity, record, fields } => {
            records::update(engine, entity, record, &fields, output).await
        }
        Verb::Delete { entity, record, yes } => {
            records::delete(engine, entity, record, yes, output).await
        }
        Verb::Restore { entity, record } => records::restore(engine, entity, record, output).await,
        Verb::History(words) => history::print(engine, words, output).await,
        Verb::Approvals => approvals::list(engine, output).await,
        Verb::Approve { entity, record, proposal } => {
            approvals::approve(engine, entity, record, proposal, output).await
        }
        Verb::Refuse { entity, record, proposal, reason } => {
            approvals::refuse(engine, entity, record, (proposal, reason), output).await
        }
        Verb::Attach(attach) => attachments::attach(engine, attach, output).await,
        Verb::Attachments { entity, record } => {
            attachments::list(engine, entity, record, output).await
        }
        Verb::Attachment(verb) => attachments::run(engine, verb, output).await,
        Verb::Duplicates { entity, limit } => duplicates::list(engine, entity, limit, output).await,
        Verb::Distinct { entity, records } => {
            duplicates::distinct(engine, entity, records, output).await
        }
        Verb::Merge(words) => duplicates::merge(engine, words, output).await,
        Verb::Import(import) => files::import(engine, import, output).await,
        Verb::Imports(verb) => files::imports(engine, verb, output).await,
        Verb::Export(export) => files::export(engine, export, output).await,
        Verb::Attention { verb } => attention::run(engine, verb, output).await,
    }
}

/// What this person may see of an entity.
///
/// # Errors
/// The engine's refusal for an entity that the person may not see or that there is none of.
async fn described(engine: &Engine, name: &str) -> Result<EntityView, Failure> {
    let Reply::Entities(entities) = engine.call(Command::Describe).await? else {
        return Err(unexpected());
    };
    if let Some(entity) = entities.into_iter().find(|entity| entity.name == name) {
        return Ok(entity);
    }
    // The engine knows why.
    let request = ListRequest {
        entity: name.to_owned(),
        filters: Vec::new(),
        search: None,
        sort: None,
        offset: 0,
        limit: 1,
        retired: false,
    };
    engine.call(Command::List(request)).await?;
    Err(unexpected())
}

/// The engine answered with another kind of reply than the command has.
fn unexpected() -> Failure {
    Failure::new(FailureCode::Internal, "the answer is not one to this question")
}
