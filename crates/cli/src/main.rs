//! `daybook`: the engine at a terminal. It reads words, asks the engine, and prints; it knows no rule
//! and no store.

mod arguments;
mod fields;
mod output;
mod verbs;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use contract::{Failure, FailureCode};
use engine::{Engine, Settings, SystemHost};
use tracing_subscriber::EnvFilter;

use arguments::Arguments;
use output::Output;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err((error, json)) => return unread(&error, Output { json }),
    };
    let output = Output { json: arguments.json };
    // Silent unless DAYBOOK_LOG asks: what a person needs to know is said in words.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            EnvFilter::try_from_env("DAYBOOK_LOG").unwrap_or_else(|_| EnvFilter::new("off")),
        )
        .init();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments, output)),
        Err(error) => Err(Failure::new(FailureCode::Internal, error.to_string())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ended(&failure, output),
    }
}

/// Ends a call whose words are no question to the engine: help and the version are, and are answered.
fn unread(error: &clap::Error, output: Output) -> ExitCode {
    if !error.use_stderr() {
        let printed = output::written(error.print());
        return printed.map_or_else(|failure| ended(&failure, output), |()| ExitCode::SUCCESS);
    }
    // People get all of it, colours and usage too.
    let _ = error.print();
    let failure = arguments::wrong_words(error);
    output.document(&failure);
    ExitCode::from(failure.code.exit_code())
}

fn ended(failure: &Failure, output: Output) -> ExitCode {
    // What only says "look there" comes after an answer that was printed already.
    match failure.code {
        FailureCode::NeedsAttention => output.say(&format!("daybook: {}", failure.message)),
        _ => output.failure(failure),
    }
    ExitCode::from(failure.code.exit_code())
}

async fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let online = AtomicBool::new(false);
    let host = Arc::new(SystemHost::new(move |event| output.told(&online, &event)));
    let settings = Settings::from_environment();
    if let Some(advice) = settings.advice() {
        output.say(&format!("daybook: {advice}"));
    }
    let engine = Engine::open(settings, host).await?;
    let outcome = verbs::run(&engine, arguments.verb, output).await;
    engine.close().await;
    outcome
}
