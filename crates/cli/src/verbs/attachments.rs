//! `attach`, `attachments`, `attachment save` and `attachment remove`.

use contract::{
    AttachSource, AttachTo, AttachmentState, AttachmentView, Command, Failure, FailureCode, Reply,
};
use engine::Engine;

use super::unexpected;
use crate::arguments::{Attach, Attachment};
use crate::output::Output;

pub async fn attach(engine: &Engine, attach: Attach, output: Output) -> Result<(), Failure> {
    let Attach { entity, record, file, name, field } = attach;
    let id = super::records::found(engine, entity.clone(), record).await?.id;
    let to = AttachTo { entity, id, field };
    // The engine may run in another folder.
    let path = std::path::absolute(&file)
        .map_err(|error| Failure::new(FailureCode::Usage, format!("{file}: {error}")))?;
    let source = AttachSource::File { path: path.display().to_string(), name };
    print(engine.call(Command::Attach { to, source }).await?, output)
}

pub async fn list(
    engine: &Engine,
    entity: String,
    record: String,
    output: Output,
) -> Result<(), Failure> {
    print(engine.call(Command::Attachments { entity, id: record }).await?, output)
}

pub async fn run(engine: &Engine, verb: Attachment, output: Output) -> Result<(), Failure> {
    match verb {
        Attachment::Save { entity, record, file, to } => {
            let id = super::records::found(engine, entity.clone(), record).await?.id;
            let file = one(engine, &entity, &id.to_string(), &file).await?;
            let path = std::path::absolute(&to)
                .map_err(|error| Failure::new(FailureCode::Usage, format!("{to}: {error}")))?;
            let path = Some(path.display().to_string());
            let command = Command::SaveAttachment { entity, id, hash: file.hash, path };
            let Reply::AttachmentCopy(copy) = engine.call(command).await? else {
                return Err(unexpected());
            };
            output.answer(&copy, || format!("Written: {}", copy.path))
        }
        Attachment::Remove { entity, record, file } => {
            let id = super::records::found(engine, entity.clone(), record).await?.id;
            let file = one(engine, &entity, &id.to_string(), &file).await?;
            let to = AttachTo { entity, id, field: Some(file.field) };
            print(engine.call(Command::Detach { to, hash: file.hash }).await?, output)
        }
    }
}

/// The file of a record that a person means by its name or the beginning of its SHA-256.
async fn one(
    engine: &Engine,
    entity: &str,
    id: &str,
    file: &str,
) -> Result<AttachmentView, Failure> {
    let (entity, id) = (entity.to_owned(), id.to_owned());
    let Reply::Attachments(files) = engine.call(Command::Attachments { entity, id }).await? else {
        return Err(unexpected());
    };
    let meant = |view: &AttachmentView| {
        view.name == file || (file.len() >= 8 && view.hash.starts_with(file))
    };
    let mut found = files.into_iter().filter(meant);
    let message = match (found.next(), found.next()) {
        (Some(view), None) => return Ok(view),
        (Some(_), Some(_)) => format!("several files are called {file}; give the SHA-256 of one"),
        (None, _) => format!("no file is called {file}; see daybook attachments"),
    };
    Err(Failure::new(FailureCode::NotFound, message))
}

/// One line a file, as lists are printed.
fn print(reply: Reply, output: Output) -> Result<(), Failure> {
    let Reply::Attachments(files) = reply else { return Err(unexpected()) };
    files.iter().try_for_each(|file| {
        output.answer(file, || {
            let state = match file.state {
                AttachmentState::Here => "here",
                AttachmentState::WaitingToSend => "waiting to be sent",
                AttachmentState::OnServer => "on the sync server",
                AttachmentState::Missing => "not sent yet by whoever attached it",
            };
            format!("{}  {} bytes  {state}  {}", file.name, file.size, file.hash)
        })
    })
}
