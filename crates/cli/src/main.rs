//! `daybook`: the engine at a terminal. It reads words, asks the engine, and prints; it knows no rule
//! and no store.

mod arguments;
mod fields;
mod output;
mod verbs;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser as _;
use contract::{Failure, FailureCode};
use engine::{Engine, Settings, SystemHost};
use tracing_subscriber::EnvFilter;

use arguments::Arguments;
use output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
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
        Err(failure) => {
            // What only says "look there" comes after an answer that was printed already.
            match failure.code {
                FailureCode::NeedsAttention => output.say(&format!("daybook: {}", failure.message)),
                _ => output.failure(&failure),
            }
            ExitCode::from(failure.code.exit_code())
        }
    }
}

async fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let online = AtomicBool::new(false);
    let host = Arc::new(SystemHost::new(move |event| output.told(&online, &event)));
    let engine = Engine::open(Settings::from_environment(), host).await?;
    let outcome = verbs::run(&engine, arguments.verb, output).await;
    engine.close().await;
    outcome
}
