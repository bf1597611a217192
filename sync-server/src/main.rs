//! The program `daybook-server`: reads the command, does it, and ends with a code that says how it went.

use std::process::ExitCode;

use clap::Parser as _;
use daybook_server::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
