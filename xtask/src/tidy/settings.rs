//! Every `DAYBOOK_` variable that a program reads stands in .env.example and in the README, and none stands
//! there that no program reads. What the tests alone read is not asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::code::{Kind, Source};
use crate::tree::File;

const PREFIX: &str = "DAYBOOK_";
const EXAMPLE: &str = ".env.example";
const README: &str = "README.md";

pub fn check(files: &[File], sources: &[Source]) -> Vec<Finding> {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| &*file.text);
    let (example, readme) = (text(EXAMPLE).unwrap_or_default(), text(README).unwrap_or_default());
    let (listed, read) = (listed(example), read(sources));
    let told: BTreeSet<&str> = readme.split('`').filter(|word| is_variable(word)).collect();
    let mut findings = Vec::new();
    for (name, (path, line)) in &read {
        if !listed.contains_key(name) {
            let message = format!("{name} is read here: say in {EXAMPLE} what it is for");
            findings.push(Finding::new(path, *line, message));
        }
        if !told.contains(name) {
            let message = format!("{name} is read here: name it in {README}, among the settings");
            findings.push(Finding::new(path, *line, message));
        }
    }
    for (name, line) in &listed {
        if !read.contains_key(name) {
            let message = format!("{name} is read by no program: take it out");
            findings.push(Finding::new(EXAMPLE, *line, message));
        }
    }
    findings
}

/// The variables that an example sets or shows, each with its line.
fn listed(example: &str) -> BTreeMap<&str, usize> {
    let lines = (1..).zip(example.lines());
    let named = lines.filter_map(|(number, line)| {
        let (name, _) = line.trim_start_matches('#').split_once('=')?;
        is_variable(name).then_some((name, number))
    });
    named.collect()
}

/// The variables that shipped Rust names by themselves in a text, each with one place.
fn read(sources: &[Source]) -> BTreeMap<&str, (&str, usize)> {
    let mut read = BTreeMap::new();
    for source in sources {
        for word in source.words.iter().filter(|word| word.kind == Kind::Literal) {
            let name = word.text.trim_matches('"');
            if is_variable(name) {
                read.entry(name).or_insert((source.path.as_str(), word.line));
            }
        }
    }
    read
}

fn is_variable(text: &str) -> bool {
    let is_sign = |sign: char| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '_';
    text.strip_prefix(PREFIX).is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_sign))
}

#[cfg(test)]
mod tests {
    use super::super::code::sample;
    use super::*;

    fn found(example: &str, readme: &str, code: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [file(EXAMPLE, example), file(README, readme)];
        let findings = check(&files, &[sample("crates/engine/src/place.rs", code)]);
        findings.iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
    }

    #[test]
    fn a_variable_that_is_read_and_not_listed_is_found_with_its_place() {
        let code = "fn a() {\n text(\"DAYBOOK_HOME\") }";
        let place = "crates/engine/src/place.rs:2";
        assert_eq!(found("", "", code), [place, place]);
        assert_eq!(found("#DAYBOOK_HOME=/srv", "", code), [place]);
        assert_eq!(found("", "Set `DAYBOOK_HOME`.", code), [place]);
        assert_eq!(found("DAYBOOK_HOME=/srv", "Set `DAYBOOK_HOME`.", code), [""; 0]);
        // Another one that begins alike is another one.
        assert_eq!(found("#DAYBOOK_HOMES=1", "`DAYBOOK_HOME`", code).len(), 2);
    }

    #[test]
    fn a_variable_that_is_listed_and_that_nobody_reads_is_found() {
        let code = "fn a() { \"set DAYBOOK_GONE to something\"; \"DAYBOOK_\" }";
        assert_eq!(found("# What it was.\n#DAYBOOK_GONE=1", "", code), [".env.example:2"]);
    }
}
