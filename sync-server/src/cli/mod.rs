//! The commands of `daybook-server`. Each prints what people read, or with `--json` one JSON document and nothing
//! else on standard output, also of a failure; messages go to standard error. The work itself is elsewhere.

mod audit;
mod backup;
mod courier;
mod device;
mod failure;
mod list;
mod operator;
mod output;
mod role;
mod serve;
mod tenant;
mod user;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
#[cfg(debug_assertions)]
use domain::versions::stand_in;

use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::hub::Hub;
use crate::tenant::look_after::look_after_stirred;
use failure::Failure;

/// The hub of Daybook. It is configured by environment variables; .env.example lists them all.
#[derive(Parser)]
#[command(name = "daybook-server", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve devices and integrations.
    Serve,
    /// Judge the configuration and say everything that is wrong with it.
    CheckConfig,
    /// Print the OpenAPI document.
    Openapi,
    /// List every route with the permission it takes.
    Routes {
        #[arg(long)]
        json: bool,
    },
    /// List every permission with the standard roles that hold it.
    Permissions {
        #[arg(long)]
        json: bool,
    },
    /// The people who run the platform.
    #[command(subcommand)]
    Operator(operator::Verb),
    /// Tenants: each has a database of its own.
    #[command(subcommand)]
    Tenant(tenant::Verb),
    /// The people of a tenant.
    #[command(subcommand)]
    User(user::Verb),
    /// The roles of a tenant, and who has which.
    #[command(subcommand)]
    Role(role::Verb),
    /// The devices of a tenant's people.
    #[command(subcommand)]
    Device(device::Verb),
    /// What was done in a tenant, and whether the record of it is whole.
    #[command(subcommand)]
    Audit(audit::Verb),
}

/// Does what the arguments of this process ask for.
pub fn run() -> ExitCode {
    // Looked for by itself: arguments that are not understood are told in the form they ask for, too.
    let json = std::env::args_os().any(|argument| argument == "--json");
    #[cfg(debug_assertions)]
    if let Err(wrong) = stand_in::become_one(std::env::var_os(stand_in::VARIABLE).as_deref()) {
        eprintln!("{wrong}");
        return ExitCode::FAILURE;
    }
    let done = match Cli::try_parse() {
        Ok(cli) => cli.run(),
        Err(error) => return failure::usage(&error, json),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(json),
    }
}

impl Cli {
    fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Serve => serve::serve(),
            Command::CheckConfig => config().map(|_| eprintln!("The configuration is good.")),
            Command::Openapi => list::openapi(),
            Command::Routes { json } => list::routes(json),
            Command::Permissions { json } => list::permissions(json),
            Command::Operator(verb) => with_hub(async |hub| verb.run(&hub).await),
            Command::Tenant(verb) => with_hub(async |hub| verb.run(&hub).await),
            Command::User(verb) => with_hub(async |hub| verb.run(&hub).await),
            Command::Role(verb) => with_hub(async |hub| verb.run(&hub).await),
            Command::Device(verb) => with_hub(async |hub| verb.run(&hub).await),
            Command::Audit(verb) => with_hub(async |hub| verb.run(&hub).await),
        }
    }
}

fn config() -> Result<Config, Failure> {
    Ok(Config::from_environment(&mut Environment::of_process())?)
}

/// Runs a command on a hub that serves nobody.
fn with_hub(work: impl AsyncFnOnce(Arc<Hub>) -> Result<(), Failure>) -> Result<(), Failure> {
    let config = config()?;
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new("warn"))
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let hub = Hub::open(config, Clock::system()).await?;
        let done = work(hub.clone()).await;
        // What the command did is sealed and told before it ends; a hub that serves may be away.
        look_after_stirred(&hub).await;
        done
    })
}
