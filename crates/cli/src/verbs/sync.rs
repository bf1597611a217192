//! `sync`, once or for as long as the program runs, and `verify`.

use std::ops::ControlFlow;

use contract::{Command, Failure, FailureCode, Reply, RoundReport};
use engine::{Engine, keep_in_sync};

use super::unexpected;
use crate::arguments::Sync;
use crate::output::Output;

pub async fn run(engine: &Engine, options: &Sync, output: Output) -> Result<(), Failure> {
    if !options.watch && options.every.is_none() {
        let Reply::Round(report) = engine.call(Command::Sync).await? else {
            return Err(unexpected());
        };
        say(&report, output)?;
        // What was attached, and what others have attached, follows at once: there is no later here.
        engine.transfer().await?;
        return needs_attention(report.attention);
    }
    let mut ended = None;
    let told = |outcome: &Result<RoundReport, Failure>| {
        let end = match outcome {
            Ok(report) => say(report, output).err(),
            // Only a person can mend this; a hub that is away comes back.
            Err(failure) if failure.code == FailureCode::NotSignedIn => Some(failure.clone()),
            Err(failure) => {
                output.say(&format!("daybook: {}", failure.message));
                None
            }
        };
        match end {
            Some(failure) => {
                ended = Some(failure);
                ControlFlow::Break(())
            }
            None => ControlFlow::Continue(()),
        }
    };
    tokio::select! {
        () = keep_in_sync(engine, options.every, told) => {}
        () = engine.tell_of_status() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    ended.map_or(Ok(()), Err)
}

pub async fn verify(engine: &Engine, output: Output) -> Result<(), Failure> {
    let Reply::Verified(verified) = engine.call(Command::Verify).await? else {
        return Err(unexpected());
    };
    output.answer(&verified, || {
        let mut lines = verified.findings.clone();
        let compared = match verified.compared_with_server {
            true => "compared with the sync server",
            false => "the sync server could not be asked",
        };
        let sound =
            if verified.ok { "The local copy is sound" } else { "The local copy is not sound" };
        lines.push(format!("{sound}; {compared}."));
        lines.join("\n")
    })?;
    match verified.ok {
        true => Ok(()),
        false => Err(Failure::new(FailureCode::NeedsAttention, "the local copy needs attention")),
    }
}

fn say(report: &RoundReport, output: Output) -> Result<(), Failure> {
    output.answer(report, || {
        format!(
            "{} sent, {} received, {} need attention",
            report.pushed, report.pulled, report.attention
        )
    })
}

fn needs_attention(open: u32) -> Result<(), Failure> {
    match open {
        0 => Ok(()),
        open => {
            let message = format!("{open} need attention; see daybook attention list");
            Err(Failure::new(FailureCode::NeedsAttention, message))
        }
    }
}
