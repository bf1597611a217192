//! A file or a folder is named for what it holds. These names hold anything, so they are refused.

use super::Finding;
use crate::tree::File;

const EMPTY_NAMES: &[&str] =
    &["manager", "managers", "helper", "helpers", "util", "utils", "common", "misc", "part2"];

pub fn check(files: &[File]) -> Vec<Finding> {
    let sources = files.iter().filter(|file| file.has_extension(&["rs", "ts", "tsx", "sql", "sh"]));
    sources
        .filter_map(|file| {
            let stems = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
            let mut words = stems.flat_map(|stem| stem.split(['-', '_']));
            let word = words.find(|word| EMPTY_NAMES.contains(&word.to_lowercase().as_str()))?;
            let message = format!("\"{word}\" says nothing: name it for what it holds");
            Some(Finding::new(&file.path, 0, message))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> usize {
        check(&[File { path: path.to_owned(), text: String::new() }]).len()
    }

    #[test]
    fn a_name_that_says_nothing_is_found() {
        assert_eq!(found("crates/a/src/helpers/date.rs"), 1);
        assert_eq!(found("ui/shared/format_utils.ts"), 1);
        assert_eq!(found("crates/a/src/dates.rs"), 0);
        assert_eq!(found("docs/common.md"), 0);
    }
}
