//! A file stays short enough to be read in one go.

use super::Finding;
use crate::tree::File;

/// The house aims at 400 lines; beyond this one a file must be split.
const MOST_LINES: usize = 450;

pub fn check(files: &[File]) -> Vec<Finding> {
    let measured = files.iter().filter(|file| {
        let is_source = file.has_extension(&["rs", "ts", "tsx", "css", "sql", "sh"])
            || file.text.starts_with("#!");
        is_source && !file.is_generated()
    });
    measured
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > MOST_LINES).then(|| {
                let message =
                    format!("{lines} lines; at most {MOST_LINES}: split it by verb, not by half");
                Finding::new(&file.path, 0, message)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: String) -> usize {
        check(&[File { path: path.to_owned(), text }]).len()
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_generated() {
        let long = "line\n".repeat(MOST_LINES + 1);
        assert_eq!(found("a.rs", "line\n".repeat(MOST_LINES)), 0);
        assert_eq!(found("a.rs", long.clone()), 1);
        assert_eq!(found("entrance", format!("#!/bin/sh\n{long}")), 1);
        assert_eq!(found("a.json", long.clone()), 0);
        assert_eq!(found("a.ts", format!("// Generated: do not edit.\n{long}")), 0);
    }
}
