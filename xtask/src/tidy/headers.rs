//! Every module of Rust opens by saying what it holds and what it refuses to hold.

use super::Finding;
use super::code::is_test_path;
use crate::tree::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    let modules = files.iter().filter(|file| {
        let in_sources = file.path.starts_with("src/") || file.path.contains("/src/");
        file.has_extension(&["rs"]) && in_sources && !is_test_path(&file.path)
    });
    modules
        .filter(|file| {
            let first = file.text.lines().find(|line| !line.trim().is_empty());
            !file.is_generated() && !first.is_some_and(|line| line.starts_with("//!"))
        })
        .map(|file| {
            let message = "does not open with `//!`: say in two or three lines what it holds and \
                           what it refuses to hold";
            Finding::new(&file.path, 1, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[File { path: path.to_owned(), text: text.to_owned() }]).len()
    }

    #[test]
    fn a_module_without_its_opening_is_found() {
        assert_eq!(found("crates/a/src/b.rs", "use c;\n"), 1);
        assert_eq!(found("crates/a/src/b.rs", ""), 1);
        assert_eq!(found("crates/a/src/b.rs", "//! Holds b.\nuse c;\n"), 0);
        assert_eq!(found("crates/a/tests/b.rs", "use c;\n"), 0);
    }
}
