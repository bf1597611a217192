//! `tidy` checks what the compiler cannot: which package may depend on which, where a crate may
//! be used, and the house rules of the text. Each rule is one file with its own bad samples; this
//! file only runs them and prints what they found.

mod code;
mod directions;
mod exclusive;
mod floats;
mod headers;
mod lengths;
mod names;
mod panics;
mod settings;
mod ui_imports;
mod words;

use std::process::ExitCode;

use crate::tree::{Fault, File, Tree};

/// A broken rule: where, and what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub path: String,
    /// Counted from 1; 0 speaks of the whole file.
    pub line: usize,
    pub message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

/// A rule over the text of the project.
type Rule = fn(&[File]) -> Vec<Finding>;

const TEXT_RULES: &[Rule] =
    &[headers::check, lengths::check, names::check, ui_imports::check, words::check];

/// A rule over the Rust that ships: tests are already cut out.
type CodeRule = fn(&code::Source) -> Vec<Finding>;

const CODE_RULES: &[CodeRule] = &[exclusive::check, floats::check, panics::check];

pub fn run(tree: &Tree, words: &[String]) -> Result<ExitCode, Fault> {
    if !words.is_empty() {
        return Err(Fault::Usage("takes no words".into()));
    }
    let files = tree.files()?;
    let mut findings = directions::check(tree)?;
    findings.extend(TEXT_RULES.iter().flat_map(|rule| rule(&files)));
    let (sources, unreadable) = code::shipped(&files);
    findings.extend(unreadable);
    for source in &sources {
        findings.extend(CODE_RULES.iter().flat_map(|rule| rule(source)));
    }
    findings.extend(settings::check(&files, &sources));
    findings.sort();
    for Finding { path, line, message } in &findings {
        match line {
            0 => eprintln!("{path}: {message}"),
            line => eprintln!("{path}:{line}: {message}"),
        }
    }
    eprintln!(
        "tidy: {} files ({} of shipped Rust) read, {} findings",
        files.len(),
        sources.len(),
        findings.len()
    );
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
