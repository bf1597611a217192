//! The house's own chores, one file per command. Nothing here ships, and nothing that ships
//! depends on it. Run it as `cargo xtask COMMAND`.

mod generate;
mod new_master;
mod tidy;
mod tree;

use std::process::ExitCode;

use tree::{Fault, Tree};

/// One chore: its name, its line of help, and its body, which gets the words after the name.
struct Command {
    name: &'static str,
    help: &'static str,
    run: fn(&Tree, &[String]) -> Result<ExitCode, Fault>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "generate",
        help: "write the generated files; with --check only say which are not current",
        run: generate::run,
    },
    Command {
        name: "new-master",
        help: "write the file of a new master and its word in the list",
        run: new_master::run,
    },
    Command {
        name: "tidy",
        help: "check directions between packages, house rules and forbidden words",
        run: tidy::run,
    },
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("Usage: cargo xtask COMMAND\n");
        for command in COMMANDS {
            eprintln!("  {:<12} {}", command.name, command.help);
        }
        return ExitCode::from(2);
    };
    match Tree::of_this_project().and_then(|tree| (command.run)(&tree, &rest)) {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("xtask {name}: {fault}");
            ExitCode::FAILURE
        }
    }
}
