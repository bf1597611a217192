//! Words that promise work for later, and switches that let a test be passed over.

use super::Finding;
use crate::tree::File;

/// Written in two halves, so that this file may name them.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (concat!("TO", "DO"), EVERYWHERE),
    (concat!("FIX", "ME"), EVERYWHERE),
    (concat!("unimplemented", "!"), &["rs"]),
    (concat!("todo", "!"), &["rs"]),
    (concat!("#[ig", "nore"), &["rs"]),
    (concat!(".sk", "ip("), &["ts", "tsx"]),
    (concat!(".on", "ly("), &["ts", "tsx"]),
    (concat!(".to", "do("), &["ts", "tsx"]),
];

const EVERYWHERE: &[&str] = &[];

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| !is_foreign(&file.path)) {
        for (word, extensions) in FORBIDDEN {
            if !extensions.is_empty() && !file.has_extension(extensions) {
                continue;
            }
            for (index, line) in file.text.lines().enumerate() {
                if names(line, word) {
                    let message = format!("\"{word}\": do it now, or take it out");
                    findings.push(Finding::new(&file.path, index + 1, message));
                }
            }
        }
    }
    findings
}

/// Text that others wrote word for word.
fn is_foreign(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "LICENSE" | "Cargo.lock" | "package-lock.json")
}

/// Whether the line holds the word, and not only as a part of a longer one.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let is_letter = |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric());
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let starts_inside = word.starts_with(char::is_alphanumeric) && is_letter(before);
        let ends_inside = word.ends_with(char::is_alphanumeric) && is_letter(after);
        !starts_inside && !ends_inside
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        check(&[file]).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn every_forbidden_word_is_found_with_its_line() {
        for (word, extensions) in FORBIDDEN {
            let path = format!("a.{}", extensions.first().unwrap_or(&"md"));
            assert_eq!(
                lines(&path, &format!("first\nit{word} x)\n// {word}x)\n{word} x)")).last(),
                Some(&4)
            );
        }
    }

    #[test]
    fn a_part_of_another_word_is_left_alone() {
        assert_eq!(
            lines("a.rs", concat!("MASTO", "DON METO", "DOS\nmethodo_todo();")),
            [0_usize; 0]
        );
        assert_eq!(lines("a.rs", "iterator.skip(1)"), [0_usize; 0]);
        assert_eq!(lines("ui/package-lock.json", concat!("TO", "DO")), [0_usize; 0]);
    }
}
