//! `sync --to-file` and `sync --from-file`: a round by files that somebody carries.

use std::path::absolute;

use contract::{Command, CourierOutcome, Failure, FailureCode, Reply};
use engine::Engine;

use super::unexpected;
use crate::output::Output;

pub async fn write(engine: &Engine, path: &str, output: Output) -> Result<(), Failure> {
    let path = whole(path)?;
    let Reply::CourierFile(file) = engine.call(Command::WriteCourierFile { path }).await? else {
        return Err(unexpected());
    };
    output.answer(&file, || {
        format!(
            "File {} with {} changes: {}\nThey wait here until the sync server's answer is read (daybook sync \
             --from-file).",
            file.number, file.changes, file.path
        )
    })
}

/// Answers what is open in Attention.
pub async fn read(engine: &Engine, path: &str, output: Output) -> Result<u32, Failure> {
    let path = whole(path)?;
    let Reply::CourierRead(read) = engine.call(Command::ReadCourierFile { path }).await? else {
        return Err(unexpected());
    };
    let refused = |message| Err(Failure::new(FailureCode::Refused, message));
    let then = match read.came_of_it {
        CourierOutcome::Taken => String::new(),
        CourierOutcome::Answers => {
            "; what is new in it was written for other rights than this device has by now, the next file brings it".to_owned()
        }
        CourierOutcome::Older => {
            return refused(format!(
                "file {} of the sync server was taken already, or is older than what this device holds; nothing \
                 was done",
                read.number
            ));
        }
        CourierOutcome::Waits { missing } => {
            return refused(format!(
                "file {} of the sync server waits: file {missing} comes before it and is not here yet. Read that \
                 one first, or write another file for the sync server; nothing was done",
                read.number
            ));
        }
    };
    let round = &read.round;
    output.answer(&read, || {
        format!(
            "File {} of the sync server: {} answered, {} received, {} need attention{then}",
            read.number, round.pushed, round.pulled, round.attention
        )
    })?;
    Ok(round.attention)
}

/// The engine may run elsewhere.
fn whole(path: &str) -> Result<String, Failure> {
    let whole = absolute(path).map_err(|error| {
        Failure::new(FailureCode::Usage, format!("{path} is no path of a file: {error}"))
    })?;
    Ok(whole.display().to_string())
}
