//! The program `daybook-server`: reads the command, does it, and ends with a code that says how it went.

use std::process::ExitCode;

fn main() -> ExitCode {
    daybook_server::cli::run()
}
