//! `sync`, once or for as long as the program runs, and `verify`.

use std::ops::ControlFlow;

use contract::{Command, Failure, FailureCode, Often, Reply, RoundReport, SyncPlan};
use engine::{Engine, keep_in_sync};

use super::{courier, plan, unexpected};
use crate::arguments::{Limit, Quiet, Sync};
use crate::output::Output;

pub async fn run(engine: &Engine, options: &Sync, output: Output) -> Result<(), Failure> {
    if let Some(path) = &options.to_file {
        return courier::write(engine, path, output).await;
    }
    if let Some(path) = &options.from_file {
        return needs_attention(courier::read(engine, path, output).await?);
    }
    if let Some(plan) = said(options, engine.plan()) {
        engine.call(Command::KeepSyncPlan(plan)).await?;
    }
    if !options.watch && options.every.is_none() {
        let Reply::Round(report) = engine.call(Command::Sync).await? else {
            return Err(unexpected());
        };
        say(&report, output)?;
        // What was attached, and what others have attached, follows at once: there is no later here.
        engine.transfer().await?;
        return needs_attention(report.attention);
    }
    // To watch is for this call alone; its hours and its limit are the profile's.
    let live = || SyncPlan { often: Often::Live, ..engine.plan() };
    let watched = options.watch.then(live);
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
        () = keep_in_sync(engine, watched, told) => {}
        () = engine.tell_of_status() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    ended.map_or(Ok(()), Err)
}

/// The plan with what was said of it; nothing where nothing was.
fn said(options: &Sync, before: SyncPlan) -> Option<SyncPlan> {
    let mut plan = before.clone();
    if let Some(every) = options.every {
        // A time beyond the longest is refused by name.
        plan.often = Often::Every { seconds: u32::try_from(every.as_secs()).unwrap_or(u32::MAX) };
    }
    if let Some(Quiet(hours)) = &options.quiet {
        plan.quiet.clone_from(hours);
    }
    if let Some(Limit(bytes)) = options.limit {
        plan.limit = bytes;
    }
    (plan != before).then_some(plan)
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
        let mut words = format!(
            "{} sent, {} received, {} need attention",
            report.pushed, report.pulled, report.attention
        );
        if let Some(stopped) = &report.stopped {
            words.push('\n');
            words.push_str(&plan::stopped(stopped));
        }
        words
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
