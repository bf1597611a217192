//! `generate` writes the files that follow from declarations in Rust; `generate --check` writes
//! nothing and names those that are not current. What each file says comes from its own author in
//! the list below; this file only compares and writes.

mod postgres;
mod sqlite;
mod tables;
mod typescript;

use std::process::ExitCode;

use crate::tree::{Fault, Tree};

/// One generated file: where it goes, and its whole text (with its do-not-edit line).
pub struct Generated {
    pub path: String,
    pub text: String,
}

/// Everything that is generated, in the order in which it is written.
fn everything() -> Vec<Generated> {
    let mut files = vec![sqlite::tables(), postgres::tables(), postgres::tracking()];
    files.extend(typescript::files());
    files
}

pub fn run(tree: &Tree, words: &[String]) -> Result<ExitCode, Fault> {
    let check_only = match words {
        [] => false,
        [word] if word == "--check" => true,
        _ => return Err(Fault::Usage("takes nothing, or --check".into())),
    };
    let files = everything();
    let total = files.len();
    let mut stale = 0;
    for file in files {
        if tree.read(&file.path)?.as_deref() == Some(file.text.as_str()) {
            continue;
        }
        stale += 1;
        if check_only {
            eprintln!("{}: not current: run ./daybook-dev generate and commit it", file.path);
        } else {
            tree.write(&file.path, &file.text)?;
            eprintln!("{}: written", file.path);
        }
    }
    eprintln!("generate: {total} files, {stale} not current");
    Ok(if check_only && stale > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
